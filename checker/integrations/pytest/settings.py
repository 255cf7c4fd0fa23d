"""The settings that the options of the pytest plugin give."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from ....engine.baseline import Entry
from ....engine.context import Claim, ContextError, Precedence
from ....engine.finding import Severity
from ....engine.finding_rules import rules_of
from ....engine.policy import Policy, validate_policy
from ....engine.result import FailOn
from ....reports.text.fact_flags import FACT_FLAGS
from ....rules.files import read_text_file
from ....rules.load import RulebookError, builtin_rulebook, load_rulebook
from ....rules.model import Rulebook
from ....rules.names import did_you_mean, join_names
from ....rules.registry import BUILTINS
from ...checking.baseline_file import BaselineError, read_baseline
from ...checking.checker import Settings, facts_in, validate_required
from ...core.display import escape_unprintable, os_error_text
from ...core.errors import Reason
from ..rulebooks import bind
from ..testing import ResponseChecker, read_claims


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
            raise pytest.UsageError(f"--whosees: `{escape_unprintable(path)}` does not exist")
        paths.append(os.path.relpath(start / path))
    return list(dict.fromkeys(paths))


def _settings(config: pytest.Config) -> PluginSettings:
    rules = _path(config, "rules")
    try:
        rulebook = builtin_rulebook() if rules is None else load_rulebook(rules)
    except RulebookError as error:
        raise pytest.UsageError(f"the rulebook {error}") from None
    policy = Policy(
        strict=bool(config.getoption("whosees_strict") or config.getini("whosees_strict")),
        unlisted=_severity(config, "unlisted"),
        undecided=_severity(config, "undecided"),
        select=_list(config, "select"),
        ignore=_list(config, "ignore"),
        empty_is_absent=_choice(config, "empty_as", ("present", "absent"), "present") == "absent",
    )
    allowed = config.getoption("whosees_allow_unchecked") or config.getini("whosees_allow_unchecked")
    for reason in allowed:
        _one_of("whosees_allow_unchecked", reason, tuple(Reason))
    required = facts_in(_list(config, "require"))
    _validate(rulebook, policy, required)
    settings = bind(Settings(policy=policy, claims=_claims(config, rulebook), required=required), rulebook)
    baseline = _path(config, "baseline")
    entries = () if baseline is None else _baseline(baseline, rulebook)
    fail_on = FailOn(_choice(config, "fail_on", tuple(FailOn), FailOn.ERROR))
    return PluginSettings(rulebook, ResponseChecker(settings, entries, fail_on), frozenset(allowed))


def _validate(rulebook: Rulebook, policy: Policy, required: tuple[str, ...]) -> None:
    """Raise pytest.UsageError for a rule or a fact that the rulebook does not have."""
    try:
        validate_policy(rulebook, policy)
    except ValueError as error:
        raise pytest.UsageError(str(error).replace("`", "`whosees_", 1)) from None
    try:
        validate_required(rulebook, required)
    except ContextError as error:
        raise pytest.UsageError(f"`whosees_require`: {error}") from None


def _severity(config: pytest.Config, name: str) -> Severity | None:
    choice = _choice(config, name, (*Severity, "ignore"), "note")
    return None if choice == "ignore" else Severity(choice)


def _list(config: pytest.Config, name: str) -> tuple[str, ...]:
    """Return the values of an option that can be repeated; those on the command line replace those of the ini file."""
    return tuple(config.getoption(f"whosees_{name}") or config.getini(f"whosees_{name}"))


def _value(config: pytest.Config, name: str) -> tuple[str, str, Precedence] | None:
    """Return a value with the option or ini key that it comes from; an option takes precedence."""
    if typed := config.getoption(f"whosees_{name}"):
        return typed, f"--whosees-{name.replace('_', '-')}", Precedence.FLAG
    if written := config.getini(f"whosees_{name}"):
        return str(written), f"whosees_{name}", Precedence.CONFIG
    return None


def _claims(config: pytest.Config, rulebook: Rulebook) -> tuple[Claim, ...]:
    stated = {fact: value for fact in FACT_FLAGS if (value := _value(config, fact)) is not None}
    stated |= _other_facts(config)
    claims: tuple[Claim, ...] = ()
    for wanted in (Precedence.FLAG, Precedence.CONFIG):
        facts = {
            fact: (text, source)
            for fact, (text, source, precedence) in stated.items()
            if precedence is wanted
        }
        try:
            claims += read_claims(rulebook, facts, wanted)
        except ContextError as error:
            sources = " and ".join(f"`{source}`" for _, source in facts.values())
            raise pytest.UsageError(f"{sources}: {error}") from None
    return claims


def _other_facts(config: pytest.Config) -> dict[str, tuple[str, str, Precedence]]:
    """Return the facts without an option of their own; those on the command line replace those of the ini file."""
    given = config.getoption("whosees_fact")
    source, precedence = (
        ("--whosees-fact", Precedence.FLAG) if given else ("whosees_facts", Precedence.CONFIG)
    )
    facts = {}
    for pair in given or config.getini("whosees_facts"):
        fact, equals, value = pair.partition("=")
        if not equals:
            raise pytest.UsageError(f"`{source}`: `{escape_unprintable(pair)}` is not NAME=VALUE")
        facts[fact] = (value, source, precedence)
    return facts


def _path(config: pytest.Config, name: str) -> str | None:
    """Return a path: on the command line it is relative to where pytest was started, in the ini file to that file."""
    value = _value(config, name)
    if value is None:
        return None
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
        hint = did_you_mean(value, known) or f"; known are {join_names(known)}"
        raise pytest.UsageError(f"`{source}`: unknown value `{value}`{hint}")
    return value


def _baseline(file: str, rulebook: Rulebook) -> tuple[Entry, ...]:
    try:
        return read_baseline(read_text_file(file), rules_of(rulebook)).entries
    except BaselineError as error:
        raise pytest.UsageError(f"the baseline `{escape_unprintable(file)}`: {error}") from None
    except OSError as error:
        raise pytest.UsageError(
            f"the baseline `{escape_unprintable(file)}` cannot be read: {os_error_text(error)}"
        ) from None
