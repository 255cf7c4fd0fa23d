"""`explain`: why an element is there or not; JSON has the schema ``whosees/explain@1``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from ...engine.expectation import Expectation
from ...engine.explain.explain import Explanation, cited_for_finding
from ...engine.explain.observed import Observed
from ...engine.finding import Rule
from ...rules.model import Rulebook
from ...rules.names import join_words
from ..text.escape import escape_control_chars
from ..text.json import encode, rulebook_identity
from ..text.phrases import explain_command, fact_arguments
from ..text.remedies import remedy_advice
from ..text.style import Style

SCHEMA = "whosees/explain@1"

MAX_COMPLETE = 3
"""Responses of one column up to which each gets a complete answer."""

_LOOKS = {
    Expectation.MUST: "green",
    Expectation.SHOULD: "green",
    Expectation.MAY: "yellow",
    Expectation.MASKED: "yellow",
    Expectation.MUST_NOT: "red",
}


def explain_json(rulebook: Rulebook, explanations: Sequence[Explanation]) -> str:
    """Return explanations as JSON, each match on a line."""
    matches = ",\n".join(encode(match_object(explanation)) for explanation in explanations)
    return f'{{"schema":"{SCHEMA}","rulebook":{encode(rulebook_identity(rulebook))},\n"matches":[\n{matches}\n]}}\n'


def explain_rule_json(rulebook: Rulebook, rule: Rule) -> str:
    """Return the meaning of a rule as JSON: no match, and the rule beside it."""
    fields = {
        "id": rule.id,
        "severity": rule.severity,
        "when": rule.when,
        "meaning": rule.meaning,
        "remedy": rule.remedy,
        "because": [
            {"text": reason.text, "cite": reason.cite} for reason in cited_for_finding(rulebook, rule.id)
        ],
    }
    return (
        f'{{"schema":"{SCHEMA}","rulebook":{encode(rulebook_identity(rulebook))},'
        f'\n"matches":[],\n"rule":{encode(fields)}}}\n'
    )


def match_object(explanation: Explanation) -> dict[str, Any]:
    """Return one explanation as JSON data; interpretations and notes are among its reasons."""
    observed = explanation.observed
    return {
        "path": explanation.path,
        "element": explanation.element,
        "context": dict(explanation.context.items()),
        "expectation": explanation.expectation,
        "marker": explanation.marker,
        "summary": explanation.summary,
        "because": [
            *({"text": reason.text, "cite": reason.cite} for reason in explanation.because),
            *({"text": entry.text, "cite": entry.id} for entry in explanation.interpretations),
            *({"text": note.text, "cite": note.cite} for note in explanation.notes),
        ],
        "would_appear_if": [
            {
                "changes": dict(way.changes),
                "expectation": way.expectation,
                "caller_can": way.caller_can,
                "text": way.text,
            }
            for way in explanation.remedies
        ],
        "depends_on": list(explanation.undecided_facts),
        "elsewhere": explanation.elsewhere,
        **({"source": explanation.source} if explanation.source else {}),
        "observed": None if observed is None else _observed_object(observed),
    }


def _observed_object(observed: Observed) -> dict[str, Any]:
    return {
        "present": observed.present,
        "lines": list(observed.lines),
        "masked": observed.is_masked,
        "elsewhere": [{"path": place.path, "lines": list(place.lines)} for place in observed.elsewhere],
        "near_misses": [
            {"path": each.path, "lines": list(each.lines), "difference": each.difference}
            for each in observed.near_misses
        ],
        "findings": [{"rule": each.rule, "lines": list(each.lines)} for each in observed.findings],
        "lacking_container": observed.lacking_container,
        "absent_container": observed.absent_container,
        "exempt": observed.is_exempt,
    }


def explain_text(rulebook: Rulebook, explanations: Sequence[Explanation], style: Style) -> str:
    """Return explanations as text, those of one element together.

    If the column is unknown, an element gets a short answer for each column, because five complete answers would
    bury the one that is wanted. So it does for each of several responses.
    """
    blocks = []
    for _, group in groupby(explanations, key=lambda explanation: explanation.path):
        matches = list(group)
        columns = {match.context[rulebook.column_fact] for match in matches}
        if matches[0].source and (len(columns) > 1 or len(matches) > MAX_COMPLETE):
            blocks.append("\n".join(_by_source(rulebook, matches, style)))
        elif len(columns) > 1:
            blocks.append("\n".join(_by_column(rulebook, matches, style)))
        else:
            blocks += ["\n".join(_full(rulebook, match, style)) for match in matches]
    return "\n\n".join(blocks) + "\n"


def explain_rule_text(rulebook: Rulebook, rule: Rule, style: Style) -> str:
    """Return the meaning of a rule of `check` as text."""
    lines = [
        f"{style.paint(rule.id, 'bold')} ({rule.severity}): {rule.when}",
        style.wrap(rule.meaning, 2, 0),
        *(style.wrap(f"- {each.text} [{each.cite}]", 2, 2) for each in cited_for_finding(rulebook, rule.id)),
        style.wrap(f"What to do: {rule.remedy}", 2, 2),
    ]
    return "\n".join(lines) + "\n"


def _title(rulebook: Rulebook, match: Explanation, style: Style) -> str:
    row = rulebook.row_by_path.get(match.path)
    title = style.paint(match.path, "bold")
    if row is None:
        return title
    is_named = row.element in (match.path, match.path.rpartition("/")[2])
    printed = "" if is_named else f" ({row.element} as printed)"
    return f"{title}{printed}, row {row.number} of {rulebook.table_title}"


def _other_facts(rulebook: Rulebook, match: Explanation) -> list[str]:
    return [f"{fact} {value}" for fact, value in match.context.items() if fact != rulebook.column_fact]


def _by_column(rulebook: Rulebook, matches: list[Explanation], style: Style) -> Iterator[str]:
    yield _title(rulebook, matches[0], style)
    if facts := _other_facts(rulebook, matches[0]):
        yield style.wrap(", ".join(facts), 2, 2)
    width = max(4, *(len(column.id) for column in rulebook.columns))
    for match in matches:
        column = rulebook.column(match.context[rulebook.column_fact])
        if match.expectation is None or match.marker is None:
            continue
        answer = style.paint(f"{match.expectation.value:9}", _LOOKS[match.expectation])
        marker = rulebook.markers[match.marker]
        yield style.wrap(f"{column.id:{width}} {answer} {marker.printed}: {marker.meaning}", 2, width + 11)
    first, fact = matches[0], rulebook.column_fact
    stated, placeholder = (" ".join(fact_arguments(fact, value)) for value in (first.context[fact], "NAME"))
    command = explain_command(rulebook, first.path, first.context).replace(stated, placeholder)
    lead = f"for the reasons, and for what would change the answer, name the {rulebook.column_fact}:"
    yield style.wrap(lead, 2)
    yield f"    {style.paint(command, 'dim')}"


def _by_source(rulebook: Rulebook, matches: list[Explanation], style: Style) -> Iterator[str]:
    yield _title(rulebook, matches[0], style)
    for match in matches:
        there = _seen(match.observed)
        facts = ", ".join([match.context[rulebook.column_fact], *_other_facts(rulebook, match)])
        expected = ""
        if match.expectation is not None:
            expected = f" and {style.paint(match.expectation.value, _LOOKS[match.expectation])}"
        yield style.wrap(f"{escape_control_chars(match.source)}: {there}{expected} ({facts})", 2, 4)
    lead = "for the reasons, and for what would change the answer, name one of them, or state its facts:"
    yield style.wrap(lead, 2)
    yield f"    {style.paint(explain_command(rulebook, matches[0].path, matches[0].context), 'dim')}"


def _seen(observed: Observed | None) -> str:
    if observed is None:
        return "absent"
    if observed.lines:
        partly = f" (not in every {observed.lacking_container})" if observed.lacking_container else ""
        return f"there{partly}, {_on_lines(observed.lines)}"
    if observed.is_exempt:
        return "absent, not demanded here,"
    if observed.absent_container is not None:
        return f"absent, with {observed.absent_container},"
    return "masked" if observed.is_masked else "absent"


def _on_lines(lines: Sequence[int]) -> str:
    """Return `line 7`, or `lines 7 and 9`."""
    return f"line{'s' if len(lines) > 1 else ''} {join_words([str(line) for line in lines])}"


def _full(rulebook: Rulebook, match: Explanation, style: Style) -> Iterator[str]:
    yield _title(rulebook, match, style)
    if match.expectation is not None:
        column = rulebook.column(match.context[rulebook.column_fact])
        answer = style.paint(match.expectation.value, _LOOKS[match.expectation])
        facts = [f"{column.title} ({column.id})", *_other_facts(rulebook, match)]
        yield style.wrap(f"for {', '.join(facts)}: {answer}", 2, 2)
    yield ""
    yield style.wrap(match.summary, 2)
    if match.observed is not None:
        yield from _where(match.observed, style)
    yield ""
    yield "  why"
    for reason in match.because:
        yield style.wrap(f"- {reason.text} [{reason.cite}]", 4, 2)
    for entry in match.interpretations:
        yield style.wrap(f"- {entry.title}. [{entry.id}]", 4, 2)
    for note in match.notes:
        yield style.wrap(f"- Note: {note.text} [{note.cite}]", 4, 2)
    if match.expectation is not None:
        yield ""
        yield from _remedies(rulebook, match, style)
    if match.elsewhere:
        yield style.wrap(f"other {rulebook.column_fact}s: {match.elsewhere}", 2, 2)


def _where(observed: Observed, style: Style) -> Iterator[str]:
    """Yield where an element is, where it is missing, and where else its name is."""
    if observed.lines:
        yield f"  It is on {_on_lines(observed.lines)} of the response."
    for finding in observed.absences:
        elements = "elements" if len(finding.lines) > 1 else "element"
        text = f"It is {finding.rule} from the {elements} on {_on_lines(finding.lines)} of the response."
        yield style.wrap(text, 2, 2)
    for place in observed.elsewhere:
        text = f"Its name is in another place: {place.path}, {_on_lines(place.lines)}."
        yield style.wrap(escape_control_chars(text), 2, 2)
    for near in observed.near_misses:
        text = f"A similar name is in its place: {near.path}, {_on_lines(near.lines)}; {near.difference}."
        yield style.wrap(escape_control_chars(text), 2, 2)


def _remedies(rulebook: Rulebook, match: Explanation, style: Style) -> Iterator[str]:
    advice = remedy_advice(rulebook, match)
    yield f"  {advice.text}"
    yield from (style.wrap(f"- {step.text}", 4, 2) for step in advice.here)
    for elsewhere in advice.elsewhere:
        yield style.wrap(elsewhere.text, 2, 2)
        yield from (style.wrap(f"- {step.text}", 4, 2) for step in elsewhere.steps)
