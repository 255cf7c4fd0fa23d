"""A rulebook as text and as plain data: the two files of the built-in one, changed, and written anew."""

from __future__ import annotations

import csv
import io
import tomllib
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import tomli_w

from whosees.rules.load import RULEBOOK_FILE
from whosees.rules.registry import BUILTINS, DEFAULT

Document = dict[str, Any]
Table = list[list[str]]


@dataclass(frozen=True)
class Source:
    """A rulebook as its two files hold it: the document, and the lines of the table with the heading first."""

    document: Document
    table: Table

    @property
    def table_file(self) -> str:
        """The name of the table's file."""
        return "table-4-3.csv"

    def copy(self) -> Source:
        """The same once more, to be changed."""
        return Source(deepcopy(self.document), deepcopy(self.table))

    def write(self, folder: Path) -> None:
        """Write both files."""
        (folder / RULEBOOK_FILE).write_text(tomli_w.dumps(self.document), encoding="utf-8")
        table = io.StringIO()
        csv.writer(table, lineterminator="\n").writerows(self.table)
        (folder / self.table_file).write_text(table.getvalue(), encoding="utf-8")


@cache
def built_in() -> Source:
    """The rulebook of Table 4-3, as it stands in the files."""
    document = tomllib.loads(Path(BUILTINS[DEFAULT], RULEBOOK_FILE).read_text(encoding="utf-8"))
    with Path(BUILTINS[DEFAULT], document["rulebook"]["table"]).open(encoding="utf-8", newline="") as stream:
        return Source(document, list(csv.reader(stream)))
