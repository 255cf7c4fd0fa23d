"""`rules lint`: the size of a rulebook, and what its author should look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...engine.analysis import Diagnostic
from ...engine.finding import Severity
from ...rules.model import Rulebook
from ...rules.names import join_words
from ..check.json import encode, rulebook_identity
from ..text.style import SEVERITY_LOOKS, Style, count

SCHEMA = "whosees/rules-lint@1"


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


def lint_text(rulebook: Rulebook, diagnostics: Sequence[Diagnostic], style: Style) -> str:
    """Return the diagnostics as text, each with a case that shows it, after the size of the rulebook."""
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
    for diagnostic in diagnostics:
        severity = style.paint(diagnostic.severity.value, SEVERITY_LOOKS[diagnostic.severity])
        lines.append(
            style.wrap(f"{severity}: {diagnostic.id}: {diagnostic.text} ({diagnostic.witness})", 0, 2)
        )
    severities = Counter(diagnostic.severity for diagnostic in diagnostics)
    totals = join_words(
        [count(severities[severity], severity.value) for severity in Severity if severities[severity]]
    )
    lines.append("valid" + (f", with {totals}" if totals else "; no remarks"))
    return "\n".join(lines) + "\n"
