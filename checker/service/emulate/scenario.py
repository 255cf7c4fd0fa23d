"""The scenario that the emulator plays: sites, the people who can sign in there, and sessions with their roles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from ....engine.context import ContextError, Precedence, read_claim
from ....rules.decode import DecodeError, decode_toml
from ....rules.model import Rulebook, Table
from ....rules.names import did_you_mean, listed
from ...core.display import escape_unprintable, os_error_text

_HERE = Path(__file__).parent
BUILTIN, PAYLOAD = _HERE / "builtin.toml", _HERE / "payload.toml"


MOST_REPEATED = 100
"""How often an element can come at most."""


class ScenarioError(ValueError):
    """A scenario cannot be played; the text names the file, the key, and what is wrong."""


class Site(Table, frozen=True):
    """``[[sites]]``: a site, and what it does with anonymous calls."""

    name: str
    anonymous: Literal["answered", "refused", "captcha"] = "answered"


class User(Table, frozen=True):
    """``[[users]]``: a person, and all that proves the person: a password, session tickets, access tokens."""

    site: str
    webex_id: str
    email: str
    first_name: str = ""
    last_name: str = ""
    password: str = ""
    tickets: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()


class Session(Table, frozen=True):
    """``[[sessions]]``: a session and who has which role in it, by webExID; whoever is not named has none.

    ``texts`` replaces texts of elements by path, ``without`` are elements that the session has no value for,
    ``repeat`` says how often an element comes.
    """

    site: str
    key: str
    service: str
    host: str
    password: str = ""
    roles: dict[str, str] = msgspec.field(default_factory=dict)
    texts: dict[str, str] = msgspec.field(default_factory=dict)
    without: tuple[str, ...] = ()
    repeat: dict[str, int] = msgspec.field(default_factory=dict)


class Payload(Table, frozen=True):
    """``payload.toml``: the elements that answers can hold, in the order in which they are sent."""

    private: tuple[str, ...]
    of_envelope: tuple[str, ...]
    texts: dict[str, str]


class _File(Table, frozen=True):
    sites: tuple[Site, ...]
    users: tuple[User, ...] = ()
    sessions: tuple[Session, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A validated scenario; services and roles are the rulebook's values, whatever name the file has for them."""

    sites: dict[str, Site]
    users: tuple[User, ...]
    sessions: dict[tuple[str, str], Session]
    payload: Payload

    def user(self, site: str, name: str | None, email: str | None) -> User | None:
        """Find a person of a site by webExID or else by email."""
        for user in self.users:
            if user.site == site and (
                user.webex_id == name if name else email and user.email.casefold() == email.casefold()
            ):
                return user
        return None


def load_scenario(rulebook: Rulebook, path: str | Path | None = None) -> Scenario:
    """Load and validate a scenario, the built-in one without a path; raises ScenarioError."""
    file = Path(path) if path is not None else BUILTIN
    try:
        content = file.read_bytes()
    except (OSError, ValueError) as error:
        raise ScenarioError(escape_unprintable(f"`{file}`: {os_error_text(error)}")) from None
    try:
        read = decode_toml(content, _File)
        for remark in _remarks(rulebook, read):
            raise ScenarioError(escape_unprintable(f"`{file}`: {remark}"))
        sessions = {(s.site, s.key): _canonical(rulebook, s) for s in read.sessions}
    except (DecodeError, ContextError) as error:
        raise ScenarioError(escape_unprintable(f"`{file}`: {error}")) from None
    payload = decode_toml(PAYLOAD.read_bytes(), Payload)
    return Scenario({site.name: site for site in read.sites}, read.users, sessions, payload)


def _canonical(rulebook: Rulebook, session: Session) -> Session:
    """Give a session with its service and roles as the rulebook names them."""
    service = read_claim(rulebook, rulebook.column_fact, session.service, "scenario", Precedence.FLAG).value
    roles = {
        name: read_claim(rulebook, "role", role, "scenario", Precedence.FLAG).value
        for name, role in session.roles.items()
    }
    return msgspec.structs.replace(session, service=service, roles=roles)


def _remarks(rulebook: Rulebook, read: _File) -> Iterator[str]:
    sites = [site.name for site in read.sites]
    if len(set(sites)) != len(sites):
        yield "`sites`: a name is given twice"
    placed = [("users", user.site) for user in read.users]
    placed += [("sessions", session.site) for session in read.sessions]
    for where, name in placed:
        if name not in sites:
            yield f"`{where}`: there is no site `{name}`{did_you_mean(name, sites)}"
    for site in sites:
        names = [user.webex_id for user in read.users if user.site == site]
        if len(set(names)) != len(names):
            yield f"`users`: a webex_id of site `{site}` is given twice"
        keys = [session.key for session in read.sessions if session.site == site]
        if len(set(keys)) != len(keys):
            yield f"`sessions`: a key of site `{site}` is given twice"
        for session in read.sessions:
            if session.site == site:
                yield from _session_remarks(rulebook, session, names)


def _session_remarks(rulebook: Rulebook, session: Session, names: list[str]) -> Iterator[str]:
    where = f"`sessions`, key `{session.key}`"
    for person in (session.host, *session.roles):
        if person not in names:
            yield f"{where}: there is no user `{person}`{did_you_mean(person, names)}"
    known = [*rulebook.row_by_path, *rulebook.document.unlisted.paths]
    for path in (*session.texts, *session.without, *session.repeat):
        if path not in known:
            yield f"{where}: there is no element `{path}`{did_you_mean(path, known)}"
    for path, number in session.repeat.items():
        if not 1 <= number <= MOST_REPEATED:
            yield f"{where}: `repeat` of `{path}` is from 1 to {MOST_REPEATED}"
    if session.roles.get(session.host, "host") != "host":
        yield f"{where}: `{session.host}` is its host, so known roles are {listed(['host'])}"
