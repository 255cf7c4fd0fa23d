"""What every reader is, and what it is told of the content that it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from ..core.errors import Limits, limit_exceeded
from .containers.streams import Origin
from .containers.unpack_budget import Expansion
from .model import AttachmentContent, Content, Discovered, Recording, UnreadableContent


class Neighbours(Protocol):
    """Files that a recording names, and that lie beside it."""

    def content(self, name: str) -> Content:
        """Give the content of a file by the name that a recording has for it; never of one that lies elsewhere."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where content was found. ``source`` is its name for people.

    ``named`` says that the user named it, ``asked`` that the user named it or an archive around it, ``counts`` that
    it is to be a recording whatever it holds: the user or its name says so. ``request`` and ``sidecar`` stand beside it, ``neighbours`` are the files that it may name.
    ``nesting`` is how many archives it lies in, ``expansion`` the bound on what all of them unpack to.
    """

    source: str
    limits: Limits
    expansion: Expansion
    named: bool = False
    asked: bool = False
    counts: bool = False
    request: AttachmentContent = None
    sidecar: AttachmentContent = None
    neighbours: Neighbours | None = None
    nesting: int = 0

    def deeper(self) -> Place:
        """Give the place of what is packed in it; raises Refusal where that lies too deep."""
        if self.nesting >= self.limits.nesting:
            raise limit_exceeded(f"it is packed more than {self.limits.nesting} times over", "nesting")
        return replace(self, nesting=self.nesting + 1)

    def message(self, response: Content, status: int | None = None) -> Recording:
        """Give the recording of a place that holds a single response."""
        return Recording(
            source=self.source,
            response=response,
            request=self.request,
            sidecar=self.sidecar,
            named=self.named,
            traffic=not (self.named or self.counts),
            status=status,
        )

    def entry(
        self, mark: str, response: Content, request: AttachmentContent = None, status: int | None = None
    ) -> Recording:
        """Give the recording of one call among others; ``mark`` tells it from them."""
        return Recording(
            source=self.source + mark,
            response=response,
            request=request,
            named=False,
            traffic=True,
            status=status,
        )

    def broken(self, fault: UnreadableContent, mark: str = "") -> Recording:
        """Give a recording that stands for what cannot be read."""
        return Recording(self.source + mark, fault, named=self.named)


class Reader(Protocol):
    """Reads one format."""

    def recognises(self, head: bytes) -> bool:
        """Whether content that begins so is of this format."""
        ...

    def read(self, origin: Origin, place: Place) -> Iterator[Discovered]:
        """Give the recordings in it one by one. Raises Refusal, OSError, EOFError or zlib.error where it breaks off."""
        ...
