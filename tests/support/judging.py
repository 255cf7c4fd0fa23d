"""Judging in the process of the test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.claims import Claim, Precedence, read_claim
from whosees.engine.policy import Policy
from whosees.engine.result import ResponseResult
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()
ALWAYS_MC = [row.path for row in RULEBOOK.rows if row.cells["MC"] == "always"]


def claims(facts: Mapping[str, str]) -> tuple[Claim, ...]:
    """The claims of flags: ``{"caller": "anonymous"}`` is ``--caller anonymous``."""
    return tuple(
        read_claim(RULEBOOK, fact, value, f"--{fact}", Precedence.FLAG) for fact, value in facts.items()
    )


def check(
    response: bytes,
    request: bytes | None = None,
    sidecar: bytes | None = None,
    policy: Policy | None = None,
    facts: dict[str, str] | None = None,
) -> list[ResponseResult]:
    """Judge a message as if its files had been named."""
    settings = Settings(claims=claims(facts or {}))
    if policy is not None:
        settings = replace(settings, policy=policy)
    recording = Recording("test.xml", response, request, sidecar)
    results = list(Checker(settings).check(recording))
    assert not any(isinstance(result, Skipped) for result in results)
    return [result for result in results if isinstance(result, ResponseResult)]


def check_one(
    response: bytes,
    request: bytes | None = None,
    sidecar: bytes | None = None,
    policy: Policy | None = None,
    facts: dict[str, str] | None = None,
) -> ResponseResult:
    """Judge a message with one body."""
    (result,) = check(response, request, sidecar, policy, facts)
    return result


def broken(result: ResponseResult, *, notes: bool = False) -> list[tuple[str, str | None]]:
    """Return (rule, path) of the findings; notes only if they are asked for."""
    return [(f.rule, f.path) for f in result.findings if notes or f.severity != "note"]


def verdict(result: ResponseResult) -> tuple[Any, ...]:
    """Return what a recording of an exchange has to keep of its result."""
    context = tuple(result.resolved.context.items())
    return (
        result.outcome,
        result.reason,
        result.expected_failure,
        context,
        [(f.id, f.rule) for f in result.findings],
    )
