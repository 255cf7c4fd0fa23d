"""Changes to the heads of requests, which the user has to ask for: all else is passed on as it came."""

from __future__ import annotations

import re

from ...core.context_header import without_context_header
from .relay import Rewrite

_HOST = re.compile(rb"(?<=\n)(Host[ \t]*:[ \t]*)[^\r\n]*", re.IGNORECASE)


def rewrite_of(*, strips_context: bool, host: bytes | None) -> Rewrite | None:
    """Return what removes the header that states facts, and puts ``host`` into the header Host; None changes nothing."""
    if not strips_context and host is None:
        return None

    def rewrite(head: bytes) -> bytes:
        kept = without_context_header(head) if strips_context else head
        return kept if host is None else _HOST.sub(rb"\g<1>" + host, kept)

    return rewrite
