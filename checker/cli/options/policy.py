"""The options that decide how responses are judged: how much findings count, and which facts have to be known.

A new option is one entry in the list and one parameter of `policy_of`; every command that checks responses gets it.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from ....engine.context import ContextError
from ....engine.policy import (
    EMPTY_AS,
    SEVERITIES,
    Policy,
    policy_of,
    validate_policy,
    validate_selected_paths,
)
from ....rules.model import Rulebook
from ...checking.settings import facts_for, facts_in, validate_required
from .group import option_group


@dataclass(frozen=True, slots=True)
class PolicyOptions:
    """The policy of the judge, and the facts without which a response is unchecked."""

    policy: Policy
    required: tuple[str, ...] = ()

    def required_for(self, rulebook: Rulebook, rulebooks: Sequence[Rulebook]) -> tuple[str, ...]:
        """Return the required facts that concern one of several rulebooks.

        Raises UsageError for a rule or a fact that it does not have, and for a selected path that none of them has.
        """
        required = facts_for(rulebook, rulebooks, self.required)
        try:
            validate_policy(rulebook, self.policy)
            validate_selected_paths(rulebooks, self.policy)
        except ValueError as error:
            raise click.UsageError(str(error).replace("`", "`--", 1)) from None
        try:
            validate_required(rulebook, required)
        except ContextError as error:
            raise click.UsageError(f"`--require`: {error}") from None
        return required


def _policy_options(*, require: Sequence[str], **policy: Any) -> PolicyOptions:
    try:
        return PolicyOptions(policy_of(**policy), facts_in(require, "--require"))
    except ContextError as error:
        raise click.UsageError(str(error)) from None


policy_options = option_group(
    "policy",
    _policy_options,
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
            "--undecided",
            type=click.Choice(SEVERITIES),
            default="note",
            show_default=True,
            help="The severity of an element that is there although the known facts do not decide whether it may be.",
        ),
        click.option(
            "--empty-as",
            type=click.Choice(EMPTY_AS),
            default="present",
            show_default=True,
            help="How an empty element counts. As absent, it cannot be a leak either.",
        ),
        click.option(
            "--select",
            multiple=True,
            metavar="RULE[:PATH]",
            help="Report only findings of this rule, or of this rule at or below a path; repeatable.",
        ),
        click.option(
            "--ignore",
            multiple=True,
            metavar="RULE[:PATH]",
            help="Report no findings of this rule, or of this rule at or below a path; repeatable.",
        ),
        click.option(
            "--require",
            multiple=True,
            metavar="FACT[,FACT…]",
            help="A response is unchecked (unknown-fact) unless this fact of its call is known; repeatable.",
        ),
    ],
    more=tuple(inspect.signature(policy_of).parameters),
)
"""Add how responses are judged; the command gets it as ``policy``."""
