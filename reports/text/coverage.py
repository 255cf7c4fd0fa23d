"""Coverage: which obligations of the table the judged responses exercised, as a table or as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...engine.coverage import Coverage, Kind, Ratio, measure
from ...engine.expectation import Evaluator
from ...engine.result import Summary
from ...rules.model import Rulebook
from .style import table


def coverage_of(rulebook: Rulebook, summary: Summary) -> Coverage:
    """Measure what the judged responses of a run exercised."""
    return measure(Evaluator(rulebook), summary.contexts)


def tally(share: Ratio) -> str:
    """Say a share in figures: `46 of 351`."""
    return f"{share.exercised:,} of {share.obligations:,}"


def coverage_sentence(coverage: Coverage) -> str:
    """Say it in a line, with the columns that were exercised: `coverage of obligations: 46 of 351 (MC 46 of 71)`."""
    seen = [f"{column} {tally(share)}" for column, share in coverage.by_column.items() if share.exercised]
    return f"coverage of obligations: {tally(coverage.total)}" + (f" ({', '.join(seen)})" if seen else "")


def coverage_object(rulebook: Rulebook, coverage: Coverage) -> dict[str, Any]:
    """Give coverage as the schema has it; ``by_service`` is named for the fact that picks the column."""
    return {
        **_share(coverage.total),
        f"by_{rulebook.column_fact}": {column: _share(share) for column, share in coverage.by_column.items()},
        "by_marker": {kind_id(rulebook, kind): _share(share) for kind, share in coverage.by_kind.items()},
    }


def coverage_text(rulebook: Rulebook, coverage: Coverage) -> Iterator[str]:
    """Give coverage as a table: a line for each column of the rulebook, then the sum."""
    kinds = list(coverage.by_kind)
    headers = [rulebook.column_fact, *(kind_title(rulebook, kind) for kind in kinds), "all", ""]
    rows = [
        [column, *(_part(coverage.by_cell[column, kind]) for kind in kinds), _part(share), _percent(share)]
        for column, share in coverage.by_column.items()
    ]
    total = coverage.total
    rows.append(
        ["all", *(_part(share) for share in coverage.by_kind.values()), _part(total), _percent(total)]
    )
    yield f"coverage: {said(total)}"
    yield ""
    yield table(rows, headers)


def said(share: Ratio) -> str:
    """Say a share in words: `117 of 351 obligations exercised (33.3 %)`."""
    return f"{share.exercised} of {share.obligations} obligations exercised ({_percent(share)})"


def kind_title(rulebook: Rulebook, kind: Kind) -> str:
    """Name a kind of obligation for people: `✓`, or `PW granted`."""
    marker = rulebook.markers[kind.marker]
    return marker.printed + (f" {_way(rulebook, kind)}" if marker.granted_if else "")


def kind_id(rulebook: Rulebook, kind: Kind) -> str:
    """Name a kind of obligation for programs: `always`, or `pw-granted`."""
    return kind.marker + (f"-{_way(rulebook, kind)}" if rulebook.markers[kind.marker].granted_if else "")


def _way(rulebook: Rulebook, kind: Kind) -> str:
    return "granted" if kind.expectation == rulebook.markers[kind.marker].when_granted else "withheld"


def _share(share: Ratio) -> dict[str, Any]:
    return {"obligations": share.obligations, "exercised": share.exercised, "percent": share.percent}


def _part(share: Ratio) -> str:
    return f"{share.exercised}/{share.obligations}" if share.obligations else "–"


def _percent(share: Ratio) -> str:
    return f"{share.percent:.1f} %"
