"""The texts of a rulebook: its sources, their statements and notes, and its interpretations."""

from __future__ import annotations

from typing import Literal

import msgspec

from .table import Table


class Identity(Table, frozen=True):
    """``[rulebook]``: the identity of the rulebook and the version of its format.

    ``reviewed`` is false in a draft: nobody has confirmed its content.
    """

    format: Literal[1]
    id: str
    version: str
    title: str
    table: str
    table_title: str
    reviewed: bool = True


class Source(Table, frozen=True):
    """``[[sources]]``: a text that the rulebook rests on, and how far it can be trusted."""

    id: str
    title: str
    basis: Literal["published", "schema", "inferred"]


class CitedFor(Table, frozen=True):
    """The decisions for which an explanation cites a text; every key that is given has to apply.

    A text with ``findings`` is cited by findings of these rules instead, and by no decision.
    """

    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    expectations: tuple[Literal["must", "should", "may", "must-not"], ...] = ()
    facts: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    findings: tuple[str, ...] = ()


class Statement(Table, frozen=True):
    """``[[statements]]``: a sentence of a source, word for word, and its place there."""

    id: str
    source: str
    cite: str
    text: str
    cited_for: CitedFor | None = None


class Note(Table, frozen=True):
    """``[[notes]]``: a printed note; it explains rows and changes no cell."""

    id: str
    rows: tuple[str, ...]
    cite: str
    text: str


class Variable(Table, frozen=True):
    """``[[variables.names]]``: a printed variable and its meaning."""

    name: str
    text: str


class Variables(Table, frozen=True):
    """``[variables]``: variables that a server replaces by their values, and the element that contains them."""

    path: str
    title: str
    cite: str
    names: tuple[Variable, ...]


class Interpretation(Table, frozen=True):
    """``[[interpretations]]``: a decision on something that the sources leave silent or unclear."""

    id: str
    title: str
    text: str
    basis: Literal["published", "schema", "inferred"]
    cited_for: CitedFor | None = None


class NotCovered(Table, frozen=True):
    """``[[not_covered]]``: a question that readers may have and that no source answers."""

    title: str
    text: str


class Unlisted(Table, frozen=True):
    """``[unlisted]``: elements of real responses that the matrix does not list.

    ``common`` are names of rows that many other elements bear too.
    """

    source: str
    paths: tuple[str, ...]
    common: tuple[str, ...] = ()
    cite: str | None = None
    notes: dict[str, str] = msgspec.field(default_factory=dict)
