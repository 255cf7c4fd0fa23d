"""`matrix`: the table as encoded, for comparison with the published page."""

from __future__ import annotations

from collections import Counter

from ...rules.model import Rulebook
from ..text.json import encode, rulebook_identity
from ..text.style import Style, count, table

SCHEMA = "whosees/matrix@1"


def matrix_json(rulebook: Rulebook) -> str:
    """Return every row with its cells as JSON, in printed order."""
    rows = [{"path": row.path, "element": row.element, "cells": dict(row.cells)} for row in rulebook.rows]
    return (
        f'{{"schema":"{SCHEMA}","rulebook":{encode(rulebook_identity(rulebook))},\n"rows":[\n'
        + ",\n".join(map(encode, rows))
        + "\n]}\n"
    )


def matrix_text(rulebook: Rulebook) -> str:
    """Return the table by wire path as text, followed by the names that are printed differently."""
    headers = ["row", "element", *(column.printed for column in rulebook.columns)]
    rows = [
        [
            str(row.number),
            row.path,
            *(rulebook.markers[row.cells[column.id]].printed for column in rulebook.columns),
        ]
        for row in rulebook.rows
    ]
    cells = Counter(marker for row in rulebook.rows for marker in row.cells.values())
    legend = [
        f"{marker.printed}: {marker.meaning} ({count(cells[marker.id], 'cell')})"
        for marker in rulebook.document.markers
    ]
    columns = Style().wrap(", ".join(f"{column.printed} {column.title}" for column in rulebook.columns))
    printed_names = [
        f"row {row.number} is printed {row.element}"
        for row in rulebook.rows
        if row.element != row.path.rpartition("/")[2]
    ]
    return "\n".join([table(rows, headers), "", *legend, columns, *printed_names]) + "\n"
