"""The cases of a plan: each call to make, with a name.

Sessions: session × caller × password supplied, not supplied or wrong. Requests: request × caller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ....engine.context import Context, context_of
from ....rules.decode import quote_toml
from ....rules.model import UNKNOWN, Rulebook
from ..case_names import WRONG, case_name, matches_case
from .plan import Caller, Plan, PlannedRequest, Session
from .request_checks import callers_of, rulebook_of, stated_facts
from .secrets import PlanError


class Password(StrEnum):
    """The use that a case makes of the meeting password."""

    SUPPLIED = "supplied"
    NOT_SUPPLIED = "not-supplied"
    WRONG = WRONG


@dataclass(frozen=True, slots=True)
class SessionCase:
    """A call about a session. ``id`` is the same in every run, whatever else is in the plan."""

    id: str
    rulebook: Rulebook
    caller: Caller
    session: Session
    password: Password
    context: Context

    @property
    def facts(self) -> dict[str, str]:
        """The facts that are stated of the call."""
        facts = {fact: value for fact, value in self.context.items() if value != UNKNOWN}
        return facts | ({"password": WRONG} if self.password is Password.WRONG else {})

    @property
    def must_fail(self) -> bool:
        """True if the server has to refuse the call."""
        return self.password is Password.WRONG


@dataclass(frozen=True, slots=True)
class RequestCase:
    """A request as one caller makes it. ``facts`` are stated by any of their names."""

    id: str
    rulebook: Rulebook
    caller: Caller
    request: PlannedRequest
    facts: dict[str, str]
    must_fail: bool = False


Case = SessionCase | RequestCase


def cases_of(rulebooks: Sequence[Rulebook], plan: Plan) -> tuple[Case, ...]:
    """Return the cases of a validated plan, in its order; raises PlanError if two have the same name."""
    if plan.requests:
        return tuple(
            RequestCase(
                *(f"{request.name}/{caller.segment}", rulebook, caller, request),
                stated_facts(rulebook, request, caller),
                caller.segment in request.refuses,
            )
            for request in plan.requests
            for rulebook in (rulebook_of(rulebooks, request),)
            for caller in callers_of(plan, request)
        )
    return session_cases(rulebooks[0], plan)


def session_cases(rulebook: Rulebook, plan: Plan) -> tuple[SessionCase, ...]:
    """Return the cases of a validated plan's sessions; raises PlanError if two have the same name.

    A session without a password has one case for each caller, since there is nothing to supply or to get wrong.
    """
    cases = tuple(
        _session_case(rulebook, session, caller, password)
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
    facts = case.facts | ({"outcome": "failure"} if expects_failure else {})
    return "".join(f"{fact} = {quote_toml(value)}\n" for fact, value in facts.items()).encode()


def _session_case(rulebook: Rulebook, session: Session, caller: Caller, password: Password) -> SessionCase:
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
    return SessionCase(_with_names(name, session, caller), rulebook, caller, session, password, context)


def _with_names(name: str, session: Session, caller: Caller) -> str:
    """Add the names that the plan gives session and caller to the parts of a case's name that they belong to."""
    service, *who, password = name.split("/")
    service += f"~{session.name}" if session.name else ""
    who[-1] += f"~{caller.name}" if caller.name else ""
    return "/".join([service, *who, password])
