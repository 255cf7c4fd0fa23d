"""Requests matched against the scenario: who calls, and about which session."""

from __future__ import annotations

from dataclasses import dataclass

from ....engine.context import Context, context_of
from ....rules.model import Rulebook
from ...messages.base import Request
from ..case_names import case_name
from . import failures
from .failures import FailureResponse
from .scenario import Scenario, Session, Site, User


@dataclass(frozen=True, slots=True)
class IdentifiedCall:
    """A call whose site, caller and session exist: its context, and whether its meeting password is wrong."""

    session: Session
    host: User
    context: Context
    wrong_password: bool
    case: str


def parse_request(rulebook: Rulebook, scenario: Scenario, request: Request) -> IdentifiedCall:
    """Return the call that a request makes; raises FailureResponse if the scenario refuses it outright."""
    security = request.security or {}
    site = scenario.sites.get(security.get("siteName", ""))
    if site is None:
        raise FailureResponse(failures.NO_SITE)
    user = _authenticate(scenario, site, security)
    session = scenario.sessions.get((site.name, request.body.get("sessionKey", "")))
    if session is None:
        raise FailureResponse(failures.NO_SESSION)
    host = scenario.user(site.name, session.host, None)
    if host is None:  # unreachable: the scenario was validated
        raise FailureResponse(failures.UNKNOWN_USER)
    given = request.body.get("sessionPassword")
    right = given is not None and given == session.password
    facts = {
        rulebook.column_fact: session.service,
        "caller": "authenticated" if user else "anonymous",
        "role": _role(session, user),
        "password": "supplied" if right else "not-supplied",
    }
    context = context_of(rulebook, facts)
    wrong = given is not None and not right
    return IdentifiedCall(session, host, context, wrong, case_name(rulebook, context, wrong_password=wrong))


def _role(session: Session, user: User | None) -> str:
    if user is None:
        return "none"
    return "host" if user.webex_id == session.host else session.roles.get(user.webex_id, "none")


def _authenticate(scenario: Scenario, site: Site, security: dict[str, str]) -> User | None:
    """Return the authenticated user, None for an anonymous call; raises FailureResponse for invalid credentials."""
    ticket, token = security.get("sessionTicket"), security.get("webExAccessToken")
    name, email, password = security.get("webExID"), security.get("email"), security.get("password")
    if not (ticket or token or name or email or password):
        _require_anonymous_access(site)
        return None
    named = scenario.user(site.name, name, email) if name or email else None
    if (name or email) and named is None:
        raise FailureResponse(failures.UNKNOWN_USER)
    if ticket or token:
        owner = _owner(scenario, site, ticket, token)
        if owner is None or (named is not None and named != owner):
            raise FailureResponse(failures.INVALID_TICKET if ticket else failures.INVALID_TOKEN)
        return owner
    if named is None or not named.password or named.password != password:
        raise FailureResponse(failures.WRONG_LOGIN)
    return named


def _owner(scenario: Scenario, site: Site, ticket: str | None, token: str | None) -> User | None:
    for user in scenario.users:
        if user.site == site.name and (ticket in user.tickets if ticket else token in user.tokens):
            return user
    return None


def _require_anonymous_access(site: Site) -> None:
    if site.anonymous == "refused":
        raise FailureResponse(failures.ANONYMOUS_REFUSED)
    if site.anonymous == "captcha":
        raise FailureResponse(failures.CAPTCHA_REQUIRED)
