"""Validation of plans with ``[[sessions]]``: calls of the XML service."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import structs

from ....engine.claims import Precedence, read_claim
from ....engine.context import ContextError
from ....rules.model import UNKNOWN, Rulebook
from ....rules.names import suggestion
from ..requirements import UnsupportedRulebookError, require_callable
from .plan import Caller, Plan
from .secrets import UNSENDABLE, PlanError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""The name of a session, a request or a caller, which becomes part of cases' names."""


def validate(rulebooks: Sequence[Rulebook], plan: Plan) -> Plan:
    """Return a plan with services and roles as the rulebook names them; raises PlanError if it cannot be run."""
    rulebook = rulebooks[0]
    if len(rulebooks) > 1:
        raise PlanError(
            "`sessions`: their calls have one rulebook; name one in `rules`, or pass `--rules` once"
        )
    try:
        require_callable(rulebook, "live")
    except UnsupportedRulebookError as error:
        raise PlanError(str(error)) from None
    sessions = tuple(
        structs.replace(session, service=_value(rulebook, rulebook.column_fact, session.service, "sessions"))
        for session in plan.sessions
    )
    callers = tuple(
        structs.replace(
            caller,
            role=_value(rulebook, "role", caller.role, "callers"),
            roles={
                segment: _value(rulebook, "role", role, "callers") for segment, role in caller.roles.items()
            },
        )
        for caller in plan.callers
    )
    plan = structs.replace(plan, sessions=sessions, callers=callers)
    for problem in _problems(plan):
        raise PlanError(problem)
    return plan


def _value(rulebook: Rulebook, fact: str, text: str, where: str) -> str:
    try:
        return read_claim(rulebook, fact, text, "plan", Precedence.SIDECAR).value
    except ContextError as error:
        raise PlanError(f"`{where}`: {error}") from None


def name_problem(where: str, name: str) -> str:
    """Return why a name cannot be part of a case's name, or an empty string."""
    if NAME.fullmatch(name):
        return ""
    return f"`{where}.name`: `{name}` must consist of letters, digits, dots, hyphens and underscores"


def _problems(plan: Plan) -> Iterator[str]:
    if not plan.sessions:
        yield "`sessions`: a plan needs at least one session, or one of `requests`"
    segments = [session.segment for session in plan.sessions]
    for text, where in [
        *((session.name, "sessions") for session in plan.sessions),
        *((caller.name, "callers") for caller in plan.callers),
    ]:
        if text and (problem := name_problem(where, text)):
            yield problem
    for segment, times in Counter(segments).items():
        if times > 1:
            yield f"`sessions`: {times} are called `{segment}`; give each a unique `name`"
    sent = [plan.site, *(session.key for session in plan.sessions)]
    sent += [text for caller in plan.callers for text in (caller.webex_id, caller.email) if text is not None]
    for text in sent:
        if not text or UNSENDABLE.search(text):
            yield "`site`, `key`, `webex_id` and `email` must not be empty or contain characters that XML cannot represent"
    for caller in plan.callers:
        yield from _caller_problems(caller, segments)


def _caller_problems(caller: Caller, segments: list[str]) -> Iterator[str]:
    who = caller.name or caller.webex_id or caller.email or "a caller"
    where = f"`callers`, {who}"
    named = caller.webex_id is not None or caller.email is not None
    if caller.anonymous:
        if named or caller.credentials:
            yield f"{where}: an anonymous caller has no webex_id, email, password, session_ticket or access_token"
        if caller.role not in (UNKNOWN, "none") or caller.roles:
            yield f"{where}: an anonymous caller has no role"
        return
    if len(caller.credentials) != 1:
        yield f"{where}: needs exactly one of password, session_ticket and access_token, or `anonymous = true`"
    if caller.password is not None and not named:
        yield f"{where}: a password needs a webex_id or an email beside it"
    for segment in caller.roles:
        if segment not in segments:
            yield f"{where}: `roles`: unknown session `{segment}`{suggestion(segment, segments)}"
