"""Findings about a call as a whole: not what is shown to whom, but what does not fit together."""

from __future__ import annotations

from ..rules.model import Rulebook
from .context import Claim, Conflict, Context
from .finding import RULES, Finding, finding_id


def context_conflict(rulebook: Rulebook, context: Context, conflict: Conflict) -> Finding:
    """A stated fact that the evidence contradicts."""
    stated, evidence = conflict.stated, conflict.evidence
    message = (
        f"{stated.source} says {rulebook.fact(stated.fact).label} `{stated.value}`, "
        f"the {evidence.source} shows {rulebook.fact(evidence.fact).label} `{evidence.value}`; {stated.source} counts"
    )
    return _about_call(rulebook, context, "context-conflict", message, f"context-conflict:{stated.fact}")


def unexpected_success(rulebook: Rulebook, context: Context, source: str) -> Finding:
    """A call that was expected to fail, and did not."""
    message = f"the {source} expects a FAILURE, and the response is a success"
    return _about_call(rulebook, context, "unexpected-success", message, "unexpected-success")


def not_enforced(rulebook: Rulebook, context: Context, refused: Claim) -> Finding:
    """A call that stated a wrong value, was expected to fail for it, and did not."""
    label = rulebook.fact(refused.fact).label
    message = f"the {refused.source} says that a wrong {label} was sent, and the response is a success"
    return _about_call(rulebook, context, "password-not-enforced", message, "password-not-enforced")


def pair_mismatch(rulebook: Rulebook, context: Context, path: str, lines: tuple[int, ...]) -> Finding:
    """A request and a response that name different sessions."""
    message = f"the request names another session than the response's `{path}`"
    return _about_element(rulebook, context, "pair-mismatch", path, lines, message)


def unexpanded_variable(
    rulebook: Rulebook, context: Context, path: str, names: tuple[str, ...], lines: tuple[int, ...]
) -> Finding:
    """A value that still holds variables in place of what they stand for."""
    held = ", ".join(f"`{name}`" for name in names)
    message = f"`{path}` still holds {held}, a variable that the server should have replaced"
    return _about_element(rulebook, context, "unexpanded-variable", path, lines, message)


def _about_call(rulebook: Rulebook, context: Context, rule: str, message: str, about: str) -> Finding:
    return Finding(
        rule=rule,
        severity=RULES[rule].severity,
        path=None,
        element=None,
        message=message,
        id=finding_id(rulebook, context, None, about),
        explain_target=rule,
    )


def _about_element(
    rulebook: Rulebook, context: Context, rule: str, path: str, lines: tuple[int, ...], message: str
) -> Finding:
    row = rulebook.row_by_path.get(path)
    return Finding(
        rule=rule,
        severity=RULES[rule].severity,
        path=path,
        element=row.element if row else path.rpartition("/")[2],
        message=message,
        id=finding_id(rulebook, context, path, rule),
        explain_target=rule,
        lines=lines,
    )
