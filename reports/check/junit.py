"""JUnit XML of `check`, valid by the schema of Jenkins' xUnit plugin: a suite per response, a case per row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ...engine.context import Context
from ...engine.expectation import Evaluator
from ...engine.finding import Finding, Severity, finding_id
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.coverage import coverage_of, coverage_summary, format_ratio
from ..text.escape import escape_control_chars
from ..text.phrases import explain_command_for, finding_message, format_lines, format_totals, undecided_reason
from ..text.response_names import UniqueNames
from .base import CheckFormatter, RenderOptions


@dataclass(frozen=True, slots=True)
class _Case:
    """A test case; ``kind`` is the element that holds its outcome, empty for a passed one."""

    id: str
    kind: str = ""
    message: str = ""
    type: str = ""
    text: str = ""


END = "</testsuites>\n"
"""The end of a document."""


class JunitFormatter(CheckFormatter):
    """Writes a suite as each response arrives; a last suite, without cases, holds the totals."""

    def __init__(
        self,
        rulebook: Rulebook,
        options: RenderOptions,
        totals_name: str = "whosees: coverage of obligations",
    ) -> None:
        self._totals_name = totals_name
        self._rulebook = rulebook
        self._evaluator = Evaluator(rulebook)
        self._locations = options.locations
        self._names = UniqueNames()
        self._row_ids: dict[Context, list[tuple[str, str]]] = {}

    def begin(self) -> str:
        """Return the start of the document."""
        return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="whosees">\n'

    def response(self, result: ResponseResult) -> str:
        """Return the suite of one response."""
        name = self._names.name(result)
        cases = list(self._cases(result))
        others = [
            finding
            for finding in result.findings
            if not _is_error(finding) and (result.failed or not _about_row(finding))
        ]
        location = self._locations.locate(result.source)
        file = f" file={_quote(location.file)}" if location.file is not None else ""
        counts = " ".join(
            f'{attribute}="{sum(case.kind == kind for case in cases)}"'
            for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
        )
        lines = [
            f'<testsuite name={_quote(name)} tests="{len(cases)}" {counts} time="0"{file}>',
            _properties(self._facts(result)),
            *(_case(case, name) for case in cases),
        ]
        if others:
            texts = [self._describe(result, finding) for finding in others]
            lines.append(f"<system-out>{_text(texts)}</system-out>")
        return "\n".join([*lines, "</testsuite>\n"])

    def end(self, summary: Summary) -> str:
        """Return the last suite, which holds the totals, and the end of the document."""
        coverage = coverage_of(self._rulebook, summary)
        facts = [("totals", format_totals(summary)), ("coverage", format_ratio(coverage.total))]
        facts += [(f"coverage.{column}", format_ratio(ratio)) for column, ratio in coverage.by_column.items()]
        return (
            f'<testsuite name={_quote(self._totals_name)} tests="0" failures="0" errors="0" skipped="0" '
            f'time="0">\n{_properties(facts)}\n'
            f"<system-out>{_text([format_totals(summary), coverage_summary(coverage)])}</system-out>\n</testsuite>\n{END}"
        )

    def _facts(self, result: ResponseResult) -> list[tuple[str, str]]:
        resolved = result.resolved
        sourced = zip(resolved.context.items(), resolved.sources, strict=True)
        return [
            ("rulebook", f"{self._rulebook.id} {self._rulebook.version}"),
            ("outcome", result.outcome + (f" ({result.reason})" if result.reason else "")),
            *((fact, f"{value} ({source})") for (fact, value), source in sourced),
        ]

    def _cases(self, result: ResponseResult) -> Iterator[_Case]:
        context = result.resolved.context
        if result.outcome is Outcome.UNCHECKED:
            id_ = finding_id(self._rulebook, context, None, "unchecked")
            detail = result.detail or ""
            yield _Case(id_, "error", detail, str(result.reason), detail)
            return
        if result.expected_failure:
            yield _Case(
                finding_id(self._rulebook, context, None, "expected-failure"), text=result.detail or ""
            )
            return
        if result.failed:  # nothing is expected of a failed call, so that no row passes
            yield from self._error_cases(result, result.findings)
            return
        rows = {finding.id: finding for finding in reversed(result.findings) if _about_row(finding)}
        undecided_rows = frozenset(self._evaluator.undecided_rows(context))
        for path, id_ in self._row_identities(context):
            finding = rows.get(id_)
            if finding is not None:
                yield self._finding_case(result, finding, id_)
            elif (undecided := rows.get(f"{id_}#undecided")) and _is_error(undecided):
                yield self._finding_case(result, undecided, id_)
            elif path in undecided_rows:
                facts = self._evaluator.undecided_facts(self._rulebook.row_by_path[path], context)
                yield _Case(id_, "skipped", undecided_reason(facts), "undecided")
            else:
                yield _Case(id_)
        yield from self._error_cases(result, [each for each in result.findings if not _about_row(each)])

    def _error_cases(self, result: ResponseResult, findings: Iterable[Finding]) -> Iterator[_Case]:
        """Yield a case for each error that has no row's: the suite must not be green about it."""
        repeats: Counter[str] = Counter()
        for finding in findings:
            if _is_error(finding):
                repeats[finding.id] += 1
                suffix = f"~{repeats[finding.id]}" if repeats[finding.id] > 1 else ""
                yield self._finding_case(result, finding, finding.id + suffix)

    def _row_identities(self, context: Context) -> list[tuple[str, str]]:
        """Return the path and the identity of every row in this context."""
        cached = self._row_ids.get(context)
        if cached is None:
            cached = [
                (row.path, finding_id(self._rulebook, context, row.path)) for row in self._rulebook.rows
            ]
            self._row_ids[context] = cached
        return cached

    def _finding_case(self, result: ResponseResult, finding: Finding, name: str) -> _Case:
        kind = "failure" if _is_error(finding) else ""
        return _Case(name, kind, finding_message(finding), finding.rule, self._describe(result, finding))

    def _describe(self, result: ResponseResult, finding: Finding) -> str:
        lines = format_lines(finding)
        command = explain_command_for(self._rulebook, finding.explain_target, result.resolved.context)
        text = f"{finding.effective_severity}: {finding.rule}: {finding_message(finding)}"
        return text + (f" ({lines})" if lines else "") + f"\nwhy: {command}"


def _is_error(finding: Finding) -> bool:
    return finding.effective_severity is Severity.ERROR


def _about_row(finding: Finding) -> bool:
    return finding.expectation is not None


def _case(case: _Case, suite: str) -> str:
    head = f'<testcase classname={_quote(suite)} name={_quote(case.id)} time="0"'
    if not case.kind:
        return (
            f"{head}><system-out>{_text([case.text])}</system-out></testcase>" if case.text else f"{head}/>"
        )
    start = f"<{case.kind} type={_quote(case.type)} message={_quote(case.message)}>"
    return f"{head}>{start}{_text([case.text])}</{case.kind}></testcase>"


def _properties(facts: list[tuple[str, str]]) -> str:
    inner = "".join(f"<property name={_quote(name)} value={_quote(value)}/>" for name, value in facts)
    return f"<properties>{inner}</properties>"


def _quote(text: str) -> str:
    return quoteattr(escape_control_chars(text))


def _text(paragraphs: list[str]) -> str:
    """Return paragraphs as XML text; each line is escaped before the lines are joined."""
    return escape(
        "\n".join("\n".join(map(escape_control_chars, paragraph.split("\n"))) for paragraph in paragraphs)
    )
