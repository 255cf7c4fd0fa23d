"""Where output goes: to standard output or a file, and in which format."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any, TypeVar, cast

import click
import msgspec

from ....reports.text.style import Style
from ...core.atomic_files import atomic_write, opened
from ...core.display import escape_unprintable, os_error_text

F = TypeVar("F", bound=Callable[..., Any])


class Output(msgspec.Struct, frozen=True):
    """Where a report goes, and in which format."""

    format: str
    file: str | None

    def style(self) -> Style:
        """Find out how wide the output is and if it shows colour: a terminal does, unless NO_COLOR is set."""
        if self.file is not None or not sys.stdout.isatty():
            return Style()
        # Imported here: most output goes to no terminal.
        import shutil

        width = shutil.get_terminal_size().columns
        return Style(width=min(width, 120), colour=not os.environ.get("NO_COLOR"))

    def write(self, text: str) -> None:
        """Write a whole report."""
        with self.opened() as stream:
            stream.write(text)

    def opened(self) -> contextlib.AbstractContextManager[IO[str]]:
        """Open the output for a report that is written bit by bit."""
        return writing_to(self.file)


def output_options(*formats: str) -> Callable[[F], F]:
    """Add the choice of format and of a file to write to; the first format is the default.

    The command gets it as ``output``.
    """

    def add(function: F) -> F:
        @functools.wraps(function)
        def with_output(*args: Any, format_: str, output_file: str | None, **rest: Any) -> Any:
            return function(*args, output=Output(format_, output_file), **rest)

        choice = click.option(
            "--format", "format_", type=click.Choice(formats), default=formats[0], show_default=True
        )
        file = click.option(
            "-o", "--output", "output_file", metavar="FILE", help="Write there in place of standard output."
        )
        return cast("F", choice(file(with_output)))

    return add


class OutputGone(Exception):  # noqa: N818 - not our error: who read standard output has left
    """Standard output leads nowhere any more."""


@contextlib.contextmanager
def writing_to(output: str | None, *, binary: bool = False) -> Iterator[IO[Any]]:
    """Open the output, a file for bytes if it is to be ``binary``.

    A file comes into being whole or not at all: it is written beside its place, then renamed.
    """
    if output is None or output == "-":
        try:
            yield sys.stdout
            sys.stdout.flush()
        except BrokenPipeError:
            raise OutputGone from None
        return
    try:
        if _takes_no_rename(output):
            with opened(output, binary=binary) as stream:
                yield stream
        else:
            with atomic_write(output, binary=binary) as stream:
                yield stream
    except OSError as error:
        raise _unwritable(output, error) from None


def _takes_no_rename(output: str) -> bool:
    """Whether it is a device or a pipe, or a name of a stream such as /dev/stdout: no file can take its place."""
    streams = os.path.abspath(output).startswith(("/dev/", "/proc/"))
    return os.path.exists(output) and (streams or not os.path.isfile(output))


def _unwritable(output: str, error: OSError) -> click.ClickException:
    return click.ClickException(f"`{escape_unprintable(output)}` cannot be written: {os_error_text(error)}")
