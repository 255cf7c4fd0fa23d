"""``rulebook.toml`` as a whole."""

from __future__ import annotations

import msgspec

from .evidence import Evidence
from .facts import Columns, Fact, Implication
from .markers import Marker
from .table import Table
from .texts import Identity, Interpretation, NotCovered, Note, Source, Statement, Unlisted, Variables
from .wire import RowOptions, Wire


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
    rows: dict[str, RowOptions] = msgspec.field(default_factory=dict)
    spellings: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    variables: Variables | None = None
    interpretations: tuple[Interpretation, ...] = ()
    not_covered: tuple[NotCovered, ...] = ()
    evidence: Evidence = Evidence()
    unlisted: Unlisted = Unlisted(source="", paths=())
