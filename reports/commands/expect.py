"""`expect`: what a context should see, and what changes in another context."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...engine.claims import ResolvedContext
from ...engine.diff.contexts import differences
from ...engine.expectation import Evaluator, Expectation
from ...rules.names import join_words
from ...rules.paths import ANY_NAME
from ..text.json import encode, rulebook_identity
from ..text.phrases import fact_option, format_context, undecided_reason
from ..text.style import Style, count

SCHEMA = "whosees/expect@1"

_FREE_KEYS = (
    f"{ANY_NAME}: any one name; what is said holds for each member that is there, and none need be there"
)


def expect_json(evaluator: Evaluator, resolved: ResolvedContext, versus: ResolvedContext | None) -> str:
    """Return the elements in printed order as JSON; with ``versus``, also the changes."""
    rulebook, context = evaluator.rulebook, resolved.context
    expected = evaluator.expectations(context)
    elements = [
        {
            "path": row.path,
            "element": row.element,
            "marker": evaluator.marker(row, context).id,
            "expectation": expected[row.path],
        }
        for row in rulebook.rows
    ]
    parts = [
        f'{{"schema":"{SCHEMA}","rulebook":{encode(rulebook_identity(rulebook))}',
        f'"context":{encode(dict(context.items()))}',
        '"elements":[\n' + ",\n".join(map(encode, elements)) + "\n]",
    ]
    if versus is not None:
        changes = [
            {"path": d.row.path, "element": d.row.element, "before": d.before, "after": d.after}
            for d in differences(evaluator, context, versus.context)
        ]
        parts.append(f'"versus":{encode(dict(versus.context.items()))}')
        parts.append('"changes":[\n' + ",\n".join(map(encode, changes)) + "\n]")
    return ",\n".join(parts) + "}\n"


def expect_text(
    evaluator: Evaluator, resolved: ResolvedContext, versus: ResolvedContext | None, style: Style
) -> str:
    """Return the elements as a text table; with ``versus``, only those whose expectation changes."""
    rulebook, context = evaluator.rulebook, resolved.context
    if versus is not None:
        return _versus_text(evaluator, resolved, versus, style)
    expected = evaluator.expectations(context)
    rows = [
        [str(row.number), row.path, evaluator.marker(row, context).printed, expected[row.path].value]
        for row in rulebook.rows
    ]
    totals = Counter(expected.values())
    counted = [each for each in Expectation if each is not Expectation.MASKED or totals[each]]
    summary = ", ".join(f"{totals[expectation]} {expectation}" for expectation in counted)
    hint = _undecided_hint(evaluator.all_undecided_facts(context), style)
    if any(ANY_NAME in row.path.split("/") for row in rulebook.rows):
        hint += "\n" + style.wrap(_FREE_KEYS, 0, 2)
    return (
        f"{style.wrap(format_context(rulebook, resolved))}\n\n"
        f"{style.table(rows, ['row', 'element', 'cell', 'expectation'])}\n\n{summary}{hint}\n"
    )


def _versus_text(
    evaluator: Evaluator, resolved: ResolvedContext, versus: ResolvedContext, style: Style
) -> str:
    rulebook = evaluator.rulebook
    changes = differences(evaluator, resolved.context, versus.context)
    first = style.wrap(f"from {format_context(rulebook, resolved)}", 0, 5)
    second = style.wrap(f"to   {format_context(rulebook, versus)}", 0, 5)
    if not changes:
        return f"{first}\n{second}\n\nno element changes\n"
    rows = [[d.row.path, d.before.value, d.after.value] for d in changes]
    total = count(len(rulebook.rows), "element")
    verb = "changes" if len(changes) == 1 else "change"
    return f"{first}\n{second}\n\n{style.table(rows, ['element', 'before', 'after'])}\n\n{len(changes)} of {total} {verb}\n"


def _undecided_hint(facts: Sequence[str], style: Style) -> str:
    """Return the line that says which options would decide the elements that may be there."""
    if not facts:
        return ""
    options = join_words([fact_option(fact) for fact in facts], "or")
    hint = f"may: {undecided_reason(facts)}; pass {options} to decide them"
    return "\n" + style.wrap(hint, 0, 2)
