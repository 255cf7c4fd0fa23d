"""The plan of a conformance run as its file states it: the server, what to ask it, and as whom."""

from __future__ import annotations

from typing import Any

import msgspec

from ....rules.model import UNKNOWN, Table
from .secrets import Secret

Facts = dict[str, str]
"""Values of facts by any of their names."""


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


class PlannedRequest(Table, frozen=True):
    """``[[requests]]``: a call of an HTTP API, which is made as each caller.

    ``path`` is a template, filled in with ``parameters``. ``body`` is a text, or a table that is sent as JSON;
    ``body_file`` is read from beside the plan. ``facts`` are those of its calls, whoever makes them. Only ``callers``
    make it, all if that is empty; the server has to refuse those of ``refuses``. Texts can refer to environment
    variables as ``${NAME}``.
    """

    name: str
    path: str
    method: str = "GET"
    parameters: dict[str, str] = msgspec.field(default_factory=dict)
    query: dict[str, str] = msgspec.field(default_factory=dict)
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: str | dict[str, Any] = ""
    body_file: str = ""
    facts: Facts = msgspec.field(default_factory=dict)
    callers: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()


class Caller(Table, frozen=True):
    """``[[callers]]``: somebody who makes calls, or nobody in particular (``anonymous``).

    For sessions: a person with a password, session ticket or access token. ``role`` applies to every session except
    those that ``roles`` names, by service or by SERVICE~NAME. ``name`` distinguishes callers of one role.

    For requests: a ``name`` with ``headers`` and path ``parameters``, which count before those of a request, and
    ``facts``, which hold in every request except for those of ``facts_for``, by the name of a request.
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
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    parameters: dict[str, str] = msgspec.field(default_factory=dict)
    facts: Facts = msgspec.field(default_factory=dict)
    facts_for: dict[str, Facts] = msgspec.field(default_factory=dict)

    @property
    def credentials(self) -> tuple[Secret, ...]:
        """The secrets that prove who the caller is."""
        given = (self.password, self.session_ticket, self.access_token)
        return tuple(secret for secret in given if secret is not None)

    @property
    def segment(self) -> str:
        """The caller's part of the names of cases of requests."""
        return self.name or ("anonymous" if self.anonymous else "")

    def role_in(self, session: Session) -> str:
        """Return the caller's role in a session."""
        return "none" if self.anonymous else self.roles.get(session.segment, self.role)


class Plan(Table, frozen=True):
    """A plan as its file states it; validation turns services and roles into the rulebook's values.

    It has ``sessions`` of a ``site``, or ``requests``. ``only`` are the cases to run, as `--only` names them; all of them
    if it is empty. ``rules`` are the rulebooks of its calls, as `--rules` names them, relative to the plan's file.
    ``loopback`` has values of environment variables for practice: they count if a variable is not set and the server is
    this machine.
    """

    site: str = ""
    sessions: tuple[Session, ...] = ()
    requests: tuple[PlannedRequest, ...] = ()
    callers: tuple[Caller, ...] = (Caller(anonymous=True),)
    url: str = ""
    only: tuple[str, ...] = ()
    rules: str | tuple[str, ...] = ()
    loopback: dict[str, str] = msgspec.field(default_factory=dict)
