"""A naive reading of the page: what it says, in the fewest words, with everything tried that can be tried.

Nothing here is taken from the product. ``page.txt`` is Table 4-3 as printed, ``paths.txt`` the path of each of its rows
on the wire, in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent

COLUMNS = {"MC": "MC", "SC": "$C", "TC": "TC", "EC": "EC", "AO": "AO"}
"""Each service and the column that is printed for it."""

SERVICES = tuple(COLUMNS)
CALLERS = ("anonymous", "authenticated")
PRIVILEGED = ("host", "invited-attendee", "panelist", "presenter")
ROLES = (*PRIVILEGED, "none")
PASSWORDS = ("supplied", "not-supplied")
UNKNOWN = "unknown"

MUST, SHOULD, MAY, MUST_NOT = "must", "should", "may", "must-not"


class Context(NamedTuple):
    """The facts of a call; any of the last three can be unknown."""

    service: str
    caller: str
    role: str
    password: str


@dataclass(frozen=True)
class Row:
    """One printed row, and where its element is on the wire."""

    printed: str
    path: str
    cells: tuple[tuple[str, str], ...]

    def cell(self, service: str) -> str:
        """The cell printed for a service."""
        return dict(self.cells)[service]


def _read_table() -> tuple[Row, ...]:
    head, *body = [line.split(" | ") for line in (_HERE / "page.txt").read_text("utf-8").splitlines()]
    if head != ["Element", *COLUMNS.values()]:
        raise ValueError(head)
    paths = (_HERE / "paths.txt").read_text("utf-8").split()
    return tuple(
        Row(printed, path, tuple(zip(SERVICES, cells, strict=True)))
        for (printed, *cells), path in zip(body, paths, strict=True)
    )


ROWS = _read_table()
ROW = {row.path: row for row in ROWS}

PEOPLE = (
    ("anonymous", "none"),
    *(("authenticated", role) for role in (*ROLES, UNKNOWN)),
)
CONTEXTS = tuple(
    Context(service, *person, password)
    for service in SERVICES
    for person in PEOPLE
    for password in (*PASSWORDS, UNKNOWN)
)
"""The 105 contexts."""

UNKNOWN_CALLERS = tuple(
    Context(service, UNKNOWN, role, password)
    for service in SERVICES
    for role in (*ROLES, UNKNOWN)
    for password in (*PASSWORDS, UNKNOWN)
)


def worlds(caller: str, role: str, password: str) -> Iterator[tuple[str, str]]:
    """Return each role and password that could be the case: try all values of what is unknown.

    An anonymous caller has no role: the page's anonymous mode names nobody.
    """
    for a_caller, a_role, a_password in product(CALLERS, ROLES, PASSWORDS):
        fits = (
            caller in (a_caller, UNKNOWN) and role in (a_role, UNKNOWN) and password in (a_password, UNKNOWN)
        )
        if fits and not (a_caller == "anonymous" and a_role != "none"):
            yield a_role, a_password


def pw_holds(role: str, password: str) -> bool:
    """Return whether the sentence on PW is met.

    ‘PW’ means that an element that is returned only if the meeting password has been supplied; or if the caller is
    the session host, an invited attendee, a panelist or a presenter.
    """
    the_password_has_been_supplied = password == "supplied"
    the_caller_is_one_of_those = role in PRIVILEGED
    return the_password_has_been_supplied or the_caller_is_one_of_those


@cache
def _by_cell(cell: str, caller: str, role: str, password: str) -> str:
    if cell == "✓":
        return MUST
    if cell == "X":
        return MUST_NOT
    if cell != "PW":
        raise ValueError(cell)
    answers = {pw_holds(*world) for world in worlds(caller, role, password)}
    if not answers:
        raise ValueError((caller, role, password))
    return MAY if len(answers) > 1 else SHOULD if answers.pop() else MUST_NOT


@cache
def expectation(service: str, caller: str, role: str, password: str, row: Row) -> str:
    """The expectation of a row: must, should, may or must-not."""
    return _by_cell(row.cell(service), caller, role, password)


@cache
def expected(context: Context, path: str) -> str:
    """The same, of a path."""
    return expectation(*context, ROW[path])


# What would make an element appear ------------------------------------------------------------------------------------

Changes = frozenset[tuple[str, str]]


def ways(row: Row, context: Context) -> dict[Changes, str]:
    """Each minimal set of changes after which the row must or should be there, with which of the two.

    Nothing has to change for what must or should be there already.
    """
    return {} if expectation(*context, row) in (MUST, SHOULD) else _ways(row.cells, context)


@cache
def _ways(cells: tuple[tuple[str, str], ...], context: Context) -> dict[Changes, str]:
    printed = dict(cells)
    enough: dict[Changes, str] = {}
    for changed in product(*_values(context)):
        after = Context(*changed)
        if any(worlds(*after[1:])):
            outcome = _by_cell(printed[after.service], *after[1:])
            if outcome in (MUST, SHOULD):
                enough[_difference(context, after)] = outcome
    return {
        changes: outcome for changes, outcome in enough.items() if not any(less < changes for less in enough)
    }


def _values(context: Context) -> Iterator[tuple[str, ...]]:
    for now, known in zip(context, (SERVICES, CALLERS, ROLES, PASSWORDS), strict=True):
        yield (now, *(value for value in known if value != now))


def _difference(before: Context, after: Context) -> Changes:
    pairs = zip(Context._fields, before, after, strict=True)
    return frozenset((fact, new) for fact, old, new in pairs if old != new)


# What is wrong with a response ----------------------------------------------------------------------------------------
#
# A response is a set of places. A place is a path in which the second and further siblings of the same name are
# numbered: material/document, material/document[2], material/document[2]/size.

Response = frozenset[str]
Places = dict[str, set[str]]
"""All places of each path."""


class Finding(NamedTuple):
    """A finding: the rule, the path, the path of the ancestor that explains it, and the places it holds at.

    A place is that of a leaked element, or of the innermost element that is there and lacks something ("" is the body).
    """

    rule: str
    path: str
    cause: str | None
    places: frozenset[str]


@cache
def plain(place: str) -> str:
    """The path of a place."""
    return re.sub(r"\[\d+\]", "", place)


@cache
def parent(place: str) -> str:
    """The container of a place or path; "" is the body."""
    return place.rpartition("/")[0]


@cache
def ancestors(place: str) -> tuple[str, ...]:
    """All that a place or path is in, nearest first, without the body."""
    above = parent(place)
    return (above, *ancestors(above)) if above else ()


def closed(places: Iterable[str]) -> Response:
    """Some places with all that they are in."""
    given = list(places)
    return frozenset(given).union(*(ancestors(place) for place in given))


def judge(response: Response, context: Context) -> set[Finding]:
    """The findings leaked, missing and omitted of a response: each row by itself, each repeated container by itself."""
    places: Places = {}
    for place in response:
        places.setdefault(plain(place), set()).add(place)
    return {finding for row in ROWS if (finding := _judge_row(row.path, places, context))}


def _judge_row(path: str, places: Places, context: Context) -> Finding | None:
    what = expected(context, path)
    there = frozenset(places.get(path, ()))
    if what == MUST_NOT:
        leaking = [
            above for above in ancestors(path) if above in ROW and expected(context, above) == MUST_NOT
        ]
        return Finding("leaked", path, leaking[0] if leaking else None, there) if there else None
    if what == MAY:
        return None
    rule = "missing" if what == MUST else "omitted"
    lacking = _lacking(path, places)
    if lacking or there:
        return Finding(rule, path, None, lacking) if lacking else None
    absent = [above for above in ancestors(path) if above not in places]
    listed = [above for above in absent if above in ROW]
    if any(expected(context, above) == MAY for above in listed):
        return None
    inside = [frozenset(places[above]) for above in ancestors(path) if above in places]
    return Finding(rule, path, listed[0] if listed else None, (*inside, frozenset({""}))[0])


def _lacking(path: str, places: Places) -> frozenset[str]:
    """Return the containers of a path that are there and do not hold it, or lack the container in no row that would."""
    above = parent(path)
    containers = places.get(above, set()) if above else {""}
    lacking = frozenset(containers - {parent(place) for place in places.get(path, ())})
    return lacking if above in ROW or not above else lacking | _lacking(above, places)


def unlisted(response: Response) -> set[str]:
    """The paths of a response that no row lists."""
    return {plain(place) for place in response} - ROW.keys()


@cache
def ideal(context: Context) -> Response:
    """Exactly what a context must and should see, with what it is in."""
    return closed(row.path for row in ROWS if expectation(*context, row) in (MUST, SHOULD))
