"""The cases of a plan: session × caller × password supplied, not supplied, wrong; each with its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ....engine.context import Context, context_of
from ....rules.model import UNKNOWN, Rulebook
from ..case_names import WRONG, case_name, covers
from .plan import Caller, Plan, PlanError, Session


class Password(StrEnum):
    """What a case does about the meeting password."""

    SUPPLIED = "supplied"
    NOT_SUPPLIED = "not-supplied"
    WRONG = WRONG


@dataclass(frozen=True, slots=True)
class Case:
    """A call to make. ``id`` is the same in every run, whatever else the plan holds."""

    id: str
    session: Session
    caller: Caller
    password: Password
    context: Context


def cases_of(rulebook: Rulebook, plan: Plan) -> tuple[Case, ...]:
    """Give the cases of a validated plan, in its order; raises PlanError where two have one name.

    A session without a password has one case for each caller: there is nothing to supply, or to get wrong.
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
                f"{times} cases are called `{context_id}`; give each of their callers a `name` of its own"
            )
    return cases


def selected(cases: Iterable[Case], patterns: Iterable[str]) -> tuple[Case, ...]:
    """Give the cases that any pattern is about, all where there is none; raises PlanError for one about no case."""
    known, wanted = tuple(cases), tuple(patterns)
    for pattern in wanted:
        if not any(covers(pattern, case.id) for case in known):
            raise PlanError(f"`{pattern}` is about no case of the plan; --list shows them")
    return tuple(case for case in known if not wanted or any(covers(pattern, case.id) for pattern in wanted))


def sidecar(case: Case, *, expects_failure: bool) -> bytes:
    """State a case as the sidecar of its recording does, in TOML."""
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
    plain = case_name(rulebook, context, wrong_password=password is Password.WRONG)
    return Case(_named(plain, session, caller), session, caller, password, context)


def _named(plain: str, session: Session, caller: Caller) -> str:
    """Add the names of session and caller, where the plan gives them, to the parts that they are about."""
    service, *who, password = plain.split("/")
    service += f"~{session.name}" if session.name else ""
    who[-1] += f"~{caller.name}" if caller.name else ""
    return "/".join([service, *who, password])
