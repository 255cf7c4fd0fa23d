"""Coverage as every report shows it: how many obligations of the table the judged responses exercised."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ..engine.coverage import exercised, obligations
from ..engine.expectation import Evaluator
from ..engine.result import Summary
from ..rules.model import Rulebook


@dataclass(frozen=True, slots=True)
class Tally:
    """So many obligations of so many."""

    exercised: int
    of: int

    def __str__(self) -> str:
        return f"{self.exercised:,} of {self.of:,}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The tally of the whole table, and of each column by its id in printed order."""

    whole: Tally
    columns: dict[str, Tally]

    @property
    def sentence(self) -> str:
        """The tally in words, with the columns that were exercised: `46 of 351 (MC 46 of 77)`."""
        seen = [f"{column} {tally}" for column, tally in self.columns.items() if tally.exercised]
        return f"coverage of obligations: {self.whole}" + (f" ({', '.join(seen)})" if seen else "")


def coverage(rulebook: Rulebook, summary: Summary) -> Coverage:
    """Count what the contexts of the judged responses exercised."""
    all_of = Counter(obligation.column for obligation in obligations(rulebook))
    seen = Counter(obligation.column for obligation in exercised(Evaluator(rulebook), summary.contexts))
    columns = {column.id: Tally(seen[column.id], all_of[column.id]) for column in rulebook.columns}
    return Coverage(Tally(seen.total(), all_of.total()), columns)
