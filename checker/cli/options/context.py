"""Context options: who calls, with what, and by which rulebook the call is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click
import msgspec
from msgspec import structs

from ....engine.claims import Claim, Precedence, read_claims, unique_facts
from ....engine.context import ContextError
from ....reports.text.fact_flags import FACT_FLAGS
from ....rules.files import os_error_text
from ....rules.model import UNKNOWN, Rulebook
from ....rules.names import join_words
from ..errors import split_pair
from .config import config_facts, config_name
from .group import Decorator, option_group
from .rulebook import expand_rulebooks, repeated_rules_option, rulebook_at, rules_option


def facts_option(what: str) -> Decorator[Any]:
    """Return the option ``--fact NAME=VALUE``; the command gets its texts as ``facts``."""
    return click.option("--fact", "facts", multiple=True, metavar="NAME=VALUE", help=f"{what}; repeatable.")


def _values_of(ctx: click.Context, option: click.Parameter) -> tuple[str, ...]:
    """Return the values of an option's fact in the first rulebook of ``--rules``; none if it has no such fact."""
    rules = ctx.params.get("rules")  # for some commands it can be repeated
    try:
        rulebook = rulebook_at(rules if rules is None or isinstance(rules, str) else next(iter(rules), None))
        return (*rulebook.fact(str(option.name)).value_ids, UNKNOWN)
    except (click.ClickException, KeyError):
        return ()


class _FactOption(click.Option):
    """An option that states a fact; its help lists the values in the rulebook, which is loaded only for that."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        values = _values_of(ctx, self)
        known = f": {join_words(values, 'or')}" if values else ", if the rulebook has such a fact"
        self.help = f"The call's {self.name}{known}."
        return super().get_help_record(ctx)


class ContextOptions(msgspec.Struct, frozen=True):
    """The facts of the call that the command line and the configuration state, and the rulebook that it is judged by.

    ``more_rules`` are further rulebooks, which only `check` takes. ``stated`` maps each flag to its fact and value as
    typed. ``configured`` are the facts that the file named
    ``config`` states.
    """

    stated: dict[str, tuple[str, str]]
    request: str | None
    rules: str | None
    configured: Mapping[str, str] = msgspec.field(default_factory=dict)
    config: str = ""
    more_rules: tuple[str, ...] = ()

    def each_rulebook(self) -> tuple[ContextOptions, ...]:
        """Return the options for each rulebook, with the facts that it has; raise UsageError for one that none has."""
        single = [
            structs.replace(self, rules=rules, more_rules=()) for rules in (self.rules, *self.more_rules)
        ]
        known = [set(each.rulebook().fact_ids) for each in single]
        stated = {source: fact for source, (fact, _) in self.stated.items()}
        for source, fact in [*stated.items(), *((self.config, fact) for fact in self.configured)]:
            if not any(fact in facts for facts in known):
                raise click.UsageError(f"`{source}`: none of the rulebooks has a fact `{fact}`")
        return tuple(
            structs.replace(
                each,
                stated={source: pair for source, pair in self.stated.items() if pair[0] in facts},
                configured={fact: value for fact, value in self.configured.items() if fact in facts},
            )
            for each, facts in zip(single, known, strict=True)
        )

    def rulebook(self) -> Rulebook:
        """Load the rulebook; raise ClickException if it cannot be used."""
        return rulebook_at(self.rules)

    def claims(self, rulebook: Rulebook) -> tuple[Claim, ...]:
        """Return the claims of flags and configuration.

        Raises UsageError for unknown facts and values, and for values that exclude each other.
        """
        return claims_of_flags(rulebook, self.stated) + self._configured_claims(rulebook)

    def _configured_claims(self, rulebook: Rulebook) -> tuple[Claim, ...]:
        stated = [(fact, text, "config") for fact, text in self.configured.items()]
        try:
            return read_claims(rulebook, stated, Precedence.CONFIG)
        except ContextError as error:
            key = f"`{error.fact}`: " if error.fact else ""
            raise click.UsageError(f"{self.config}: {key}{error}") from None

    def request_content(self, limit: int) -> bytes | None:
        """Read the file of ``--request``, up to one byte more than the limit; raise UsageError if it is unreadable."""
        if self.request is None:
            return None
        try:
            with open(self.request, "rb") as stream:
                return stream.read(limit + 1)
        except (OSError, ValueError) as error:
            raise click.UsageError(f"`--request {self.request}`: {os_error_text(error)}") from None

    def request_claims(self, rulebook: Rulebook) -> list[Claim]:
        """Return the claims that the file of ``--request`` proves; raise UsageError if it is no such request."""
        if self.request is None:
            return []
        # Imported here: a request has to be parsed, and most commands have none.
        from ...checking.request_claims import request_claims
        from ...core.errors import UncheckedError
        from ...core.limits import Limits

        try:
            return list(request_claims(rulebook, self.request_content(Limits().size) or b""))
        except UncheckedError as error:
            raise click.UsageError(f"`--request {self.request}`: {error.detail}") from None


def _context_options(
    *, facts: Sequence[str], request: str | None, rules: str | None, **flags: Sequence[str]
) -> ContextOptions:
    stated = {f"--{fact}": (fact, text) for fact, text in _typed_once(flags).items()}
    stated |= {f"--fact {fact}": (fact, value) for fact, value in split_facts("--fact", facts).items()}
    ctx = click.get_current_context()
    return ContextOptions(stated, request, rules, config_facts(ctx), config_name(ctx))


def _typed_once(flags: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the values of facts that have a flag; raise UsageError for a flag that is given with two of them."""
    given = ((f"--{fact}", text) for fact, texts in flags.items() for text in texts)
    try:
        return {flag.removeprefix("--"): text for flag, text in unique_facts(given).items()}
    except ContextError as error:
        raise click.UsageError(str(error)) from None


def _complete_value(ctx: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    """Return the values of a fact that a shell can complete."""
    return [value for value in _values_of(ctx, parameter) if value.casefold().startswith(typed.casefold())]


def _several_context_options(
    *, facts: Sequence[str], request: str | None, rules: Sequence[str], **flags: Sequence[str]
) -> ContextOptions:
    first, *more = expand_rulebooks(rules) or (None,)
    options = _context_options(facts=facts, request=request, rules=first, **flags)
    return structs.replace(options, more_rules=tuple(filter(None, more)))


def _call_options(rules: Callable[[Any], Any]) -> list[Callable[[Any], Any]]:
    return [
        *(
            # Multiple, since click would drop all values but the last.
            click.option(
                f"--{fact}", cls=_FactOption, multiple=True, metavar="NAME", shell_complete=_complete_value
            )
            for fact in FACT_FLAGS
        ),
        facts_option("Any other fact of the rulebook"),
        click.option("--request", metavar="FILE", help="The request; caller and password are taken from it."),
        rules,
    ]


context_options = option_group("options", _context_options, _call_options(rules_option), more=FACT_FLAGS)
"""Add who calls, with what, and the rulebook; the command gets them as ``options``."""

several_context_options = option_group(
    "options", _several_context_options, _call_options(repeated_rules_option), more=FACT_FLAGS
)
"""Add the same, with any number of rulebooks."""


def split_facts(option: str, texts: Iterable[str], form: str = "NAME=VALUE") -> dict[str, str]:
    """Return the values that a repeatable option states, by fact; raise UsageError for a fact with two of them."""
    try:
        return unique_facts((split_pair(option, text, form) for text in texts), option)
    except ContextError as error:
        raise click.UsageError(str(error)) from None


def claims_of_flags(rulebook: Rulebook, stated: Mapping[str, tuple[str, str]]) -> tuple[Claim, ...]:
    """Return the claims of flags.

    Raises UsageError for unknown facts and values, and for values that exclude each other.
    """
    try:
        return read_claims(rulebook, [(*pair, source) for source, pair in stated.items()], Precedence.FLAG)
    except ContextError as error:
        raise click.UsageError(f"`{error.source}`: {error}" if error.source else str(error)) from None


def changes_of(rulebook: Rulebook, pairs: Sequence[str]) -> tuple[Claim, ...]:
    """Return the claims of ``--versus FACT=VALUE``; raise UsageError as `claims_of_flags` does."""
    changes = split_facts("--versus", pairs, "FACT=VALUE")
    return claims_of_flags(rulebook, {f"--versus {fact}": (fact, value) for fact, value in changes.items()})
