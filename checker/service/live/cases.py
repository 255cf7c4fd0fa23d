"""The cases of a plan: session × caller × password supplied, not supplied or wrong, each with a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ....engine.context import Context, context_of
from ....rules.model import UNKNOWN, Rulebook
from ..case_names import WRONG, case_name, matches_case
from .plan import Caller, Plan, PlanError, Session


class Password(StrEnum):
    """The use that a case makes of the meeting password."""

    SUPPLIED = "supplied"
    NOT_SUPPLIED = "not-supplied"
    WRONG = WRONG


@dataclass(frozen=True, slots=True)
class Case:
    """A call to make. ``id`` is the same in every run, whatever else is in the plan."""

    id: str
    session: Session
    caller: Caller
    password: Password
    context: Context


def cases_of(rulebook: Rulebook, plan: Plan) -> tuple[Case, ...]:
    """Return the cases of a validated plan, in its order; raises PlanError if two have the same name.

    A session without a password has one case for each caller, since there is nothing to supply or to get wrong.
    """
    cases = tuple(
        _case(rulebook, session, caller, password)
        for session in plan.sessions
        for caller in plan.callers
        for password in (Password if session.password else (Password.NOT_SUPPLIED,))
    )
    for context_id, times in Counter(case.id for case in cases).items():
        if times > 1:
            raise PlanError(
                f"{times} cases are called `{context_id}`; give each of their callers a unique `name`"
            )
    return cases


def select_cases(cases: Iterable[Case], patterns: Iterable[str]) -> tuple[Case, ...]:
    """Return the cases that any pattern selects, all without patterns; raises PlanError for one that selects none."""
    known, wanted = tuple(cases), tuple(patterns)
    for pattern in wanted:
        if not any(matches_case(pattern, case.id) for case in known):
            raise PlanError(f"`{pattern}` matches no case of the plan; --list shows them")
    return tuple(
        case for case in known if not wanted or any(matches_case(pattern, case.id) for pattern in wanted)
    )


def sidecar_content(case: Case, *, expects_failure: bool) -> bytes:
    """Return the sidecar of a case's recording, in TOML."""
    facts = {fact: value for fact, value in case.context.items() if value != UNKNOWN}
    if case.password is Password.WRONG:
        facts["password"] = WRONG
    if expects_failure:
        facts["outcome"] = "failure"
    return "".join(f'{fact} = "{value}"\n' for fact, value in facts.items()).encode()


def _case(rulebook: Rulebook, session: Session, caller: Caller, password: Password) -> Case:
    context = context_of(
        rulebook,
        {
            rulebook.column_fact: session.service,
            "caller": "anonymous" if caller.anonymous else "authenticated",
            "role": caller.role_in(session),
            "password": "supplied" if password is Password.SUPPLIED else "not-supplied",
        },
    )
    name = case_name(rulebook, context, wrong_password=password is Password.WRONG)
    return Case(_with_names(name, session, caller), session, caller, password, context)


def _with_names(name: str, session: Session, caller: Caller) -> str:
    """Add the names that the plan gives session and caller to the parts of a case's name that they belong to."""
    service, *who, password = name.split("/")
    service += f"~{session.name}" if session.name else ""
    who[-1] += f"~{caller.name}" if caller.name else ""
    return "/".join([service, *who, password])
