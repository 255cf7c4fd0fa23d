"""The settings that the options of the pytest plugin give."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pytest

from ....engine.baseline import Entry
from ....engine.claims import Claim, Precedence, read_claims, unique_facts
from ....engine.context import ContextError
from ....engine.finding_rules import rules_of
from ....engine.policy import (
    EMPTY_AS,
    SEVERITIES,
    Policy,
    policy_of,
    validate_policy,
    validate_selected_paths,
)
from ....engine.result import FailOn
from ....reports.text.fact_flags import FACT_FLAGS
from ....rules.load import RulebookError
from ....rules.model import Rulebook
from ....rules.names import suggestion
from ....rules.registry import BUILTINS
from ...checking.baseline_file import BaselineError, load_baseline
from ...checking.settings import Settings, facts_for, facts_in, validate_required
from ...core.config_file import ConfigError
from ...core.display import escape_unprintable
from ...core.errors import Reason
from ..project import CONFIG_SOURCE, ProjectTable, project_table
from ..rulebooks import BoundSettings, bind, load
from ..testing import ResponseChecker


@dataclass(frozen=True, slots=True)
class PluginSettings:
    """The settings by which recordings and responses are judged.

    ``allowed`` are the accepted reasons for an unchecked one.
    """

    rulebook: Rulebook
    checker: ResponseChecker
    allowed: frozenset[str]


_KEY = pytest.StashKey[PluginSettings]()


def plugin_settings(config: pytest.Config) -> PluginSettings:
    """Return the settings, read once in a run; raises pytest.UsageError for an invalid option."""
    if _KEY not in config.stash:
        config.stash[_KEY] = _settings(config)
    return config.stash[_KEY]


def recording_paths(config: pytest.Config) -> list[str]:
    """Return the paths to judge, relative to where pytest was started; raises pytest.UsageError for a missing one."""
    start = config.invocation_params.dir
    given = config.getoption("whosees") or [str(path) for path in config.getini("whosees")]
    paths = []
    for path in given:
        if not (start / path).exists():
            raise pytest.UsageError(f"`--whosees {escape_unprintable(path)}` does not exist")
        paths.append(os.path.relpath(start / path))
    return list(dict.fromkeys(paths))


def _settings(config: pytest.Config) -> PluginSettings:
    try:
        rulebooks = tuple(load(source) for source in _rulebooks(config))
    except RulebookError as error:
        raise pytest.UsageError(f"the rulebook {error}") from None
    project = _project(config)
    policy = policy_of(
        strict=bool(config.getoption("whosees_strict") or config.getini("whosees_strict") or project.strict),
        unlisted=_choice(config, "unlisted", SEVERITIES, project.unlisted),
        undecided=_choice(config, "undecided", SEVERITIES, project.undecided),
        select=_list(config, "select", project.select),
        ignore=_list(config, "ignore", project.ignore),
        empty_as=_choice(config, "empty_as", EMPTY_AS, project.empty_as),
    )
    try:
        validate_selected_paths(rulebooks, policy)
    except ValueError as error:
        raise pytest.UsageError(str(error).replace("`", "`whosees_", 1)) from None
    allowed = _list(config, "allow_unchecked", project.allow_unchecked)
    for reason in allowed:
        _one_of("whosees_allow_unchecked", reason, tuple(Reason))
    facts = _stated_facts(config)
    required = _required(config, project)
    first, *others = [
        _settings_for(
            rulebook,
            policy,
            {name: facts[name] for name in facts_for(rulebook, rulebooks, facts)},
            facts_for(rulebook, rulebooks, required),
        )
        for rulebook in rulebooks
    ]
    baseline = _path(config, "baseline")
    entries = () if baseline is None else _baseline(baseline, rulebooks)
    fail_on = FailOn(_choice(config, "fail_on", tuple(FailOn), project.fail_on))
    checker = ResponseChecker(replace(first, others=tuple(others)), entries, fail_on)
    return PluginSettings(rulebooks[0], checker, frozenset(allowed))


def _required(config: pytest.Config, project: ProjectTable) -> tuple[str, ...]:
    try:
        return facts_in(_list(config, "require", project.require), "whosees_require")
    except ContextError as error:
        raise pytest.UsageError(str(error)) from None


def _project(config: pytest.Config) -> ProjectTable:
    """Return the table of the project's configuration file, the nearest to the tests' own configuration."""
    try:
        return project_table(os.fspath(_ini_folder(config)))
    except ConfigError as error:
        raise pytest.UsageError(str(error)) from None


def _rulebooks(config: pytest.Config) -> Sequence[str | None]:
    rules = _path(config, "rules")
    return (_project(config).rules or [None]) if rules is None else [rules]


def _settings_for(
    rulebook: Rulebook, policy: Policy, facts: Mapping[str, StatedFact], required: tuple[str, ...]
) -> BoundSettings:
    """Return the settings for a rulebook; raises pytest.UsageError for a rule or a fact that it does not have."""
    try:
        validate_policy(rulebook, policy)
    except ValueError as error:
        raise pytest.UsageError(str(error).replace("`", "`whosees_", 1)) from None
    try:
        validate_required(rulebook, required)
    except ContextError as error:
        raise pytest.UsageError(f"`whosees_require`: {error}") from None
    return bind(Settings(policy=policy, claims=_claims(rulebook, facts), required=required), rulebook)


def _list(config: pytest.Config, name: str, default: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the values of an option that can be repeated; those on the command line replace those of files."""
    return tuple(config.getoption(f"whosees_{name}") or config.getini(f"whosees_{name}") or default)


class StatedFact(NamedTuple):
    """A value, the option or key that it comes from, and whether that is one of the command line."""

    value: str
    source: str
    precedence: Precedence


def _value(config: pytest.Config, name: str) -> StatedFact | None:
    """Return a value with the option or ini key that it comes from; an option takes precedence."""
    if typed := config.getoption(f"whosees_{name}"):
        return StatedFact(typed, f"--whosees-{name.replace('_', '-')}", Precedence.FLAG)
    if written := config.getini(f"whosees_{name}"):
        return StatedFact(str(written), f"whosees_{name}", Precedence.CONFIG)
    return None


def _claims(rulebook: Rulebook, facts: Mapping[str, StatedFact]) -> tuple[Claim, ...]:
    claims: tuple[Claim, ...] = ()
    for wanted in (Precedence.FLAG, Precedence.CONFIG):
        stated = [
            (name, fact.value, fact.source) for name, fact in facts.items() if fact.precedence is wanted
        ]
        try:
            claims += read_claims(rulebook, stated, wanted)
        except ContextError as error:
            sources = " and ".join(f"`{source}`" for *_, source in stated)
            raise pytest.UsageError(f"{sources}: {error}") from None
    return claims


def _stated_facts(config: pytest.Config) -> dict[str, StatedFact]:
    """Return the facts of every call: an option takes precedence over the ini file, and that over the project's file.

    Raises pytest.UsageError for a fact that two options, or two keys of the ini file, state differently.
    """
    project = {
        name: StatedFact(value, CONFIG_SOURCE, Precedence.CONFIG)
        for name, value in _project(config).stated.items()
    }
    own = {fact: value for fact in FACT_FLAGS if (value := _value(config, fact)) is not None}
    for fact, value in _other_facts(config).items():
        other = own.setdefault(fact, value)
        if other.precedence < value.precedence:
            own[fact] = value
        elif other.precedence is value.precedence and other.value != value.value:
            raise pytest.UsageError(
                f"`{other.source}` and `{value.source}` state different values of `{fact}`"
            )
    return project | own


def _other_facts(config: pytest.Config) -> dict[str, StatedFact]:
    """Return the facts without an option of their own; those on the command line replace those of the ini file."""
    given = config.getoption("whosees_fact")
    source, precedence = (
        ("--whosees-fact", Precedence.FLAG) if given else ("whosees_facts", Precedence.CONFIG)
    )
    facts = []
    for pair in given or config.getini("whosees_facts"):
        fact, equals, value = pair.partition("=")
        if not equals:
            raise pytest.UsageError(f"`{source}`: `{escape_unprintable(pair)}` is not NAME=VALUE")
        facts.append((fact, StatedFact(value, source, precedence)))
    try:
        return unique_facts(facts, source)
    except ContextError as error:
        raise pytest.UsageError(escape_unprintable(str(error))) from None


def _path(config: pytest.Config, name: str) -> str | None:
    """Return a path: on the command line it is relative to where pytest was started, in the ini file to that file."""
    value = _value(config, name)
    if value is None:
        return _project(config).baseline if name == "baseline" else None
    text, _, precedence = value
    if name == "rules" and text in BUILTINS:
        return text
    beside = config.invocation_params.dir if precedence is Precedence.FLAG else _ini_folder(config)
    return os.path.relpath(beside / text)


def _ini_folder(config: pytest.Config) -> Path:
    return config.rootpath if config.inipath is None else config.inipath.parent


def _choice(config: pytest.Config, name: str, choices: tuple[str, ...], default: str) -> str:
    value = _value(config, name)
    return default if value is None else _one_of(value[1], value[0], choices)


def _one_of(source: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        known = [str(choice) for choice in choices]
        raise pytest.UsageError(f"`{source}`: unknown value `{value}`{suggestion(value, known)}")
    return value


def _baseline(file: str, rulebooks: tuple[Rulebook, ...]) -> tuple[Entry, ...]:
    if len(rulebooks) > 1:
        raise pytest.UsageError("a baseline takes one rulebook")
    (rulebook,) = rulebooks
    try:
        return load_baseline(file, rules_of(rulebook)).entries
    except BaselineError as error:
        raise pytest.UsageError(str(error)) from None
