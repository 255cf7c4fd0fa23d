"""Made-up recordings of all services and callers, the same for the same seed.

A hundredth of them violates the table. Each has a URL with a reference in a text, and a tenth each has a comment, a CDATA section,
Latin-1 letters, letters of other scripts in UTF-8, and a line end in a text. How many shapes they have can be chosen: a few, as
in real archives, or a new one each time.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from whosees.engine.context import Context, all_contexts
from whosees.engine.expectation import Evaluator, Expectation
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()
EVALUATOR = Evaluator(RULEBOOK)

SERV = "http://www.webex.com/schemas/2002/06/service"
SERVICE_TYPES = {"SC": "SalesCenter", "TC": "TrainingCenter", "EC": "EventCenter"}
VARIANTS = 3
VIOLATING = 0.01
EVEN = 0.5
HOST = "host-of-it"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -.,:/"
BROKEN = ("schedule/duration", "schedule/timeZone", "host/firstName", "host/email", "host/lastName", "confID")
"""Rows that every context must show, and that responses with findings lack."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A recording that was made up, with what it is: conformant or not."""

    response: bytes
    request: bytes
    sidecar: bytes | None
    conformant: bool


def contexts() -> list[Context]:
    """Every context whose facts are all known: 5 services, 12 states of the caller each."""
    return [context for context in all_contexts(RULEBOOK) if "unknown" not in context.values]


class Shapes(Enum):
    """The ways in which one conformant response differs from another.

    FEW: there are a few shapes in each context, as in real archives. ORDER: a shape is new each time, since its
    elements come in another order. UNLISTED: it is new since other elements are there that no row lists, and every one
    of them is a finding.
    """

    FEW = auto()
    ORDER = auto()
    UNLISTED = auto()


def recordings(seed: int, number: int, *, shapes: Shapes = Shapes.FEW) -> Iterator[Sample]:
    """Make recordings."""
    rng = random.Random(seed)  # noqa: S311 - it makes up texts
    cases = contexts()
    for index in range(number):
        context = cases[index % len(cases)]
        violating = rng.random() < VIOLATING
        paths = _shown(context) + _extra(rng, shapes, violating=violating)
        if violating:
            paths.remove("schedule/duration")
        if shapes is Shapes.ORDER:
            paths = _shuffled(rng, paths)
        yield Sample(
            as_in_traffic(response(context, paths, rng), rng),
            request(context, rng),
            None if _shown_by_request(context) else f'role = "{context["role"]}"\n'.encode(),
            not violating,
        )


def with_findings(seed: int, number: int) -> Iterator[bytes]:
    """Make responses that break six rows each."""
    rng = random.Random(seed)  # noqa: S311 - it makes up texts
    for index in range(number):
        context = contexts()[index % len(contexts())]
        paths = _shown(context)
        for path in BROKEN:
            paths.remove(path)
        yield as_in_traffic(response(context, paths, rng), rng)


def as_in_traffic(document: bytes, rng: random.Random) -> bytes:
    """Put into a response what real ones have beside plain ASCII."""
    number = rng.randrange(10**9)
    url = b" https://x.example/j.php?MTID=%d&amp;p=%d" % (number, number)
    document = document.replace(b"</ep:confName>", url + b"</ep:confName>")
    kind = rng.randrange(10)
    if kind == 0:
        return document.replace(b"<ep:schedule>", b"<!-- node %d --><ep:schedule>" % number)
    if kind == 1:
        return _with_text(document, b"listStatus", b"<![CDATA[ %d & more ]]>" % number)
    if kind == 2:  # noqa: PLR2004 - a tenth each
        latin = _with_text(document, b"listStatus", "Zoë".encode("latin-1"))
        return latin.replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"')
    if kind == 3:  # noqa: PLR2004
        return _with_text(document, b"listStatus", "Zoë 漢字 Ωμέγα".encode())
    if kind == 4:  # noqa: PLR2004
        return _with_text(document, b"listStatus", b"two\nlines")
    return document


def as_text(document: bytes) -> str:
    """Return a document as a text, as it is kept in JSON."""
    return document.decode("latin-1" if b'encoding="ISO-8859-1"' in document[:60] else "utf-8")


def _with_text(document: bytes, name: bytes, text: bytes) -> bytes:
    return re.sub(rb"(<ep:%s>)[^<]*" % name, lambda found: found[1] + text, document)


MEMBERS = 40
VIEW_ROWS = ("agenda", "hostKey", "password", "webLink", "sipAddress", "dialInIpAddress", "registerLink")


def json_messages(seed: int, number: int, *, new: bool) -> Iterator[bytes]:
    """Make messages of the rulebook in JSON, of 40 members each; with ``new`` each has other members in another order."""
    rng = random.Random(seed)  # noqa: S311 - it makes up texts
    for index in range(number):
        names = [*VIEW_ROWS, "title", "id", *(f"member{each}" for each in range(200 if new else MEMBERS))]
        if new:
            kept = rng.sample(names, MEMBERS)
            names = [*{"id": 0, "title": 0} | dict.fromkeys(kept)][:MEMBERS]
        names = names[:MEMBERS]
        values = {name: f'{_text(rng)} "{index}" \\ Zoë 漢\n' for name in names}
        yield json.dumps(values, ensure_ascii=bool(index % 2)).encode()


def _shown(context: Context) -> list[str]:
    expected = EVALUATOR.expectations(context)
    shown = (Expectation.MUST, Expectation.SHOULD)
    return [path for path, expectation in expected.items() if expectation in shown]


def _shuffled(rng: random.Random, paths: list[str]) -> list[str]:
    """Put the elements at the top in another order, each with what is in it."""
    tops = list(dict.fromkeys(path.partition("/")[0] for path in paths))
    rng.shuffle(tops)
    return sorted(paths, key=lambda path: tops.index(path.partition("/")[0]))


def _extra(rng: random.Random, shapes: Shapes, *, violating: bool) -> list[str]:
    """Choose elements that no row lists."""
    unlisted = [
        path for path in RULEBOOK.document.unlisted.paths if path.count("/") == 0 and path != "isAudioOnly"
    ]
    if shapes is Shapes.UNLISTED:
        return [path for path in unlisted if rng.random() < EVEN]
    return [] if violating else unlisted[: rng.randrange(VARIANTS)]


def response(context: Context, paths: list[str], rng: random.Random) -> bytes:
    """Write a response that shows these paths."""
    service = context[RULEBOOK.column_fact]
    tree: dict[str, dict] = {}  # type: ignore[type-arg]  # a tree of trees has no simple type
    for path in paths:
        level = tree
        for name in path.split("/"):
            level = level.setdefault(name, {})
    texts = {
        "metaData/serviceType": SERVICE_TYPES.get(service, "MeetingCenter"),
        "host/webExId": HOST,
        "sessionkey": "4242",
    }
    begin = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<serv:message xmlns:serv="{SERV}" xmlns:ep="{SERV}/ep" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><serv:header><serv:response>'
        "<serv:result>SUCCESS</serv:result><serv:gsbStatus>PRIMARY</serv:gsbStatus></serv:response></serv:header>"
        '<serv:body><serv:bodyContent xsi:type="ep:getSessionInfoResponse">'
    )
    lines = [begin]
    _write(tree, "", texts, rng, lines)
    if service == "AO":
        lines.append("<ep:isAudioOnly>true</ep:isAudioOnly>")
    lines.append("</serv:bodyContent></serv:body></serv:message>\n")
    return "".join(lines).encode()


def _write(
    tree: dict[str, dict],  # type: ignore[type-arg]  # as above
    parent: str,
    texts: dict[str, str],
    rng: random.Random,
    lines: list[str],
) -> None:
    for name, inside in tree.items():
        path = f"{parent}/{name}" if parent else name
        if inside:
            lines.append(f"<ep:{name}>")
            _write(inside, path, texts, rng, lines)
            lines.append(f"</ep:{name}>")
        else:
            lines.append(f"<ep:{name}>{texts.get(path) or _text(rng)}</ep:{name}>")


def _text(rng: random.Random) -> str:
    return "t" + "".join(rng.choices(LETTERS, k=rng.randrange(1, 16)))


def _shown_by_request(context: Context) -> bool:
    return context["caller"] == "anonymous" or context["role"] == "host"


def request(context: Context, rng: random.Random) -> bytes:
    """Write the request of a caller: nobody, the host, or somebody whose role a sidecar has to state."""
    person = HOST if context["role"] == "host" else _text(rng)
    who = (
        ""
        if context["caller"] == "anonymous"
        else f"<webExID>{person}</webExID><sessionTicket>{_text(rng)}</sessionTicket>"
    )
    supplied = context["password"] == "supplied"  # noqa: S105 - the name of a fact
    held = f"<sessionPassword>{_text(rng)}</sessionPassword>" if supplied else ""
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
        f'<serv:message xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:serv="{SERV}">'
        f"<header><securityContext><siteName>example</siteName>{who}</securityContext></header>"
        '<body><bodyContent xsi:type="java:com.webex.service.binding.ep.GetSessionInfo">'
        f"<sessionKey>4242</sessionKey>{held}</bodyContent></body></serv:message>\n"
    ).encode()
