"""The test client of Werkzeug, and so of Flask."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from .monitor import Monitor
from .nested_clients import is_sending, sent_by
from .wsgi import CopiedExchange


def wrap(original: Callable[..., Any], monitor: Monitor) -> Callable[..., Any]:
    """Return `run_wsgi_app` with a copy of each exchange submitted."""

    @functools.wraps(original)
    def run_wsgi_app(self: Any, environ: dict[str, Any], *arguments: Any, **options: Any) -> Any:
        if is_sending(self):
            return original(self, environ, *arguments, **options)
        copy = CopiedExchange(environ, monitor, monitor.next_source())
        copy.copy_input()
        with sent_by(self):
            body, status, headers = original(self, environ, *arguments, **options)
        with monitor.guard:
            copy.start(status, headers.to_wsgi_list())
            if "content-length" in headers:  # a test may look at the status alone, and never read the body
                chunks, body = _read_whole(body)
                copy.wrap(chunks)
            else:
                body = copy.wrap(body)
        return body, status, headers

    return run_wsgi_app


def _read_whole(body: Iterable[bytes]) -> tuple[list[bytes], Iterable[bytes]]:
    """Read a body whose length is known, so that it is no endless stream; return its chunks, and it as a client gets it."""
    from werkzeug.wsgi import ClosingIterator  # it is here: its client has been called

    chunks = list(body)
    return chunks, ClosingIterator(chunks, getattr(body, "close", None))
