"""Markers: the printed content of a cell of the matrix, and its meaning."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from .table import Table

Conditions = Annotated[tuple[dict[str, tuple[str, ...]], ...], msgspec.Meta(min_length=1)]
"""Entries, one of which has to apply. An empty list, which would always apply, has to be left out."""


class Marker(Table, frozen=True, rename={"when_granted": "granted", "otherwise": "withheld"}):
    """``[[markers]]``: a printed marker and its meaning.

    ``granted_if`` is a disjunction of conjunctions: the expectation is ``when_granted`` if any entry applies, and an
    entry applies if each of its facts has one of the listed values. Without ``granted_if`` it always is.

    ``undecided`` says why nobody has decided what the marker means, or means in the contexts of ``undecided_if``, which
    come before ``granted_if``: the element may be there. Rulebooks that were learnt from recordings, or begun with a
    schema, which states nothing of it, have such markers.
    """

    id: str
    printed: str
    statement: str
    meaning: str
    when_granted: Literal["must", "should", "may", "masked", "must-not"]
    otherwise: Literal["may", "masked", "must-not"] = "must-not"
    granted_if: Conditions = ()
    undecided_if: Conditions = ()
    undecided: Literal["unobserved", "contradictory", "unstated"] | None = None

    @property
    def facts(self) -> frozenset[str]:
        """The facts that the conditions name."""
        return frozenset(fact for entry in (*self.granted_if, *self.undecided_if) for fact in entry)
