"""Rulebooks in programs: loaded once, described, and bound to the settings of a checker."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ...engine.result import ResponseResult
from ...reports.text.json import rulebook_identity
from ...rules import model
from ...rules.load import RULEBOOK_FILE, builtin_rulebook, load_rulebook
from ...rules.registry import BUILTINS
from ..checking.checker import Checker
from ..checking.dispatch import Dispatcher
from ..checking.settings import Settings


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
    """Return the content of a rulebook; raises RulebookError.

    Tests name a rulebook in every call, so one that was read is kept for as long as its files do not change.
    """
    if isinstance(source, Rulebook):
        return source.model
    if source is None or (isinstance(source, str) and source in BUILTINS):
        return builtin_rulebook() if source is None else builtin_rulebook(source)
    path = os.fspath(source)
    file = os.path.abspath(path)
    kept = _loaded.get((path, file))
    if kept is None or kept[1] != _signature(file, kept[0]):
        rulebook = load_rulebook(source)
        kept = _loaded[path, file] = rulebook, _signature(file, rulebook)
    return kept[0]


_loaded: dict[tuple[str, str], tuple[model.Rulebook, tuple[object, ...]]] = {}
"""Rulebooks by the path as it was written, which messages name, and by the path that it meant then."""


def _signature(path: str, rulebook: model.Rulebook) -> tuple[object, ...]:
    """Return what changes if one of a rulebook's two files is written."""
    file = os.path.join(path, RULEBOOK_FILE) if os.path.isdir(path) else path
    table = os.path.join(os.path.dirname(file), rulebook.document.rulebook.table)
    found = [os.stat(each) for each in (file, table) if os.path.exists(each)]
    return tuple((each.st_mtime_ns, each.st_size, each.st_ino) for each in found)


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


@lru_cache(32)
def _dispatcher_for(settings: Settings) -> Dispatcher:
    return Dispatcher(settings)


def any_checker_for(settings: Settings) -> Checker | Dispatcher:
    """Return what checks against one rulebook or several, the same one for equal settings."""
    return _dispatcher_for(settings) if settings.others else checker_for(settings)


def rulebook_of(settings: Settings, result: ResponseResult) -> model.Rulebook:
    """Return the rulebook that judged a result."""
    books = [each.rulebook() for each in (settings, *settings.others)]
    return next((book for book in books if book.id == result.rulebook), books[0])
