"""Analysis of a rulebook by enumeration: what is valid and still cannot be meant, each remark with a witness."""

from __future__ import annotations

from ..expectation import Evaluator
from .citations import citations
from .decisions import decisions
from .diagnostic import Diagnostic
from .evidence import evidence
from .names import names

__all__ = ["Diagnostic", "analyse"]


def analyse(evaluator: Evaluator) -> tuple[Diagnostic, ...]:
    """Give the remarks on a rulebook, errors first; TooManyError where it has too many contexts to go through."""
    rulebook = evaluator.rulebook
    remarks = [*decisions(evaluator), *names(rulebook), *evidence(rulebook), *citations(evaluator)]
    return tuple(sorted(remarks, key=lambda remark: remark.severity.order))
