"""Reports on their way out: the one that was asked for with ``--format``, and further ones with ``--report``."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, TypeVar, cast

import click
import msgspec

from ....engine.result import ResponseResult, Summary
from ....reports.check.base import CheckReport, TableReport
from ....reports.check.registry import FORMATS, TABLES, Medium, table_report
from ....reports.text.locations import Places
from ....rules.model import Rulebook
from ....rules.names import did_you_mean, listed
from ...core.display import escape_unprintable, os_error_text
from ..errors import require
from .output import Output, OutputGone, output_options, writing_to

F = TypeVar("F", bound=Callable[..., Any])


AnyReport = CheckReport | TableReport


@dataclass(frozen=True, slots=True)
class Reporting:
    """What was asked for: the report to standard output or ``-o``, further ones by file, how much the text says.

    ``coverage`` shows the coverage by column and marker in the text.
    """

    output: Output
    further: tuple[Output, ...] = ()
    verbose: bool = False
    quiet: bool = False
    coverage: bool = False

    @contextlib.contextmanager
    def opened(
        self, rulebook: Rulebook, text: Callable[[Medium], CheckReport] | None = None
    ) -> Iterator[Reports]:
        """Open every report; what cannot be written is said at the end, and never loses the others.

        ``text`` makes the text for people, where a command has more to say in it than `check` has.
        Raises ClickException at the end where one could not be written, OutputGone where who read it has left.
        """
        places = Places(os.path.abspath(os.curdir), repository_of(os.curdir))
        opened = Reports(
            [
                _Open(self._report(rulebook, output, text, places), output)
                for output in (self.output, *self.further)
            ]
        )
        try:
            yield opened
        except BaseException as error:
            opened.abandon(error)
            raise
        opened.close()

    def _report(
        self,
        rulebook: Rulebook,
        output: Output,
        text: Callable[[Medium], CheckReport] | None,
        places: Places,
    ) -> AnyReport:
        if output.format in TABLES:
            return table_report(output.format, rulebook)
        medium = self._medium(output, places)
        if text is not None and output.format == "text":
            return text(medium)
        return FORMATS[output.format].make(rulebook, medium)

    def _medium(self, output: Output, places: Places) -> Medium:
        return Medium(output.style(), self.verbose, self.quiet, self.coverage, places, version("whosees"))


class Reports:
    """Several reports that are written side by side, as results come."""

    def __init__(self, opened: Sequence[_Open]) -> None:
        self._opened = opened
        self._each(lambda report: report.begin())

    def response(self, result: ResponseResult) -> None:
        """Give one response to every report."""
        for entry in self._opened:
            if entry.failure is None:
                entry.write(entry.report.response(result))

    def end(self, summary: Summary) -> None:
        """Close every report with its totals; what one had no room for is said on standard error."""
        self._each(lambda report: report.end(summary))
        for entry in self._opened:
            if entry.failure is None and (left_out := entry.report.left_out()):
                click.echo(f"whosees: {entry.name} {left_out}", err=True)

    def close(self) -> None:
        """Put every file in its place; raises ClickException that names all that could not be written."""
        for entry in self._opened:
            entry.close(None)
        failures = [entry.failure for entry in self._opened if entry.failure is not None]
        said = [str(failure) for failure in failures if not isinstance(failure, OutputGone)]
        if said:
            raise click.ClickException("; ".join(said))
        if failures:
            raise OutputGone

    def abandon(self, error: BaseException) -> None:
        """Leave no file behind: what was broken off is no report."""
        for entry in self._opened:
            entry.close(error)

    def _each(self, say: Callable[[AnyReport], str | bytes]) -> None:
        for entry in self._opened:
            if entry.failure is None:
                entry.write(say(entry.report))


class _Open:
    """A report and the stream that it goes to; the first failure to write it is kept, and ends it."""

    def __init__(self, report: AnyReport, output: Output) -> None:
        self.report = report
        self.name = f"the {output.format} report" + (
            f" `{escape_unprintable(output.file)}`" if output.file else ""
        )
        self.failure: click.ClickException | OutputGone | None = None
        self._opened = writing_to(output.file, binary=output.format in TABLES)
        try:
            self._stream = self._opened.__enter__()
        except click.ClickException as error:
            self.failure = error

    def write(self, said: str | bytes) -> None:
        """Write what the report said next."""
        try:
            self._stream.write(said)
        except OSError as error:
            self._fail(error)

    def close(self, error: BaseException | None) -> None:
        """End the stream: the file comes into being, or with an error is dropped."""
        if self.failure is not None:
            return
        try:
            if error is None:
                self._opened.__exit__(None, None, None)
            else:
                with contextlib.suppress(BaseException):
                    self._opened.__exit__(type(error), error, error.__traceback__)
        except (click.ClickException, OutputGone) as failure:
            self.failure = failure
        except OSError as failure:
            self._fail(failure)

    def _fail(self, error: OSError) -> None:
        self.failure = click.ClickException(f"{self.name} cannot be written: {os_error_text(error)}")
        try:
            self._opened.__exit__(type(error), error, error.__traceback__)
        except (click.ClickException, OutputGone) as failure:
            self.failure = failure
        except OSError:
            return  # the stream could not be closed either, and that is said already


def repository_of(folder: str) -> str:
    """Give the root of the repository that a folder is in, by which CI systems name files; else the folder itself."""
    start = os.path.abspath(folder)
    at = start
    while not os.path.exists(os.path.join(at, ".git")):
        above = os.path.dirname(at)
        if above == at:
            return start
        at = above
    return at


def reporting_options(function: F) -> F:
    """Add formats, files and how much the text says; the command gets it as ``reporting``."""

    @functools.wraps(function)
    def with_reporting(
        *args: Any, output: Output, reports: tuple[str, ...], verbose: bool, quiet: bool, **rest: Any
    ) -> Any:
        output = _by_its_name(output)
        further = tuple(map(_report, reports))
        _see_to_files(output, further)
        _see_to_tables(output, further)
        return function(*args, reporting=Reporting(output, further, verbose, quiet), **rest)

    command: Any = output_options(*FORMATS, *TABLES)(with_reporting)
    for option in (
        click.option("-q", "--quiet", is_flag=True, help="Show only what is wrong, and the totals."),
        click.option("-v", "--verbose", is_flag=True, help="Show conformant responses and notes too."),
        click.option(
            "--report",
            "reports",
            multiple=True,
            metavar="FORMAT=FILE",
            help=f"Write a further report to a file; repeatable. {_formats_help()}",
        ),
    ):
        command = option(command)
    return cast("F", command)


def _formats_help() -> str:
    whats = {**{name: format_.what for name, format_ in FORMATS.items()}, **TABLES}
    return "; ".join(f"{name}: {what}" for name, what in whats.items()) + "."


def _report(said: str) -> Output:
    name, equals, file = said.partition("=")
    if not equals or not file:
        raise click.UsageError(f"`--report {said}`: a report is said as FORMAT=FILE, such as junit=out.xml")
    if name not in FORMATS and name not in TABLES:
        known = (*FORMATS, *TABLES)
        hint = did_you_mean(name, known) or f"; known are {listed(known)}"
        raise click.UsageError(f"`--report {said}`: there is no format `{name}`{hint}")
    if file == "-":
        raise click.UsageError(f"`--report {said}`: standard output is for --format; name a file")
    return Output(name, file)


def _by_its_name(output: Output) -> Output:
    """Let the name of a file say that it is a table, where nothing says which format is wanted."""
    source = click.get_current_context().get_parameter_source("format_")
    ending = (output.file or "").rpartition(".")[2].lower()
    if source is click.core.ParameterSource.DEFAULT and ending in TABLES:
        return msgspec.structs.replace(output, format=ending)
    return output


def _see_to_tables(output: Output, further: tuple[Output, ...]) -> None:
    """See that tables go to files, and that what writes them is there."""
    for report in (output, *further):
        if report.format in TABLES:
            if report.file in (None, "-"):
                raise click.UsageError(
                    f"`{report.format}` is no text: say which file it goes to with -o FILE"
                )
            require(f"{click.get_current_context().info_name} --format {report.format}", "pyarrow", "arrow")


def _see_to_files(output: Output, further: tuple[Output, ...]) -> None:
    """See that no two reports go to one file."""
    taken: set[str] = set()
    for report in (output, *further):
        if report.file in (None, "-"):
            continue
        path = os.path.realpath(report.file or "")
        if path in taken and not (os.path.exists(path) and not os.path.isfile(path)):
            raise click.UsageError(f"`{report.file}`: two reports cannot go to one file")
        taken.add(path)
