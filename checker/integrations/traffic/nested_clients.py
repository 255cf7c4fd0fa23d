"""Judging an exchange once although several wrappers see it: a client's own, its class's, and those of redirects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_sending: ContextVar[object] = ContextVar("whosees_sending", default=None)


def is_sending(client: object) -> bool:
    """Return whether an outer wrapper already judges what a client does for this call."""
    return _sending.get() is client


@contextmanager
def sent_by(client: object) -> Iterator[None]:
    """Mark the exchanges of the client meanwhile as judged; other clients, which its server may use, judge for themselves."""
    token = _sending.set(client)
    try:
        yield
    finally:
        _sending.reset(token)
