"""The learnt matrix: a cell for each element and column, and the recordings that stand out from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .space import FactSpace


class CellKind(StrEnum):
    """The kinds of learnt cells.

    UNOBSERVED: there are contexts of which too little was recorded. CONTRADICTORY: recordings of one context disagree, and
    nothing tells which of them is wrong.
    """

    ALWAYS = "always"
    NEVER = "never"
    CONDITIONAL = "conditional"
    UNOBSERVED = "unobserved"
    CONTRADICTORY = "contradictory"


@dataclass(frozen=True, slots=True)
class Cell:
    """The evidence about an element in a column; sets of contexts are numbers whose bits they are.

    ``granted`` and ``withheld`` are the contexts in which it is shown and hidden, ``contradictory`` those in which
    recordings disagree; in all others too little was recorded. ``required`` says that it is never left out where it
    is granted. ``shown`` and ``absent`` count objects, ``unset`` is the share of objects that lack the element. ``thin``
    are granted contexts in which some recordings do not show it, and too few do to rule out that they are wrong.
    """

    path: str
    column: str
    possible: int
    granted: int = 0
    withheld: int = 0
    contradictory: int = 0
    required: bool = False
    shown: int = 0
    absent: int = 0
    unset: float = 0.0
    thin: int = 0

    @property
    def unknown(self) -> int:
        """The contexts that are not decided."""
        return self.possible & ~self.granted & ~self.withheld

    @property
    def kind(self) -> CellKind:
        """The kind of the cell."""
        if self.contradictory:
            return CellKind.CONTRADICTORY
        if self.unknown or not self.possible:
            return CellKind.UNOBSERVED
        if self.granted and self.withheld:
            return CellKind.CONDITIONAL
        return CellKind.ALWAYS if self.granted else CellKind.NEVER


@dataclass(frozen=True, slots=True)
class Outlier:
    """Recordings that do what the others say is not done: they show ``leaked`` elements, or lack ``missing`` ones.

    ``count`` is how many they are, ``sources`` names the first of them.
    """

    sources: tuple[str, ...]
    count: int
    column: str
    facts: Mapping[str, str]
    leaked: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Recordings of one context that disagree about elements: ``sources`` show them, others do not."""

    sources: tuple[str, ...]
    count: int
    column: str
    facts: Mapping[str, str]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A context to record: it would decide ``cells``, and tell apart the conditions that explain ``rivals`` of them.

    ``like`` names a recording whose object has most of the elements in question, None if a new object is as good;
    ``objects`` is how many different objects are worth recording.
    """

    column: str
    facts: Mapping[str, str]
    cells: int
    rivals: int
    objects: int
    like: str | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everything that was learnt; ``paths`` are the rows in the order of the messages.

    ``recordings`` counts those that were learnt from, ``without_context`` those among them whose facts are not all
    known, since they lack some of ``unknown_facts``: they can only confirm. ``thin`` are the few recordings that a permission rests on, though others of the same context
    do not show the element: it may be optional, or leaked. ``rare`` are elements that one recording alone shows, which ``rare_in``
    names, ``unseen`` those of a schema that none shows.
    """

    space: FactSpace
    paths: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    recordings: int = 0
    objects: int = 0
    without_context: int = 0
    unknown_facts: tuple[str, ...] = ()
    outliers: tuple[Outlier, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    thin: tuple[Contradiction, ...] = ()
    rare: tuple[str, ...] = ()
    rare_in: tuple[Contradiction, ...] = ()
    unseen: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    observed: Mapping[str, int] = field(default_factory=dict)

    def cell(self, path: str, column: str) -> Cell:
        """Return the cell of an element in a column."""
        return self.cells[path, column]
