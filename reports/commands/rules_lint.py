"""`rules lint`: what a rulebook is, and what its author should look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...engine.analysis import Diagnostic
from ...engine.finding import Severity
from ...rules.model import Rulebook
from ..check.json import encode, rulebook_identity
from ..text.style import SEVERITY_LOOKS, Style, count, listing

SCHEMA = "whosees/rules-lint@1"


def lint_json(rulebook: Rulebook, remarks: Sequence[Diagnostic]) -> str:
    """Give the remarks as data."""
    found = [
        {"id": remark.id, "severity": remark.severity, "text": remark.text, "witness": remark.witness}
        for remark in remarks
    ]
    return f'{{"schema":"{SCHEMA}","rulebook":{encode(rulebook_identity(rulebook))},"remarks":{encode(found)}}}\n'


def lint_text(rulebook: Rulebook, remarks: Sequence[Diagnostic], style: Style) -> str:
    """Give what was read, and each remark with the case that shows it."""
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
    for remark in remarks:
        severity = style.paint(remark.severity.value, SEVERITY_LOOKS[remark.severity])
        lines.append(style.wrap(f"{severity}: {remark.id}: {remark.text} ({remark.witness})", 0, 2))
    found = Counter(remark.severity for remark in remarks)
    totals = listing([count(found[severity], severity.value) for severity in Severity if found[severity]])
    lines.append("valid" + (f", with {totals}" if totals else "; nothing to remark"))
    return "\n".join(lines) + "\n"
