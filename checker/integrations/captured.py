"""Messages as programs have them: text, bytes, decoded JSON, or the response object of an HTTP library.

Objects are recognised by their attributes, so that no HTTP library has to be installed: httpx, requests, aiohttp, Django,
Flask (Werkzeug) and Starlette, and their test clients.
"""

from __future__ import annotations

import inspect
import io
import json
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import structs

from ..core.limits import Limits
from ..recordings import NO_HTTP_FACTS, Content, HttpFacts, Recording
from ..recordings.http_exchange import decode_by_headers
from .http_objects import http_facts, request_of, status_of

_SUPPORTED = (
    "bytes, text, decoded JSON, or a response of httpx, requests, aiohttp, Django, Flask or Starlette"
)
_READ_BODY = "_body"
"""The name under which aiohttp keeps a body that was read, None before: its public ways to it have to be awaited."""
_BODIES = ("content", "get_data", "body", _READ_BODY)
"""The names under which libraries give a body: httpx, requests and Django; Werkzeug; Starlette and Django requests; aiohttp."""

DEFAULT_LIMITS = Limits()

_ABSENT = object()
_DECLARED_ENCODING = re.compile(r"""(<\?xml[^>]*?)\s+encoding\s*=\s*(?:"[^"]*"|'[^']*')""")


class UsageError:
    """A mixin of errors about how a function was called; pytest shows them without a traceback, which would show messages."""

    hides_traceback = True


_LONGEST_NAME = 4_096
"""Characters of a path that an operating system takes."""


class MessageTypeError(UsageError, TypeError):
    """An object cannot be used as a message; the text says what can be."""


class CapturedExchange(NamedTuple):
    """The bytes of a response and its request, None for one that is not known, and what is known of HTTP."""

    response: bytes
    request: bytes | None
    http: HttpFacts = NO_HTTP_FACTS

    def __repr__(self) -> str:
        return f"<exchange, {len(self.response)} bytes>"  # never the messages themselves

    def recording(self, source: str, limits: Limits = DEFAULT_LIMITS, **stated: Any) -> Recording:
        """Return it as a recording, with its content coding decoded; ``stated`` are further fields of it."""
        response = decode_response(self.response, self.http, limits)
        return Recording(source, response, self.request, http=self.http, **stated)


def decode_response(content: Content, http: HttpFacts, limits: Limits) -> Content:
    """Return the body of a response with its content coding decoded, which some libraries leave to the reader."""
    if isinstance(content, bytes) and http.response_header("content-encoding"):
        return decode_by_headers(content, http.response_headers, limits)
    return content


def decode_bodies(recording: Recording, limits: Limits) -> Recording:
    """Return an exchange as it passed, with the content codings of both bodies decoded."""
    request, http = recording.request, recording.http
    if isinstance(request, bytes) and http.request_header("content-encoding"):
        request = decode_by_headers(request, http.request_headers, limits)
    return structs.replace(
        recording, response=decode_response(recording.response, http, limits), request=request
    )


def capture(response: object, request: object = None) -> CapturedExchange:
    """Return the messages of a response and of its request, which the response object itself may have.

    Raises MessageTypeError for objects of other types, and for bodies that were not read yet.
    """
    __tracebackhide__ = True  # pytest shows where a test called this
    own = request_of(response) if request is None and status_of(response) is not None else None
    sent = request_body(own) if request is None else message_bytes("request", request)
    content = message_bytes("response", response)
    return CapturedExchange(content, sent, http_facts(response, own if request is None else request))


def message_bytes(what: str, message: object) -> bytes:
    """Return the bytes of a message; raises MessageTypeError, in which ``what`` names the argument."""
    __tracebackhide__ = True
    if isinstance(message, bytes | bytearray | memoryview):
        return bytes(message)
    if isinstance(message, str):
        if _names_a_file(message):
            raise MessageTypeError(
                f"the {what} is the name of a file; pass pathlib.Path(...) to have it read"
            )
        return _encode(message)
    if isinstance(message, Mapping | list):
        return _json(what, message)
    return _body(what, message)


def _names_a_file(text: str) -> bool:
    """Return whether a text is no message but, surely by mistake, the name of a file."""
    if "\0" in text or len(text) > _LONGEST_NAME or text.lstrip().startswith(("<", "{", "[")):
        return False
    return os.path.isfile(text)


def _encode(text: str) -> bytes:
    """Encode text as UTF-8, without the encoding that its XML declaration names: that was the encoding of its bytes."""
    return _DECLARED_ENCODING.sub(r"\1", text, count=1).encode("utf-8", "surrogatepass")


def _json(what: str, data: Mapping[Any, Any] | list[Any]) -> bytes:
    __tracebackhide__ = True
    try:
        return json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError, RecursionError):
        raise MessageTypeError(
            f"the {what} cannot be written as JSON; pass what was decoded from JSON"
        ) from None


def _body(what: str, message: object) -> bytes:
    __tracebackhide__ = True
    for name in _BODIES:
        if inspect.getattr_static(message, name, _ABSENT) is _ABSENT:
            continue
        try:
            body = getattr(message, name)
            content = body() if callable(body) and not inspect.iscoroutinefunction(body) else body
        except Exception:  # noqa: BLE001 - each library has its own error for this
            raise MessageTypeError(_unread(what)) from None
        if content is None and name == _READ_BODY:
            raise MessageTypeError(_unread(what))
        if content is None:
            return b""
        if isinstance(content, bytes | str):
            return content if isinstance(content, bytes) else content.encode()
    raise MessageTypeError(f"the {what} is of type {type(message).__name__}; pass {_SUPPORTED}")


def _unread(what: str) -> str:
    return f"the {what}'s body has not been read, or cannot be read again; read it first, or pass its bytes"


def request_body(request: object | None) -> bytes | None:
    """Return the body of a response's own request, None if there is none or it cannot be read any more."""
    if request is None:
        return None
    try:
        return _replay(request) or _body("request", request)
    except MessageTypeError:
        return None


def _replay(request: object) -> bytes:
    """Return the body that a WSGI test client sent, which the application has read already; empty if there is none."""
    environment = getattr(request, "environ", None)
    stream = environment.get("wsgi.input") if isinstance(environment, Mapping) else None
    return stream.getvalue() if isinstance(stream, io.BytesIO) and not stream.closed else b""
