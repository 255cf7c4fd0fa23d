"""Bodies that a client of httpx or requests reads as a stream: copied while they are read."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from ...recordings import HttpFacts, Recording
from ..captured import request_body
from .bodies import BodyCopy, copy_chunks
from .monitor import Monitor

End = Callable[..., None]


def copy_stream(response: Any, http: HttpFacts, request: object, monitor: Monitor) -> None:
    """Copy the body of a response as its reader gets it, and submit it when it ends or is given up."""
    copy = BodyCopy(monitor.max_body)
    source, sent = monitor.next_source(), request_body(request)
    is_open = True
    monitor.streams += 1

    def end(*, complete: bool) -> None:
        nonlocal is_open
        with monitor.guard:
            if is_open:  # a body that is kept can be read again
                is_open = False
                monitor.streams -= 1
                copy.complete = complete
                monitor.submit(
                    Recording(source, copy.response_content(), sent, explicit=False, traffic=True, http=http)
                )

    if hasattr(response, "iter_content"):
        _copy_requests(response, copy, end)
    else:
        response.stream = _httpx_stream(type(response), response.stream, copy, end)


def _copy_requests(response: Any, copy: BodyCopy, end: End) -> None:
    original = response.iter_content

    def iter_content(*arguments: Any, **options: Any) -> Iterator[Any]:
        def read() -> Iterator[Any]:  # so that what it raises ends the copy
            yield from original(*arguments, **options)

        return copy_chunks(read(), copy, end)

    response.iter_content = iter_content


def _httpx_stream(response_type: type, stream: Any, copy: BodyCopy, end: End) -> Any:
    """Return a stream in place of httpx's own; its base classes are those of the library that is used."""
    library = importlib.import_module(response_type.__module__.partition(".")[0])

    class CopiedStream(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[misc,name-defined]  # known at run time
        def __iter__(self) -> Iterator[bytes]:
            for chunk in stream:
                copy.add(chunk)
                yield chunk
            end(complete=True)

        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for chunk in stream:
                copy.add(chunk)
                yield chunk
            end(complete=True)

        def close(self) -> None:
            stream.close()
            end(complete=False)

        async def aclose(self) -> None:
            await stream.aclose()
            end(complete=False)

    return CopiedStream()
