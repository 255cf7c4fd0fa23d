"""A recording: a response with the request and the sidecar that belong to it, wherever it was found."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ..core.display import escape_unprintable, os_error_text
from ..core.errors import Limits, Reason, UncheckedError

STDIN = "-"

_PIECE = 1 << 20

_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
"""Not blocking: where a pipe has taken a file's place, nothing is waited for."""


@dataclass(frozen=True, slots=True)
class UnreadableContent:
    """What stands in place of bytes that are there and cannot be had: a broken encoding, an encrypted member."""

    reason: Reason
    detail: str


Content = Path | bytes | UnreadableContent | None
"""Where the bytes of a message are: in a file, at hand, out of reach, or (None) still to come on standard input."""


class LoadedFile(msgspec.Struct, frozen=True):
    """A small file that was read already."""

    path: str
    content: bytes

    @property
    def name(self) -> str:
        """Its own name, without its folder."""
        return os.path.basename(self.path)

    def __repr__(self) -> str:
        return f"<{len(self.content)} bytes>"  # what it holds is not for anybody to see


AttachmentContent = Path | LoadedFile | bytes | UnreadableContent | None
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
    request: AttachmentContent = None
    sidecar: AttachmentContent = None
    named: bool = True
    traffic: bool = False
    status: int | None = None
    stated_by: str = "sidecar"

    @property
    def at_hand(self) -> int:
        """How many bytes it holds in memory."""
        return sum(map(_held, (self.response, self.request, self.sidecar)))


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that was found and belongs to no response, or a folder that cannot be read."""

    source: str
    why: str
    unreadable: bool = False


Discovered = Recording | SkippedFile
"""What a path or a reader gives."""


def _held(content: AttachmentContent) -> int:
    if isinstance(content, LoadedFile):
        return len(content.content)
    return len(content) if isinstance(content, bytes) else 0


def read_bounded(content: AttachmentContent, limits: Limits) -> bytes:
    """Read a message, up to the limit and one byte more; raises Refusal where it cannot be had."""
    if isinstance(content, bytes):
        return content
    if isinstance(content, LoadedFile):
        return content.content
    if isinstance(content, UnreadableContent):
        raise UncheckedError(content.reason, content.detail)
    try:
        if content is None:
            return sys.stdin.buffer.read(limits.size + 1)
        found = os.stat(content)
        if not stat.S_ISREG(found.st_mode):
            # A pipe would be waited for, a device never ends.
            kind = "a folder" if stat.S_ISDIR(found.st_mode) else "no regular file"
            raise UncheckedError(Reason.UNREADABLE, f"it is {kind}")
        return read_start(content, limits.size + 1)
    except (OSError, ValueError) as error:
        raise UncheckedError(Reason.UNREADABLE, f"it cannot be read: {os_error_text(error)}") from None


def read_start(path: str | Path, most: int) -> bytes:
    """Read a regular file, so many bytes at most; raises OSError, ValueError. Room is made for as many as there are."""
    descriptor = os.open(path, _READING)
    try:
        size = os.fstat(descriptor).st_size
        content = os.read(descriptor, min(size + 1, most, _PIECE))
        # Where there are more, or fewer, it is large, or was changed, or comes in parts.
        while len(content) != size and len(content) < most:
            piece = os.read(descriptor, min(most - len(content), _PIECE))
            if not piece:
                break
            content += piece
    finally:
        os.close(descriptor)
    return content


def name_of(content: AttachmentContent, kind: str) -> str:
    """Name a companion of a response for people: its file, or what it is."""
    return (
        f"its {kind} `{escape_unprintable(content.name)}`"
        if isinstance(content, (Path, LoadedFile))
        else f"its {kind}"
    )
