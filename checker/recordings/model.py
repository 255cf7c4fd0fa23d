"""A recording: a response with the request and the sidecar that belong to it, wherever it was found."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from ...rules.files import os_error_text
from ..core.display import escape_unprintable
from ..core.errors import Reason, UncheckedError
from ..core.limits import Limits
from .http_facts import NO_HTTP_FACTS, HttpFacts

STDIN = "-"

_CHUNK_SIZE = 1 << 20

_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
"""Non-blocking, so that nothing waits if a pipe has taken a file's place."""


@dataclass(frozen=True, slots=True)
class UnreadableContent:
    """Stands for bytes that exist and cannot be read: a broken encoding, an encrypted member."""

    reason: Reason
    detail: str


Content = Path | bytes | UnreadableContent | None
"""The bytes of a message: in a file, in memory, unreadable, or (None) still to come on standard input."""


class LoadedFile(msgspec.Struct, frozen=True):
    """A small file that was already read."""

    path: str
    content: bytes

    @property
    def name(self) -> str:
        """The name without its folder."""
        return os.path.basename(self.path)

    def __repr__(self) -> str:
        return f"<{len(self.content)} bytes>"  # content is never shown


AttachmentContent = Path | LoadedFile | bytes | UnreadableContent | None
"""The bytes of a request or a sidecar; None if none was recorded."""


MAX_CONTEXT_SIZE = 64 * 1024
"""Bytes that a file about the context of calls can have: it states few facts, and its parser holds many times what it reads."""


class ContextFile(msgspec.Struct, frozen=True):
    """A file that states facts of all calls in a folder; ``name`` is the file's path for people."""

    name: str
    content: bytes | UnreadableContent

    def __repr__(self) -> str:
        return f"<{self.name}>"  # content is never shown


class Part(StrEnum):
    """A part of an exchange that a format may not keep."""

    REQUEST_BODY = "request body"
    REQUEST_HEADERS = "request headers"
    RESPONSE_HEADERS = "response headers"
    URL = "URL"
    STATUS = "status"


class Recording(msgspec.Struct, frozen=True):
    """A response to judge, with what belongs to it. ``source`` is its name for people.

    ``request`` and ``sidecar`` are None if there is none; an empty request means that the call sent no body.
    ``explicit`` is true if the user named the recording, so that it is never skipped. ``traffic`` is true for one of
    many calls of any kind, which counts only if it contains a message of the service. An empty response means that the
    answer had no body. ``sidecar_name`` is the sidecar's name for people, ``http`` what is known of HTTP. ``contexts`` are the files of
    the folders around it, the outermost first. ``format`` is the name of its format if that does not keep all parts of an
    exchange, and ``lacks`` are those that it may not have.
    """

    source: str
    response: Content
    request: AttachmentContent = None
    sidecar: AttachmentContent = None
    explicit: bool = True
    traffic: bool = False
    sidecar_name: str = "sidecar"
    http: HttpFacts = NO_HTTP_FACTS
    contexts: tuple[ContextFile, ...] = ()
    format: str = ""
    lacks: tuple[Part, ...] = ()

    @property
    def absent_parts(self) -> tuple[Part, ...]:
        """The parts that its format need not keep, and that it does not have."""
        return tuple(part for part in self.lacks if self._part(part) is None)

    def _part(self, part: Part) -> object:
        http = self.http
        match part:
            case Part.REQUEST_BODY:
                return self.request
            case Part.REQUEST_HEADERS:
                return http.request_headers
            case Part.RESPONSE_HEADERS:
                return http.response_headers
            case Part.URL:
                return http.url
            case Part.STATUS:
                return http.status

    @property
    def status(self) -> int | None:
        """The HTTP status, if it is known."""
        return self.http.status

    @property
    def size_in_memory(self) -> int:
        """The approximate number of bytes that it keeps in memory."""
        contents = sum(map(_size_in_memory, (self.response, self.request, self.sidecar)))
        return contents + self.http.size_in_memory

    def __repr__(self) -> str:
        return f"<Recording {self.source}>"  # contents are never shown


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that belongs to no response, or a folder that cannot be read."""

    source: str
    why: str
    unreadable: bool = False


Discovered = Recording | SkippedFile
"""An item that discovery or a reader yields."""


def _size_in_memory(content: AttachmentContent) -> int:
    if isinstance(content, LoadedFile):
        return len(content.content)
    return len(content) if isinstance(content, bytes) else 0


def read_bounded(content: AttachmentContent, limits: Limits) -> bytes:
    """Read a message, up to one byte more than the limit; raises UncheckedError if it cannot be read."""
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
            # Reading a pipe would wait for its writer, and reading a device might never end.
            kind = "a folder" if stat.S_ISDIR(found.st_mode) else "not a regular file"
            raise UncheckedError(Reason.UNREADABLE, f"it is {kind}")
        return read_prefix(content, limits.size + 1)
    except (OSError, ValueError) as error:
        raise UncheckedError(Reason.UNREADABLE, f"it cannot be read: {os_error_text(error)}") from None


def read_prefix(path: str | Path, size: int) -> bytes:
    """Read up to ``size`` bytes of a regular file, allocating no more than it has; raises OSError, ValueError."""
    descriptor = os.open(path, _OPEN_FLAGS)
    try:
        expected = os.fstat(descriptor).st_size
        content = os.read(descriptor, min(expected + 1, size, _CHUNK_SIZE))
        # Any other length: the file is large, was changed, or is read in parts.
        while len(content) != expected and len(content) < size:
            chunk = os.read(descriptor, min(size - len(content), _CHUNK_SIZE))
            if not chunk:
                break
            content += chunk
    finally:
        os.close(descriptor)
    return content


def describe_attachment(content: AttachmentContent, kind: str) -> str:
    """Return the name of a response's request or sidecar for people: its file, or its kind."""
    return (
        f"its {kind} `{escape_unprintable(content.name)}`"
        if isinstance(content, (Path, LoadedFile))
        else f"its {kind}"
    )
