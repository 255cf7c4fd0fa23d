"""The text of `live` for people: what is wrong, as `check` says it, then every case in a table, and the coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...engine.coverage import measure
from ...engine.expectation import Evaluator
from ...engine.finding import Severity
from ...engine.result import Outcome, ResponseResult, Summary
from ..check.base import CheckReport
from ..check.text import CheckText
from ..text.style import Style, count, table


@dataclass(frozen=True, slots=True)
class Timed:
    """What a case came to in a word or two, and the seconds its answer took."""

    verdict: str
    seconds: float


class LiveText(CheckReport):
    """Writes cases with something to say as they come, then the table of all, then the totals.

    ``timed`` is filled by whoever makes the calls, by the source and index of each result, before the result is given.
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
    ) -> None:
        self._evaluator = evaluator
        self._quiet = quiet
        self._timed = timed
        self._text = CheckText(evaluator.rulebook, style, verbose=verbose, quiet=not verbose)
        self._rows: list[list[str]] = []

    def begin(self) -> str:
        """Text begins with the first case that has something to say."""
        return self._text.begin()

    def response(self, result: ResponseResult) -> str:
        """Give a case, if there is something wrong with it or all are asked for."""
        if self._quiet and result.outcome is Outcome.CONFORMANT:
            return ""
        timed = self._timed[result.source, result.index]
        name = result.source + (f", body {result.index + 1}" if result.index else "")
        self._rows.append([name, timed.verdict, f"{timed.seconds:.2f} s", _findings(result)])
        return self._text.response(result)

    def end(self, summary: Summary) -> str:
        """Give the table, the totals and the coverage."""
        shown = table(self._rows, ["case", "verdict", "time", "findings"]) + "\n\n" if self._rows else ""
        said = self._text.end(summary)  # it tells of coverage where there is any
        return shown + said + ("" if summary.contexts else f"{coverage(self._evaluator, summary)}\n")


def coverage(evaluator: Evaluator, summary: Summary) -> str:
    """Say how many of the table's obligations the judged cases exercised."""
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
