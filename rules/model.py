"""What a rulebook says, as immutable data.

The classes here are the tables of ``rulebook.toml`` one to one (their field names are its keys), save for `Row`, a
line of the matrix, and `Rulebook`, which holds them all. What a caller sees is the engine's to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

import msgspec

UNKNOWN = "unknown"
"""The value of a fact that is not known; every fact can have it."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of ``rulebook.toml``: unknown keys are errors."""


class Identity(Table, frozen=True):
    """``[rulebook]``: what this rulebook is, and the format it is written in."""

    format: Literal[1]
    id: str
    version: str
    title: str
    table: str
    table_title: str


class Source(Table, frozen=True):
    """``[[sources]]``: a text that was read, and how far it can be trusted."""

    id: str
    title: str
    basis: Literal["published", "schema", "inferred"]


class CitedFor(Table, frozen=True):
    """When an explanation cites a text: all that is named has to apply."""

    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    expectations: tuple[Literal["must", "should", "may", "must-not"], ...] = ()
    facts: dict[str, tuple[str, ...]] = {}


class Statement(Table, frozen=True):
    """``[[statements]]``: a sentence of a source, word for word, with where it stands."""

    id: str
    source: str
    cite: str
    text: str
    cited_for: CitedFor | None = None


class Column(Table, frozen=True):
    """``[[columns.values]]``: a column of the matrix, which is a value of the column fact."""

    id: str
    printed: str
    title: str
    names: tuple[str, ...]
    change: str = ""

    def as_value(self, fact: str) -> Value:
        """Give the column as the value of the column fact."""
        state, change = f"the {fact} is {self.title}", self.change or f"ask about {self.title}"
        return Value(id=self.id, names=self.names, state=state, change=change)


class NoColumn(Table, frozen=True):
    """``[[columns.without]]``: something that could have a column, and has none."""

    title: str
    names: tuple[str, ...]


class Columns(Table, frozen=True):
    """``[columns]``: the fact that picks the column, and its values in printed order."""

    fact: str
    values: tuple[Column, ...]
    without: tuple[NoColumn, ...] = ()


class Despite(Table, frozen=True):
    """Names that state a value while the evidence, rightly, shows another one."""

    evidence: str
    names: tuple[str, ...]


class Value(Table, frozen=True):
    """``[[facts.values]]``: a value of a fact, its accepted names, and how people say it."""

    id: str
    names: tuple[str, ...]
    state: str
    change: str
    despite: tuple[Despite, ...] = ()


class Fact(Table, frozen=True, dict=True):
    """``[[facts]]``: something about a call that decides what it is shown."""

    id: str
    label: str
    caller_can: bool
    state_unknown: str
    values: tuple[Value, ...] = ()

    @cached_property
    def value_ids(self) -> tuple[str, ...]:
        """The known values, in declared order."""
        return tuple(value.id for value in self.values)

    def value(self, value_id: str) -> Value:
        """Give the value with this id; KeyError where there is none."""
        return {value.id: value for value in self.values}[value_id]


class Implication(Table, frozen=True):
    """``[[implications]]``: facts that follow from other facts."""

    when: dict[str, str]
    then: dict[str, str]
    text: str
    cite: str


class Marker(Table, frozen=True):
    """``[[markers]]``: what is printed in a cell, and what it means.

    ``granted_if`` is a disjunction of conjunctions: the element is `granted` if any entry holds, and an entry
    holds if each of its facts has one of the listed values. An empty ``granted_if`` always holds.
    """

    id: str
    printed: str
    statement: str
    meaning: str
    granted: Literal["must", "should", "must-not"]
    withheld: Literal["must-not"] = "must-not"
    granted_if: tuple[dict[str, tuple[str, ...]], ...] = ()

    @property
    def facts(self) -> frozenset[str]:
        """The facts that this marker asks about."""
        return frozenset(fact for entry in self.granted_if for fact in entry)


class Note(Table, frozen=True):
    """``[[notes]]``: a printed note; it explains rows and changes no cell."""

    id: str
    rows: tuple[str, ...]
    cite: str
    text: str


class Variable(Table, frozen=True):
    """``[[variables.names]]``: a printed variable, and what stands in its place in a response."""

    name: str
    text: str


class Variables(Table, frozen=True):
    """``[variables]``: names that a response never holds, and the element they are about."""

    path: str
    title: str
    cite: str
    names: tuple[Variable, ...]


class Interpretation(Table, frozen=True):
    """``[[interpretations]]``: what was decided where the source is silent or unclear."""

    id: str
    title: str
    text: str
    basis: Literal["published", "schema", "inferred"]
    cited_for: CitedFor | None = None


FailureMeaning = Literal[
    "unavailable",
    "refused",
    "unknown-user",
    "wrong-login",
    "invalid-ticket",
    "not-found",
    "rate-limited",
    "captcha",
]
"""What a failed call can mean to whoever made it."""


class FailureKinds(Table, frozen=True):
    """``[[wire.failure_kinds]]``: the failures that mean one thing, by their codes or by a word of their reason."""

    kind: FailureMeaning
    codes: tuple[str, ...] = ()
    reason_contains: str = ""


class Wire(Table, frozen=True):
    """``[wire]``: the format of the operation's messages, and the names by which they are known.

    Of ``format = "json"`` are ``recognised_by`` and ``failure_members``, of ``format = "xml"`` the others.
    """

    format: Literal["xml", "json"] = "xml"
    namespace: str = ""
    envelope: str = ""
    response_types: tuple[str, ...] = ()
    recognised_by: tuple[str, ...] = ()
    failure_members: tuple[str, ...] = ()
    request_types: tuple[str, ...] = ()
    request_type_names: tuple[str, ...] = ()
    prefixes: dict[str, str] = {}
    failures: dict[str, str] = {}
    failure_kinds: tuple[FailureKinds, ...] = ()


class ResponseEvidence(Table, frozen=True, rename={"as_": "as"}):
    """``[[evidence.response]]``: an element of the response that tells a fact."""

    fact: str
    path: str
    equals: tuple[str, ...] = ()
    as_: str | None = None
    names: dict[str, str] = {}


class RequestEvidence(Table, frozen=True):
    """``[[evidence.request]]``: elements of the request whose being given tells a fact."""

    fact: str
    part: Literal["security", "body"]
    any_of: tuple[str, ...]
    if_given: str
    if_not: str
    cite: str | None = None


class MatchEvidence(Table, frozen=True, rename={"as_": "as"}):
    """``[[evidence.match]]``: a fact that is proved where request and response hold the same text."""

    fact: str
    request: str
    response: str
    as_: str
    part: Literal["security", "body"] = "security"
    ignore_case: bool = False
    cite: str | None = None


class SessionEvidence(Table, frozen=True):
    """``[evidence.session]``: the elements by which request and response name what they are about."""

    request: str
    response: str


class Evidence(Table, frozen=True):
    """``[evidence]``: what in a message tells a fact of the call."""

    response: tuple[ResponseEvidence, ...] = ()
    request: tuple[RequestEvidence, ...] = ()
    match: tuple[MatchEvidence, ...] = ()
    session: SessionEvidence | None = None


class Unlisted(Table, frozen=True):
    """``[unlisted]``: elements known from real responses that the matrix does not list."""

    source: str
    paths: tuple[str, ...]
    cite: str | None = None
    notes: dict[str, str] = {}


class NotCovered(Table, frozen=True):
    """``[[not_covered]]``: something that a reader may look for here, and that no source of this rulebook states."""

    title: str
    text: str


class Document(Table, frozen=True):
    """``rulebook.toml`` as a whole."""

    rulebook: Identity
    sources: tuple[Source, ...]
    statements: tuple[Statement, ...]
    columns: Columns
    facts: tuple[Fact, ...]
    markers: tuple[Marker, ...]
    wire: Wire
    implications: tuple[Implication, ...] = ()
    spellings: dict[str, tuple[str, ...]] = {}
    notes: tuple[Note, ...] = ()
    variables: Variables | None = None
    interpretations: tuple[Interpretation, ...] = ()
    not_covered: tuple[NotCovered, ...] = ()
    evidence: Evidence = Evidence()
    unlisted: Unlisted = Unlisted(source="", paths=())


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A printed line of the matrix.

    ``path`` is the element's place on the wire, names joined by ``/``, ``container`` the path of the nearest row that
    encloses it, or None, ``steps`` the names from there to the element; ``cells`` has a marker id by column id. ``line`` is where
    it stands in the file of the table, 0 where it was not read.
    """

    number: int
    element: str
    path: str
    container: str | None
    steps: tuple[str, ...]
    cells: Mapping[str, str]
    comment: str = ""
    line: int = 0


class Rulebook(msgspec.Struct, frozen=True, dict=True, kw_only=True, eq=False):
    """A validated rulebook.

    ``contents`` are those of its files, ``location`` is what it was asked for by, or None where it is the default.
    """

    document: Document
    rows: tuple[Row, ...]
    contents: tuple[bytes, ...] = ()
    location: str | None = None

    @cached_property
    def digest(self) -> str:
        """A digest of the content of its files; the way a checkout ends its lines does not count."""
        # Imported here: it takes a while, and most commands say nothing of it.
        import hashlib

        digest = hashlib.sha256()
        for content in self.contents:
            text = content.replace(b"\r\n", b"\n")
            digest.update(len(text).to_bytes(8, "big") + text)
        return f"sha256:{digest.hexdigest()}"

    @property
    def id(self) -> str:
        """The name that identities of findings begin with."""
        return self.document.rulebook.id

    @property
    def version(self) -> str:
        """The version of the content, as its author numbers it."""
        return self.document.rulebook.version

    @property
    def table_title(self) -> str:
        """What the matrix is called where it was printed."""
        return self.document.rulebook.table_title

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Every fact with its values; those of the column fact are the columns."""
        columns = tuple(column.as_value(self.column_fact) for column in self.columns)
        column_fact, replace = self.column_fact, msgspec.structs.replace
        return tuple(replace(f, values=columns) if f.id == column_fact else f for f in self.document.facts)

    @cached_property
    def fact_ids(self) -> tuple[str, ...]:
        """The facts' names, in declared order."""
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
    def rows_below(self) -> Mapping[str | None, tuple[Row, ...]]:
        """The rows that stand directly below a row, or at the top for None; in printed order."""
        below: dict[str | None, tuple[Row, ...]] = {None: ()} | {row.path: () for row in self.rows}
        for row in self.rows:
            below[row.container] += (row,)
        return below

    def fact(self, fact_id: str) -> Fact:
        """Give the fact with this id; KeyError where there is none."""
        return self._fact_by_id[fact_id]

    @cached_property
    def _fact_by_id(self) -> Mapping[str, Fact]:
        return {fact.id: fact for fact in self.facts}

    def column(self, column_id: str) -> Column:
        """Give the column with this id; KeyError where there is none."""
        return self._column_by_id[column_id]

    @cached_property
    def _column_by_id(self) -> Mapping[str, Column]:
        return {column.id: column for column in self.columns}
