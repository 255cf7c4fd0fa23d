"""Cells of a rulebook that no person has decided yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from ...rules.model import Rulebook
from ...rules.names import join_names
from ..finding import Severity
from .diagnostic import Diagnostic

PLACEHOLDER = "Replace this by"
"""The beginning of texts that a person has to write: rulebooks that are begun with a schema have such texts."""

PLACEHOLDER_NAMESPACE = "urn:replace-this"

_FEW = 5
"""Rows and texts that are named."""


def check_review(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Return the diagnostics about cells that nobody has decided; a reviewed rulebook has none of them."""
    cells = Counter(marker for row in rulebook.rows for marker in row.cells.values())
    reviewed = rulebook.document.rulebook.reviewed
    undecided = {marker.id: cells[marker.id] for marker in rulebook.document.markers if marker.undecided}
    total = sum(undecided.values())
    if total:
        severity = Severity.ERROR if reviewed else Severity.WARNING
        text = f"{total:,} of {sum(cells.values()):,} cells are not decided" + (
            ", so the rulebook is not reviewed: decide them, or write `reviewed = false`" if reviewed else ""
        )
        witness = ", ".join(f"{marker}: {number:,}" for marker, number in undecided.items() if number)
        witness += f"; in {_some([row.path for row in rulebook.rows if undecided.keys() & row.cells.values()], 'row')}"
        yield Diagnostic("undecided-cells", severity, text, witness)
    yield from _placeholders(rulebook, cells.keys())
    if not reviewed:
        text = "the rulebook is a draft: nobody has confirmed its content"
        yield Diagnostic("not-reviewed", Severity.NOTE, text, "`reviewed` is false")


def _some(names: Sequence[str], kind: str) -> str:
    more = len(names) - _FEW
    return join_names(names[:_FEW]) + (f" and {more:,} more {kind}{'s' * (more > 1)}" if more > 0 else "")


def _placeholders(rulebook: Rulebook, used: Collection[str]) -> Iterator[Diagnostic]:
    """Report texts that are still to be written, of markers that cells have."""
    document = rulebook.document
    statements = {marker.statement for marker in document.markers if marker.id in used}
    texts = {
        f"statements.{each.id}.{key}": text
        for each in document.statements
        if each.id in statements
        for key, text in (("text", each.text), ("cite", each.cite))
    }
    cited = {each.source for each in document.statements if each.id in statements}
    texts |= {f"sources.{each.id}.title": each.title for each in document.sources if each.id in cited}
    keys = [key for key, text in texts.items() if text.startswith(PLACEHOLDER)]
    keys += ["wire.envelope"] if document.wire.envelope == PLACEHOLDER_NAMESPACE else []
    if keys:
        text = (
            f"{len(keys):,} texts are still to be written"
            if len(keys) > 1
            else "a text is still to be written"
        )
        yield Diagnostic("placeholder", Severity.WARNING, text, _some(keys, "text"))
