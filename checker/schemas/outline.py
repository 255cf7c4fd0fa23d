"""The elements of one operation's answers as a schema describes them, in whatever language it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ...rules.model import HttpEvidence, HttpPart, Wire

MAX_ELEMENTS = 5_000
"""The most elements that one rulebook is begun with: nobody reviews more rows."""

DEPTH = 16
"""Levels of elements that are followed unless something else is asked for."""

ENOUGH = 5
"""Required members that tell an answer of the operation."""

MAX_STEPS = 100_000
"""Parts of a schema that are looked at: alternatives of alternatives can grow without end."""


class SchemaError(Exception):
    """A schema cannot be used; the text says where, what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element of an answer: its path in the unit, and what the schema says of it.

    ``is_required`` says that its container never lacks it, if the elements in ``when`` have one of these texts.
    ``is_write_only`` is an element that requests may have and answers must not. ``notes`` are further keywords.
    """

    path: str
    is_required: bool = False
    is_nullable: bool = False
    is_write_only: bool = False
    notes: tuple[str, ...] = ()
    description: str = ""
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Gaps:
    """The parts of a schema that a rulebook cannot express: problems, each with the elements that have it."""

    def __init__(self) -> None:
        self._places: dict[str, dict[str, None]] = {}

    def add(self, problem: str, path: str | None = None) -> None:
        """Note a problem of an element, or of the operation; the empty path is what one result is about."""
        self._places.setdefault(problem, {})
        if path is not None:
            self._places[problem][path] = None

    def update(self, other: Gaps) -> None:
        """Note what another one has noted."""
        for problem, places in other._places.items():
            self._places.setdefault(problem, {}).update(places)

    def __iter__(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        return ((problem, tuple(paths)) for problem, paths in self._places.items())

    def __len__(self) -> int:
        return len(self._places)


@dataclass(frozen=True, slots=True)
class Outline:
    """One operation: its elements in the order of the schema, its wire format, and what is left out.

    ``language`` is the id of the source, ``source`` its title, ``cite`` the place of the operation in it. ``credentials`` are
    the parts of a request that show who calls; nothing in them names a fact yet.
    """

    title: str
    language: str
    source: str
    cite: str
    wire: Wire
    elements: tuple[Element, ...]
    gaps: Gaps
    credentials: tuple[Credential, ...] = ()


@dataclass(frozen=True, slots=True)
class Credential:
    """A part of a request that carries a proof of who calls: a header, a cookie or a parameter of the query."""

    part: HttpPart
    name: str

    def evidence(self, fact: str, present: str, absent: str | None) -> HttpEvidence:
        """Return evidence of a fact: one value if the credential is there, another if it is not."""
        return HttpEvidence(
            fact=fact,
            part=self.part,
            name=self.name,
            present=present,
            absent=absent,
        )


class ElementList:
    """Elements in the making: at most `MAX_ELEMENTS`, and each path once."""

    def __init__(self, remedy: str) -> None:
        self._elements: dict[str, Element] = {}
        self._remedy = remedy

    def add(self, element: Element) -> bool:
        """Add an element; returns False if its path is there already. Raises SchemaError beyond the limit."""
        if element.path in self._elements:
            return False
        if len(self._elements) >= MAX_ELEMENTS:
            raise SchemaError(f"it comes to more than {MAX_ELEMENTS:,} elements; {self._remedy}")
        self._elements[element.path] = element
        return True

    def all(self) -> tuple[Element, ...]:
        """Return the elements in order."""
        return tuple(self._elements.values())


def top_names(elements: Iterable[Element]) -> tuple[str, ...]:
    """Return the members that tell an answer of the operation: the first required ones, or all if none is required.

    Those at the top of the unit count, without what only requests have.
    """
    top = [each for each in elements if "/" not in each.path and each.path != "*" and not each.is_write_only]
    required = tuple(each.path for each in top if each.is_required and not each.when)
    return required[:ENOUGH] or tuple(each.path for each in top)
