"""Options of ``rules infer``: the share of recordings that may be wrong, and the files that are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click


class Share(click.ParamType[float]):
    """A share, as a number or in percent: 0.05 or 5%."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a share; a usage error if it is none, or half or more."""
        text = str(value)
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            self.fail(f"`{text}` is not a share; write it as 0.05 or 5%", param, ctx)
        if not 0 <= share < 0.5:  # noqa: PLR2004 - if half of the recordings are wrong, nothing says which half
            self.fail(f"`{text}` has to be at least 0 and less than a half", param, ctx)
        return share


@dataclass(frozen=True, slots=True)
class InferFiles:
    """The files that are written: a new rulebook or an updated one, and a plan."""

    folder: str | None
    updated: str | None
    plan: str | None
    from_plan: str | None

    def __post_init__(self) -> None:
        if (self.folder is None) == (self.updated is None):
            raise click.UsageError(
                "name the folder of the new rulebook with -o, or one to add to with --update"
            )
        if (self.plan is None) != (self.from_plan is None):
            raise click.UsageError(
                "`--plan` needs `--from-plan PLAN`, whose requests or sessions can be recorded"
            )
