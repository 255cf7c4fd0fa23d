"""Recorded traffic in the formats of test tools and proxies, as their writers lay them out."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any

from support.traffic import Call

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


TOOL_FORMATS: dict[str, tuple[Callable[[tuple[Call, ...]], bytes], str]] = {
    "mitmproxy": (mitmproxy, "#flow-{}"),
    "Burp": (burp, "#item-{}"),
    "Burp, text": (lambda calls: burp(calls, as_base64=False), "#item-{}"),
    "newman": (newman, "#execution-{}"),
}
"""A writer for each format, and how it names its entries."""
