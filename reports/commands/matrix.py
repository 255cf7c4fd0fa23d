"""`matrix`: the table as encoded, to be laid beside the page."""

from __future__ import annotations

from collections import Counter

from ...rules.model import Rulebook
from ..check.json import encode, rulebook_identity
from ..text.style import Style, table

SCHEMA = "whosees/matrix@1"


def matrix_json(rulebook: Rulebook) -> str:
    """Give every row with its cells, in printed order."""
    rows = [{"path": row.path, "element": row.element, "cells": dict(row.cells)} for row in rulebook.rows]
    return (
        f'{{"schema":"{SCHEMA}","rulebook":{encode(rulebook_identity(rulebook))},\n"rows":[\n'
        + ",\n".join(map(encode, rows))
        + "\n]}\n"
    )


def matrix_text(rulebook: Rulebook) -> str:
    """Give the table by path on the wire, and below it the names that are printed otherwise."""
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
        f"{marker.printed}: {marker.meaning} ({cells[marker.id]} cells)"
        for marker in rulebook.document.markers
    ]
    columns = Style().wrap(", ".join(f"{column.printed} {column.title}" for column in rulebook.columns))
    otherwise = [
        f"row {row.number} is printed {row.element}"
        for row in rulebook.rows
        if row.element != row.path.rpartition("/")[2]
    ]
    return "\n".join([table(rows, headers), "", *legend, columns, *otherwise]) + "\n"
