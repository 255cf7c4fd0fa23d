"""JUnit XML of `check`, by the schema of Jenkins' xUnit plugin: a suite per response, a case per row of the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ...engine.context import Context
from ...engine.finding import Finding, Severity, finding_id
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.coverage import coverage_of, coverage_sentence, tally
from ..text.escape import escape_control_chars
from ..text.locations import Places
from ..text.phrases import explain_command_for, lines_said, message_of, totals
from ..text.response_names import UniqueNames
from ..text.style import listing
from .base import CheckReport


@dataclass(frozen=True, slots=True)
class _Case:
    """A test case: its identity, and what stands inside; ``kind`` is the element that says how it went."""

    id: str
    kind: str = ""
    message: str = ""
    type: str = ""
    text: str = ""


class CheckJunit(CheckReport):
    """Writes a suite as each response comes; what the whole came to is a last suite, without cases."""

    def __init__(self, rulebook: Rulebook, places: Places) -> None:
        self._rulebook = rulebook
        self._places = places
        self._names = UniqueNames()
        self._row_ids: dict[Context, list[tuple[str, str]]] = {}

    def begin(self) -> str:
        """Open the document."""
        return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="whosees">\n'

    def response(self, result: ResponseResult) -> str:
        """Give the suite of one response."""
        name = self._names.of(result)
        cases = list(self._cases(result))
        remarks = [
            f for f in result.findings if not _about_row(f) and f.effective_severity is not Severity.ERROR
        ]
        place = self._places.of(result.source)
        file = f" file={_quoted(place.file)}" if place.file is not None else ""
        counts = " ".join(
            f'{attribute}="{sum(case.kind == kind for case in cases)}"'
            for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
        )
        lines = [
            f'<testsuite name={_quoted(name)} tests="{len(cases)}" {counts} time="0"{file}>',
            _properties(self._facts(result)),
            *(_case(case, name) for case in cases),
        ]
        if remarks:
            said = [self._said(result, finding) for finding in remarks]
            lines.append(f"<system-out>{_text(said)}</system-out>")
        return "\n".join([*lines, "</testsuite>\n"])

    def end(self, summary: Summary) -> str:
        """Close the document with its totals."""
        covered = coverage_of(self._rulebook, summary)
        facts = [("totals", totals(summary)), ("coverage", tally(covered.total))]
        facts += [(f"coverage.{column}", tally(share)) for column, share in covered.by_column.items()]
        return (
            '<testsuite name="whosees: coverage of obligations" tests="0" failures="0" errors="0" skipped="0" '
            f'time="0">\n{_properties(facts)}\n'
            f"<system-out>{_text([totals(summary), coverage_sentence(covered)])}</system-out>\n</testsuite>\n</testsuites>\n"
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
        rows = {finding.id: finding for finding in reversed(result.findings) if _about_row(finding)}
        undetermined = frozenset(result.undetermined)
        for path, id_ in self._ids_of(context):
            finding = rows.get(id_)
            if finding is not None:
                yield self._found(result, finding, id_)
            elif path in undetermined:
                depends = listing(result.depends_on)
                yield _Case(
                    id_, "skipped", f"undetermined: it depends on {depends}, not known", "undetermined"
                )
            else:
                yield _Case(id_)
        # An error that is about no row is a case too: the suite must not be green about it.
        taken: dict[str, int] = {}
        for finding in result.findings:
            if finding.effective_severity is Severity.ERROR and not _about_row(finding):
                taken[finding.id] = again = taken.get(finding.id, 0) + 1
                yield self._found(result, finding, finding.id + (f"~{again}" if again > 1 else ""))

    def _ids_of(self, context: Context) -> list[tuple[str, str]]:
        """Give path and identity of every row in this context."""
        known = self._row_ids.get(context)
        if known is None:
            known = [(row.path, finding_id(self._rulebook, context, row.path)) for row in self._rulebook.rows]
            self._row_ids[context] = known
        return known

    def _found(self, result: ResponseResult, finding: Finding, name: str) -> _Case:
        kind = "failure" if finding.effective_severity is Severity.ERROR else ""
        return _Case(name, kind, message_of(finding), finding.rule, self._said(result, finding))

    def _said(self, result: ResponseResult, finding: Finding) -> str:
        where = lines_said(finding)
        why = explain_command_for(self._rulebook, finding.explain_target, result.resolved.context)
        said = f"{finding.effective_severity}: {finding.rule}: {message_of(finding)}" + (
            f" ({where})" if where else ""
        )
        return f"{said}\nwhy: {why}"


def _about_row(finding: Finding) -> bool:
    return finding.expectation is not None


def _case(case: _Case, suite: str) -> str:
    head = f'<testcase classname={_quoted(suite)} name={_quoted(case.id)} time="0"'
    if not case.kind:
        return (
            f"{head}><system-out>{_text([case.text])}</system-out></testcase>" if case.text else f"{head}/>"
        )
    told = f"<{case.kind} type={_quoted(case.type)} message={_quoted(case.message)}>"
    return f"{head}>{told}{_text([case.text])}</{case.kind}></testcase>"


def _properties(facts: list[tuple[str, str]]) -> str:
    inner = "".join(f"<property name={_quoted(name)} value={_quoted(value)}/>" for name, value in facts)
    return f"<properties>{inner}</properties>"


def _quoted(text: str) -> str:
    return quoteattr(escape_control_chars(text))


def _text(paragraphs: list[str]) -> str:
    """Write lines of text as XML; a line break inside a name is made visible before this joins any."""
    return escape(
        "\n".join("\n".join(map(escape_control_chars, paragraph.split("\n"))) for paragraph in paragraphs)
    )
