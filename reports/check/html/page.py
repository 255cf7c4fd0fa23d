"""Values of the page of `check` beside the responses: headline, totals, coverage and the table by outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....engine.finding import Severity
from ....engine.finding_rules import rules_of
from ....engine.result import Outcome, Summary
from ....rules.model import Row, Rulebook
from ....rules.names import capitalize
from ...text.cell_counts import CellCount, CellCounts
from ...text.coverage import coverage_of, format_ratio
from ...text.phrases import skipped_notices, undecided_remedy, undecided_total
from ...text.style import count

_STATES = {
    "leaked": ("▲", "shown, but must not be"),
    "missing": ("▼", "absent, but must be shown"),
    "omitted": ("▽", "absent, but should be shown"),
    "met": ("ok", "as the table says"),
    "undecided": ("?", "undecided: a fact is unknown"),
    "untested": ("", "no response in this column"),
}


def page_values(rulebook: Rulebook, version: str, summary: Summary, counts: CellCounts) -> dict[str, Any]:
    """Return the values of the template ``body.html``, without those of its script."""
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in summary.reasons.most_common())
    fact = rulebook.fact(rulebook.column_fact).label
    return {
        "title": rulebook.document.rulebook.title,
        "verdict": _verdict(summary),
        "headline": _headline(summary),
        "totals": list(_totals(summary)),
        "reasons": reasons,
        "skipped": skipped_notices(summary),
        "undecided": undecided_total(summary),
        "undecided_remedy": undecided_remedy(summary),
        "rulebook": {"id": rulebook.id, "version": rulebook.version, "digest": rulebook.digest},
        "version": version,
        "coverage": coverage_of(rulebook, summary),
        "format_ratio": format_ratio,
        "columns": rulebook.columns,
        "column_fact": capitalize(fact),
        "table_title": capitalize(rulebook.table_title),
        "states": [{"id": id_, "sign": sign, "meaning": text} for id_, (sign, text) in _STATES.items()],
        "map_rows": list(_map_rows(rulebook, counts)),
        "outcomes": list(Outcome),
        "rule_ids": list(rules_of(rulebook)),
    }


def _verdict(summary: Summary) -> Outcome:
    if not summary.responses:
        return Outcome.UNCHECKED
    failed = (outcome for outcome in (Outcome.VIOLATING, Outcome.UNCHECKED) if summary.outcomes[outcome])
    return next(failed, Outcome.CONFORMANT)


def _headline(summary: Summary) -> str:
    violating, unchecked = summary.outcomes[Outcome.VIOLATING], summary.outcomes[Outcome.UNCHECKED]
    responses = count(summary.responses, "response")
    if not summary.responses:
        return "No response to check"
    if violating:
        return f"{violating:,} of {responses} {'violates' if violating == 1 else 'violate'} the table"
    if unchecked:
        return f"{unchecked:,} of {responses} could not be checked"
    if summary.undecided:
        return "No violation was found, but not every element could be decided"
    return "Every response conforms"


def _totals(summary: Summary) -> Iterator[dict[str, Any]]:
    for outcome in Outcome:
        yield {"number": summary.outcomes[outcome], "label": outcome, "kind": outcome}
    for severity in Severity:
        number = summary.severities[severity]
        yield {"number": number, "label": f"{severity}{'s' * (number != 1)}", "kind": severity}
    yield {"number": summary.skipped.total(), "label": "skipped", "kind": "skipped"}


def _map_rows(rulebook: Rulebook, counts: CellCounts) -> Iterator[dict[str, Any]]:
    cells = counts.cells()
    for row in rulebook.rows:
        parent, _, name = row.path.rpartition("/")
        yield {
            "path": row.path,
            "name": name,
            "depth": f"d{min(parent.count('/') + 1, 3)}" if parent else "",
            "cells": [
                _map_cell(rulebook, row, column.id, cells[row.path, column.id]) for column in rulebook.columns
            ],
        }


def _map_cell(rulebook: Rulebook, row: Row, column: str, cell: CellCount) -> dict[str, Any]:
    sign, meaning = _STATES[cell.state]
    printed = rulebook.markers[row.cells[column]].printed
    numbers = (
        (cell.leaked, "leaked"),
        (cell.missing, "missing"),
        (cell.omitted, "omitted"),
        (cell.met, "as expected"),
        (cell.undecided, "undecided"),
    )
    text = ", ".join(f"{number:,} {what}" for number, what in numbers if number) or meaning
    return {
        "column": column,
        "state": cell.state,
        "sign": sign,
        "printed": printed,
        "label": f"{row.path}, {column}, printed {printed}: {text}",
        "has_findings": bool(cell.leaked or cell.missing or cell.omitted),
    }
