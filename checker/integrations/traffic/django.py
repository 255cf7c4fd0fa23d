"""Django's test clients."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from ..captured import request_body
from ..http_objects import http_facts, request_of
from .bodies import BodyCopy, copy_chunks, exchange
from .monitor import Monitor
from .nested_clients import is_sending, sent_by
from .wsgi import CopiedInput

Submit = Callable[[object, Monitor, bytes | None], None]


def wrap(original: Callable[..., Any], monitor: Monitor, submit: Submit) -> Callable[..., Any]:
    """Return `Client.request` with a copy of each exchange submitted."""

    @functools.wraps(original)
    def request(self: Any, **environ: Any) -> Any:
        if is_sending(self):
            return original(self, **environ)
        sent = BodyCopy(monitor.max_body)
        with monitor.guard:
            if "wsgi.input" in environ:
                environ["wsgi.input"] = CopiedInput(environ, sent, monitor.guard)
        with sent_by(self):
            response = original(self, **environ)
        with monitor.guard:
            _observe(response, sent, monitor, submit)
        return response

    return request


def wrap_async(
    original: Callable[..., Awaitable[Any]], monitor: Monitor, submit: Submit
) -> Callable[..., Any]:
    """Return `AsyncClient.request` with a copy of each exchange submitted."""

    @functools.wraps(original)
    async def request(self: Any, **scope: Any) -> Any:
        if is_sending(self):
            return await original(self, **scope)
        with sent_by(self):
            response = await original(self, **scope)
        with monitor.guard:
            _observe(response, BodyCopy(monitor.max_body), monitor, submit)
        return response

    return request


def _observe(response: Any, sent: BodyCopy, monitor: Monitor, submit: Submit) -> None:
    if not response.streaming:
        submit(response, monitor, sent.request_content())
        return
    copy = BodyCopy(monitor.max_body)
    own = request_of(response)
    source, http = monitor.next_source(), http_facts(response, own)
    if sent.request_content() is None and (body := request_body(own)) is not None:
        sent.add(body)
        sent.complete = True

    monitor.streams += 1

    def end(*, complete: bool) -> None:
        with monitor.guard:
            monitor.streams -= 1
            copy.complete = complete
            monitor.submit(exchange(source, http, sent, copy))

    if response.is_async:
        copy.miss()
        end(complete=False)
    else:
        response.streaming_content = copy_chunks(response.streaming_content, copy, end)
