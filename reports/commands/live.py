"""Text of `live` for people: what is wrong, as in `check`, then a table of all cases, then totals and coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ...engine.context import Context
from ...engine.coverage import measure
from ...engine.expectation import Evaluator
from ...engine.finding import Severity
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ..check.base import CheckFormatter, RenderOptions
from ..check.several import SeveralTextFormatter
from ..check.text import TextFormatter
from ..text.style import count, table


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A row of the table of cases: its name, the verdict in a word or two, the seconds that its response took.

    ``results`` are those that the verdict sums up, none if there was nothing to judge.
    """

    name: str
    verdict: str
    seconds: float
    results: tuple[ResponseResult, ...]


class LiveText(CheckFormatter):
    """Writes noteworthy cases as they arrive, then the table of all cases, then the totals.

    The caller adds to ``rows`` as cases come in. ``options.quiet`` leaves conformant cases out of the table.
    """

    def __init__(
        self, rulebooks: Sequence[Rulebook], options: RenderOptions, rows: Sequence[CaseRow]
    ) -> None:
        self._quiet = options.quiet
        self._rows = rows
        brief = replace(options, quiet=not options.verbose)
        self._text: CheckFormatter = (
            TextFormatter(rulebooks[0], brief)
            if len(rulebooks) == 1
            else SeveralTextFormatter(rulebooks, brief)
        )
        self._evaluators = [Evaluator(rulebook) for rulebook in rulebooks]

    def begin(self) -> str:
        """Return nothing: the text starts with the first noteworthy case."""
        return self._text.begin()

    def response(self, result: ResponseResult) -> str:
        """Return the text about a case if it is noteworthy, or if every case is wanted."""
        if self._quiet and result.outcome is Outcome.CONFORMANT:
            return ""
        return self._text.response(result)

    def end(self, summary: Summary) -> str:
        """Return the table, the totals and the coverage."""
        lines = [_line(row) for row in self._rows if not (self._quiet and _conforms(row))]
        cases = table(lines, ["case", "verdict", "time", "findings"]) + "\n\n" if lines else ""
        text = cases + self._text.end(summary)
        # The totals of `check` leave out the coverage if nothing was judged; here it is part of the answer.
        return text + ("" if summary.contexts else f"{coverage(self._evaluators, {})}\n")


def coverage(evaluators: Sequence[Evaluator], contexts: Mapping[str, Collection[Context]]) -> str:
    """Return how many of the tables' obligations the judged cases exercised; contexts are by the rulebook's id."""
    totals = [measure(each, contexts.get(each.rulebook.id, ())).total for each in evaluators]
    exercised, obligations = sum(t.exercised for t in totals), sum(t.obligations for t in totals)
    return f"coverage: {exercised} of {obligations} obligations exercised"


def _conforms(row: CaseRow) -> bool:
    return bool(row.results) and all(result.outcome is Outcome.CONFORMANT for result in row.results)


def _line(row: CaseRow) -> list[str]:
    found = Counter(finding.severity for result in row.results for finding in result.findings)
    parts = [
        count(found[severity], severity.value)
        for severity in Severity
        if found[severity] and severity is not Severity.NOTE
    ]
    return [row.name, row.verdict, f"{row.seconds:.2f} s", ", ".join(parts) or "-"]
