"""Made-up recordings of all services and callers, the same for the same seed.

A hundredth of them violates the table. Their texts are random; how many shapes they have can be chosen: a few, as in
real archives, or a new one each time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from sightline.engine.context import Context, all_contexts
from sightline.engine.expectation import Evaluator, Expectation
from sightline.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()
EVALUATOR = Evaluator(RULEBOOK)

SERV = "http://www.webex.com/schemas/2002/06/service"
SERVICE_TYPES = {"SC": "SalesCenter", "TC": "TrainingCenter", "EC": "EventCenter"}
VARIANTS = 3
VIOLATING = 0.01
EVEN = 0.5
HOST = "host-of-it"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -.,:/"
FINDINGS = 5


@dataclass(frozen=True, slots=True)
class Made:
    """A recording that was made up, with what it is: conformant or not."""

    response: bytes
    request: bytes
    sidecar: bytes | None
    conformant: bool


def contexts() -> list[Context]:
    """Every context whose facts are all known: 5 services, 12 states of the caller each."""
    return [context for context in all_contexts(RULEBOOK) if "unknown" not in context.values]


def recordings(seed: int, number: int, *, new_shapes: bool = False, reference: float = 0) -> Iterator[Made]:
    """Make recordings; ``reference`` is the share that has a character reference or a line end in a text."""
    rng = random.Random(seed)  # noqa: S311 - it makes up texts
    cases = contexts()
    for index in range(number):
        context = cases[index % len(cases)]
        violating = rng.random() < VIOLATING
        extra = _extra(rng, new_shapes=new_shapes, violating=violating)
        paths = _shown(context) + extra
        if violating:
            paths.remove("schedule/duration")
        awkward = rng.choice(["&amp;", "\n"]) if rng.random() < reference else ""
        yield Made(
            response(context, paths, rng, awkward),
            request(context, rng),
            None if _shown_by_request(context) else f'role = "{context["role"]}"\n'.encode(),
            not violating,
        )


def with_findings(seed: int, number: int) -> Iterator[bytes]:
    """Make responses that break five rows each."""
    rng = random.Random(seed)  # noqa: S311 - it makes up texts
    for index in range(number):
        context = contexts()[index % len(contexts())]
        paths = _shown(context)
        for path in ("schedule/duration", "schedule/timeZone", "host/firstName", "host/email", "confID"):
            paths.remove(path)
        yield response(context, paths, rng)


def _shown(context: Context) -> list[str]:
    expected = EVALUATOR.expectations(context)
    shown = (Expectation.MUST, Expectation.SHOULD)
    return [path for path, expectation in expected.items() if expectation in shown]


def _extra(rng: random.Random, *, new_shapes: bool, violating: bool) -> list[str]:
    """Choose elements that no row lists; they are what makes one conformant response unlike another."""
    unlisted = [
        path for path in RULEBOOK.document.unlisted.paths if path.count("/") == 0 and path != "isAudioOnly"
    ]
    if new_shapes:
        return [path for path in unlisted if rng.random() < EVEN]
    return [] if violating else unlisted[: rng.randrange(VARIANTS)]


def response(context: Context, paths: list[str], rng: random.Random, awkward: str = "") -> bytes:
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
        "metaData/agenda": _text(rng) + awkward + _text(rng),
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
