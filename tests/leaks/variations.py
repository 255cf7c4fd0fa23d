"""Legitimate ways to write a conformant message, none of which may raise an alarm. A new one is one entry."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .planting import BODY, after

Vary = Callable[[str], "str | bytes"]
"""Writes a conformant message in another way."""


def _everywhere(attribute: str) -> Vary:
    """Return a way that gives every element of the body an attribute."""
    return lambda message: re.sub(r"<(ep:\w+)>", rf"<\1 {attribute}>", message)


def _planted(element: str) -> Vary:
    """Return a way that plants an element at the end of the body."""
    return lambda message: message.replace("</serv:bodyContent>", f"{element}</serv:bodyContent>")


def _declared(message: str, name: str) -> str:
    return f'<?xml version="1.0" encoding="{name}"?>' + re.sub(r"^<\?xml[^>]*\?>", "", message)


def _numbered(message: str) -> str:
    """Add an id of its own to every element of the body."""
    numbers = iter(range(10_000))
    return re.sub(r"<(ep:\w+)>", lambda found: f'<{found[1]} xml:id="e{next(numbers)}">', message)


def _repeated(message: str) -> str:
    """Repeat every host, with all that is in it."""
    return re.sub(r"(<ep:host>.*</ep:host>)", r"\1\n\1", message, flags=re.DOTALL)


def _in_default_namespace(message: str) -> str:
    message = re.sub(r"(</?)ep:", r"\1", message)
    return message.replace('"ep:getSession', '"e:getSession').replace(
        BODY_TYPE, f'xmlns="{EP}" xmlns:e="{EP}" {BODY_TYPE}'
    )


EP = "http://www.webex.com/schemas/2002/06/service/ep"
BODY_TYPE = 'xsi:type="e:getSessionInfoResponse"'

XML_VARIATIONS: dict[str, Vary] = {
    "as it is": lambda message: message,
    "comments with tags": lambda message: message.replace("</ep:", "<!-- <ep:hostKey>1</ep:hostKey> --></ep:"),
    "comments outside": lambda message: message.replace("<serv:header>", "<!-- hostKey --><serv:header>"),
    "processing instructions": lambda message: message.replace("<ep:host>", "<?x hostKey='1'?><ep:host>"),
    "CDATA": lambda message: re.sub(r">([^<>\s][^<>&]*)</ep:", r"><![CDATA[\1]]></ep:", message),
    "other prefixes": lambda m: re.sub(r"\b(ep|serv)(?=:|=)", lambda found: f"n{found[1][::-1]}", m),
    "the default namespace": _in_default_namespace,
    "no white space": lambda message: re.sub(r">\s+<", "><", message),
    "line ends of Windows": lambda message: message.replace("\n", "\r\n"),
    "xsi:nil": _everywhere('xsi:nil="false"'),
    "xml:lang": _everywhere('xml:lang="de"'),
    "xml:space": _everywhere('xml:space="preserve"'),
    "ids": _numbered,
    "attributes of nobody": _everywhere('source="db" version="2" x:trace="1" xmlns:x="urn:x"'),
    "repeated hosts": _repeated,
    "declarations on elements": _everywhere('xmlns:u="urn:u"'),
    "schemaLocation": lambda m: m.replace("<serv:message", '<serv:message xsi:schemaLocation="urn:a a.xsd"', 1),
    "mark of UTF-8": lambda message: message.encode("utf-8-sig"),
    "UTF-16": lambda message: _declared(message, "UTF-16").encode("utf-16"),
    "ISO-8859-1": lambda message: _declared(message, "ISO-8859-1").encode("latin-1", "xmlcharrefreplace"),
    "windows-1252": lambda message: _declared(message, "windows-1252").encode("cp1252", "xmlcharrefreplace"),
    "no declaration": lambda message: re.sub(r"^<\?xml[^>]*\?>\s*", "", message),
    "white space before the declaration": lambda message: f"\r\n {message}",
    "a trailing comment": lambda message: f"{message}\n<!-- made up -->\n",
    "an unknown element": _planted("<ep:recordingState>x</ep:recordingState>"),
    "unknown elements of another vocabulary": _planted('<t:trace xmlns:t="urn:t"><t:span>x</t:span></t:trace>'),
    "names in many scripts": _planted("<ep:größe>x</ep:größe><ep:会議>x</ep:会議><ep:приём/>"),
    "an address with references": _planted("<ep:extra>https://example.test/?a=1&amp;b=%20&amp;c=é</ep:extra>"),
    "more in header/response": lambda m: str(after(m, "<serv:response>", "<serv:reason>none</serv:reason>")),
    "an empty attribute of the body": lambda message: re.sub(f"({BODY[:-3]}[^>]*)>", r'\1 id="">', message, count=1),
}  # fmt: skip

XML_ODDITIES: dict[str, Vary] = {
    f"an unknown element with {name}": _planted(f"<ep:extension><ep:{name}>x</ep:{name}></ep:extension>")
    for name in ("name", "URL", "status", "title", "size", "action")
}
"""Ways in which something is odd enough for a warning, and never an error: names that are common elsewhere too."""


def _with(**members: Any) -> Vary:
    return lambda message: json.dumps({**json.loads(message), **members})


JSON_VARIATIONS: dict[str, Vary] = {
    "as it is": lambda message: message,
    "compact": lambda message: json.dumps(json.loads(message), separators=(",", ":")),
    "indented": lambda message: json.dumps(json.loads(message), indent=4),
    "escapes": lambda message: json.dumps(json.loads(message), ensure_ascii=True),
    "mark of UTF-8": lambda message: message.encode("utf-8-sig"),
    "empty arrays": _with(invitees=[], trackingCodes=[], items=[]),
    "nulls": _with(license=None, end=None, hostDisplayName=None, items=None),
    "arrays of arrays": _with(grid=[[], [1, 2], [None]]),
    "unknown members": _with(enabledJoinBeforeHost=True, joinBeforeHostMinutes=5, siteUrl="example.test"),
    "common names": _with(site={"name": "x", "status": "ok", "title": "x", "URL": "x", "url": "x"}),
    "names in many scripts": _with(größe=1, 会議={"приём": None}),
    "names with slashes and tildes": _with(**{"a/b": 1, "c~d": {"": 2}}),
    "numbers without end": _with(count=10**40, ratio=1e-300),
    "other order": lambda message: json.dumps(dict(reversed(json.loads(message).items()))),
    "texts like names": _with(note="password hostKey agenda: none", tags=["password", "webLink"]),
}
