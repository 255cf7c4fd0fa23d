"""`rules lint`: the size of a rulebook, and what its author should look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...engine.analysis import Diagnostic
from ...engine.finding import Severity
from ...rules.model import Rulebook
from ...rules.names import join_words
from ..text.json import encode, rulebook_identity
from ..text.style import SEVERITY_LOOKS, Style, count

SCHEMA = "whosees/rules-lint@1"

_FEW = 5
"""Notes of one kind up to which each is told."""
_NAMED = 3
"""Notes that are told of more."""


def lint_json(rulebook: Rulebook, diagnostics: Sequence[Diagnostic]) -> str:
    """Return the diagnostics as JSON."""
    entries = [
        {
            "id": diagnostic.id,
            "severity": diagnostic.severity,
            "text": diagnostic.text,
            "witness": diagnostic.witness,
        }
        for diagnostic in diagnostics
    ]
    return f'{{"schema":"{SCHEMA}","rulebook":{encode(rulebook_identity(rulebook))},"remarks":{encode(entries)}}}\n'


def lint_text(
    rulebook: Rulebook, diagnostics: Sequence[Diagnostic], style: Style, *, verbose: bool = False
) -> str:
    """Return the diagnostics as text, each with a case that shows it, after the size of the rulebook.

    Unless it is ``verbose``, many notes of one kind are told together.
    """
    sizes = {
        "row": len(rulebook.rows),
        "column": len(rulebook.columns),
        "cell": len(rulebook.rows) * len(rulebook.columns),
        "interpretation": len(rulebook.document.interpretations),
    }
    lines = [
        style.wrap(f"{rulebook.id} {rulebook.version}: {rulebook.document.rulebook.title}"),
        ", ".join(count(number, noun) for noun, number in sizes.items()),
        rulebook.digest,
    ]
    kinds: dict[tuple[Severity, str], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        kinds.setdefault((diagnostic.severity, diagnostic.id), []).append(diagnostic)
    for (severity, id_), each in kinds.items():
        name = f"{style.paint(severity.value, SEVERITY_LOOKS[severity])}: {id_}: "
        is_many = severity is Severity.NOTE and len(each) > _FEW and not verbose
        texts = [_together(each)] if is_many else [f"{one.text} ({one.witness})" for one in each]
        lines += [style.wrap(name + text, 0, 2) for text in texts]
    severities = Counter(diagnostic.severity for diagnostic in diagnostics)
    totals = join_words(
        [count(severities[severity], severity.value) for severity in Severity if severities[severity]]
    )
    lines.append("valid" + (f", with {totals}" if totals else "; no remarks"))
    return "\n".join(lines) + "\n"


def _together(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the texts of the first of many diagnostics, and how many there are."""
    first = "; ".join(diagnostic.text for diagnostic in diagnostics[:_NAMED])
    return f"{first}; and {len(diagnostics) - _NAMED:,} more (-v lists them)"
