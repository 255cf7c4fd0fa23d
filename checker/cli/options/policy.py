"""How much findings count: the options that make up the engine's policy.

A new option is one entry in the list and one parameter of `_policy`; every command that checks responses gets it.
"""

from __future__ import annotations

import click

from ....engine.finding import Severity
from ....engine.judge import Policy
from .group import option_group

SEVERITIES = ("error", "warning", "note", "ignore")


def _policy(*, strict: bool, unlisted: str, empty_as: str) -> Policy:
    return Policy(strict=strict, unlisted=_severity(unlisted), empty_is_absent=empty_as == "absent")


def _severity(choice: str) -> Severity | None:
    """Return the severity that a choice stands for; None to ignore."""
    return None if choice == "ignore" else Severity(choice)


policy_options = option_group(
    "policy",
    _policy,
    [
        click.option(
            "--strict/--no-strict", help="Report an element that is expected but absent as an error."
        ),
        click.option(
            "--unlisted",
            type=click.Choice(SEVERITIES),
            default="note",
            show_default=True,
            help="The severity of an element that is in no row of the table.",
        ),
        click.option(
            "--empty-as",
            type=click.Choice(["present", "absent"]),
            default="present",
            show_default=True,
            help="How an empty element counts. As absent, it cannot be a leak either.",
        ),
    ],
)
"""Add how much findings count; the command gets it as ``policy``."""
