"""What the options of the pytest plugin come to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from ....engine.baseline import Entry
from ....engine.context import Claim, ContextError, Precedence
from ....engine.finding import Severity
from ....engine.judge import Policy
from ....rules.load import RulebookError, builtin_rulebook, load_rulebook
from ....rules.model import Rulebook
from ....rules.names import did_you_mean, listed
from ....rules.registry import BUILTINS
from ...checking.baseline_file import BaselineError, read_baseline
from ...checking.checker import Settings
from ...core.display import escape_unprintable, os_error_text
from ...core.errors import Reason
from ..testing import Conformance, read_claims
from .facts import FACTS


@dataclass(frozen=True, slots=True)
class PluginSettings:
    """How recordings and responses are judged; ``allowed`` are reasons for which one may go unchecked."""

    rulebook: Rulebook
    conformance: Conformance
    allowed: frozenset[str]


_KEY = pytest.StashKey[PluginSettings]()


def plugin_settings(config: pytest.Config) -> PluginSettings:
    """Read the options, once in a run; raises pytest.UsageError for one that cannot be used."""
    if _KEY not in config.stash:
        config.stash[_KEY] = _settings(config)
    return config.stash[_KEY]


def recording_paths(config: pytest.Config) -> list[str]:
    """Give the paths to judge, relative to where pytest was started; raises pytest.UsageError for a missing one."""
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
    unlisted = _choice(config, "unlisted", (*Severity, "ignore"), "note")
    policy = Policy(
        strict=bool(config.getoption("whosees_strict") or config.getini("whosees_strict")),
        unlisted=None if unlisted == "ignore" else Severity(unlisted),
        empty_is_absent=_choice(config, "empty_as", ("present", "absent"), "present") == "absent",
    )
    allowed = config.getoption("whosees_allow_unchecked") or config.getini("whosees_allow_unchecked")
    for reason in allowed:
        _one_of("whosees_allow_unchecked", reason, tuple(Reason))
    settings = Settings(rules=rules, policy=policy, claims=_claims(config, rulebook))
    baseline = _path(config, "baseline")
    entries = () if baseline is None else _baseline(baseline)
    return PluginSettings(rulebook, Conformance(settings, entries), frozenset(allowed))


def _value(config: pytest.Config, name: str) -> tuple[str, str, Precedence] | None:
    """Give a value with the option or ini key that says it; an option wins."""
    if typed := config.getoption(f"whosees_{name}"):
        return typed, f"--whosees-{name.replace('_', '-')}", Precedence.FLAG
    if written := config.getini(f"whosees_{name}"):
        return str(written), f"whosees_{name}", Precedence.CONFIG
    return None


def _claims(config: pytest.Config, rulebook: Rulebook) -> tuple[Claim, ...]:
    said = {fact: value for fact in FACTS if (value := _value(config, fact)) is not None}
    claims: tuple[Claim, ...] = ()
    for wanted in (Precedence.FLAG, Precedence.CONFIG):
        facts = {
            fact: (text, source) for fact, (text, source, precedence) in said.items() if precedence is wanted
        }
        try:
            claims += read_claims(rulebook, facts, wanted)
        except ContextError as error:
            sources = " and ".join(f"`{source}`" for _, source in facts.values())
            raise pytest.UsageError(f"{sources}: {error}") from None
    return claims


def _path(config: pytest.Config, name: str) -> str | None:
    """Give a path: typed, it is relative to where pytest was started, and in the ini file to that file."""
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
        hint = did_you_mean(value, known) or f"; known are {listed(known)}"
        raise pytest.UsageError(f"`{source}`: there is no `{value}`{hint}")
    return value


def _baseline(file: str) -> tuple[Entry, ...]:
    try:
        return read_baseline(Path(file).read_bytes()).entries
    except BaselineError as error:
        raise pytest.UsageError(f"the baseline `{escape_unprintable(file)}`: {error}") from None
    except OSError as error:
        raise pytest.UsageError(
            f"the baseline `{escape_unprintable(file)}` cannot be read: {os_error_text(error)}"
        ) from None
