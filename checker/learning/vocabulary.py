"""A rulebook to read recordings by where there is none yet: facts as the recordings state them, and an empty matrix."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ...reports.commands.rulebook_files import matrix_csv, rulebook_toml
from ...rules.load import RULEBOOK_FILE, TABLE_FILE
from ...rules.model import (
    UNKNOWN,
    Column,
    Columns,
    Document,
    Fact,
    Identity,
    Marker,
    MatchEvidence,
    Row,
    Rulebook,
    SessionEvidence,
    Source,
    Statement,
    Unlisted,
    Value,
    Wire,
)
from ...rules.names import normalize_name

NO_ELEMENT = "whosees-no-such-element"
"""The name of an element that no message has."""


class Vocabulary:
    """The facts and values that recordings state; it grows as they are read."""

    def __init__(self, column: str) -> None:
        self.column = column
        self.values: dict[str, dict[str, Spelling]] = {column: {}}

    def add(self, stated: Mapping[str, str]) -> bool:
        """Take over facts; returns whether any of them, or of their values, is new."""
        grown = False
        for fact, text in stated.items():
            known = self.values.get(fact)
            if known is None:
                known, grown = self.values.setdefault(fact, {}), True
            name = normalize_name(text)
            if name != UNKNOWN and name not in known:
                taken = {spelling.id for spelling in known.values()}
                known[name] = Spelling(_free_id(text, taken), text)
                grown = True
        return grown

    def texts(self) -> dict[str, list[str]]:
        """Return the values of each fact as recordings state them."""
        return {fact: [value.text for value in known.values()] for fact, known in self.values.items()}

    def document(self, wire: Wire) -> Document:
        """Return a rulebook without rows for messages of a wire format."""
        columns = tuple(
            Column(id=value.id, printed=value.id, title=value.text, names=value.names)
            for value in self.values[self.column].values()
        )
        return Document(
            rulebook=Identity(
                format=1,
                id="draft",
                version="0.1.0",
                title="Learnt from recordings",
                table=TABLE_FILE,
                table_title="the table",
                reviewed=False,
            ),
            sources=(_SOURCE,),
            statements=(_STATEMENT,),
            columns=Columns(fact=self.column, values=columns or (_NO_COLUMN,)),
            facts=tuple(_fact(fact, values, self.column) for fact, values in self.values.items()),
            markers=(_NEVER,),
            wire=wire,
            unlisted=Unlisted(source="", paths=()),
        )


_NO_COLUMN = Column(id="none-yet", printed="none-yet", title="none yet", names=("none-yet",))
_SOURCE = Source(id="recordings", title="recordings", basis="inferred")
_STATEMENT = Statement(id="never", source="recordings", cite="Recordings", text="Never shown.")
_NEVER = Marker(
    id="never", printed="never", statement="never", meaning="never shown", when_granted="must-not"
)


@dataclass(frozen=True, slots=True)
class Spelling:
    """A value as recordings state it, and its id."""

    id: str
    text: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the value."""
        same = normalize_name(self.id) == normalize_name(self.text)
        return (self.text,) if same else (self.id, self.text)


def _free_id(text: str, taken: set[str]) -> str:
    base = re.sub(r"[^A-Za-z0-9_]+", "-", text).strip("-_") or "value"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def _fact(fact: str, values: Mapping[str, Spelling], column: str) -> Fact:
    return Fact(
        id=fact,
        label=fact,
        caller_can=fact != column,
        state_unknown=f"{fact} is not known",
        values=()
        if fact == column
        else tuple(_value(fact, value) for value in values.values()) or (_NO_VALUE,),
    )


def _value(fact: str, value: Spelling) -> Value:
    state, change = f"{fact} is {value.text}", f"make {fact} {value.text}"
    return Value(id=value.id, names=value.names, state=state, change=change)


_NO_VALUE = Value(id="none-yet", names=("none-yet",), state="no value was seen yet", change="state a value")


def empty_row(document: Document) -> Row:
    """Return the row of a matrix that has to have one."""
    marker = next(iter(document.markers)).id
    cells = {column.id: marker for column in document.columns.values}
    return Row(
        number=1, element=NO_ELEMENT, path=NO_ELEMENT, container=None, steps=(NO_ELEMENT,), cells=cells
    )


def with_keys(document: Document, paths: Iterable[str]) -> Document:
    """Return a document whose readers note the texts of these elements: each may tell objects apart.

    It does so by evidence that never applies, since no request has an element of that name.
    """
    fact = next(
        fact for fact in document.facts if fact.id != document.columns.fact or document.columns.values
    )
    value = fact.values[0].id if fact.values else document.columns.values[0].id
    noted = tuple(
        MatchEvidence(fact=fact.id, request=NO_ELEMENT, response=path, as_=value, part="body")
        for path in paths
    )
    evidence = msgspec.structs.replace(document.evidence, match=(*document.evidence.match, *noted))
    return msgspec.structs.replace(document, evidence=evidence)


def without_rows(document: Document) -> Document:
    """Return a document by which messages are read and not judged: every element is one that no row lists."""
    interpretations = tuple(
        msgspec.structs.replace(entry, cited_for=None) for entry in document.interpretations
    )
    return msgspec.structs.replace(
        document,
        markers=(_NEVER,),
        sources=(_SOURCE,),
        statements=(_STATEMENT,),
        spellings={},
        notes=(),
        variables=None,
        interpretations=interpretations,
        unlisted=Unlisted(source="", paths=()),
        rows={},
    )


def key_of(rulebook: Rulebook) -> str | None:
    """Return the element by which a rulebook tells apart what calls are about, if it names one."""
    session = rulebook.document.evidence.session
    return session.response if isinstance(session, SessionEvidence) else None


class RulebookFolder:
    """A folder that rulebooks are written to, so that they are loaded as any other; it goes with its object."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="whosees-infer-")
        self._number = 0
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def write(self, document: Document, rows: Iterable[Row]) -> str:
        """Write a rulebook and return its path."""
        self._number += 1
        folder = os.path.join(self._folder, str(self._number))
        os.mkdir(folder)
        Path(folder, RULEBOOK_FILE).write_text(rulebook_toml(document), encoding="utf-8")
        Path(folder, document.rulebook.table).write_text(matrix_csv(document, rows), encoding="utf-8")
        return folder
