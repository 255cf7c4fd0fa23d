"""Words that every report shares: how a context is told, and the command that explains a finding."""

from __future__ import annotations

import shlex

from ..engine.context import DEFAULT, Context, Settled, implied_facts
from ..rules.model import UNKNOWN, Rulebook

FACT_FLAGS = ("service", "caller", "role", "password")
"""The facts that have a flag of their own on the command line; others are said with ``--fact NAME=VALUE``."""


def told(rulebook: Rulebook, settled: Settled, *, sources: bool = True) -> str:
    """Tell a context, with the source of each fact: `MC (response), caller anonymous (request), …`."""
    parts = []
    for (fact_id, value), source in zip(settled.context.items(), settled.sources, strict=True):
        name = (
            "" if fact_id == rulebook.column_fact and value != UNKNOWN else f"{rulebook.fact(fact_id).label} "
        )
        parts.append(f"{name}{value}" + (f" ({source})" if sources and source != DEFAULT else ""))
    return ", ".join(parts)


def explain_command(rulebook: Rulebook, what: str, context: Context | None) -> str:
    """Give the command that explains a path or a rule in a context, ready to be pasted into a shell."""
    words = ["sightline", "explain", what]
    if context is not None:
        implied = implied_facts(rulebook, context)
        for fact, value in context.known().items():
            if fact in implied:
                continue
            words += [f"--{fact}", value] if fact in FACT_FLAGS else ["--fact", f"{fact}={value}"]
    if rulebook.location is not None:
        words += ["--rules", rulebook.location]
    return shlex.join(words)


def explaining(rulebook: Rulebook, explains: str, context: Context) -> str:
    """Give the command for a finding: a rule by itself is explained without context."""
    is_path = explains in rulebook.row_by_path or explains in rulebook.document.unlisted.paths
    return explain_command(rulebook, explains, context if is_path else None)
