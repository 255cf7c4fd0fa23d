"""`expect`: what a context should see, and what another would see differently."""

from __future__ import annotations

from collections import Counter

from ...engine.context import ResolvedContext
from ...engine.diff.contexts import differences
from ...engine.expectation import Evaluator, Expectation
from ..check.json import encode, rulebook_identity
from ..text.phrases import format_context
from ..text.style import Style, table

SCHEMA = "whosees/expect@1"


def expect_json(evaluator: Evaluator, resolved: ResolvedContext, versus: ResolvedContext | None) -> str:
    """Give the elements in printed order; with `versus`, also what changes."""
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
    """Give the elements as a table; with `versus`, only those of which the two contexts expect different things."""
    rulebook, context = evaluator.rulebook, resolved.context
    if versus is not None:
        changes = differences(evaluator, context, versus.context)
        heading = f"from {format_context(rulebook, resolved)}\nto   {format_context(rulebook, versus)}\n\n"
        if not changes:
            return heading + "nothing changes\n"
        rows = [[d.row.path, d.before.value, d.after.value] for d in changes]
        return f"{heading}{table(rows, ['element', 'before', 'after'])}\n\n{len(changes)} of {len(rulebook.rows)} elements change\n"
    expected = evaluator.expectations(context)
    rows = [
        [str(row.number), row.path, evaluator.marker(row, context).printed, expected[row.path].value]
        for row in rulebook.rows
    ]
    totals = Counter(expected.values())
    summary = ", ".join(f"{totals[expectation]} {expectation}" for expectation in Expectation)
    open_facts = evaluator.all_undecided_facts(context)
    hint = f"\nmay: depends on {', '.join(open_facts)}, which is not said" if open_facts else ""
    return (
        f"{style.wrap(format_context(rulebook, resolved))}\n\n"
        f"{table(rows, ['row', 'element', 'cell', 'expectation'])}\n\n{summary}{hint}\n"
    )
