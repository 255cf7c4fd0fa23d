"""Recorded traffic in the formats of test tools that are JSON or YAML, as their writers lay them out."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable
from typing import Any

from support.traffic import Call


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
