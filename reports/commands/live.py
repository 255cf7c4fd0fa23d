"""Text of `live` for people: what is wrong, as in `check`, then a table of all cases, then totals and coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...engine.coverage import measure
from ...engine.expectation import Evaluator
from ...engine.finding import Severity
from ...engine.result import Outcome, ResponseResult, Summary
from ..check.base import CheckFormatter, RenderOptions
from ..check.text import TextFormatter
from ..text.style import Style, count, table


@dataclass(frozen=True, slots=True)
class Timed:
    """The verdict of a case in a word or two, and the seconds that its response took."""

    verdict: str
    seconds: float


class LiveText(CheckFormatter):
    """Writes noteworthy cases as they arrive, then the table of all cases, then the totals.

    ``timed`` maps the source and index of a result to its outcome; the caller adds it before it passes the result.
    ``quiet`` leaves conformant cases out of the table.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        style: Style,
        timed: Mapping[tuple[str, int], Timed],
        *,
        verbose: bool = False,
        quiet: bool = False,
        allowed: tuple[str, ...] = (),
    ) -> None:
        self._evaluator = evaluator
        self._quiet = quiet
        self._timed = timed
        self._text = TextFormatter(
            evaluator.rulebook,
            RenderOptions(style=style, verbose=verbose, quiet=not verbose, allowed=allowed),
        )
        self._rows: list[list[str]] = []

    def begin(self) -> str:
        """Return nothing: the text starts with the first noteworthy case."""
        return self._text.begin()

    def response(self, result: ResponseResult) -> str:
        """Return the text about a case if it is noteworthy, or if every case is wanted."""
        if self._quiet and result.outcome is Outcome.CONFORMANT:
            return ""
        timed = self._timed[result.source, result.index]
        name = result.source + (f", body {result.index + 1}" if result.index else "")
        self._rows.append([name, timed.verdict, f"{timed.seconds:.2f} s", _findings(result)])
        return self._text.response(result)

    def end(self, summary: Summary) -> str:
        """Return the table, the totals and the coverage."""
        cases = table(self._rows, ["case", "verdict", "time", "findings"]) + "\n\n" if self._rows else ""
        text = cases + self._text.end(summary)
        # The totals of `check` leave out the coverage if nothing was judged; here it is part of the answer.
        return text + ("" if summary.contexts else f"{coverage(self._evaluator, summary)}\n")


def coverage(evaluator: Evaluator, summary: Summary) -> str:
    """Return how many of the table's obligations the judged cases exercised."""
    total = measure(evaluator, summary.contexts).total
    return f"coverage: {total.exercised} of {total.obligations} obligations exercised"


def _findings(result: ResponseResult) -> str:
    parts = [
        count(number, severity.value)
        for severity in Severity
        if (number := sum(finding.severity is severity for finding in result.findings))
        and severity is not Severity.NOTE
    ]
    return ", ".join(parts) or "-"
