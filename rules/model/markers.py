"""Markers: the printed content of a cell of the matrix, and its meaning."""

from __future__ import annotations

from typing import Literal

from .table import Table


class Marker(Table, frozen=True, rename={"when_granted": "granted", "otherwise": "withheld"}):
    """``[[markers]]``: a printed marker and its meaning.

    ``granted_if`` is a disjunction of conjunctions: the expectation is ``when_granted`` if any entry applies, and an
    entry applies if each of its facts has one of the listed values. An empty ``granted_if`` always applies.
    """

    id: str
    printed: str
    statement: str
    meaning: str
    when_granted: Literal["must", "should", "may", "masked", "must-not"]
    otherwise: Literal["may", "masked", "must-not"] = "must-not"
    granted_if: tuple[dict[str, tuple[str, ...]], ...] = ()

    @property
    def facts(self) -> frozenset[str]:
        """The facts that the conditions name."""
        return frozenset(fact for entry in self.granted_if for fact in entry)
