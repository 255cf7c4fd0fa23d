"""Rulebooks that can hardly be meant, and what `rules lint` says of them, by the module that says it."""

from __future__ import annotations

from . import citations, decisions, evidence, names, wire
from .parts import MARKER, PRICE, Case

__all__ = ["CASES", "MARKER", "PRICE"]

CASES: dict[str, Case] = decisions.CASES | names.CASES | evidence.CASES | citations.CASES | wire.CASES
