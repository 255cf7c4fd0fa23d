"""A run of `check` or `watch` against several rulebooks: settings for each, and what such a run cannot do."""

from __future__ import annotations

from dataclasses import replace

import click

from ...reports.check.registry import FORMATS_OF_SEVERAL
from ...rules.names import join_names
from ..checking.dispatch import Dispatcher
from ..checking.settings import Settings
from ..core.limits import Limits
from .options.context import ContextOptions
from .options.gate import GateOptions
from .options.policy import PolicyOptions
from .options.reporting import ReportOptions


def settings_of(options: ContextOptions, policy: PolicyOptions, limits: Limits) -> Settings:
    """Return the settings of a run; raise UsageError for facts and rules that no rulebook has.

    A fact that only some of the rulebooks have is stated, or required, for those.
    """
    each = options.each_rulebook() if options.more_rules else (options,)
    rulebooks = [single.rulebook() for single in each]
    made = []
    for single, rulebook in zip(each, rulebooks, strict=True):
        required = policy.required_for(rulebook, rulebooks)
        if not options.more_rules:
            single.request_claims(rulebook)  # raises if the request cannot be read, before anything is judged
        made.append(
            Settings(
                rules=single.rules,
                policy=policy.policy,
                required=required,
                limits=limits,
                claims=single.claims(rulebook),
                request=single.request_content(limits.size),
            )
        )
    return _join(made)


def _join(made: list[Settings]) -> Settings:
    settings = replace(made[0], others=tuple(made[1:]))
    if settings.others:
        try:
            Dispatcher(settings)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    return settings


def require_single(gate: GateOptions, resume: str | None, reporting: ReportOptions) -> None:
    """Raise UsageError for options that work with one rulebook only."""
    command = click.get_current_context().info_name
    used = {
        "--resume": resume,
        "--min-coverage": gate.min_coverage,
        "--coverage": gate.coverage,
    }
    for option, value in used.items():
        if value:
            raise click.UsageError(f"`{option}` takes one rulebook; run `{command}` once for each")
    require_formats_of_several(reporting)


def require_formats_of_several(reporting: ReportOptions) -> None:
    """Raise UsageError for a report that cannot be on several rulebooks."""
    name = click.get_current_context().info_name
    command = "check" if name == "convert" else name
    for output in (reporting.output, *reporting.further):
        if output.format not in FORMATS_OF_SEVERAL:
            raise click.UsageError(
                f"a `{output.format}` report takes one rulebook, and {join_names(FORMATS_OF_SEVERAL)} take several; "
                f"run `{command}` once for each"
            )
