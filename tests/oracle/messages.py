"""Messages with exactly what is wanted in them; every text in them is made up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from .reading import ROWS, Context, Response, ancestors, parent, plain

SERV = "http://www.webex.com/schemas/2002/06/service"
EP = "http://www.webex.com/schemas/2002/06/service/ep"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

AUDIO_FLAG = "isAudioOnly"
SESSION = "4242"
HOST = "made-up-host"
SOMEBODY = "made-up-person"

SERVICE_TYPES = {
    "MC": "MeetingCenter",
    "SC": "SalesCenter",
    "TC": "TrainingCenter",
    "EC": "EventCenter",
    "AO": "MeetingCenter",
}
"""There is no type for audio only: isAudioOnly says it, whatever the type is."""

TELLING = frozenset({AUDIO_FLAG, "metaData/serviceType", "host/webExId", "sessionkey"})
"""The elements whose text tells something of the call."""


@dataclass(frozen=True)
class Style:
    """The prefixes of a message: that of the envelope, and that of the body, "" for the default namespace."""

    envelope: str = "serv"
    body: str = "ep"

    def element(self, name: str) -> str:
        """The name of an element of the body."""
        return f"{self.body}:{name}" if self.body else name


STYLES = (Style(), Style("env", "n0"), Style("serv", ""), Style("ep", "serv"))


@dataclass(frozen=True)
class Message:
    """A response message, and the line of each place in it ("" is bodyContent)."""

    content: bytes
    lines: dict[str, int]


def response(places: Response, service: str, style: Style = STYLES[0]) -> Message:
    """A successful response with these places, and isAudioOnly at its end; each element starts a line of its own."""
    present = {*places, AUDIO_FLAG}
    env = style.envelope
    declared = f'xmlns:{style.body}="{EP}"' if style.body else f'xmlns="{EP}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<{env}:message xmlns:{env}="{SERV}" {declared} xmlns:xsi="{XSI}">',
        f"<{env}:header><{env}:response><{env}:result>SUCCESS</{env}:result>",
        f"<{env}:gsbStatus>PRIMARY</{env}:gsbStatus></{env}:response></{env}:header><{env}:body>",
        f'<{env}:bodyContent xsi:type="{style.element("getSessionInfoResponse")}">',
    ]
    where = {"": len(lines)}
    inside: dict[str, list[str]] = {}
    for place in sorted(present, key=order):
        inside.setdefault(parent(place), []).append(place)
    _write("", inside, texts(service), style, lines, where)
    lines.append(f"</{env}:bodyContent></{env}:body></{env}:message>")
    return Message("\n".join(lines).encode(), where)


def _write(
    container: str,
    inside: dict[str, list[str]],
    texts: dict[str, str],
    style: Style,
    lines: list[str],
    where: dict[str, int],
) -> None:
    for place in inside.get(container, ()):
        path = plain(place)
        name = style.element(path.rpartition("/")[2])
        lines.append(f"<{name}>")
        where[place] = len(lines)
        if path in _containers():
            _write(place, inside, texts, style, lines, where)
            lines.append(f"</{name}>")
        else:
            lines[-1] += f"{texts.get(path, 'made up')}</{name}>"


@cache
def _containers() -> frozenset[str]:
    return frozenset(above for row in ROWS for above in ancestors(row.path))


@cache
def order(place: str) -> tuple[int, int]:
    """Places go in the order of the table, and of their numbers; what it does not list goes last."""
    path = plain(place)
    rows = [index for index, row in enumerate(ROWS) if path in (row.path, *ancestors(row.path))]
    number = re.search(r"\[(\d+)\]$", place)
    return rows[0] if rows else len(ROWS), int(number[1]) if number else 1


def texts(service: str) -> dict[str, str]:
    """The texts that tell something of the call."""
    return {
        AUDIO_FLAG: "true" if service == "AO" else "false",
        "metaData/serviceType": SERVICE_TYPES[service],
        "host/webExId": HOST,
        "sessionkey": SESSION,
    }


def request(context: Context) -> bytes:
    """The request of a caller whom a request can show: nobody, the host, or somebody whose role is not known.

    A password that is not supplied stands in a comment, as in the published request.
    """
    people = {"none": "", "host": HOST, "unknown": SOMEBODY}
    person = people[context.role]
    names = f"<webExID>{person}</webExID><password>made up</password>" if person else ""
    element = "sessionPassword>made up</sessionPassword"
    supplied = f"<{element}>" if context.password == "supplied" else f"<!--{element}-->"
    return "\n".join(
        [
            '<?xml version="1.0" encoding="ISO-8859-1"?>',
            f'<serv:message xmlns:xsi="{XSI}" xmlns:serv="{SERV}">',
            f"<header><securityContext><siteName>example</siteName>{names}</securityContext></header>",
            '<body><bodyContent xsi:type="java:com.webex.service.binding.ep.GetSessionInfo">',
            f"<sessionKey>{SESSION}</sessionKey>{supplied}",
            "</bodyContent></body></serv:message>",
        ]
    ).encode()


def sidecar(context: Context) -> bytes:
    """A sidecar that states a context."""
    return "".join(f'{fact} = "{value}"\n' for fact, value in context._asdict().items()).encode()
