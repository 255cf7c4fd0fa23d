"""The text of `explain` for people: the answer first, then why, then the way out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from ...engine.expectation import Expectation
from ...engine.explain.explain import Explanation
from ...engine.finding import Rule
from ...rules.model import Rulebook
from ..text.phrases import explain_command, fact_words
from ..text.remedies import ways_out
from ..text.style import Style, listing

_LOOKS = {
    Expectation.MUST: "green",
    Expectation.SHOULD: "green",
    Expectation.MAY: "yellow",
    Expectation.MASKED: "yellow",
    Expectation.MUST_NOT: "red",
}


def explain_text(rulebook: Rulebook, explanations: Sequence[Explanation], style: Style) -> str:
    """Give explanations, those of one element together.

    Where the column was left open an element is answered for each: briefly, since the whole of five answers
    would hide the one that is wanted.
    """
    blocks = []
    for _, group in groupby(explanations, key=lambda explanation: explanation.path):
        matches = list(group)
        columns = {match.context[rulebook.column_fact] for match in matches}
        if len(columns) > 1:
            blocks.append("\n".join(_by_column(rulebook, matches, style)))
        else:
            blocks += ["\n".join(_full(rulebook, match, style)) for match in matches]
    return "\n\n".join(blocks) + "\n"


def explain_rule_text(rule: Rule, style: Style) -> str:
    """Say what a rule of `check` means."""
    lines = [
        f"{style.paint(rule.id, 'bold')} ({rule.severity}): {rule.when}",
        style.wrap(rule.meaning, 2, 0),
        style.wrap(f"What to do: {rule.remedy}", 2, 2),
    ]
    return "\n".join(lines) + "\n"


def _title(rulebook: Rulebook, match: Explanation, style: Style) -> str:
    row = rulebook.row_by_path.get(match.path)
    title = style.paint(match.path, "bold")
    if row is None:
        return title
    printed = f" ({row.element} as printed)" if row.element != match.path.rpartition("/")[2] else ""
    return f"{title}{printed}, row {row.number} of {rulebook.table_title}"


def _context(rulebook: Rulebook, match: Explanation) -> str:
    facts = [f"{fact} {value}" for fact, value in match.context.items() if fact != rulebook.column_fact]
    return ", ".join(facts)


def _by_column(rulebook: Rulebook, matches: list[Explanation], style: Style) -> Iterator[str]:
    yield _title(rulebook, matches[0], style)
    yield style.wrap(_context(rulebook, matches[0]), 2, 2)
    width = max(4, *(len(column.id) for column in rulebook.columns))
    for match in matches:
        column = rulebook.column(match.context[rulebook.column_fact])
        if match.expectation is None or match.marker is None:
            continue
        answer = style.paint(f"{match.expectation.value:9}", _LOOKS[match.expectation])
        marker = rulebook.markers[match.marker]
        yield f"  {column.id:{width}} {answer} {marker.printed}: {marker.meaning}"
    first, fact = matches[0], rulebook.column_fact
    said, any_of_them = (" ".join(fact_words(fact, value)) for value in (first.context[fact], "NAME"))
    command = explain_command(rulebook, first.path, first.context).replace(said, any_of_them)
    yield f"  the whole answer for one {rulebook.column_fact}, and the way out:"
    yield f"    {style.paint(command, 'dim')}"


def _full(rulebook: Rulebook, match: Explanation, style: Style) -> Iterator[str]:
    yield _title(rulebook, match, style)
    if match.expectation is not None:
        column = rulebook.column(match.context[rulebook.column_fact])
        answer = style.paint(match.expectation.value, _LOOKS[match.expectation])
        yield style.wrap(f"for {column.title} ({column.id}), {_context(rulebook, match)}: {answer}", 2, 2)
    yield ""
    yield style.wrap(match.summary, 2)
    if match.observed is not None and match.observed.lines:
        lines = [str(line) for line in match.observed.lines]
        yield f"  It stands in line{'s' if len(lines) > 1 else ''} {listing(lines)} of the response."
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
        yield from _ways(rulebook, match, style)
    if match.elsewhere:
        yield style.wrap(f"other {rulebook.column_fact}s: {match.elsewhere}", 2, 2)


def _ways(rulebook: Rulebook, match: Explanation, style: Style) -> Iterator[str]:
    out = ways_out(rulebook, match)
    yield f"  {out.text}"
    yield from (style.wrap(f"- {step.text}", 4, 2) for step in out.here)
    for elsewhere in out.elsewhere:
        yield style.wrap(elsewhere.text, 2, 2)
        yield from (style.wrap(f"- {step.text}", 4, 2) for step in elsewhere.steps)
