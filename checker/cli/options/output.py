"""Output options: to standard output or a file, and in which format."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any

import click
import msgspec

from ....reports.text.escape import escape_report
from ....reports.text.style import Style
from ....rules.files import os_error_text
from ...core.atomic_files import atomic_write, open_for_writing
from ...core.display import escape_unprintable
from .group import Decorator, option_group


class OutputWriteError(Exception):
    """The reader of standard output has closed it."""


class Output(msgspec.Struct, frozen=True):
    """The destination of a report, and its format."""

    format: str
    file: str | None

    def style(self) -> Style:
        """Return width and colour of the output: a terminal has colour unless NO_COLOR is set."""
        if self.file is not None or not sys.stdout.isatty():
            return Style()
        # Imported here: most output goes to no terminal.
        import shutil

        width = shutil.get_terminal_size().columns
        return Style(width=min(width, 120), colour=not os.environ.get("NO_COLOR"), fits_tables=True)

    @property
    def is_in_utf8(self) -> bool:
        """Return whether it is in UTF-8 whatever the encoding of standard output is; text for people is in that."""
        return self.format != "text"

    def write(self, text: str) -> None:
        """Write a whole report; what would steer a terminal in one for people is escaped."""
        is_for_people = self.format in ("text", "markdown")
        with open_output(self.file, in_utf8=self.is_in_utf8) as stream:
            stream.write(escape_report(text) if is_for_people else text)


def format_options(*formats: str) -> list[Decorator[Any]]:
    """Return the options for a format, the first being the default, and for a file to write to."""
    return [
        click.option(
            "--format",
            "format_",
            type=click.Choice(formats),
            default=formats[0],
            show_default=True,
            help="The format of the output.",
        ),
        click.option(
            "-o", "--output", "output_file", metavar="FILE", help="Write to a file, not to standard output."
        ),
    ]


def output_options(*formats: str) -> Decorator[Any]:
    """Add the choice of format and of a file to write to; the command gets it as ``output``."""
    return option_group("output", _output, format_options(*formats))


def _output(format_: str, output_file: str | None) -> Output:
    return Output(format_, output_file)


@contextlib.contextmanager
def open_output(
    path: str | None,
    *,
    binary: bool = False,
    in_utf8: bool = False,
    destination: Callable[[str], str] = lambda place: place,
) -> Iterator[IO[Any]]:
    """Open standard output (None or `-`) or a file, for bytes if it is ``binary``.

    Files are in UTF-8, and so is standard output if it is ``in_utf8``: JSON and XML in another encoding are none.
    A file appears whole or not at all: it is written beside its place, then renamed to its ``destination``.
    Raises ClickException if it cannot be written, OutputWriteError if standard output was closed by its reader.
    """
    if path is None or path == "-":
        if in_utf8 and isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        try:
            yield sys.stdout
            sys.stdout.flush()
        except BrokenPipeError:
            raise OutputWriteError from None
        return
    try:
        with (
            open_for_writing(path, binary=binary)
            if cannot_be_replaced(path)
            else atomic_write(path, binary=binary, destination=destination)
        ) as stream:
            yield stream
    except OSError as error:
        raise click.ClickException(
            f"`{escape_unprintable(path)}` cannot be written: {os_error_text(error)}"
        ) from None


def cannot_be_replaced(path: str) -> bool:
    """Return whether it is a device or a pipe, or a name of a stream such as /dev/stdout."""
    is_stream = os.path.abspath(path).startswith(("/dev/", "/proc/"))
    return os.path.exists(path) and (is_stream or not os.path.isfile(path))
