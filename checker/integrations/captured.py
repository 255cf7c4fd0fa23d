"""Messages as programs have them: text, bytes, decoded JSON, or the response object of an HTTP library.

Objects are recognised by their attributes, so that no HTTP library has to be installed: httpx, requests, Django, Flask
(Werkzeug) and Starlette, and their test clients.
"""

from __future__ import annotations

import inspect
import io
import json
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_SUPPORTED = "bytes, text, decoded JSON, or a response of httpx, requests, Django, Flask or Starlette"
_BODIES = ("content", "get_data", "body")
"""The names under which libraries give a body: httpx, requests and Django; Werkzeug; Starlette and Django requests."""

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
    """The bytes of a response and its request, and the HTTP status; None for what is not known."""

    response: bytes
    request: bytes | None
    status: int | None

    def __repr__(self) -> str:
        return f"<exchange, {len(self.response)} bytes>"  # never the messages themselves


def capture(response: object, request: object = None) -> CapturedExchange:
    """Return the messages of a response and of its request, which the response object itself may have.

    Raises MessageTypeError for objects of other types, and for bodies that were not read yet.
    """
    __tracebackhide__ = True  # pytest shows where a test called this
    status = getattr(response, "status_code", None)
    if request is None and status is not None:
        sent = _own_request(response)
    else:
        sent = None if request is None else message_bytes("request", request)
    content = message_bytes("response", response)
    return CapturedExchange(content, sent, status if isinstance(status, int) else None)


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
        return _encoded(message)
    if isinstance(message, Mapping | list):
        return _json(what, message)
    return _body(what, message)


def _names_a_file(text: str) -> bool:
    """Return whether a text is no message but, surely by mistake, the name of a file."""
    if "\0" in text or len(text) > _LONGEST_NAME or text.lstrip().startswith(("<", "{", "[")):
        return False
    return os.path.isfile(text)


def _encoded(text: str) -> bytes:
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
            raise MessageTypeError(
                f"the {what}'s body has not been read, or cannot be read again; read it first, or pass its bytes"
            ) from None
        if content is None:
            return b""
        if isinstance(content, bytes | str):
            return content if isinstance(content, bytes) else content.encode()
    raise MessageTypeError(f"the {what} is of type {type(message).__name__}; pass {_SUPPORTED}")


def _own_request(response: object) -> bytes | None:
    """Return the request that a response object keeps, None if it keeps none that can still be read."""
    for name in ("request", "wsgi_request"):
        try:
            request = getattr(response, name, None)
        except RuntimeError:  # httpx: a response that was made by hand
            continue
        if request is None or isinstance(request, Mapping):  # Django's test client keeps the WSGI environment
            continue
        try:
            return _replayed(request) or _body("request", request)
        except MessageTypeError:
            continue
    return None


def _replayed(request: object) -> bytes:
    """Return the body that a WSGI test client sent, which the application has read already; empty if there is none."""
    environment = getattr(request, "environ", None)
    stream = environment.get("wsgi.input") if isinstance(environment, Mapping) else None
    return stream.getvalue() if isinstance(stream, io.BytesIO) and not stream.closed else b""
