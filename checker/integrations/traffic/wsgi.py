"""WSGI middleware for Flask, Django and other applications."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...recordings import Headers, HttpFacts
from .bodies import BodyCopy, exchange, quote_path, url_of
from .middleware import Middleware
from .monitor import Guard, Monitor

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

_NOT_HEADERS = ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH")
"""Variables that the specification leaves to CONTENT_TYPE and CONTENT_LENGTH, and some servers set all the same."""


class WhoseesMiddleware(Middleware):
    """Judges the responses of a WSGI application while it serves them.

    >>> from whosees.wsgi import WhoseesMiddleware
    >>> def application(environ, start_response): ...
    >>> application = WhoseesMiddleware(application, rules="github-user")
    """

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a request; bodies pass through as they are, chunk by chunk."""
        copy = None
        with self._monitor.guard:
            if self._monitor.samples():
                copy = CopiedExchange(environ, self._monitor, self._monitor.next_source())
        if copy is None:
            served: Iterable[bytes] = self.app(environ, start_response)
            return served
        return _serve_and_copy(self.app, copy, environ, start_response)


def _serve_and_copy(
    app: Callable[..., Any], copy: CopiedExchange, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    """Serve a request and submit a copy of the exchange when its response is complete or given up."""
    copy.copy_input()

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
        write: Callable[[bytes], object] = start_response(status, headers, *error)
        copy.start(status, headers)

        def write_and_copy(data: bytes) -> object:
            written = write(data)
            copy.add(data)
            return written

        return write_and_copy

    body: Iterable[bytes] = app(environ, start)
    return copy.wrap(body)


class CopiedExchange:
    """The copy of an exchange that is passing through."""

    def __init__(self, environ: Environ, monitor: Monitor, source: str) -> None:
        self.request, self._response = BodyCopy(monitor.max_body), BodyCopy(monitor.max_body)
        self._environ, self._monitor, self._source = environ, monitor, source
        self._status: int | None = None
        self._headers = Headers()
        self._ended = self._is_stream = False

    def copy_input(self) -> None:
        """Copy the body of the request while the application reads it."""
        with self._monitor.guard:
            self._environ["wsgi.input"] = CopiedInput(self._environ, self.request, self._monitor.guard)

    def start(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Note how the response begins."""
        with self._monitor.guard:
            self._status, self._headers = int(status.split(None, 1)[0]), Headers.of(headers)

    def add(self, chunk: bytes) -> None:
        """Copy a chunk of the response."""
        with self._monitor.guard:
            self._response.add(chunk)

    def wrap(self, body: Iterable[bytes]) -> Iterable[bytes]:
        """Return a body for the server: the same object if it is there already, else one that is copied in passing."""
        with self._monitor.guard:
            if isinstance(body, list | tuple):  # servers take the length of the response from it
                for chunk in body:
                    self.add(chunk)
                self.end(complete=True)
            elif self._is_file(body):  # servers send it by themselves
                self._response.miss()
                self.end(complete=False)
            else:
                self._monitor.streams += 1
                self._is_stream = True
                return _SizedBody(body, self) if hasattr(body, "__len__") else _CopiedBody(body, self)
        return body

    def _is_file(self, body: object) -> bool:
        wrapper = self._environ.get("wsgi.file_wrapper")
        return isinstance(wrapper, type) and isinstance(body, wrapper)

    def end(self, *, complete: bool) -> None:
        """Submit the copy, once."""
        with self._monitor.guard:
            if not self._ended:
                self._ended = True
                self._monitor.streams -= self._is_stream
                self._response.complete = complete
                self._monitor.submit(exchange(self._source, self._http(), self.request, self._response))

    def _http(self) -> HttpFacts:
        environ = self._environ
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        return HttpFacts(
            environ["REQUEST_METHOD"].upper(),
            url_of(quote_path(path.encode("latin-1")), environ.get("QUERY_STRING", "").encode("latin-1")),
            self._status,
            Headers.of(_request_headers(environ)),
            self._headers,
        )


class _CopiedBody:
    """The body of a response, of which each chunk is copied when the server asks for it."""

    def __init__(self, body: Iterable[bytes], copy: CopiedExchange) -> None:
        self._body, self._copy = body, copy
        self._chunks: Iterator[bytes] | None = None

    def __iter__(self) -> Iterator[bytes]:
        self._chunks = iter(self._body)
        return self

    def __next__(self) -> bytes:
        if self._chunks is None:
            self._chunks = iter(self._body)
        try:
            chunk = next(self._chunks)
        except StopIteration:
            self._copy.end(complete=True)
            raise
        self._copy.add(chunk)
        return chunk

    def close(self) -> None:
        """Close the body, as servers do at the end; one that was not read to its end is incomplete."""
        try:
            if close := getattr(self._body, "close", None):
                close()
        finally:
            self._copy.end(complete=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)


class _SizedBody(_CopiedBody):
    """A body that tells the number of its chunks, since its original does."""

    def __len__(self) -> int:
        return len(self._body)  # type: ignore[arg-type]  # used only for a body that has a length


class CopiedInput:
    """The body of a request, copied as the application reads it."""

    def __init__(self, environ: Environ, copy: BodyCopy, guard: Guard) -> None:
        self._stream, self._copy, self._guard = environ["wsgi.input"], copy, guard
        length = environ.get("CONTENT_LENGTH") or "0"
        self._left = None if "HTTP_TRANSFER_ENCODING" in environ else int(length)
        copy.complete = self._left == 0

    def read(self, *size: Any, **named: Any) -> bytes:
        """Return the rest of the body, or a part of it."""
        data: bytes = self._stream.read(*size, **named)
        return self._pass(data, ended=(*size, *named.values()) in ((), (None,), (-1,)))

    def readline(self, *size: Any, **named: Any) -> bytes:
        """Return the next line."""
        return self._pass(self._stream.readline(*size, **named))

    def readlines(self, *hint: Any, **named: Any) -> list[bytes]:
        """Return the lines that are left."""
        return [self._pass(line) for line in self._stream.readlines(*hint, **named)]

    def __iter__(self) -> Iterator[bytes]:
        return (self._pass(line) for line in self._stream)

    def _pass(self, data: bytes, *, ended: bool = False) -> bytes:
        with self._guard:
            self._copy.add(data)
            if self._left is not None:
                self._left -= len(data)
            self._copy.complete = ended or not data or self._left == 0
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _request_headers(environ: Environ) -> Iterator[tuple[str, str]]:
    for key, value in environ.items():
        if key.startswith("HTTP_") and key not in _NOT_HEADERS:
            yield key[5:].replace("_", "-").title(), str(value)
        elif key in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            yield key.replace("_", "-").title(), str(value)
