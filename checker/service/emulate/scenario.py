"""The emulator's scenario: sites, the users who can sign in there, and sessions with their roles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from ....engine.claims import Precedence, read_claim
from ....engine.context import ContextError
from ....rules.decode import DecodeError, decode_toml
from ....rules.files import os_error_text, read_text_file
from ....rules.model import Rulebook, Table
from ....rules.names import did_you_mean
from ...core.display import escape_unprintable

_HERE = Path(__file__).parent
BUILTIN, PAYLOAD = _HERE / "builtin.toml", _HERE / "payload.toml"


MAX_REPEATS = 100
"""The largest number of times that an element can be repeated."""


class ScenarioError(ValueError):
    """A scenario cannot be used; the message names the file, the key and the problem."""


class Site(Table, frozen=True):
    """``[[sites]]``: a site, and how it treats anonymous calls."""

    name: str
    anonymous: Literal["answered", "refused", "captcha"] = "answered"


class User(Table, frozen=True):
    """``[[users]]``: a user with credentials: a password, session tickets, access tokens."""

    site: str
    webex_id: str
    email: str
    first_name: str = ""
    last_name: str = ""
    password: str = ""
    tickets: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()


class Session(Table, frozen=True):
    """``[[sessions]]``: a session and the roles in it by webExID; users who are not named have none.

    ``texts`` replaces texts of elements by path, ``without`` lists elements that the session has no value for, and
    ``repeat`` is the number of times that an element is sent.
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
    """``payload.toml``: the elements that responses can contain, in sending order."""

    private: tuple[str, ...]
    of_envelope: tuple[str, ...]
    texts: dict[str, str]


class _File(Table, frozen=True):
    sites: tuple[Site, ...]
    users: tuple[User, ...] = ()
    sessions: tuple[Session, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A validated scenario; services and roles are the rulebook's values, whichever names the file uses."""

    sites: dict[str, Site]
    users: tuple[User, ...]
    sessions: dict[tuple[str, str], Session]
    payload: Payload

    def user(self, site: str, name: str | None, email: str | None) -> User | None:
        """Return the user of a site with this webExID, or else this email, or None."""
        for user in self.users:
            if user.site == site and (
                user.webex_id == name if name else email and user.email.casefold() == email.casefold()
            ):
                return user
        return None


def load_scenario(rulebook: Rulebook, path: str | Path | None = None) -> Scenario:
    """Load and validate a scenario, the built-in one if no path is given; raises ScenarioError."""
    file = Path(path) if path is not None else BUILTIN
    try:
        content = read_text_file(file)
    except (OSError, ValueError) as error:
        raise ScenarioError(escape_unprintable(f"`{file}`: {os_error_text(error)}")) from None
    try:
        read = decode_toml(content, _File)
        for problem in _problems(rulebook, read):
            raise _misfit(rulebook, path, problem)
        sessions = {(s.site, s.key): _canonical(rulebook, s) for s in read.sessions}
    except (DecodeError, ContextError) as error:
        raise _misfit(rulebook, path, str(error)) from None
    payload = decode_toml(PAYLOAD.read_bytes(), Payload)
    return Scenario({site.name: site for site in read.sites}, read.users, sessions, payload)


def _misfit(rulebook: Rulebook, path: str | Path | None, problem: str) -> ScenarioError:
    """Return the error of a scenario that cannot be used with a rulebook; the built-in one is no fault of the user."""
    if path is None:
        return ScenarioError(
            f"that is built in does not fit the rulebook `{rulebook.id}` ({problem}); pass one that does with `--scenario FILE`"
        )
    return ScenarioError(escape_unprintable(f"`{path}`: {problem}"))


def _canonical(rulebook: Rulebook, session: Session) -> Session:
    """Return a session with its service and roles as the rulebook names them."""
    service = read_claim(rulebook, rulebook.column_fact, session.service, "scenario", Precedence.FLAG).value
    roles = {
        name: read_claim(rulebook, "role", role, "scenario", Precedence.FLAG).value
        for name, role in session.roles.items()
    }
    return msgspec.structs.replace(session, service=service, roles=roles)


def _problems(rulebook: Rulebook, read: _File) -> Iterator[str]:
    sites = [site.name for site in read.sites]
    if len(set(sites)) != len(sites):
        yield "`sites`: duplicate name"
    placed = [("users", user.site) for user in read.users]
    placed += [("sessions", session.site) for session in read.sessions]
    for where, name in placed:
        if name not in sites:
            yield f"`{where}`: unknown site `{name}`{did_you_mean(name, sites)}"
    for site in sites:
        names = [user.webex_id for user in read.users if user.site == site]
        if len(set(names)) != len(names):
            yield f"`users`: duplicate webex_id in site `{site}`"
        keys = [session.key for session in read.sessions if session.site == site]
        if len(set(keys)) != len(keys):
            yield f"`sessions`: duplicate key in site `{site}`"
        for session in read.sessions:
            if session.site == site:
                yield from _session_problems(rulebook, session, names)


def _session_problems(rulebook: Rulebook, session: Session, names: list[str]) -> Iterator[str]:
    where = f"`sessions`, key `{session.key}`"
    for person in (session.host, *session.roles):
        if person not in names:
            yield f"{where}: unknown user `{person}`{did_you_mean(person, names)}"
    known = [*rulebook.row_by_path, *rulebook.document.unlisted.paths]
    for path in (*session.texts, *session.without, *session.repeat):
        if path not in known:
            yield f"{where}: unknown element `{path}`{did_you_mean(path, known)}"
    for path, number in session.repeat.items():
        if not 1 <= number <= MAX_REPEATS:
            yield f"{where}: `repeat` of `{path}` must be from 1 to {MAX_REPEATS}"
    if session.roles.get(session.host, "host") != "host":
        yield f"{where}: `{session.host}` is the host and can have no other role"
