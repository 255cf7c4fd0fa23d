"""Who calls, for which session: a request held against the scenario."""

from __future__ import annotations

from dataclasses import dataclass

from ....engine.context import Context, context_of
from ....rules.model import Rulebook
from ...messages.base import Request
from ..case_names import case_name
from . import failures
from .failures import Failure
from .scenario import Scenario, Session, Site, User


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was understood: its session, the context that it is in, and whether its password is wrong."""

    session: Session
    host: User
    context: Context
    wrong_password: bool
    case: str


def understood(rulebook: Rulebook, scenario: Scenario, request: Request) -> Call:
    """Hold a request against the scenario; raises Failure where it is refused before its session is looked at."""
    security = request.security or {}
    site = scenario.sites.get(security.get("siteName", ""))
    if site is None:
        raise Failure(failures.NO_SITE)
    user = _signed_in(scenario, site, security)
    session = scenario.sessions.get((site.name, request.body.get("sessionKey", "")))
    if session is None:
        raise Failure(failures.NO_SESSION)
    host = scenario.user(site.name, session.host, None)
    if host is None:  # validated when the scenario was loaded
        raise Failure(failures.USER_NOT_FOUND)
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
    return Call(session, host, context, wrong, case_name(rulebook, context, wrong_password=wrong))


def _role(session: Session, user: User | None) -> str:
    if user is None:
        return "none"
    return "host" if user.webex_id == session.host else session.roles.get(user.webex_id, "none")


def _signed_in(scenario: Scenario, site: Site, security: dict[str, str]) -> User | None:
    """Give the person who signed in, None for an anonymous call; raises Failure where the proof is not good."""
    ticket, token = security.get("sessionTicket"), security.get("webExAccessToken")
    name, email, password = security.get("webExID"), security.get("email"), security.get("password")
    if not (ticket or token or name or email or password):
        _anonymous(site)
        return None
    named = scenario.user(site.name, name, email) if name or email else None
    if (name or email) and named is None:
        raise Failure(failures.USER_NOT_FOUND)
    if ticket or token:
        proved = _proved(scenario, site, ticket, token)
        if proved is None or (named is not None and named != proved):
            raise Failure(failures.WRONG_TICKET if ticket else failures.WRONG_TOKEN)
        return proved
    if named is None or not named.password or named.password != password:
        raise Failure(failures.WRONG_LOGIN)
    return named


def _proved(scenario: Scenario, site: Site, ticket: str | None, token: str | None) -> User | None:
    for user in scenario.users:
        if user.site == site.name and (ticket in user.tickets if ticket else token in user.tokens):
            return user
    return None


def _anonymous(site: Site) -> None:
    if site.anonymous == "refused":
        raise Failure(failures.ANONYMOUS_REFUSED)
    if site.anonymous == "captcha":
        raise Failure(failures.CAPTCHA_ASKED)
