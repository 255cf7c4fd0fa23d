"""A validated rulebook: its document and the rows of its matrix."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import msgspec

from ..paths import ANY_NAME
from .document import Document
from .facts import Column, EnforcementRule, Fact
from .markers import Marker
from .texts import Interpretation, Statement
from .wire import RowOptions


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A printed line of the matrix.

    ``path`` is the element's path on the wire, names joined by ``/``; ``container`` is the path of the nearest row that
    encloses it, or None; ``steps`` are the names from there to the element. ``cells`` maps column ids to marker ids.
    ``line`` is its line in the file of the table, 0 if it was not read from a file.
    """

    number: int
    element: str
    path: str
    container: str | None
    steps: tuple[str, ...]
    cells: Mapping[str, str]
    comment: str = ""
    line: int = 0

    @property
    def is_free_key(self) -> bool:
        """True if it is about each member of a map, of which none need be there."""
        return self.steps[-1] == ANY_NAME


class Rulebook(msgspec.Struct, frozen=True, dict=True, kw_only=True, eq=False):
    """A validated rulebook.

    ``contents`` are the bytes of its files. ``location`` is the path or id that it was loaded by, None for the default.
    """

    document: Document
    rows: tuple[Row, ...]
    contents: tuple[bytes, ...] = ()
    location: str | None = None

    @cached_property
    def digest(self) -> str:
        """A digest of the content of its files; line endings do not count."""
        # Imported here because it takes a while and most commands print no digest.
        import hashlib

        digest = hashlib.sha256()
        for content in self.contents:
            text = content.replace(b"\r\n", b"\n")
            digest.update(len(text).to_bytes(8, "big") + text)
        return f"sha256:{digest.hexdigest()}"

    @property
    def id(self) -> str:
        """The id that begins the identity of every finding."""
        return self.document.rulebook.id

    @property
    def version(self) -> str:
        """The version of the content, numbered by its author."""
        return self.document.rulebook.version

    @property
    def table_title(self) -> str:
        """The title of the matrix, as printed."""
        return self.document.rulebook.table_title

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Every fact with its values; those of the column fact are the columns."""
        columns = tuple(column.as_value(self.column_fact) for column in self.columns)
        column_fact, replace = self.column_fact, msgspec.structs.replace
        return tuple(replace(f, values=columns) if f.id == column_fact else f for f in self.document.facts)

    @cached_property
    def fact_ids(self) -> tuple[str, ...]:
        """The ids of the facts, in declared order."""
        return tuple(fact.id for fact in self.document.facts)

    @property
    def column_fact(self) -> str:
        """The fact that picks the column."""
        return self.document.columns.fact

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in printed order."""
        return self.document.columns.values

    @cached_property
    def markers(self) -> Mapping[str, Marker]:
        """The markers by id."""
        return {marker.id: marker for marker in self.document.markers}

    @cached_property
    def statements(self) -> Mapping[str, Statement]:
        """The quoted sentences by id."""
        return {statement.id: statement for statement in self.document.statements}

    @cached_property
    def interpretations(self) -> Mapping[str, Interpretation]:
        """The interpretations by number."""
        return {entry.id: entry for entry in self.document.interpretations}

    @cached_property
    def row_by_path(self) -> Mapping[str, Row]:
        """The rows by their path on the wire."""
        return {row.path: row for row in self.rows}

    @cached_property
    def spelled_paths(self) -> Mapping[str, str]:
        """The paths that end in another accepted spelling, each with the path that it stands for."""
        return {
            f"{path[: path.rfind('/') + 1]}{spelling}": path
            for path, spellings in self.document.spellings.items()
            for spelling in spellings
        }

    @cached_property
    def row_options(self) -> Mapping[str, RowOptions]:
        """The treatment of nulls and masks for every row, and its condition, by path; defaults are filled in."""
        wire, given = self.document.wire, self.document.rows
        return {
            row.path: RowOptions(
                nulls=options.nulls or wire.nulls,
                masks=wire.masks if options.masks is None else options.masks,
                when=options.when,
            )
            for row in self.rows
            for options in (given.get(row.path, RowOptions()),)
        }

    @cached_property
    def rows_below(self) -> Mapping[str | None, tuple[Row, ...]]:
        """The rows directly below a row, or at the top for None, in printed order."""
        below: dict[str | None, tuple[Row, ...]] = {None: ()} | {row.path: () for row in self.rows}
        for row in self.rows:
            below[row.container] += (row,)
        return below

    @cached_property
    def judged_in(self) -> Mapping[str, str | None]:
        """The path of the element in each of whose occurrences a row is judged, by the row's path; None for the whole unit.

        That is the nearest one around it that is a row or has a free key: what must be in the members of a map must be in each.
        Members of maps that are no rows are keys too.
        """
        found = {row.path: self._judged_in(row) for row in self.rows}
        return {around: row.container for row in self.rows if (around := found[row.path])} | found

    def _judged_in(self, row: Row) -> str | None:
        *inner, _ = row.steps
        if ANY_NAME not in inner:
            return row.container
        last = len(inner) - inner[::-1].index(ANY_NAME)
        return "/".join([*([row.container] if row.container else []), *inner[:last]])

    @cached_property
    def rows_judged_in(self) -> Mapping[str | None, tuple[Row, ...]]:
        """The rows that are judged in each occurrence of an element, in printed order, by its path."""
        found: dict[str | None, tuple[Row, ...]] = {None: ()} | {row.path: () for row in self.rows}
        for row in self.rows:
            container = self.judged_in[row.path]
            found[container] = (*found.get(container, ()), row)
        return found

    @cached_property
    def rows_through(self) -> Mapping[str | None, tuple[Row, ...]]:
        """The rows below an element that is in no row and leads to them, in printed order, by its path.

        They are judged together with those of the element that it is in; what is always there must be in each occurrence of both.
        """
        found: dict[str | None, tuple[Row, ...]] = {}
        for row in self.rows:
            steps, around = row.path.split("/"), self.judged_in[row.path]
            for length in range(around.count("/") + 2 if around else 1, len(steps)):
                path = "/".join(steps[:length])
                found[path] = (*found.get(path, ()), row)
        return found

    @cached_property
    def enforcement_rules(self) -> Mapping[str, EnforcementRule]:
        """The finding rules about calls that the server has to refuse, by id."""
        return {
            override.if_success.rule: override.if_success
            for fact in self.document.facts
            for value in fact.values
            for override in value.overrides
            if override.if_success is not None
        }

    def enforcement_rule(self, fact_id: str, value_id: str, evidence: str) -> EnforcementRule | None:
        """Return the finding rule if a call with this value, stated against this evidence, succeeds."""
        overrides = self.fact(fact_id).value(value_id).overrides
        return next((each.if_success for each in overrides if each.evidence == evidence), None)

    def fact(self, fact_id: str) -> Fact:
        """Return the fact with this id; raises KeyError if there is none."""
        return self._fact_by_id[fact_id]

    @cached_property
    def _fact_by_id(self) -> Mapping[str, Fact]:
        return {fact.id: fact for fact in self.facts}

    def column(self, column_id: str) -> Column:
        """Return the column with this id; raises KeyError if there is none."""
        return self._column_by_id[column_id]

    @cached_property
    def _column_by_id(self) -> Mapping[str, Column]:
        return {column.id: column for column in self.columns}
