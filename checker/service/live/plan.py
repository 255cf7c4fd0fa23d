"""The plan of a conformance run: the server, the sessions and the callers. Secrets come from the environment."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from ....engine.context import ContextError, Precedence, read_claim
from ....rules.decode import DecodeError, decode_toml
from ....rules.files import read_text_file
from ....rules.model import UNKNOWN, Rulebook, Table
from ....rules.names import did_you_mean, join_names
from ...core.display import escape_unprintable, os_error_text

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_UNSENDABLE = re.compile(r"[^\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class PlanError(ValueError):
    """A plan cannot be run; the message names the key or variable and the problem, and contains no secret."""


class Secret(Table, frozen=True):
    """A secret, by the environment variable that contains it.

    ``loopback`` is a value for practice: it is sent if the variable is not set, and only to this machine.
    """

    env: str
    loopback: str | None = None


class Session(Table, frozen=True):
    """``[[sessions]]``: a session of the site. ``password`` is left out if it has none, or none is known.

    ``name`` distinguishes sessions of one service; it becomes part of the cases' names.
    """

    key: str
    service: str = UNKNOWN
    password: Secret | None = None
    name: str = ""

    @property
    def segment(self) -> str:
        """The session's part of its cases' names."""
        return f"{self.service}~{self.name}" if self.name else self.service


class Caller(Table, frozen=True):
    """``[[callers]]``: an anonymous caller, or a person with a password, session ticket or access token.

    ``role`` applies to every session except those that ``roles`` names, by service or by SERVICE~NAME. ``name``
    distinguishes callers of one role.
    """

    anonymous: bool = False
    webex_id: str | None = None
    email: str | None = None
    password: Secret | None = None
    session_ticket: Secret | None = None
    access_token: Secret | None = None
    role: str = UNKNOWN
    roles: dict[str, str] = msgspec.field(default_factory=dict)
    name: str = ""

    @property
    def credentials(self) -> tuple[Secret, ...]:
        """The secrets that prove who the caller is."""
        given = (self.password, self.session_ticket, self.access_token)
        return tuple(secret for secret in given if secret is not None)

    def role_in(self, session: Session) -> str:
        """Return the caller's role in a session."""
        return "none" if self.anonymous else self.roles.get(session.segment, self.role)


class Plan(Table, frozen=True):
    """A plan as its file states it; validation turns services and roles into the rulebook's values.

    ``only`` are the cases to run, as `--only` names them; all of them if it is empty.
    """

    site: str
    sessions: tuple[Session, ...]
    callers: tuple[Caller, ...] = (Caller(anonymous=True),)
    url: str = ""
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Secrets:
    """The environment that secrets come from. ``practice`` means that the server is this machine, which allows `loopback`."""

    environment: Mapping[str, str]
    practice: bool

    def value(self, secret: Secret | None) -> str | None:
        """Return a secret's value, None for no secret; raises PlanError if it is not set or cannot be sent."""
        if secret is None:
            return None
        text = self.environment.get(secret.env, secret.loopback if self.practice else None)
        if not text:
            only = (
                "; `loopback` is sent to this machine only" if secret.loopback and not self.practice else ""
            )
            raise PlanError(f"the environment variable `{secret.env}` is not set{only}")
        if _UNSENDABLE.search(text):
            raise PlanError(
                f"the environment variable `{secret.env}` contains characters that XML cannot represent"
            )
        return text


def load_plan(rulebook: Rulebook, path: str | Path) -> Plan:
    """Load and validate a plan; raises PlanError."""
    try:
        plan = decode_toml(read_text_file(path), Plan)
    except (OSError, ValueError) as error:
        problem = str(error) if isinstance(error, DecodeError) else os_error_text(error)
        raise PlanError(escape_unprintable(f"`{path}`: {problem}")) from None
    try:
        return validate(rulebook, plan)
    except PlanError as error:
        raise PlanError(escape_unprintable(f"`{path}`: {error}")) from None


def validate(rulebook: Rulebook, plan: Plan) -> Plan:
    """Return a plan with services and roles as the rulebook names them; raises PlanError if it cannot be run."""
    sessions = tuple(
        msgspec.structs.replace(
            session, service=_value(rulebook, rulebook.column_fact, session.service, "sessions")
        )
        for session in plan.sessions
    )
    callers = tuple(
        msgspec.structs.replace(
            caller,
            role=_value(rulebook, "role", caller.role, "callers"),
            roles={
                segment: _value(rulebook, "role", role, "callers") for segment, role in caller.roles.items()
            },
        )
        for caller in plan.callers
    )
    plan = msgspec.structs.replace(plan, sessions=sessions, callers=callers)
    for problem in _problems(plan):
        raise PlanError(problem)
    return plan


def is_loopback(url: str) -> bool:
    """Return whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def url_problem(url: str) -> str:
    """Return why a URL cannot be called, or an empty string. It is never quoted, since it can contain a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not a URL"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "must begin with https:// (or http://) and name a host"
    if parts.username is not None or parts.password is not None:
        return "must not contain a user or password; put them in `callers`"
    return ""


def _value(rulebook: Rulebook, fact: str, text: str, where: str) -> str:
    try:
        return read_claim(rulebook, fact, text, "plan", Precedence.SIDECAR).value
    except ContextError as error:
        raise PlanError(f"`{where}`: {error}") from None


def _problems(plan: Plan) -> Iterator[str]:
    if not plan.sessions:
        yield "`sessions`: a plan needs at least one session"
    if not plan.callers:
        yield "`callers`: a plan needs at least one caller"
    segments = [session.segment for session in plan.sessions]
    for text, where in [
        *((session.name, "sessions") for session in plan.sessions),
        *((caller.name, "callers") for caller in plan.callers),
    ]:
        if text and not _NAME.fullmatch(text):
            yield f"`{where}.name`: `{text}` must consist of letters, digits, dots, hyphens and underscores"
    for segment, times in Counter(segments).items():
        if times > 1:
            yield f"`sessions`: {times} are called `{segment}`; give each a unique `name`"
    sent = [plan.site, *(session.key for session in plan.sessions)]
    sent += [text for caller in plan.callers for text in (caller.webex_id, caller.email) if text is not None]
    for text in sent:
        if not text or _UNSENDABLE.search(text):
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
            hint = did_you_mean(segment, segments) or f"; known are {join_names(segments)}"
            yield f"{where}: `roles`: unknown session `{segment}`{hint}"
