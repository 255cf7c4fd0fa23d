"""Recorded traffic in the formats of test tools and proxies, as their writers lay them out."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

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


def newman(calls: Iterable[Call]) -> bytes:
    """A report of newman's reporter for JSON."""
    executions = [
        {
            "cursor": {"position": number, "iteration": 0},
            "item": {"id": "1", "name": "GetSessionInfo – 会議", "event": []},
            "request": {
                "url": {
                    "protocol": "https",
                    "host": ["example", "test"],
                    "path": ["WBXService", "XMLService"],
                    "query": [{"key": "a", "value": "1"}, {"key": "b", "value": None}],
                    "variable": [],
                },
                "header": [{"key": "Content-Type", "value": "text/xml"}],
                "method": "POST",
                "body": {"mode": "raw", "raw": call.request.decode()},
            },
            "response": {
                "id": "2",
                "status": "OK",
                "code": call.status,
                "header": [{"key": "Content-Type", "value": "text/xml"}],
                "stream": {"type": "Buffer", "data": list(call.response)},
                "cookie": [],
                "responseTime": 3,
            },
        }
        for number, call in enumerate(calls)
    ]
    return json.dumps({"collection": {"item": []}, "run": {"stats": {}, "executions": executions}}).encode()


def go_vcr(calls: Iterable[Call], *, version: int) -> bytes:
    """A cassette of go-vcr: version 1 is of its releases 1 and 2, version 2 of those since 3."""
    lines = ["---", f"version: {version}", "interactions:"]
    for number, call in enumerate(calls):
        proto = ["        proto: HTTP/1.1", "        host: example.test"] if version > 1 else []
        lines += [
            f"    - id: {number}" if version > 1 else "    - form: {}",
            "      request:",
            *proto,
            f"        body: {json.dumps(call.request.decode())}",
            "        form: {}",
            "        headers:",
            "            Content-Type:",
            "                - text/xml",
            "        url: https://example.test/WBXService/XMLService?a=1",
            "        method: POST",
            "      response:",
            *proto[:1],
            f"        body: {json.dumps(call.response.decode())}",
            "        headers:",
            "            Content-Type:",
            "                - text/xml",
            f"        status: {call.status} OK",
            f"        code: {call.status}",
            "        duration: 1.5ms",
        ]
    return "\n".join([*lines, ""]).encode()


def okreplay(calls: Iterable[Call]) -> bytes:
    """A tape of OkReplay."""
    lines = ["!tape", "name: sessions", "interactions:"]
    for call in calls:
        lines += [
            "- recorded: 2026-11-23T10:00:00.000Z",
            "  request:",
            "    method: POST",
            "    uri: https://example.test/WBXService/XMLService",
            "    headers: {Content-Type: text/xml}",
            f"    body: {json.dumps(call.request.decode())}",
            "  response:",
            f"    status: {call.status}",
            "    headers: {Content-Type: text/xml}",
            f"    body: {json.dumps(call.response.decode())}",
        ]
    return "\n".join([*lines, ""]).encode()


def betamax(calls: Iterable[Call]) -> bytes:
    """A cassette of betamax, with bodies in base64 as they were sent."""

    def packed(content: bytes) -> dict[str, str]:
        return {"encoding": "utf-8", "base64_string": base64.b64encode(gzip.compress(content)).decode()}

    interactions = [
        {
            "request": {
                "body": {"encoding": "utf-8", "string": call.request.decode()},
                "headers": {"Content-Type": ["text/xml"]},
                "method": "POST",
                "uri": "https://example.test/WBXService/XMLService",
            },
            "response": {
                "body": packed(call.response),
                "headers": {"Content-Type": ["text/xml"], "Content-Encoding": ["gzip"]},
                "status": {"code": call.status, "message": "OK"},
                "url": "https://example.test/WBXService/XMLService",
            },
            "recorded_at": "2026-11-23T10:00:00",
        }
        for call in calls
    ]
    return json.dumps({"http_interactions": interactions, "recorded_with": "betamax/0.9.0"}).encode()


def nock(calls: Iterable[Call], *, packed: bool = False) -> bytes:
    """The output of nock's recorder."""

    def body(content: bytes) -> Any:
        if not packed:
            return content.decode()
        digits = gzip.compress(content).hex()
        return [digits[:200], digits[200:]]

    encoding = {"Content-Encoding": "gzip"} if packed else {}
    recorded = [
        {
            "scope": "https://example.test:443",
            "method": "POST",
            "path": "/WBXService/XMLService?a=1",
            "body": call.request.decode(),
            "status": call.status,
            "response": body(call.response),
            "rawHeaders": {"Content-Type": "text/xml", **encoding},
            "reqheaders": {"host": "example.test", "content-type": "text/xml"},
            "responseIsBinary": False,
        }
        for call in calls
    ]
    return json.dumps(recorded).encode()


def charles(calls: Iterable[Call], *, as_base64: bool = False) -> bytes:
    """A session of Charles in JSON."""

    def exchanged(content: bytes, **others: Any) -> dict[str, Any]:
        packed = {"encoded": base64.b64encode(content).decode()} if as_base64 else {"text": content.decode()}
        headers = [{"name": "Host", "value": "example.test"}, {"name": "Content-Type", "value": "text/xml"}]
        return {"sizes": {}, "header": {"headers": headers}, "body": packed if content else None, **others}

    return json.dumps(
        [
            {
                "status": "COMPLETE",
                "method": "POST",
                "protocolVersion": "HTTP/1.1",
                "scheme": "https",
                "host": "example.test",
                "port": None,
                "actualPort": 443,
                "path": "/WBXService/XMLService",
                "query": None,
                "notes": "会議",
                "request": exchanged(call.request),
                "response": exchanged(call.response, status=call.status),
            }
            for call in calls
        ]
    ).encode()


def bruno(calls: Iterable[Call]) -> bytes:
    """A report of Bruno's reporter for JSON, with an iteration for each call."""
    return json.dumps(
        [
            {
                "iterationIndex": number,
                "summary": {"totalRequests": 1},
                "results": [
                    {
                        "test": {"filename": "sitzung/größe.bru"},
                        "request": {
                            "method": "POST",
                            "url": "https://example.test/WBXService/XMLService",
                            "headers": {"content-type": "text/xml"},
                            "data": call.request.decode(),
                        },
                        "response": {
                            "status": call.status,
                            "statusText": "OK",
                            "headers": {"content-type": "text/xml"},
                            "data": call.response.decode(),
                            "responseTime": 3,
                        },
                        "error": None,
                        "assertionResults": [],
                    }
                ],
            }
            for number, call in enumerate(calls)
        ]
    ).encode()


def mockserver(calls: Iterable[Call], *, as_base64: bool = False) -> bytes:
    """Expectations that MockServer recorded."""

    def body(content: bytes) -> Any:
        if as_base64:
            return {"type": "BINARY", "base64Bytes": base64.b64encode(content).decode()}
        return {"type": "STRING", "string": content.decode(), "contentType": "text/xml"}

    return json.dumps(
        [
            {
                "httpRequest": {
                    "method": "POST",
                    "path": "/WBXService/XMLService",
                    "headers": {"Host": ["example.test"], "Content-Type": ["text/xml"]},
                    "keepAlive": True,
                    "secure": True,
                    "body": body(call.request),
                },
                "httpResponse": {
                    "statusCode": call.status,
                    "headers": [{"name": "Content-Type", "values": ["text/xml"]}],
                    "body": body(call.response),
                },
                "id": "1",
                "times": {"unlimited": True},
            }
            for call in calls
        ]
    ).encode()


def mountebank(calls: Iterable[Call], *, binary: bool = False) -> bytes:
    """Imposters that mountebank recorded as a proxy."""

    def body(content: bytes) -> str:
        return base64.b64encode(content).decode() if binary else content.decode()

    stubs = [
        {
            "predicates": [
                {
                    "deepEquals": {
                        "method": "POST",
                        "path": "/WBXService/XMLService",
                        "query": {"a": "1"},
                        "headers": {"Host": "example.test", "Content-Type": "text/xml"},
                        "body": call.request.decode(),
                    }
                }
            ],
            "responses": [
                {"proxy": {"to": "https://example.test", "mode": "proxyAlways"}},
                {
                    "is": {
                        "statusCode": call.status,
                        "headers": {"Content-Type": "text/xml"},
                        "body": body(call.response),
                        "_mode": "binary" if binary else "text",
                        "_proxyResponseTime": 3,
                    }
                },
            ],
        }
        for call in calls
    ]
    return json.dumps({"imposters": [{"protocol": "http", "port": 4545, "stubs": stubs}]}).encode()


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
