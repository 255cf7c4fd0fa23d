"""The project's configuration file as tests read it: the keys of `whosees check` that say how responses are judged."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

import msgspec

from ...engine.claims import Precedence, read_claims, unique_facts
from ...engine.context import ContextError
from ...engine.result import FailOn
from ...reports.text.fact_flags import FACT_FLAGS
from ...rules.decode import DecodeError, convert
from ...rules.registry import BUILTINS
from ..checking.settings import Settings, facts_for
from ..core.config_file import ConfigFile, find_config
from ..core.errors import Reason
from .options import PolicyOptions, Rulebooks, SeverityName, settings_of

CONFIG_SOURCE = "config"
"""The source of facts that the file states, as reports name it."""


class ProjectTable(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True, kw_only=True):
    """The keys of the file. Those that say what `check` reads and writes are validated by `check`, and unused here."""

    rules: str | list[str] = []
    strict: bool = False
    unlisted: SeverityName = "note"
    undecided: SeverityName = "note"
    select: list[str] = []
    ignore: list[str] = []
    require: list[str] = []
    empty_as: Literal["present", "absent"] = "present"
    fail_on: FailOn = FailOn.ERROR
    baseline: str | None = None
    allow_unchecked: list[Reason] = []
    service: str | None = None
    caller: str | None = None
    role: str | None = None
    password: str | None = None
    facts: dict[str, str] = {}

    paths: Any = None
    request: Any = None
    limit: Any = None
    max_size: Any = None
    jobs: Any = None
    coverage: Any = None
    min_coverage: Any = None
    format: Any = None
    report: Any = None
    progress: Any = None
    verbose: Any = None
    quiet: Any = None

    @property
    def stated(self) -> dict[str, str]:
        """The facts that the file states of every call."""
        return dict(self.stated_pairs())

    def stated_pairs(self) -> list[tuple[str, str]]:
        """Return what the file states, by keys of their own and in ``facts``."""
        flags = [(fact, value) for fact in FACT_FLAGS if (value := getattr(self, fact)) is not None]
        return [*flags, *self.facts.items()]


NO_FILE = ProjectTable()


def project_table(start: str) -> ProjectTable:
    """Return the nearest file's table, with its paths resolved; raises ConfigError for one that cannot be used.

    It is read once for each folder.
    """
    return _read(os.path.abspath(start))


@lru_cache(32)
def _read(start: str) -> ProjectTable:
    found = find_config(start)
    if found is None:
        return NO_FILE
    try:
        table: ProjectTable = convert(found.table, ProjectTable)
    except DecodeError as error:
        raise found.error(str(error)) from None
    try:
        unique_facts(table.stated_pairs())
    except ContextError as error:
        raise found.error(str(error)) from None
    rules = [table.rules] if isinstance(table.rules, str) else table.rules
    return msgspec.structs.replace(
        table,
        rules=[_rulebook(found, each) for each in rules],
        baseline=None if table.baseline is None else found.beside(table.baseline),
    )


def _rulebook(found: ConfigFile, name: str) -> str:
    """Return a rulebook's path; one that is built in is named by its id."""
    return name if name in BUILTINS else found.beside(name)


def project_settings(project: ProjectTable, rules: Rulebooks, options: Mapping[str, Any]) -> Settings:
    """Return the project's settings, of which those that are passed take the place.

    With other rulebooks than the project's own, its facts count if these have them. Raises ValueError for what no
    rulebook has.
    """
    own = {name: getattr(project, name) for name in (*PolicyOptions.__annotations__, "require")}
    if rules is not None:
        own["require"] = ()
    settings = settings_of((project.rules or None) if rules is None else rules, **{**own, **options})
    first, *others = [
        _with_facts(each, settings, project, is_own=rules is None) for each in (settings, *settings.others)
    ]
    return replace(first, others=tuple(others))


def _with_facts(one: Settings, settings: Settings, project: ProjectTable, *, is_own: bool) -> Settings:
    """Return the settings of one rulebook, with the project's facts that concern it."""
    book = one.rulebook()
    books = [each.rulebook() for each in (settings, *settings.others)]
    names = [name for name in facts_for(book, books, project.stated) if is_own or name in book.fact_ids]
    stated = [(name, project.stated[name], CONFIG_SOURCE) for name in names]
    try:
        claims = read_claims(book, stated, Precedence.CONFIG)
    except ContextError as error:
        raise ValueError(f"the configuration file: {error}") from None
    return replace(one, claims=(*one.claims, *claims))
