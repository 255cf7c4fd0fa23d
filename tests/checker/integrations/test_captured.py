"""Messages as programs have them, and as the libraries give them."""

from __future__ import annotations

import asyncio
import gzip
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flask
import httpx
import pytest
import requests
from django.http import HttpResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from support.integrations import django_client
from whosees.checker.integrations.captured import MessageTypeError, capture, message_bytes
from whosees.checker.recordings import Headers, HttpFacts, UnreadableContent

TEXT = '<?xml version="1.0" encoding="UTF-8"?>\n<a>é&amp;名</a>'
BYTES = TEXT.encode()
SENT = b"<request/>"


URL = "http://x.test/user?page=1"
HEADERS = {"X-Mark": "a"}


class StreamingDjangoResponse:
    status_code = 200

    @property
    def content(self) -> bytes:
        raise AttributeError("This StreamingHttpResponse instance has no `content` attribute.")


class AiohttpResponse:
    """A response with the names of aiohttp's `ClientResponse`; what awaits is left out."""

    _body: bytes | None = None
    method, status, headers = "POST", 200, HEADERS
    content = object()
    request_info = SimpleNamespace(method="POST", url=URL, headers=HEADERS)

    async def read(self) -> bytes:
        self._body = BYTES
        return self._body


class StarletteRequest:
    async def body(self) -> bytes:
        return SENT


def by_httpx() -> object:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=BYTES, headers=HEADERS))
    with httpx.Client(transport=transport) as client:
        return client.post(URL, content=SENT, headers=HEADERS)


def by_requests(data: Any = SENT, method: str = "POST") -> requests.Response:
    class Adapter(requests.adapters.BaseAdapter):
        def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
            response = requests.Response()
            response.status_code, response.request, response.raw = 200, request, io.BytesIO(BYTES)
            response.headers.update(HEADERS)
            return response

        def close(self) -> None:
            pass

    with requests.Session() as session:
        session.mount("http://", Adapter())
        return session.request(method, URL, data=data, headers=HEADERS)


def by_flask() -> object:
    app = flask.Flask("x")

    @app.post("/user")
    def answer() -> flask.Response:
        assert flask.request.get_data() == SENT
        return flask.Response(BYTES, headers=HEADERS)

    return app.test_client().post(URL, data=SENT, headers=HEADERS)


def by_starlette() -> object:
    async def answer(request: Request) -> Response:
        assert await request.body() == SENT
        return Response(BYTES, headers=HEADERS)

    app = Starlette(routes=[Route("/user", answer, methods=["POST"])])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it prefers another package to httpx
        from starlette.testclient import TestClient
    return TestClient(app, base_url="http://x.test").post(URL, content=SENT, headers=HEADERS)


def by_django() -> object:
    client = django_client(lambda: HttpResponse(BYTES, headers=HEADERS))
    return client.generic("POST", "/user?page=1", SENT, headers=HEADERS)


BY_LIBRARY: dict[str, Callable[[], object]] = {
    "httpx": by_httpx,
    "requests": by_requests,
    "Flask": by_flask,
    "Starlette": by_starlette,
    "Django": by_django,
}


@pytest.mark.parametrize("library", BY_LIBRARY)
def test_responses_of_libraries_come_with_their_request_and_what_is_known_of_http(library: str) -> None:
    response = BY_LIBRARY[library]()
    captured = capture(response)
    http = captured.http
    assert (captured.response, captured.request) == (BYTES, SENT)
    assert (http.method, http.status) == ("POST", 200)
    assert http.url is not None
    assert http.url.removeprefix("http://x.test") == "/user?page=1"
    assert http.request_header("x-mark") == http.response_header("x-mark") == ("a",)
    assert capture(response, b"<other/>").request == b"<other/>"
    assert capture(response, b"GET /other HTTP/1.1\r\nA: b\r\n\r\n").http.url == "/other"


def test_a_response_of_aiohttp_counts_once_it_was_read() -> None:
    response = AiohttpResponse()
    with pytest.raises(MessageTypeError) as error:
        capture(response)
    assert str(error.value) == UNREAD
    asyncio.run(response.read())
    http = HttpFacts("POST", URL, 200, Headers(("X-Mark",), ("a",)), Headers(("X-Mark",), ("a",)))
    assert capture(response) == (BYTES, None, http), "the request's body is not kept"


@pytest.mark.parametrize(
    ("make", "sent"),
    [
        (lambda: httpx.Response(200, content=BYTES), None),
        (lambda: by_requests(None, "GET"), b""),
        (lambda: by_requests("<request/>"), SENT),
        (lambda: Response(BYTES), None),
    ],
    ids=["httpx, made by hand", "requests, of a GET", "requests, text", "Starlette, of a view"],
)
def test_a_response_may_know_no_request_or_one_without_a_body(
    make: Callable[[], object], sent: bytes | None
) -> None:
    captured = capture(make())
    assert (captured.response, captured.request, captured.http.status) == (BYTES, sent, 200)


def test_a_compressed_body_is_judged_decoded_and_one_that_cannot_be_is_unchecked() -> None:
    for content, coding in ((gzip.compress(BYTES), "gzip"), (BYTES, "gzip"), (BYTES, "identity")):
        kept = SimpleNamespace(status_code=200, headers={"Content-Encoding": coding}, content=content)
        assert capture(kept).recording("it").response == BYTES
    kept = SimpleNamespace(status_code=200, headers={"Content-Encoding": "compress"}, content=b"\x1f\x9d")
    unread = capture(kept).recording("it").response
    assert isinstance(unread, UnreadableContent)
    assert "compressed with `compress`" in unread.detail


@pytest.mark.parametrize("message", [BYTES, bytearray(BYTES), memoryview(BYTES)])
def test_bytes_are_taken_as_they_are(message: object) -> None:
    captured = capture(message, message)
    assert (captured.response, captured.request, captured.http) == (BYTES, BYTES, HttpFacts())


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
OTHER = (
    "pass bytes, text, decoded JSON, or a response of httpx, requests, aiohttp, Django, Flask or Starlette"
)


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
