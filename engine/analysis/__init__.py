"""Analysis of a valid rulebook by enumeration: diagnostics of probable mistakes, each with a witness."""

from __future__ import annotations

from ..expectation import Evaluator
from .citations import check_citations
from .decisions import check_decisions
from .diagnostic import Diagnostic
from .evidence import check_evidence
from .names import check_names
from .review import check_review
from .wire import check_wire

__all__ = ["Diagnostic", "analyse"]


def analyse(evaluator: Evaluator) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of a rulebook, errors first; raises TooManyContextsError if it has too many contexts."""
    rulebook = evaluator.rulebook
    diagnostics = [
        *check_decisions(evaluator),
        *check_names(rulebook),
        *check_evidence(rulebook),
        *check_wire(rulebook),
        *check_citations(evaluator),
        *check_review(rulebook),
    ]
    return tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.severity.order))
