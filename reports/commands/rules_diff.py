"""`rules diff`: the decisions that differ between two rulebooks; schema ``whosees/rules-diff@1``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...engine.cubes import Cube
from ...engine.diff.rulebooks import Change, Inventory, Kind, RowDiff, RulebookDiff
from ...rules.model import Rulebook
from ...rules.names import join_words
from ..text.document import Block, Grid, Heading, Items, Paragraph, as_markdown
from ..text.json import encode, rulebook_identity
from ..text.style import Style, count

SCHEMA = "whosees/rules-diff@1"

_LOOKS = {Kind.WIDENED: "red", Kind.NARROWED: "yellow", Kind.CHANGED: "cyan"}


def diff_json(diff: RulebookDiff) -> str:
    """Return the differences as JSON; ``before`` and ``after`` are null if the row is not listed."""
    rows = ",\n".join(encode(_row_object(row)) for row in diff.rows)
    summary: dict[str, int] = {
        "contexts": diff.contexts,
        **{kind.value: diff.count(kind) for kind in Kind},
        "only_old": diff.only_old,
        "only_new": diff.only_new,
    }
    return (
        f'{{"schema":"{SCHEMA}","old":{encode(rulebook_identity(diff.old))},'
        f'"new":{encode(rulebook_identity(diff.new))},\n"summary":{encode(summary)},\n'
        f'"removed":{encode(_inventory_object(diff.removed))},\n"added":{encode(_inventory_object(diff.added))},\n'
        f'"rows":[\n{rows}\n]}}\n'
    )


def _row_object(row: RowDiff) -> dict[str, Any]:
    return {
        "path": row.path,
        "element": row.row.element,
        "listed": "both" if row.old and row.new else "new" if row.new else "old",
        "changes": [
            {
                "kind": change.kind,
                "before": change.before,
                "after": change.after,
                "contexts": change.contexts,
                "where": [
                    {fact: list(values) for fact, values in cube.where.items()} for cube in change.cubes
                ],
            }
            for change in row.changes
        ],
    }


def _inventory_object(inventory: Inventory) -> dict[str, list[str]]:
    return {
        "rows": list(inventory.rows),
        "columns": list(inventory.columns),
        "facts": list(inventory.facts),
        "values": list(inventory.values),
    }


def diff_text(diff: RulebookDiff, style: Style) -> str:
    """Return the differences as text, by row: the kind, both decisions, and the contexts."""
    lines = [f"old  {_identity(diff.old)}", f"new  {_identity(diff.new)}", ""]
    for rows in _group_rows(diff):
        lines += [style.paint(row.path, "bold") + _presence(row) for row in rows]
        for change in rows[0].changes:
            kind = style.paint(f"{change.kind.value:8}", _LOOKS[change.kind])
            lines.append(f"  {kind}  {_decisions(change)}, in {count(change.contexts, 'context')}")
            lines += [style.wrap(_where(diff.new, cube), 12, 2) for cube in change.cubes]
        lines.append("")
    lines += [style.wrap(f"{title}: {text}", 0, 2) for title, text in _one_sided_entries(diff)]
    lines.append(_summary(diff))
    return "\n".join(lines) + "\n"


def diff_markdown(diff: RulebookDiff) -> str:
    """Return the differences as Markdown, for a comment on a pull request."""
    blocks: list[Block] = [
        Heading(f"Decisions of {diff.old.id} {diff.old.version} and {diff.new.id} {diff.new.version}"),
        Paragraph(_summary(diff)),
    ]
    changed = tuple(
        (
            ", ".join(row.path + _presence(row) for row in rows),
            change.kind.value,
            _decisions(change),
            str(change.contexts),
            "; or ".join(_where(diff.new, cube) for cube in change.cubes),
        )
        for rows in _group_rows(diff)
        for change in rows[0].changes
    )
    if changed:
        blocks.append(Grid(("element", "change", "decision", "contexts", "where"), changed))
    if one_sided := tuple(_one_sided_entries(diff)):
        blocks.append(Items(one_sided))
    return as_markdown(blocks)


def _group_rows(diff: RulebookDiff) -> list[list[RowDiff]]:
    """Group rows side decisions differ in the same way."""
    groups: list[list[RowDiff]] = []
    for row in diff.rows:
        for group in groups:
            if group[0].changes == row.changes:
                group.append(row)
                break
        else:
            groups.append([row])
    return groups


def _identity(rulebook: Rulebook) -> str:
    return f"{rulebook.id} {rulebook.version}, {rulebook.digest}"


def _presence(row: RowDiff) -> str:
    if row.old and row.new:
        return ""
    return " (new row)" if row.new else " (row removed)"


def _decisions(change: Change) -> str:
    before, after = (decision or "not judged" for decision in (change.before, change.after))
    return f"{before} → {after}"


def _where(rulebook: Rulebook, cube: Cube) -> str:
    """Return a set of contexts in words: `MC and TC, password supplied`."""
    parts = [
        join_words(values, "and") if fact == rulebook.column_fact else f"{fact} {join_words(values, 'or')}"
        for fact, values in cube.where.items()
    ]
    return ", ".join(parts) or "in every context"


def _one_sided_entries(diff: RulebookDiff) -> Iterator[tuple[str, str]]:
    """Yield what only one of the rulebooks has."""
    for side, inventory in (("removed", diff.removed), ("added", diff.added)):
        for kind, names in _inventory_object(inventory).items():
            if names:
                yield f"{side} {kind}", join_words(names)
    for side, number in (("old", diff.only_old), ("new", diff.only_new)):
        if number:
            yield (
                f"only in the {side} rulebook",
                f"{count(number, 'combination')} of facts that the other one excludes; these are not compared",
            )


def _summary(diff: RulebookDiff) -> str:
    rows = len({*diff.old.row_by_path, *diff.new.row_by_path})
    compared = f"{count(rows, 'row')} compared in {count(diff.contexts, 'context')}"
    kinds = [f"{diff.count(kind):,} {kind}" for kind in Kind if diff.count(kind)]
    if not kinds:
        same = diff.old.digest == diff.new.digest or diff.differs
        note = "" if same else ", although the files do"
        return f"no decision differs{note}: {compared}"
    return f"{count(len(diff.rows), 'row differs', 'rows differ')}: decisions {', '.join(kinds)}; {compared}"
