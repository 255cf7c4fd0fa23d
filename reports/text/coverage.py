"""Coverage of obligations: how many decisions of the table the judged responses exercised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...engine.coverage import Coverage, Kind, Ratio, measure
from ...engine.expectation import Evaluator
from ...engine.result import Summary
from ...rules.model import Rulebook
from .style import table


def coverage_of(rulebook: Rulebook, summary: Summary) -> Coverage:
    """Measure which obligations the judged responses of a run exercised."""
    return measure(Evaluator(rulebook), summary.contexts)


def format_ratio(ratio: Ratio) -> str:
    """Return a ratio in figures: `46 of 351`."""
    return f"{ratio.exercised:,} of {ratio.obligations:,}"


def coverage_summary(coverage: Coverage) -> str:
    """Return one line with the exercised columns: `coverage of obligations: 46 of 351 (MC 46 of 71)`."""
    columns = [
        f"{column} {format_ratio(ratio)}" for column, ratio in coverage.by_column.items() if ratio.exercised
    ]
    return f"coverage of obligations: {format_ratio(coverage.total)}" + (
        f" ({', '.join(columns)})" if columns else ""
    )


def coverage_object(rulebook: Rulebook, coverage: Coverage) -> dict[str, Any]:
    """Return coverage as JSON data; ``by_service`` is named for the fact that selects the column."""
    return {
        **_ratio_object(coverage.total),
        f"by_{rulebook.column_fact}": {
            column: _ratio_object(ratio) for column, ratio in coverage.by_column.items()
        },
        "by_marker": {
            kind_id(rulebook, kind): _ratio_object(ratio) for kind, ratio in coverage.by_kind.items()
        },
    }


def coverage_text(rulebook: Rulebook, coverage: Coverage) -> Iterator[str]:
    """Yield coverage as a text table: a line for each column of the rulebook, then the sum."""
    kinds = list(coverage.by_kind)
    headers = [rulebook.column_fact, *(kind_title(rulebook, kind) for kind in kinds), "all", ""]
    rows = [
        [column, *(_part(coverage.by_cell[column, kind]) for kind in kinds), _part(ratio), _percent(ratio)]
        for column, ratio in coverage.by_column.items()
    ]
    total = coverage.total
    rows.append(
        ["all", *(_part(ratio) for ratio in coverage.by_kind.values()), _part(total), _percent(total)]
    )
    yield f"coverage: {coverage_line(total)}"
    yield ""
    yield table(rows, headers)


def coverage_line(ratio: Ratio) -> str:
    """Return a ratio in words: `117 of 351 obligations exercised (33.3 %)`."""
    return f"{ratio.exercised} of {ratio.obligations} obligations exercised ({_percent(ratio)})"


def kind_title(rulebook: Rulebook, kind: Kind) -> str:
    """Return the name of a kind of obligation for people: `✓`, or `PW granted`."""
    marker = rulebook.markers[kind.marker]
    return marker.printed + (f" {_branch(rulebook, kind)}" if marker.granted_if else "")


def kind_id(rulebook: Rulebook, kind: Kind) -> str:
    """Return the name of a kind of obligation for programs: `always`, or `pw-granted`."""
    return kind.marker + (f"-{_branch(rulebook, kind)}" if rulebook.markers[kind.marker].granted_if else "")


def _branch(rulebook: Rulebook, kind: Kind) -> str:
    return "granted" if kind.expectation == rulebook.markers[kind.marker].when_granted else "withheld"


def _ratio_object(ratio: Ratio) -> dict[str, Any]:
    return {"obligations": ratio.obligations, "exercised": ratio.exercised, "percent": ratio.percent}


def _part(ratio: Ratio) -> str:
    return f"{ratio.exercised}/{ratio.obligations}" if ratio.obligations else "–"


def _percent(ratio: Ratio) -> str:
    return f"{ratio.percent:.1f} %"
