"""Messages as programs have them. httpx is the real one; the others are as their documentation describes them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from whosees.checker.integrations.captured import MessageTypeError, capture, message_bytes

TEXT = '<?xml version="1.0" encoding="UTF-8"?>\n<a>é&amp;名</a>'
BYTES = TEXT.encode()
SENT = b"<request/>"


@dataclass
class PreparedRequest:
    """requests: ``body`` is an attribute, of text, bytes or None."""

    body: Any


@dataclass
class RequestsResponse:
    status_code: int
    content: bytes
    request: PreparedRequest


class DjangoRequest:
    @property
    def body(self) -> bytes:
        return SENT


class SpentDjangoRequest:
    @property
    def body(self) -> bytes:
        raise RuntimeError("You cannot access body after reading from request's data stream")


class DjangoResponse:
    """Django's test client keeps the environment as ``request``, and the request as ``wsgi_request``."""

    status_code = 200
    content = BYTES

    def __init__(self, request: object) -> None:
        self.request = {"wsgi.input": object()}
        self.wsgi_request = request


class StreamingDjangoResponse:
    status_code = 200

    @property
    def content(self) -> bytes:
        raise AttributeError("This StreamingHttpResponse instance has no `content` attribute.")


class WerkzeugRequest:
    """The application has read the stream, so that nothing is left in it."""

    def __init__(self) -> None:
        self.environ = {"wsgi.input": io.BytesIO(SENT)}

    def get_data(self) -> bytes:
        raise EOFError("ClientDisconnected")


class FlaskResponse:
    status_code = 200

    def __init__(self) -> None:
        self.request = WerkzeugRequest()

    def get_data(self, as_text: bool = False) -> bytes | str:
        return TEXT if as_text else BYTES


class StarletteResponse:
    status_code = 200
    body = BYTES


class StarletteRequest:
    async def body(self) -> bytes:
        return SENT


def posted() -> httpx.Response:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=BYTES))
    with httpx.Client(transport=transport) as client:
        return client.post("http://x.invalid/", content=SENT)


RESPONSES: dict[str, tuple[Callable[[], object], bytes | None]] = {
    "httpx": (posted, SENT),
    "httpx, made by hand": (lambda: httpx.Response(200, content=BYTES), None),
    "requests": (lambda: RequestsResponse(200, BYTES, PreparedRequest(SENT)), SENT),
    "requests, of a GET": (lambda: RequestsResponse(200, BYTES, PreparedRequest(None)), b""),
    "requests, text": (lambda: RequestsResponse(200, BYTES, PreparedRequest("<request/>")), SENT),
    "Django": (lambda: DjangoResponse(DjangoRequest()), SENT),
    "Django, read by the view": (lambda: DjangoResponse(SpentDjangoRequest()), None),
    "Flask": (FlaskResponse, SENT),
    "Starlette": (StarletteResponse, None),
}


@pytest.mark.parametrize("library", RESPONSES)
def test_responses_of_libraries_come_with_their_request_and_status(library: str) -> None:
    make, sent = RESPONSES[library]
    assert capture(make()) == (BYTES, sent, 200)
    assert capture(make(), b"<other/>").request == b"<other/>"


@pytest.mark.parametrize("message", [BYTES, bytearray(BYTES), memoryview(BYTES)])
def test_bytes_are_taken_as_they_are(message: object) -> None:
    assert capture(message, message) == (BYTES, BYTES, None)


@pytest.mark.parametrize(
    "declared",
    [
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
        "<?xml version='1.0' encoding = 'utf-16' standalone='yes'?>",
    ],
)
def test_text_was_decoded_so_the_encoding_of_its_bytes_does_not_count(declared: str) -> None:
    content = message_bytes("response", declared + "<a>é名</a>")
    assert b"encoding" not in content
    assert content.endswith("?><a>é名</a>".encode())


def test_decoded_json_is_written_as_json() -> None:
    assert message_bytes("response", {"a": ["é", None, 1.5]}) == '{"a": ["é", null, 1.5]}'.encode()
    assert message_bytes("response", [{"a": 1}]) == b'[{"a": 1}]'


def streaming() -> httpx.Response:
    def chunks() -> Any:
        yield BYTES

    return httpx.Response(200, content=chunks())


UNREAD = "the response's body has not been read, or cannot be read again; read it first, or pass its bytes"
OTHER = "pass bytes, text, decoded JSON, or a response of httpx, requests, Django, Flask or Starlette"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (streaming(), UNREAD),
        (StreamingDjangoResponse(), UNREAD),
        (StarletteRequest(), f"the response is of type StarletteRequest; {OTHER}"),
        (None, f"the response is of type NoneType; {OTHER}"),
        (3, f"the response is of type int; {OTHER}"),
        ({"a": {1}}, "the response cannot be written as JSON; pass what was decoded from JSON"),
    ],
)
def test_what_cannot_be_used_is_refused_without_its_content(message: object, said: str) -> None:
    with pytest.raises(MessageTypeError) as error:
        capture(message)
    assert str(error.value) == said
    assert error.value.__cause__ is None
    assert asyncio.iscoroutinefunction(StarletteRequest.body)


def test_an_exchange_shows_no_message() -> None:
    assert repr(capture(BYTES, SENT)) == f"<exchange, {len(BYTES)} bytes>"


def test_the_name_of_a_file_is_not_taken_for_a_message(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_text("<a/>")
    with pytest.raises(MessageTypeError) as error:
        message_bytes("response", str(file))
    assert str(error.value) == "the response is the name of a file; pass pathlib.Path(...) to have it read"
    assert message_bytes("response", str(tmp_path)) == str(tmp_path).encode(), "no other text is looked up"
