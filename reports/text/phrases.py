"""Phrases that every report shares: contexts, lines, totals, and the command that explains a finding."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from ...engine.claims import DEFAULT, ResolvedContext
from ...engine.context import Context, implied_facts
from ...engine.finding import Finding, Severity
from ...engine.result import MESSAGE_KINDS, Outcome, ResponseResult, Summary, UnrecordedFact
from ...rules.model import UNKNOWN, Rulebook
from ...rules.names import join_words
from .baseline import baseline_note
from .escape import escape_control_chars
from .fact_flags import FACT_FLAGS
from .style import count


def fact_arguments(fact: str, value: str) -> list[str]:
    """Return the command-line arguments that state a fact."""
    return [f"--{fact}", value] if fact in FACT_FLAGS else ["--fact", f"{fact}={value}"]


def fact_option(fact: str) -> str:
    """Return the option that states a fact: `--service`, or `--fact view=NAME` for one without its own option."""
    return f"--{fact}" if fact in FACT_FLAGS else f"--fact {fact}=NAME"


def format_context(rulebook: Rulebook, resolved: ResolvedContext, *, sources: bool = True) -> str:
    """Return a context with the source of each fact: `MC (response), caller anonymous (request), …`."""
    parts = []
    for (fact_id, value), source in zip(resolved.context.items(), resolved.sources, strict=True):
        name = (
            "" if fact_id == rulebook.column_fact and value != UNKNOWN else f"{rulebook.fact(fact_id).label} "
        )
        parts.append(f"{name}{value}" + (f" ({source})" if sources and source != DEFAULT else ""))
    return escape_control_chars(", ".join(parts))


def explain_command(rulebook: Rulebook, target: str, context: Context | None) -> str:
    """Return the shell command that explains a path or a rule in a context, ready to paste."""
    stated = _stated_arguments(rulebook, context)
    return f"whosees explain {escape_control_chars(shlex.quote(target))}{stated}"


@lru_cache(512)
def _stated_arguments(rulebook: Rulebook, context: Context | None) -> str:
    """Return the arguments of a command that state a context and a rulebook. Cached: there are few contexts, and many findings in each."""
    words: list[str] = []
    if context is not None:
        implied = implied_facts(rulebook, context)
        for fact, value in context.known_facts().items():
            if fact not in implied:
                words += fact_arguments(fact, value)
    if rulebook.location is not None:
        words += ["--rules", rulebook.location]
    return escape_control_chars("".join([f" {shlex.quote(word)}" for word in words]))


def explain_command_for(rulebook: Rulebook, target: str, context: Context) -> str:
    """Return the command that explains a finding's target; a rule is explained without a context."""
    is_path = target in rulebook.row_by_path or target in rulebook.document.unlisted.paths
    return explain_command(rulebook, target, context if is_path else None)


def format_lines(finding: Finding, shown: int = 8) -> str:
    """Return the lines of a finding: `line 12`, or `in the element on line 12` for something that is absent."""
    if not finding.lines:
        return ""
    lines = f"line{'s' if len(finding.lines) > 1 else ''} {format_line_numbers(finding, shown)}"
    return f"in the element on {lines}" if finding.rule in ("missing", "omitted") else lines


def format_line_numbers(finding: Finding, shown: int = 8) -> str:
    """Return the numbers of a finding's lines, and how many more there are."""
    numbers = [str(line) for line in finding.lines[:shown]]
    more = len(finding.lines) - len(numbers)
    return ", ".join(numbers) + (f" and {more:,} more" if more else "")


def undecided_notice(result: ResponseResult) -> str:
    """Return how many rows stay undecided, and which options would decide them; empty if none does."""
    if not result.undetermined:
        return ""
    options = join_words([fact_option(fact) for fact in result.depends_on], "or")
    elements = count(len(result.undetermined), "element")
    them = "it" if len(result.undetermined) == 1 else "them"
    return f"{elements} {undecided_reason(result.depends_on)}; pass {options} to decide {them}"


def undecided_reason(facts: Sequence[str]) -> str:
    """Return why something is undecided: `undecided because role and password are unknown`."""
    return f"undecided because {join_words(facts)} {'is' if len(facts) == 1 else 'are'} unknown"


def undecided_total(summary: Summary) -> str:
    """Return how much stayed undecided: `22 elements in 1 response, for want of role and password`; empty if nothing did."""
    if not summary.undecided:
        return ""
    elements = count(summary.undecided, "element")
    responses = count(summary.undecided_responses, "response")
    return f"{elements} in {responses}, for want of {join_words(list(summary.undecided_for_want_of))}"


def undecided_remedy(summary: Summary) -> str:
    """Return what decides the undecided elements, and what keeps a run with such elements from passing."""
    wanting = summary.undecided_for_want_of
    options = join_words([fact_option(fact) for fact in wanting])
    everywhere = [fact for fact, number in wanting.items() if number == summary.undecided_responses]
    required = ",".join(everywhere[:1] or wanting)
    decide = "decides" if len(wanting) == 1 else "decide"
    return f"{options}, or a sidecar, {decide} them; --require {required} makes such responses unchecked"


def unrecorded_notices(unrecorded: Iterable[UnrecordedFact]) -> list[str]:
    """Return for each format what it does not keep, and which facts have to be stated for that."""
    facts: dict[tuple[str, str], list[str]] = {}
    for each in unrecorded:
        facts.setdefault((each.format, each.part), []).append(each.fact)
    return [
        f"not recorded: {join_words(names)} cannot be known from {form}, for want of the {part};"
        f" state {'it' if len(names) == 1 else 'them'} in a context.toml"
        for (form, part), names in facts.items()
    ]


def format_totals(summary: Summary) -> str:
    """Return the totals in one line: `3 responses: 1 conformant, 2 violating; 2 errors, 1 warning, 0 notes`."""
    outcomes = ", ".join(
        f"{number:,} {outcome}" for outcome in Outcome if (number := summary.outcomes[outcome])
    )
    found = ", ".join(count(summary.severities[severity], severity.value) for severity in Severity)
    found += f", {summary.accepted:,} baselined" if summary.accepted else ""
    undecided = undecided_total(summary)
    found += f"; undecided: {undecided}" if undecided else ""
    responses = count(summary.responses, "response") + (f": {outcomes}" if outcomes else "")
    return "; ".join([responses, found, *skipped_notices(summary)])


def skipped_notices(summary: Summary) -> list[str]:
    """Return how many messages were not judged, and how many files in no format that is read, by their kinds."""
    numbers = {escape_control_chars(kind): number for kind, number in summary.skipped.most_common()}
    of_messages = MESSAGE_KINDS.values()
    messages = {kind: number for kind, number in numbers.items() if kind in of_messages}
    files = {kind: number for kind, number in numbers.items() if kind not in of_messages}
    notices = []
    if messages:
        kinds = _count_kinds(messages) if len(messages) > 1 else next(iter(messages))
        notices.append(f"skipped {count(sum(messages.values()), 'message')} ({kinds})")
    if files:
        notices.append(
            f"skipped {count(sum(files.values()), 'file')} in no format that is read: {_count_kinds(files)}"
        )
    return notices


def _count_kinds(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {kind}" for kind, number in kinds.items())


def finding_message(finding: Finding) -> str:
    """Return a finding's message, with the effect of its baseline entry if it has one."""
    return "; ".join(filter(None, (finding.message, baseline_note(finding.baseline))))
