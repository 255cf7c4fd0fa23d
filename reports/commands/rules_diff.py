"""`rules diff`: what differs between two rulebooks, decision by decision; schema ``whosees/rules-diff@1``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...engine.cubes import Cube
from ...engine.diff.rulebooks import Change, Inventory, Kind, RowDiff, RulebookDiff
from ...rules.model import Rulebook
from ..check.json import encode, rulebook_identity
from ..text.document import Block, Grid, Heading, Items, Paragraph, as_markdown
from ..text.style import Style, count, listing

SCHEMA = "whosees/rules-diff@1"

_LOOKS = {Kind.WIDENED: "red", Kind.NARROWED: "yellow", Kind.CHANGED: "cyan"}


def diff_json(found: RulebookDiff) -> str:
    """Give the differences as data; `before` and `after` are null where the row is not listed."""
    rows = ",\n".join(encode(_row_object(row)) for row in found.rows)
    summary: dict[str, int] = {
        "contexts": found.contexts,
        **{kind.value: found.count(kind) for kind in Kind},
        "only_old": found.only_old,
        "only_new": found.only_new,
    }
    return (
        f'{{"schema":"{SCHEMA}","old":{encode(rulebook_identity(found.old))},'
        f'"new":{encode(rulebook_identity(found.new))},\n"summary":{encode(summary)},\n'
        f'"removed":{encode(_inventory_object(found.removed))},\n"added":{encode(_inventory_object(found.added))},\n'
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


def diff_text(found: RulebookDiff, style: Style) -> str:
    """Give the differences for people, by row: how, from what to what, and in which contexts."""
    lines = [f"old  {_identity(found.old)}", f"new  {_identity(found.new)}", ""]
    for rows in _alike(found):
        lines += [style.paint(row.path, "bold") + _listed(row) for row in rows]
        for change in rows[0].changes:
            kind = style.paint(f"{change.kind.value:8}", _LOOKS[change.kind])
            lines.append(f"  {kind}  {_decisions(change)}, in {count(change.contexts, 'context')}")
            lines += [style.wrap(_where(found.new, cube), 12, 2) for cube in change.cubes]
        lines.append("")
    lines += [style.wrap(f"{about}: {text}", 0, 2) for about, text in _one_sided(found)]
    lines.append(_summary(found))
    return "\n".join(lines) + "\n"


def diff_markdown(found: RulebookDiff) -> str:
    """Give the differences as Markdown, for a comment on a change."""
    blocks: list[Block] = [
        Heading(f"Decisions of {found.old.id} {found.old.version} and {found.new.id} {found.new.version}"),
        Paragraph(_summary(found)),
    ]
    changed = tuple(
        (
            ", ".join(row.path + _listed(row) for row in rows),
            change.kind.value,
            _decisions(change),
            str(change.contexts),
            "; or ".join(_where(found.new, cube) for cube in change.cubes),
        )
        for rows in _alike(found)
        for change in rows[0].changes
    )
    if changed:
        blocks.append(Grid(("element", "how", "decision", "contexts", "where"), changed))
    if one_sided := tuple(_one_sided(found)):
        blocks.append(Items(one_sided))
    return as_markdown(blocks)


def _alike(found: RulebookDiff) -> list[list[RowDiff]]:
    """Put the rows together whose decisions differ in the same way: they are told once."""
    groups: list[list[RowDiff]] = []
    for row in found.rows:
        for group in groups:
            if group[0].changes == row.changes:
                group.append(row)
                break
        else:
            groups.append([row])
    return groups


def _identity(rulebook: Rulebook) -> str:
    return f"{rulebook.id} {rulebook.version}, {rulebook.digest}"


def _listed(row: RowDiff) -> str:
    if row.old and row.new:
        return ""
    return " (listed by the new one only)" if row.new else " (no longer listed)"


def _decisions(change: Change) -> str:
    before, after = (decision or "not judged" for decision in (change.before, change.after))
    return f"{before} → {after}"


def _where(rulebook: Rulebook, cube: Cube) -> str:
    """Tell a set of contexts: `MC and TC, password supplied`."""
    parts = [
        listing(values, "and") if fact == rulebook.column_fact else f"{fact} {listing(values, 'or')}"
        for fact, values in cube.where.items()
    ]
    return ", ".join(parts) or "everywhere"


def _one_sided(found: RulebookDiff) -> Iterator[tuple[str, str]]:
    """Say what only one of them has."""
    for whose, inventory in (("removed", found.removed), ("added", found.added)):
        for what, names in _inventory_object(inventory).items():
            if names:
                yield f"{whose} {what}", listing(names)
    for whose, number in (("old", found.only_old), ("new", found.only_new)):
        if number:
            said = (
                f"{count(number, 'combination')} of facts that the other excludes; nothing is compared there"
            )
            yield f"in the {whose} one only", said


def _summary(found: RulebookDiff) -> str:
    rows = len({*found.old.row_by_path, *found.new.row_by_path})
    compared = f"{count(rows, 'row')} compared in {count(found.contexts, 'context')}"
    kinds = [f"{found.count(kind):,} {kind}" for kind in Kind if found.count(kind)]
    if not kinds:
        texts = "" if found.old.digest == found.new.digest or found.differs else ", though the files do"
        return f"no decision differs{texts}: {compared}"
    return f"{count(len(found.rows), 'row differs', 'rows differ')}: decisions {', '.join(kinds)}; {compared}"
