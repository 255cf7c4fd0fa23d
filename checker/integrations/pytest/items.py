"""Recordings as pytest items: for each response, one for the call and one for each group of rows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ....engine.baseline_filter import BaselineFilter
from ....engine.expectation import Evaluator
from ....engine.finding import Finding, Severity, context_id
from ....engine.finding_rules.undecided import Undecided
from ....engine.groups import CALL, group_of, row_groups
from ....engine.result import FailOn, Outcome, ResponseResult
from ....reports.text.style import count
from ....rules.names import join_words
from ...checking.checker import Checker
from ...checking.results import Skipped
from ...core.crash_report import InternalError, format_crash
from ...core.display import escape_unprintable
from ...recordings import Recording, SkippedFile, find_recordings
from ..testing import errors_of, format_findings, headline
from .settings import PluginSettings, plugin_settings, recording_paths


def collect_recordings(session: pytest.Session) -> Iterator[pytest.Item]:
    """Collect the tests of every recording that the options name."""
    for path in recording_paths(session.config):
        recordings: pytest.Collector = Recordings.from_parent(session, name=path, nodeid=path)
        yield from session.genitems(recordings)


class Recordings(pytest.Collector):
    """A folder or file of recordings. One without any response is an error, never a green run."""

    def collect(self) -> Iterator[pytest.Collector]:
        """Judge the recordings, and yield a collector for each response."""
        settings = plugin_settings(self.config)
        if settings.checker.settings.others:
            raise self.CollectError(
                "recordings are run as tests by one rulebook; name it with `--whosees-rules`"
            )
        checker = Checker(settings.checker.settings)
        baseline_filter = BaselineFilter(
            settings.rulebook, settings.checker.baseline, datetime.now(UTC).date()
        )
        found = False
        for recording in find_recordings([self.name], wire=settings.rulebook.document.wire.format):
            for result in _judge(checker, recording):
                if not isinstance(result, Skipped):
                    found = True
                    yield self._response(settings, recording, baseline_filter.apply(result))
        if not found:
            raise self.CollectError(f"no response was found in `{escape_unprintable(self.name)}`")

    def _response(
        self, settings: PluginSettings, recording: Recording | SkippedFile, result: ResponseResult
    ) -> pytest.Collector:
        name = result.source + (f"[{result.index}]" if result.index else "")
        response_file = recording.response if isinstance(recording, Recording) else None
        path = response_file if isinstance(response_file, Path) else None
        response: pytest.Collector = Response.from_parent(
            self, name=name, nodeid=name, path=path, settings=settings, result=result
        )
        return response


def _judge(checker: Checker, recording: Recording | SkippedFile) -> list[ResponseResult | Skipped]:
    __tracebackhide__ = True
    try:
        return list(checker.check(recording))
    except Exception as error:  # noqa: BLE001 - its text, and the variables of its frames, can hold messages
        raise InternalError(format_crash(error)) from None


class Response(pytest.Collector):
    """A response that was judged; one that could not be judged has a single item that says why."""

    def __init__(self, *, settings: PluginSettings, result: ResponseResult, **rest: Any) -> None:
        super().__init__(**rest)
        self.settings = settings
        self.result = result

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for the call, and one for each group of rows."""
        groups = row_groups(self.settings.rulebook)
        by_group: dict[str, list[Finding]] = {CALL: []}
        undecided = Undecided()
        if self.result.judged:
            by_group |= {name: [] for name in groups}
            evaluator, context = Evaluator(self.settings.rulebook), self.result.resolved.context
            undecided = Undecided(evaluator.undecided_rows(context), evaluator.all_undecided_facts(context))
        for finding in self.result.findings:
            by_group[group_of(groups, finding)].append(finding)
        for name, findings in by_group.items():
            paths = groups.get(name, ())
            yield GroupItem.from_parent(
                self, name=name, response=self, findings=findings, paths=paths, undecided=undecided
            )


class GroupItem(pytest.Item):
    """The findings about a group of rows in a response."""

    def __init__(
        self,
        *,
        response: Response,
        findings: list[Finding],
        paths: tuple[str, ...],
        undecided: Undecided,
        **rest: Any,
    ) -> None:
        super().__init__(**rest)
        self.settings = response.settings
        self.result = response.result
        self.findings = findings
        self.undetermined = [path for path in paths if path in self.result.undetermined]
        self.add_marker("whosees")
        self.user_properties += self._properties()
        is_open = set(paths) <= set(undecided.rows) and all(f.severity is Severity.NOTE for f in findings)
        if paths and is_open and not self._fails_if_undecided:
            reason = _undetermined_text(len(paths), undecided.facts)
            self.add_marker(pytest.mark.skip(reason=reason))
        if self.result.reason in self.settings.allowed:
            self.add_marker(pytest.mark.skip(reason=self._unchecked_text()))

    @property
    def _fails_if_undecided(self) -> bool:
        return self.settings.checker.fail_on in (FailOn.UNDECIDED, FailOn.NOTE)

    def setup(self) -> None:
        """Stop with an error rather than a failure if the response could not be judged."""
        if self.result.outcome is Outcome.UNCHECKED:
            pytest.fail(f"{self._unchecked_text()}\n{self._findings_text(self.findings)}", pytrace=False)

    def runtest(self) -> None:
        """Fail if a finding counts as much; others, and undetermined elements, are added to the report."""
        fail_on = self.settings.checker.fail_on
        failing = [finding for finding in self.findings if fail_on.fails_finding(finding)]
        if failing:
            text = format_findings(
                self.settings.rulebook, self.result, self.findings, notes=fail_on is FailOn.NOTE
            )
            pytest.fail(f"{headline(failing)}\n{text}", pytrace=False)
        if self.undetermined:
            text = _undetermined_text(len(self.undetermined), self.result.depends_on)
            if self._fails_if_undecided:
                pytest.fail(text, pytrace=False)
            self.add_report_section("call", "whosees", text)
        if any(finding.severity is not Severity.NOTE for finding in self.findings):
            self.add_report_section("call", "whosees", self._findings_text(self.findings))

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Return the line of the first error; a recording inside a file is named by its source."""
        errors = errors_of(self.findings)
        line = errors[0].lines[0] - 1 if errors and errors[0].lines else 0
        return self.path if self.path.is_file() else self.result.source, line, self.nodeid

    def _findings_text(self, findings: list[Finding]) -> str:
        return format_findings(self.settings.rulebook, self.result, findings)

    def _unchecked_text(self) -> str:
        return f"unchecked ({self.result.reason}): {self.result.detail}"

    def _properties(self) -> list[tuple[str, object]]:
        """Return the properties of the recording in a report: its source, the facts of its call, and its findings."""
        result, rulebook = self.result, self.settings.rulebook
        context = result.resolved.context
        return [
            ("whosees_source", result.source),
            ("whosees_index", result.index),
            ("whosees_outcome", str(result.outcome)),
            ("whosees_rulebook", f"{rulebook.id} {rulebook.version} {rulebook.digest}"),
            ("whosees_case", context_id(rulebook, context)),
            *(
                (f"whosees_{fact}", f"{value} ({source})")
                for (fact, value), source in zip(context.items(), result.resolved.sources, strict=True)
            ),
            *(
                (f"whosees_{finding.severity}", f"{finding.rule} {finding.id}")
                for finding in self.findings
                if finding.severity is not Severity.NOTE
            ),
        ]


def _undetermined_text(number: int, facts: Sequence[str]) -> str:
    are = "is" if len(facts) == 1 else "are"
    return f"{count(number, 'element')} undetermined, since {join_words(facts)} {are} unknown"
