"""The request header in which an HTTP client states facts of its own calls, and removing it.

Its value is a list such as ``service=MC; caller=anonymous``, which `checking.context_header` reads.
"""

from __future__ import annotations

import re

CONTEXT_HEADER = "X-Whosees-Context"

_FIELD = re.compile(
    rb"(?<=\n)" + re.escape(CONTEXT_HEADER).encode() + rb"[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE
)
"""The line of the header, with lines that continue it (RFC 9112, section 5.2)."""


def without_context_header(head: bytes) -> bytes:
    """Return the head of a request without the header; the rest stays as it is, byte for byte."""
    return _FIELD.sub(b"", head)
