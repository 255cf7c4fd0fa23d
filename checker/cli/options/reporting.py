"""Report options: the report of ``--format``, and further ones of ``--report``."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import click
import msgspec

from ....engine.result import ResponseResult, Summary
from ....reports.check.base import CheckFormatter, RenderOptions, TableFormatter
from ....reports.check.registry import FORMATS, TABLES
from ....reports.text.locations import SourceLocations
from ....rules.files import os_error_text
from ....rules.model import Rulebook
from ....rules.names import suggestion
from ...core.display import escape_unprintable
from ..errors import require_extra
from .group import option_group
from .output import Output, OutputWriteError, cannot_be_replaced, format_options, open_output

PARTIAL = ".partial"
"""The end of the name of a report that does not cover the whole run."""

AnyReport = CheckFormatter | TableFormatter


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """The report to standard output or ``-o``, further ones by file, and how much the text says.

    ``coverage`` adds the coverage by column and marker to the text; ``allowed`` are the reasons for which responses may
    be unchecked.
    """

    output: Output
    further: tuple[Output, ...] = ()
    verbose: bool = False
    quiet: bool = False
    coverage: bool = False
    allowed: tuple[str, ...] = ()

    @contextlib.contextmanager
    def open(
        self, *rulebooks: Rulebook, text: Callable[[RenderOptions], CheckFormatter] | None = None
    ) -> Iterator[Reports]:
        """Open every report; one that cannot be written does not stop the others.

        ``text`` makes the text for people if a command's own says more than that of `check`.
        Raises ClickException at the end if one could not be written, OutputWriteError if its reader has closed it.
        """
        locations = SourceLocations(os.path.abspath(os.curdir), repository_of(os.curdir))
        opened = Reports(
            [
                _ReportWriter(self._report(rulebooks, output, text, locations), output)
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
        rulebooks: Sequence[Rulebook],
        output: Output,
        text: Callable[[RenderOptions], CheckFormatter] | None,
        locations: SourceLocations,
    ) -> AnyReport:
        style = output.style()
        options = RenderOptions(
            style, self.verbose, self.quiet, self.coverage, locations, version("whosees"), self.allowed
        )
        if text is not None and output.format == "text":
            return text(options)
        if len(rulebooks) > 1:
            # Imported here: most runs have one rulebook.
            from ....reports.check.several import formatter_for

            return formatter_for(rulebooks, output.format, options)
        return (FORMATS | TABLES)[output.format].make(rulebooks[0], options)


class Reports:
    """Several reports that are written at the same time, result by result."""

    def __init__(self, opened: Sequence[_ReportWriter]) -> None:
        self._opened = opened
        self._each(lambda report: report.begin())

    def response(self, result: ResponseResult) -> None:
        """Write one response to every report."""
        for entry in self._opened:
            if entry.failure is None:
                entry.write(entry.report.response(result))

    def end(self, summary: Summary, *, interrupted: bool = False) -> None:
        """End every report with the totals; say on standard error if one had to leave something out.

        The report of an interrupted run does not take the place of a whole one: its file gets another name.
        """
        summary.interrupted = interrupted
        for entry in self._opened:
            entry.interrupted = interrupted
        self._each(lambda report: report.end(summary))
        for entry in self._opened:
            if entry.failure is None and (notice := entry.report.truncation_notice()):
                click.echo(f"whosees: {entry.name} {notice}", err=True)

    def close(self) -> None:
        """Put every file in its place; raise ClickException that names all that could not be written."""
        for entry in self._opened:
            entry.close(None)
            if entry.failure is None and entry.is_partial_file():
                click.echo(
                    f"whosees: {entry.name} is incomplete; it was written to {entry.partial_name}", err=True
                )
        failures = [entry.failure for entry in self._opened if entry.failure is not None]
        messages = [str(failure) for failure in failures if not isinstance(failure, OutputWriteError)]
        if messages:
            raise click.ClickException("; ".join(messages))
        if failures:
            raise OutputWriteError

    def abandon(self, error: BaseException) -> None:
        """Leave no file behind: a part of a report could be taken for a whole one."""
        for entry in self._opened:
            entry.close(error)

    def _each(self, render: Callable[[AnyReport], str | bytes]) -> None:
        for entry in self._opened:
            if entry.failure is None:
                entry.write(render(entry.report))


class _ReportWriter:
    """Writes a report to its stream until the first failure, which it keeps."""

    def __init__(self, report: AnyReport, output: Output) -> None:
        self.report = report
        self.name = f"the {output.format} report" + (
            f" `{escape_unprintable(output.file)}`" if output.file else ""
        )
        self.failure: click.ClickException | OutputWriteError | None = None
        self.interrupted = False
        self._output = output
        self._opened = open_output(
            output.file,
            binary=output.format in TABLES,
            in_utf8=output.is_in_utf8,
            destination=self._destination,
        )
        try:
            self._stream = self._opened.__enter__()
        except click.ClickException as error:
            self.failure = error

    def write(self, content: str | bytes) -> None:
        """Write the next part of the report."""
        try:
            self._stream.write(content)
        except OSError as error:
            self._fail(error)

    def is_partial_file(self) -> bool:
        """Return whether the report goes to a file that could be taken for that of a whole run."""
        file = self._output.file
        return self.interrupted and file not in (None, "-") and not cannot_be_replaced(file)

    @property
    def partial_name(self) -> str:
        """The name of the file of an interrupted run."""
        return f"`{escape_unprintable(self._destination(self._output.file or ''))}`"

    def _destination(self, place: str) -> str:
        return f"{place}{PARTIAL}" if self.interrupted else place

    def close(self, error: BaseException | None) -> None:
        """Close the stream: the file appears, or with an error is dropped."""
        if self.failure is not None:
            return
        try:
            if error is None:
                self._opened.__exit__(None, None, None)
            else:
                with contextlib.suppress(BaseException):
                    self._opened.__exit__(type(error), error, error.__traceback__)
        except (click.ClickException, OutputWriteError) as failure:
            self.failure = failure
        except OSError as failure:
            self._fail(failure)

    def _fail(self, error: OSError) -> None:
        self.failure = click.ClickException(f"{self.name} cannot be written: {os_error_text(error)}")
        try:
            self._opened.__exit__(type(error), error, error.__traceback__)
        except (click.ClickException, OutputWriteError) as failure:
            self.failure = failure
        except OSError:
            return  # the stream could not be closed either, for the reason that is already kept


def repository_of(folder: str) -> str:
    """Return the root of the repository that a folder is in, by which CI systems name files, or the folder itself."""
    start = os.path.abspath(folder)
    at = start
    while not os.path.exists(os.path.join(at, ".git")):
        above = os.path.dirname(at)
        if above == at:
            return start
        at = above
    return at


def _report_options(
    *, format_: str, output_file: str | None, reports: Sequence[str], verbose: bool, quiet: bool
) -> ReportOptions:
    output = _format_by_file_name(Output(format_, output_file))
    further = tuple(map(_parse_report, reports))
    _require_distinct_files([output, *further])
    for each in (output, *further):
        _require_table_output(each)
    return ReportOptions(output, further, verbose, quiet)


def _formats_help() -> str:
    formats = (FORMATS | TABLES).items()
    return "; ".join(f"{name}: {format_.description}" for name, format_ in formats) + "."


reporting_options = option_group(
    "reporting",
    _report_options,
    [
        click.option(
            "--report",
            "reports",
            multiple=True,
            metavar="FORMAT=FILE",
            help=f"Write a further report to a file; repeatable. {_formats_help()}",
        ),
        click.option("-v", "--verbose", is_flag=True, help="Show conformant responses and notes too."),
        click.option("-q", "--quiet", is_flag=True, help="Show only what is wrong, and the totals."),
        *format_options(*FORMATS, *TABLES),
    ],
)
"""Add formats, files and how much the text says; the command gets them as ``reporting``."""


def _parse_report(text: str) -> Output:
    name, equals, file = text.partition("=")
    if not equals or not file:
        raise click.UsageError(f"`--report {text}` is not of the form FORMAT=FILE, such as junit=out.xml")
    known = (*FORMATS, *TABLES)
    if name not in known:
        raise click.UsageError(f"`--report {text}`: there is no format `{name}`{suggestion(name, known)}")
    if file == "-":
        raise click.UsageError(f"`--report {text}`: standard output is for `--format`; name a file")
    return Output(name, file)


def _format_by_file_name(output: Output) -> Output:
    """Take the format of a table from the name of its file unless ``--format`` was given."""
    source = click.get_current_context().get_parameter_source("format_")
    ending = (output.file or "").rpartition(".")[2].lower()
    if source is click.core.ParameterSource.DEFAULT and ending in TABLES:
        return msgspec.structs.replace(output, format=ending)
    return output


def _require_table_output(report: Output) -> None:
    """Raise an error if a table has no file to go to, or its library is not installed."""
    if report.format not in TABLES:
        return
    if report.file in (None, "-"):
        raise click.UsageError(f"`{report.format}` cannot be written to standard output; pass `-o FILE`")
    command = click.get_current_context().info_name
    require_extra(
        f"{command} --format {report.format}", TABLES[report.format].requires, TABLES[report.format].extra
    )


def _require_distinct_files(reports: Sequence[Output]) -> None:
    paths: set[str] = set()
    for report in reports:
        if report.file in (None, "-"):
            continue
        path = os.path.realpath(report.file or "")
        if path in paths and not (os.path.exists(path) and not os.path.isfile(path)):
            raise click.UsageError(f"`{report.file}`: two reports cannot go to one file")
        paths.add(path)
