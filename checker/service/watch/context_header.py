"""Removing the header that states facts from the head of a request."""

from __future__ import annotations

import re

from ...checking.context_header import CONTEXT_HEADER

_FIELD = re.compile(
    rb"(?<=\n)" + re.escape(CONTEXT_HEADER).encode() + rb"[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE
)
"""The line of the header, with lines that continue it (RFC 9112, section 5.2)."""


def without_context_header(head: bytes) -> bytes:
    """Return the head of a request without the header; the rest stays as it is, byte for byte."""
    return _FIELD.sub(b"", head)
