"""A recording: a response with the request and the sidecar that belong to it, wherever it was found."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ..refusal import Limits, Reason, Refusal
from ..say import fault, printable

STDIN = "-"

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Unusable:
    """What stands in place of bytes that are there and cannot be had: a broken encoding, an encrypted member."""

    reason: Reason
    detail: str


Content = Path | bytes | Unusable | None
"""Where the bytes of a message are: in a file, at hand, out of reach, or (None) still to come on standard input."""

Companion = Path | bytes | Unusable | None
"""Where the bytes of a request or a sidecar are; None where none was recorded."""


class Recording(msgspec.Struct, frozen=True):
    """A response to judge, with what belongs to it. ``source`` is its name for people.

    ``request`` and ``sidecar`` are None where there is none; an empty request says that the call sent nothing.
    ``named`` says that the user named the recording, so that it is not passed over in silence whatever it is.
    ``traffic`` says that it is one of many calls of any kind, so that it counts only if it carries a message of the
    service. ``status`` is the HTTP status where it is known; an empty response says that the answer had no body.
    ``stated_by`` is what the sidecar is called for people.
    """

    source: str
    response: Content
    request: Companion = None
    sidecar: Companion = None
    named: bool = True
    traffic: bool = False
    status: int | None = None
    stated_by: str = "sidecar"

    @property
    def at_hand(self) -> int:
        """How many bytes it holds in memory."""
        return sum(
            len(content)
            for content in (self.response, self.request, self.sidecar)
            if isinstance(content, bytes)
        )


@dataclass(frozen=True, slots=True)
class Stray:
    """A file that was found and belongs to no response, or a folder that cannot be read."""

    source: str
    why: str
    unreadable: bool = False


Found = Recording | Stray
"""What a path or a reader gives."""


def read_bounded(content: Content, limits: Limits) -> bytes:
    """Read a message, up to the limit and one byte more; raises Refusal where it cannot be had."""
    if isinstance(content, bytes):
        return content
    if isinstance(content, Unusable):
        raise Refusal(content.reason, content.detail)
    try:
        if content is None:
            return sys.stdin.buffer.read(limits.size + 1)
        found = os.stat(content)
        if not stat.S_ISREG(found.st_mode):
            # A pipe would be waited for, a device never ends.
            kind = "a folder" if stat.S_ISDIR(found.st_mode) else "no regular file"
            raise Refusal(Reason.UNREADABLE, f"it is {kind}")
        return read_file(content, found.st_size, limits.size + 1)
    except (OSError, ValueError) as error:
        raise Refusal(Reason.UNREADABLE, f"it cannot be read: {fault(error)}") from None


def read_file(path: str | Path, expected: int, most: int) -> bytes:
    """Read a regular file, so many bytes at most; raises OSError. Room is made for as many as are expected."""
    with open(path, "rb", buffering=0) as stream:
        content = stream.read(min(expected + 1, most)) or b""
        while len(content) != expected and len(content) < most:  # it was changed, or comes in parts
            piece = stream.read(min(_PIECE, most - len(content)))
            if not piece:
                break
            content += piece
        return content


def name_of(content: Companion, kind: str) -> str:
    """Name a companion of a response for people: its file, or what it is."""
    return f"its {kind} `{printable(content.name)}`" if isinstance(content, Path) else f"its {kind}"
