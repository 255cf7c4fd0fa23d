"""Recordings of every format, with the marker in everything that they hold and that is no name."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable
from typing import Any

from secrecy.marker import MARK
from support.judging import RULEBOOK
from support.messages import EP, SERV, SERVICE_TYPES, XSI, elements
from support.traffic import (
    ARCHIVES,
    Call,
    har,
    journal,
    json_lines,
    mappings,
    raw_http,
    ruby_vcr,
    tarred,
    vcrpy,
    zipped,
)

UNLISTED = ("hostKey", "meetingLink", "hots", "metaData/agendaFormat", "schedule/openTimeInSec")
"""Elements that no row lists, one of them near a listed name."""

EVERYWHERE = [row.path for row in RULEBOOK.rows]
SHOWN = [row.path for row in RULEBOOK.rows if row.cells["MC"] == "always"]

_AROUND = (
    f"<!-- {MARK} --><?{'pi'} {MARK}?><![CDATA[{MARK}]]>{MARK}"
    f'<x:other xmlns:x="urn:{MARK}" x:name="{MARK}">{MARK}<y z="{MARK}"/>{MARK}</x:other>{MARK}'
)
"""XML besides elements with a text: a comment, an instruction, CDATA, attributes, text beside elements."""


def response(service: str, paths: Iterable[str] = EVERYWHERE, *, said: str = "") -> bytes:
    """Return a response that holds these paths, each with the marker; ``said`` stands for its serviceType."""
    listed = list(paths)
    texts = dict.fromkeys((*listed, *UNLISTED), MARK)
    texts["metaData/serviceType"] = said or SERVICE_TYPES[service]
    texts["telephony/globalCallInNumbersURL"] = f"https://{MARK}/?n=%TollNum%&amp;t={MARK}"
    inside = elements([*listed, *UNLISTED], texts).replace("<ep:host>", f'<ep:host secret="{MARK}">')
    audio_only = "<ep:isAudioOnly>true</ep:isAudioOnly>" if service == "AO" else ""
    return _message(
        "<serv:result>SUCCESS</serv:result><serv:gsbStatus>PRIMARY</serv:gsbStatus>",
        f'<serv:bodyContent xsi:type="ep:getSessionInfoResponse" note="{MARK}">{inside}{audio_only}{_AROUND}</serv:bodyContent>',
    )


def failure() -> bytes:
    """Return a FAILURE with the marker as its reason, exceptionID and errors."""
    elements = "".join(f"<serv:{name}>{MARK}</serv:{name}>" for name in ("reason", "exceptionID", "value"))
    return _message(
        f"<serv:result>FAILURE</serv:result>{elements}<serv:subErrors><serv:subError>{MARK}</serv:subError></serv:subErrors>",
        "<serv:bodyContent/>",
    )


def request(operation: str = "ep.GetSessionInfo") -> bytes:
    """Return a request whose secrets, names and keys are the marker."""
    names = (
        "webExID",
        "email",
        "password",
        "sessionTicket",
        "webExAccessToken",
        "siteName",
        "siteID",
        "partnerID",
    )
    security = "".join(f"<{name}>{MARK}</{name}>" for name in names)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><!-- {MARK} -->'
        f'<serv:message xmlns:serv="{SERV}" xmlns:xsi="{XSI}"><header><securityContext a="{MARK}">{security}'
        f"</securityContext></header><body>"
        f'<bodyContent xsi:type="java:com.webex.service.binding.{operation}">'
        f"<sessionKey>{MARK}</sessionKey><sessionPassword>{MARK}</sessionPassword>{_AROUND}</bodyContent>"
        "</body></serv:message>"
    ).encode()


def _message(status: str, content: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<?style {MARK}?>\n<!-- {MARK} -->\n'
        f'<serv:message xmlns:serv="{SERV}" xmlns:ep="{EP}" xmlns:xsi="{XSI}" xmlns:un="urn:{MARK}" '
        f'xsi:schemaLocation="urn:{MARK} https://example.test/{MARK}.xsd" un:at="{MARK}">\n'
        f'<serv:header><serv:sender un:of="{MARK}">{MARK}</serv:sender><serv:response>{status}</serv:response></serv:header>\n'
        f"<serv:body>{content}</serv:body></serv:message>\n<!-- {MARK} -->\n"
    ).encode()


CALLS = (
    Call(response("MC"), request()),
    Call(response("MC", SHOWN), request()),
    Call(failure(), request()),
    Call(response("MC", said=MARK), request()),
    Call(f"<html>{MARK}</html>".encode(), request(), 503),
    Call(f"<html>{MARK}</html>".encode(), f"user={MARK}&password={MARK}".encode()),
    Call(response("MC"), request("meeting.LstsummaryMeeting")),
)

HEADERS = {
    "Cookie": f"session={MARK}",
    "Set-Cookie": f"session={MARK}; Path=/{MARK}",
    "Authorization": f"Bearer {MARK}",
    "Location": f"https://example.test/{MARK}?token={MARK}",
    f"X-{MARK}": MARK,
}
ADDRESS = f"https://user:{MARK}@example.test/WBXService/XMLService?token={MARK}&AT={MARK}#{MARK}"


def _salted(document: bytes) -> bytes:
    """Add to a recording in JSON what tools keep beside the messages, with the marker in each value."""

    def salt(value: Any, name: str = "") -> Any:
        if isinstance(value, list):
            return [salt(entry, name) for entry in value]
        if not isinstance(value, dict):
            return value
        kept = {key: salt(entry, key) for key, entry in value.items()}
        if name not in ("request", "response"):
            return kept
        pairs = [{"name": key, "value": text} for key, text in HEADERS.items()]
        as_har = "content" in kept or "postData" in kept
        return {
            **kept,
            "headers": pairs if as_har else HEADERS,
            "cookies": pairs,
            "queryString": [{"name": "token", "value": MARK}],
            "url": ADDRESS,
            "statusText": MARK,
            "comment": MARK,
            "_more": {"deep": [MARK, {"er": MARK}]},
        }

    return json.dumps(salt(json.loads(document)), indent=1).encode()


def _salted_yaml(document: bytes) -> bytes:
    """Add to a cassette headers, an address and comments with the marker."""
    headers = "".join(f"      {name}: [{json.dumps(text)}]\n" for name, text in HEADERS.items())
    text = document.decode().replace("https://example.test/WBXService/XMLService", ADDRESS)
    text = re.sub(r"^(    headers:) \{\}\n", r"\1\n", text, flags=re.MULTILINE)
    text = re.sub(r"^    headers:\n", f"    headers: # {MARK}\n{headers}", text, flags=re.MULTILINE)
    text = text.replace("message: x", f'message: "{MARK}"')
    return f"# {MARK}\n{text}ignored: &{MARK} {MARK}\n".encode()


def _sidecar() -> bytes:
    return f'# {MARK}\nservice = "MC"\ncaller = "authenticated" # {MARK}\npassword = "wrong"\n'.encode()


def _lines() -> bytes:
    entries = [json.loads(line) for line in json_lines(CALLS).splitlines()]
    for entry in entries:
        entry |= {"id": MARK, "note": MARK, "context": {"caller": "anonymous"}}
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()


def _raw(headers: dict[str, str] = HEADERS) -> bytes:
    lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items()).encode()
    return raw_http(CALLS[0], lines).replace(b"200 OK", b"200 " + MARK.encode(), 1)


def texts() -> dict[str, bytes]:
    """Return every format that is text, by the name of a file in it."""
    return {
        "plain.xml": response("MC"),
        "pair.response.xml": response("MC"),
        "pair.request.xml": request(),
        "sidecar.response.xml": response("MC", SHOWN),
        "sidecar.context.toml": _sidecar(),
        "sidecar.request.xml": request(),
        "other.request.xml": request("meeting.LstsummaryMeeting"),
        "other.xml": response("MC"),
        "failure.xml": failure(),
        "unknown.xml": response("MC", said=MARK),
        "support.xml": response("MC", said="SupportCenter"),
        **{f"{service}.xml": response(service) for service in ("SC", "TC", "EC", "AO")},
        "raw.http": _raw(),
        "coding.http": _raw({"Content-Encoding": MARK.lower()}).replace(b"<", b"\0<", 1),
        "traffic.har": _salted(har(CALLS)),
        "packed.har": _salted(har(CALLS, as_base64=True)),
        "vcrpy.yaml": _salted_yaml(vcrpy(CALLS)),
        "vcrpy-packed.yaml": _salted_yaml(vcrpy(CALLS, packed=True)),
        "ruby.yml": _salted_yaml(ruby_vcr(CALLS)),
        "ruby-packed.yml": _salted_yaml(ruby_vcr(CALLS, as_base64=True)),
        "cassette.json": _cassette(),
        "journal.json": _salted(journal(CALLS)),
        "journal-packed.json": _salted(journal(CALLS, as_base64=True)),
        "mappings.json": _salted(mappings(CALLS)),
        "mappings-packed.json": _salted(mappings(CALLS, as_base64=True)),
        "log.jsonl": _lines(),
    }


def _cassette() -> bytes:
    interactions = [
        {
            "request": {"body": call.request.decode(), "uri": ADDRESS, "headers": HEADERS},
            "response": {
                "body": {"string": call.response.decode()},
                "status": {"code": call.status, "message": MARK},
            },
        }
        for call in CALLS
    ]
    return json.dumps({"interactions": interactions, "recorded_with": MARK}).encode()


_ARCHIVED = ("pair.", "sidecar.", "failure.", "traffic.", "vcrpy.", "log.", "raw.")
"""Which files an archive holds: what is read by pairs, and what is read in each way that differs."""


def packed(files: dict[str, bytes]) -> dict[str, bytes]:
    """Pack files in each way that is read: archives, an archive in another one, a file by itself."""
    members = [(name, content) for name, content in files.items() if name.startswith(_ARCHIVED)]
    return {
        **{f"all.{name}": pack(members) for name, pack in ARCHIVES.items()},
        "nested.zip": zipped([("inner.tar", tarred(members)), ("one.xml.gz", gzip.compress(response("MC")))]),
        "one.xml.gz": gzip.compress(response("MC")),
        "traffic.har.gz": gzip.compress(files["traffic.har"]),
        "wiremock.zip": zipped(list(wiremock().items())),
    }


def wiremock() -> dict[str, bytes]:
    """Return WireMock's folders: a mapping that names its body's file, one that names none that is there."""
    mapping = {"name": MARK, "metadata": {"note": MARK}}
    return {
        "mappings/one.json": json.dumps(
            {**mapping, "request": {"url": ADDRESS}, "response": {"status": 200, "bodyFileName": "body.xml"}}
        ).encode(),
        "mappings/two.json": json.dumps(
            {**mapping, "request": {"url": ADDRESS}, "response": {"bodyFileName": f"../{MARK}.xml"}}
        ).encode(),
        "mappings/three.json": json.dumps(
            {**mapping, "request": {}, "response": {"base64Body": base64.b64encode(response("MC")).decode()}}
        ).encode(),
        "__files/body.xml": response("MC"),
    }


def rest(members: Iterable[str] = ()) -> bytes:
    """Return a response of the second rulebook, whose messages are JSON: every member's value is the marker."""
    listed = dict.fromkeys(
        ("id", "agenda", "hostKey", "password", "webLink", "hostkey", "unknownMember", *members), MARK
    )
    return json.dumps(
        {
            **listed,
            "telephony": {"accessCode": MARK, "more": [MARK, {"deep": MARK}]},
            "empty": "",
            "list": [MARK, [MARK]],
        },
        indent=1,
    ).encode()
