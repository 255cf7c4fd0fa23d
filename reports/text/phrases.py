"""Words that every report shares: how a context is told, and the command that explains a finding."""

from __future__ import annotations

import shlex

from ...engine.context import DEFAULT, Context, ResolvedContext, implied_facts
from ...engine.finding import Finding, Severity
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import UNKNOWN, Rulebook
from .baseline import standing_text
from .escape import escape_control_chars
from .style import count, listing

FACT_FLAGS = ("service", "caller", "role", "password")
"""The facts that have a flag of their own on the command line; others are said with ``--fact NAME=VALUE``."""


def fact_words(fact: str, value: str) -> list[str]:
    """Give the words that state a fact on the command line."""
    return [f"--{fact}", value] if fact in FACT_FLAGS else ["--fact", f"{fact}={value}"]


def fact_option(fact: str) -> str:
    """Name the option that states a fact: `--service`, or `--fact view=NAME` for one without a flag of its own."""
    return f"--{fact}" if fact in FACT_FLAGS else f"--fact {fact}=NAME"


def format_context(rulebook: Rulebook, resolved: ResolvedContext, *, sources: bool = True) -> str:
    """Tell a context, with the source of each fact: `MC (response), caller anonymous (request), …`."""
    parts = []
    for (fact_id, value), source in zip(resolved.context.items(), resolved.sources, strict=True):
        name = (
            "" if fact_id == rulebook.column_fact and value != UNKNOWN else f"{rulebook.fact(fact_id).label} "
        )
        parts.append(f"{name}{value}" + (f" ({source})" if sources and source != DEFAULT else ""))
    return escape_control_chars(", ".join(parts))


def explain_command(rulebook: Rulebook, what: str, context: Context | None) -> str:
    """Give the command that explains a path or a rule in a context, ready to be pasted into a shell."""
    words = ["whosees", "explain", what]
    if context is not None:
        implied = implied_facts(rulebook, context)
        for fact, value in context.known().items():
            if fact in implied:
                continue
            words += fact_words(fact, value)
    if rulebook.location is not None:
        words += ["--rules", rulebook.location]
    return escape_control_chars(shlex.join(words))


def explain_command_for(rulebook: Rulebook, explain_target: str, context: Context) -> str:
    """Give the command for a finding: a rule by itself is explained without context."""
    is_path = explain_target in rulebook.row_by_path or explain_target in rulebook.document.unlisted.paths
    return explain_command(rulebook, explain_target, context if is_path else None)


def lines_said(finding: Finding, shown: int = 8) -> str:
    """Give the lines where a finding holds: `line 12`, or `in the element of line 12` for what is not there."""
    if not finding.lines:
        return ""
    lines = f"line{'s' if len(finding.lines) > 1 else ''} {line_numbers(finding, shown)}"
    return f"in the element of {lines}" if finding.rule in ("missing", "omitted") else lines


def line_numbers(finding: Finding, shown: int = 8) -> str:
    """Give the numbers of a finding's lines, the first of them where they are many."""
    numbers = [str(line) for line in finding.lines[:shown]]
    more = len(finding.lines) - len(numbers)
    return ", ".join(numbers) + (f" and {more:,} more" if more else "")


def left_open(result: ResponseResult) -> str:
    """Say how many rows the known facts left open, and which facts would settle them; empty where none is."""
    if not result.undetermined:
        return ""
    unknown = listing(result.depends_on)
    say = listing([fact_option(fact) for fact in result.depends_on], "or")
    are = "is" if len(result.depends_on) == 1 else "are"
    elements = count(len(result.undetermined), "element")
    return f"{elements} undetermined, since {unknown} {are} unknown: say {say} to have them judged"


def totals(summary: Summary) -> str:
    """Say what the responses came to: `3 responses: 1 conformant, 2 violating; 2 errors, 1 warning, 0 notes`."""
    outcomes = ", ".join(
        f"{number:,} {outcome}" for outcome in Outcome if (number := summary.outcomes[outcome])
    )
    found = ", ".join(count(summary.severities[severity], severity.value) for severity in Severity)
    found += f", {summary.accepted:,} baselined" if summary.accepted else ""
    skipped = f"; {count(summary.skipped.total(), 'file')} skipped" if summary.skipped.total() else ""
    return (
        count(summary.responses, "response") + (f": {outcomes}" if outcomes else "") + f"; {found}{skipped}"
    )


def message_of(finding: Finding) -> str:
    """Give a finding's message, with what the baseline makes of it where it has an entry."""
    return "; ".join(filter(None, (finding.message, standing_text(finding.baseline))))
