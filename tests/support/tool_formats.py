"""Recorded traffic in the formats of proxies and other tools, as their writers lay them out, and a writer for each format there is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from support.tool_documents import (
    betamax,
    bruno,
    charles,
    go_vcr,
    mockserver,
    mountebank,
    newman,
    nock,
    okreplay,
)
from support.traffic import Call, zipped

URL = "https://example.test/WBXService/XMLService?a=1&amp=ü"


def request_http(call: Call) -> bytes:
    """A request as it goes over the wire."""
    return (
        b"POST /WBXService/XMLService HTTP/1.1\r\nHost: example.test\r\nContent-Type: text/xml\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(call.request), call.request)
    )


def response_http(call: Call) -> bytes:
    """A response as it goes over the wire."""
    return (
        b"HTTP/1.1 %d Whatever\r\nContent-Type: text/xml\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n%s"
        % (call.status, call.response)
    )


def tnetstring(value: Any) -> bytes:
    """A typed netstring, as mitmproxy writes it."""
    match value:
        case None:
            content, kind = b"", b"~"
        case bool():
            content, kind = str(value).lower().encode(), b"!"
        case int():
            content, kind = str(value).encode(), b"#"
        case float():
            content, kind = repr(value).encode(), b"^"
        case str():
            content, kind = value.encode(), b";"
        case bytes():
            content, kind = value, b","
        case list() | tuple():
            content, kind = b"".join(map(tnetstring, value)), b"]"
        case dict():
            content = b"".join(tnetstring(item) for pair in value.items() for item in pair)
            kind = b"}"
        case _:
            raise TypeError(type(value))
    return b"%d:%s%s" % (len(content), content, kind)


def mitmproxy_flow(call: Call, **others: Any) -> dict[str, Any]:
    """The state of a flow, with members that no reader needs."""
    return {
        "version": 21,
        "type": "http",
        "id": "5f3c0d0e",
        "comment": "Überprüfung: 検査",
        "metadata": {},
        "error": None,
        "intercepted": False,
        "request": {
            "host": "example.test",
            "port": 443,
            "method": b"POST",
            "scheme": b"https",
            "authority": b"",
            "path": b"/WBXService/XMLService",
            "http_version": b"HTTP/1.1",
            "headers": ((b"Host", b"example.test"), (b"Content-Type", b"text/xml")),
            "content": call.request,
            "trailers": None,
            "timestamp_start": 1764000000.25,
        },
        "response": {
            "http_version": b"HTTP/1.1",
            "status_code": call.status,
            "reason": b"OK",
            "headers": ((b"Content-Type", b"text/xml"),),
            "content": call.response,
            "trailers": None,
        },
        **others,
    }


def mitmproxy(calls: Iterable[Call]) -> bytes:
    """A flow file."""
    return b"".join(tnetstring(mitmproxy_flow(call)) for call in calls)


_BURP_HEAD = """<?xml version="1.0"?>
<!DOCTYPE items [
<!ELEMENT items (item*)>
<!ATTLIST items burpVersion CDATA "">
<!ATTLIST items exportTime CDATA "">
<!ELEMENT item (time, url, host, port, protocol, method, path, extension, request, status, responselength, mimetype, response, comment)>
<!ATTLIST request base64 (true|false) "false">
<!ATTLIST response base64 (true|false) "false">
]>
<items burpVersion="2026.1" exportTime="Mon Nov 23 10:00:00 GMT 2026">
"""


def burp(calls: Iterable[Call], *, as_base64: bool = True) -> bytes:
    """Burp's export of items."""

    def packed(content: bytes) -> str:
        text = base64.b64encode(content).decode() if as_base64 else content.decode("latin-1")
        return f'base64="{str(as_base64).lower()}"><![CDATA[{text}]]>'

    items = (
        "  <item>\n    <time>Mon Nov 23 10:00:00 GMT 2026</time>\n"
        f'    <url><![CDATA[{URL}]]></url>\n    <host ip="192.0.2.1">example.test</host>\n'
        f"    <request {packed(request_http(call))}</request>\n    <status>{call.status}</status>\n"
        f"    <response {packed(response_http(call))}</response>\n    <comment></comment>\n  </item>\n"
        for call in calls
    )
    return (_BURP_HEAD + "".join(items) + "</items>\n").encode()


def curl_verbose(calls: Iterable[Call]) -> bytes:
    """The output of `curl -v` with several URLs, errors and bodies in one file. It has no request bodies."""
    parts = []
    for call in calls:
        sent, received = (
            message.partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\r\n%s " % mark)
            for message, mark in ((request_http(call), b">"), (response_http(call), b"<"))
        )
        parts += [
            b"*   Trying 192.0.2.1:443...\n* Connected to example.test (192.0.2.1) port 443 (#0)\n",
            b"> %s\r\n> \r\n} [%d bytes data]\n" % (sent, len(call.request)),
            b"< %s\r\n< Content-Length: %d\r\n< \r\n" % (received, len(call.response)),
            b"{ [%d bytes data]\n%s" % (len(call.response), call.response),
            b"* Connection #0 to host example.test left intact\n",
        ]
    return b"".join(parts)


def curl_trace(calls: Iterable[Call], *, prefix: str = "") -> bytes:
    """The output of `curl --trace`."""
    parts = []

    def event(name: str, content: bytes) -> None:
        parts.append(f"{prefix}{name}, {len(content)} bytes (0x{len(content):x})\n")
        for offset in range(0, len(content), 16):
            row = content[offset : offset + 16]
            shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
            parts.append(f"{offset:04x}: {row.hex(' '):<47} {shown}\n")

    for call in calls:
        parts.append(f"{prefix}== Info: Connected to example.test (192.0.2.1) port 443 (#0)\n")
        for arrow, (name, message) in {
            "=>": ("Send", request_http(call)),
            "<=": ("Recv", response_http(call)),
        }.items():
            headers, _, body = message.partition(b"\r\n\r\n")
            event(f"{arrow} {name} header", headers + b"\r\n\r\n")
            for start in range(0, len(body), 1000):
                event(f"{arrow} {name} data", body[start : start + 1000])
    return "".join(parts).encode()


def httpie(calls: Iterable[Call]) -> bytes:
    """The output of HTTPie with `-v --all`."""
    return b"".join(
        (request_http(call) + b"\n\n" + response_http(call)).replace(b"\r\n", b"\n") + b"\n\n"
        for call in calls
    )


def saz(calls: Iterable[Call]) -> bytes:
    """An archive of Fiddler."""
    members = [("_index.htm", b"<html></html>"), ("[Content_Types].xml", b"<Types/>")]
    for number, call in enumerate(calls):
        members += [
            (f"raw/{number:02}_c.txt", request_http(call)),
            (f"raw/{number:02}_m.xml", b"<Session/>"),
            (f"raw/{number:02}_s.txt", response_http(call)),
        ]
    return zipped(members)


def playwright(calls: Iterable[Call], *, by_file: bool = False) -> bytes:
    """A trace of Playwright, with bodies as resources; newer releases name them by ``_file``."""

    def named(resource: str) -> dict[str, str]:
        return {"_file": f"resources/{resource}"} if by_file else {"_sha1": resource}

    lines, members = [], [("trace.trace", b'{"type":"context-options"}\n')]
    headers = [{"name": "Content-Type", "value": "text/xml"}]
    for number, call in enumerate(calls):
        members += [
            (f"resources/{number:040x}.xml", call.response),
            (f"resources/f{number:039x}.xml", call.request),
        ]
        request = {
            "method": "POST",
            "url": "https://example.test/WBXService/XMLService",
            "headers": headers,
            "postData": {"mimeType": "text/xml", "text": "", "params": [], **named(f"f{number:039x}.xml")},
        }
        content = {"size": len(call.response), "mimeType": "text/xml", **named(f"{number:040x}.xml")}
        snapshot = {
            "pageref": "page@1",
            "request": request if call.request else {**request, "postData": None},
            "response": {"status": call.status, "headers": headers, "content": content},
            "_frameref": "frame@1",
        }
        lines.append(json.dumps({"type": "resource-snapshot", "snapshot": snapshot}))
    return zipped([*members, ("trace.network", "\n".join([*lines, ""]).encode())])


def warc(calls: Iterable[Call], *, request_first: bool = True) -> bytes:
    """A WARC file of exchanges alone, with a record for each message."""
    records = []
    for number, call in enumerate(calls):
        halves = [("request", request_http(call), number), ("response", response_http(call), -1 - number)]
        for kind, content, name in halves if request_first else reversed(halves):
            link = f"WARC-Concurrent-To: <urn:uuid:{-1 - number}>\r\n" if kind == "request" else ""
            records.append(
                f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{name}>\r\n{link}"
                "WARC-Target-URI: https://example.test/WBXService/XMLService\r\n"
                f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(content)}\r\n\r\n".encode()
                + content
                + b"\r\n\r\n"
            )
    return b"".join(records)


TOOL_FORMATS: dict[str, tuple[Callable[[tuple[Call, ...]], bytes], str]] = {
    "mitmproxy": (mitmproxy, "#flow-{}"),
    "Burp": (burp, "#item-{}"),
    "Burp, text": (partial(burp, as_base64=False), "#item-{}"),
    "go-vcr 2": (partial(go_vcr, version=1), "#interaction-{}"),
    "go-vcr 3": (partial(go_vcr, version=2), "#interaction-{}"),
    "OkReplay": (okreplay, "#interaction-{}"),
    "betamax": (betamax, "#interaction-{}"),
    "newman": (newman, "#execution-{}"),
    "curl --trace": (curl_trace, "#transfer-{}"),
    "curl --trace-time --trace-ids": (
        partial(curl_trace, prefix="10:00:00.123456 [0-0] "),
        "#transfer-{}",
    ),
    "HTTPie": (httpie, "#exchange-{}"),
    "Fiddler": (saz, "#session-{:02}"),
    "Playwright trace": (playwright, "#request-{}"),
    "Playwright trace, by file": (partial(playwright, by_file=True), "#request-{}"),
    "nock": (nock, "#call-{}"),
    "nock, packed": (partial(nock, packed=True), "#call-{}"),
    "Charles": (charles, "#transaction-{}"),
    "Charles, base64": (partial(charles, as_base64=True), "#transaction-{}"),
    "Bruno": (bruno, "#result-{}"),
    "MockServer": (mockserver, "#expectation-{}"),
    "MockServer, base64": (partial(mockserver, as_base64=True), "#expectation-{}"),
    "mountebank": (mountebank, "#response-{}"),
    "mountebank, base64": (partial(mountebank, binary=True), "#response-{}"),
}
"""A writer for each format, and how it names its entries."""
