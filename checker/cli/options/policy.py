"""What the user decides about judging: how much findings count."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import click

from ....engine.finding import Severity
from ....engine.judge import Policy

F = TypeVar("F", bound=Callable[..., Any])


def policy_options(function: F) -> F:
    """Add what the user decides about judging; the command gets it as ``policy``."""

    @functools.wraps(function)
    def with_policy(*args: Any, strict: bool, unlisted: str, empty_as: str, **rest: Any) -> Any:
        weight = None if unlisted == "ignore" else Severity(unlisted)
        policy = Policy(strict=strict, unlisted=weight, empty_is_absent=empty_as == "absent")
        return function(*args, policy=policy, **rest)

    command: Any = with_policy
    for option in (
        click.option(
            "--empty-as",
            type=click.Choice(["present", "absent"]),
            default="present",
            show_default=True,
            help="How an element counts that holds nothing; absent, it can no longer be leaked either.",
        ),
        click.option(
            "--unlisted",
            type=click.Choice(["error", "warning", "note", "ignore"]),
            default="note",
            show_default=True,
            help="How much an element counts that no row lists.",
        ),
        click.option("--strict/--no-strict", help="An element that should be there and is not is an error."),
    ):
        command = option(command)
    return cast("F", command)
