"""Recordings that are broken right beside the marker, in every way in which a reader can stop there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from secrecy.marker import MARK
from secrecy.planted import SHOWN, response
from support.messages import SERV

_MARK = re.compile(re.escape(MARK).encode(), re.IGNORECASE)

BESIDE: dict[str, bytes] = {
    "bytes of no encoding": b"\xff\xfe\x80",
    "half a character": b"\xe2\x82",
    "a NUL": b"\0",
    "a control character": b"\x1b[31m\x07",
    "an unknown entity": b"&bad;",
    "an entity that does not end": b"&#x110000",
    "a tag that matches none": b"</wrong>",
    "a tag that does not end": b"<wrong ",
    "an attribute twice": b'<w a="1" a="2"/>',
    "an unknown prefix": b"<nowhere:w/>",
    "an end of CDATA": b"]]>",
    "a quotation mark": b'"',
    "an apostrophe": b"'",
    "a line break": b"\n",
    "a brace": b"}",
    "a bracket": b"]",
    "a backslash": b"\\",
    "a colon": b": ",
    "a tab": b"\t",
    "an alias": b"\n*nowhere\n",
    "a tag of YAML": b"\n!!python/object:os.system x\n",
    "a surrogate": b"\\ud800",
}
"""The text that follows a marker."""


def broken_at(content: bytes, places: int) -> Iterator[tuple[str, bytes]]:
    """Break content at its markers: cut in the middle of one, and spoilt behind one in each of the ways.

    Each way takes ``places`` markers, and another way others: in the end all of them had their turn.
    """
    found = [match.span() for match in _MARK.finditer(content)]
    for number, (what, spoiling) in enumerate({"cut": b"", **BESIDE}.items()):
        for place in range(min(places, len(found))):
            start, end = found[(number * 7 + place) % len(found)]
            if what == "cut":
                yield what, content[: (start + end) // 2]
            else:
                yield what, content[:end] + spoiling + content[end:]


def cut_archives(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Break what is packed: cut, and with bytes turned round."""
    for eighth in range(1, 8):
        at = len(content) * eighth // 8
        yield f"cut {eighth}", content[:at]
        yield (
            f"turned {eighth}",
            content[:at] + bytes(byte ^ 0x55 for byte in content[at : at + 4]) + content[at + 4 :],
        )


def documents() -> dict[str, bytes]:
    """Return XML that is refused as a whole, or lacks what makes it a message."""
    good = response("MC", SHOWN)
    doctype = f'<!DOCTYPE message [<!ENTITY e "{MARK}"><!ENTITY % p SYSTEM "file:///{MARK}">]>'.encode()
    return {
        "doctype": doctype + good.partition(b"?>")[2],
        "other root": f"<root>{MARK}</root>".encode(),
        "root in another namespace": good.replace(SERV.encode(), f"urn:{MARK}".encode()),
        "no body": good.replace(b"bodyContent", b"nothing"),
        "no type": good.replace(b"xsi:type", b"type"),
        "two bodies, three results": good.replace(
            b"</serv:response>", b"</serv:response><serv:response/><serv:response/>"
        ),
        "UTF-16 that is none": good.replace(b'encoding="UTF-8"', b'encoding="UTF-16"'),
        "an encoding that is none": good.replace(b'encoding="UTF-8"', f'encoding="{MARK}"'.encode()),
        "a version that is none": good.replace(b'version="1.0"', f'version="{MARK}"'.encode()),
        "ASCII that is none": good.replace(b'encoding="UTF-8"', b'encoding="US-ASCII"') + "é".encode(),
        "UTF-16": good.decode().replace('"UTF-8"', '"UTF-16"').encode("utf-16"),
        "UTF-16 cut": good.decode().replace('"UTF-8"', '"UTF-16"').encode("utf-16")[:-301],
        "no XML": f"{MARK} is no XML".encode(),
        "content behind": good + MARK.encode(),
        "the service in a list of marks": good.replace(b"MeetingCenter", f"MeetingCenter {MARK}".encode()),
        "session twice": good.replace(
            b"<ep:sessionkey>", f"<ep:sessionkey>{MARK}</ep:sessionkey><ep:sessionkey>".encode()
        ),
    }


def sidecars() -> dict[str, bytes]:
    """Return sidecars with the marker where it does not belong, and TOML that is broken beside it."""
    stated = {
        "an unknown key": f'nothing = "{MARK}"',
        "an unknown table": f'[nothing]\nsecret = "{MARK}"',
        "a service": f'service = "{MARK}"',
        "a caller": f'caller = "{MARK}"',
        "a role": f'role = "{MARK}"',
        "a password in place of what was done with it": f'password = "{MARK}"',
        "an outcome": f'outcome = "{MARK}"',
        "a list": f'role = ["{MARK}"]',
        "a table": f'role = {{a = "{MARK}"}}',
        "a number": f"role = 17 # {MARK}",
        "a date": f"role = 2026-13-45 # {MARK}",
        "no string": f"role = {MARK}",
        "a string that does not end": f'role = "{MARK}',
        "three quotation marks": f'role = """{MARK}',
        "an unknown escape": f'role = "{MARK}\\q{MARK}"',
        "a line break in a string": f'role = "{MARK}\n{MARK}"',
        "a control character": f'role = "{MARK}\x00{MARK}"',
        "twice": f'role = "{MARK}"\nrole = "{MARK}"',
        "a table twice": f'[a]\nb = "{MARK}"\n[a]\nb = "{MARK}"',
        "no key": f'= "{MARK}"',
        "no value": f"role = # {MARK}",
        "no equals sign": f'role "{MARK}"',
        "an array that does not end": f'role = ["{MARK}",',
        "an inline table twice": f'role = {{a = "{MARK}", a = "{MARK}"}}',
        "deep": f'role = {"[" * 3000}"{MARK}"',
        "a long number": f"role = {'9' * 5000} # {MARK}",
        "clashing": f'caller = "anonymous"\nrole = "host" # {MARK}',
    }
    return {
        **{what: text.encode() for what, text in stated.items()},
        "no UTF-8": f'role = "{MARK}'.encode() + b'\xff"',
        "UTF-16": f'role = "{MARK}"'.encode("utf-16"),
    }


def lines() -> list[bytes]:
    """Return lines of a JSON log, each with a member of another type, or a context that is none."""
    sound = {"response": response("MC", SHOWN).decode()}
    wrong = [
        {"response": {"a": MARK}},
        {"response": [MARK]},
        {"response": 17, "id": MARK},
        {"response": sound["response"], "request": [MARK]},
        {"response": sound["response"], "request": MARK},
        {"response": sound["response"], "id": {"a": MARK}},
        *({**sound, "context": context} for context in (MARK, [MARK], {"service": MARK}, {"password": MARK})),
        *(
            {**sound, "context": context}
            for context in ({"nothing": MARK}, {"role": [MARK]}, {"outcome": MARK})
        ),
        {"id": MARK, "response": None, "request": MARK},
        {"id": MARK, "response": ""},
    ]
    return [json.dumps(line).encode() for line in wrong]
