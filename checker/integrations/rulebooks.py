"""Rulebooks in programs: loaded once, described, and bound to the settings of a checker."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ...reports.check.json import rulebook_identity
from ...rules import model
from ...rules.load import builtin_rulebook, load_rulebook
from ..checking.checker import Checker, Settings


@dataclass(frozen=True, slots=True, repr=False)
class Rulebook:
    """A rulebook that was loaded; ``model`` is its whole content.

    >>> import whosees
    >>> whosees.rulebook("getsessioninfo")
    <Rulebook getsessioninfo 1.0.0: 57 elements, service MC, SC, TC, EC, AO>
    """

    model: model.Rulebook

    @property
    def id(self) -> str:
        """The name with which identities of findings begin."""
        return self.model.id

    @property
    def version(self) -> str:
        """The version of its content."""
        return self.model.version

    @property
    def digest(self) -> str:
        """The digest of its files, which is on every result."""
        return self.model.digest

    @property
    def facts(self) -> Mapping[str, tuple[str, ...]]:
        """The facts of a call that decide what is visible, each with its values."""
        return {fact.id: fact.value_ids for fact in self.model.facts}

    @property
    def elements(self) -> tuple[str, ...]:
        """The paths of its elements, in printed order."""
        return tuple(self.model.row_by_path)

    def to_dict(self) -> dict[str, Any]:
        """Return its identity, as in the JSON of every command."""
        return dict(rulebook_identity(self.model))

    def __repr__(self) -> str:
        columns = ", ".join(column.id for column in self.model.columns)
        size = len(self.model.rows)
        return f"<Rulebook {self.id} {self.version}: {size} elements, {self.model.column_fact} {columns}>"


RulebookSource = str | os.PathLike[str] | Rulebook | None
"""A rulebook: the name of a built-in one, a folder or file, one that was loaded, or None for the default."""


def load(source: RulebookSource) -> model.Rulebook:
    """Return the content of a rulebook; raises RulebookError."""
    if isinstance(source, Rulebook):
        return source.model
    return builtin_rulebook() if source is None else load_rulebook(source)


@dataclass(frozen=True, slots=True)
class BoundSettings(Settings):
    """Settings with a rulebook that is loaded already, and goes with them to other processes."""

    bound: model.Rulebook | None = field(default=None, repr=False)

    def rulebook(self) -> model.Rulebook:
        """Return the loaded rulebook."""
        return self.bound or Settings.rulebook(self)


def bind(settings: Settings, rulebook: model.Rulebook) -> BoundSettings:
    """Return settings with a loaded rulebook in place of their own."""
    fields = {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
    return BoundSettings(**fields | {"rules": rulebook.location}, bound=rulebook)


@lru_cache(32)
def checker_for(settings: Settings) -> Checker:
    """Return a checker, the same one for equal settings: what it has learnt makes the next message cheap."""
    return Checker(settings)
