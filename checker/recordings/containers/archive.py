"""Archives: members that stand beside each other as files in a folder do, read as a stream.

Names of members pair them and name them for people; nothing is ever written to where they lead. An archive is read
twice: first its names, so that it is known what belongs together, then its contents in their order. What comes
before its companions waits for them, within bounds.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from ...core.display import escape_unprintable
from ...core.errors import Reason, limit_option
from ..base import Place
from ..discovery.naming import companions_of, is_companion, response_of
from ..discovery.references import FILES, MAPPINGS, FilesInArchive
from ..model import Discovered, SkippedFile, UnreadableContent
from ..read_errors import BROKEN, BROKEN_OFF
from .streams import HeldOrigin, Origin, read_up_to
from .unpack_budget import BudgetExceededError

_TWICE = UnreadableContent(
    Reason.UNREADABLE, "the archive has this name more than once, and which of them counts is not known"
)
_FAR_APART = UnreadableContent(
    Reason.TOO_LARGE,
    "too much lies between it and what belongs to it in the archive;"
    f" pack them side by side, or {limit_option('held')} allows more",
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its content, or why that cannot be had. ``special`` is a link, a device or the like."""

    name: str
    content: Origin | UnreadableContent
    special: bool = False


class Archive(Protocol):
    """An archive that can be gone through several times."""

    def names(self) -> Iterator[str]:
        """Give the names of its members, folders left out."""
        ...

    def members(self) -> Iterator[Member]:
        """Give its members in their order; the content of one is read before the next is asked for."""
        ...


Read = Callable[[Origin, Place], Iterator[Discovered]]
"""What reads a member, whatever it is."""


def read_archive(archive: Archive, place: Place, read: Read) -> Iterator[Discovered]:
    """Give the recordings in an archive; raises Refusal where it goes beyond a limit."""
    limits, expansion = place.limits, place.expansion
    inside = place.deeper()
    names = Counter[str]()
    characters = 0
    with expansion.rehearsal():
        for name in archive.names():
            expansion.member()
            names[name] += 1
            characters += len(name)
            if characters > limits.held:
                raise BudgetExceededError(
                    f"the names of its members are longer than {limits.held:,} characters in all", "held"
                )
    yield from _Reading(inside, names, read).through(archive)


@dataclass(slots=True)
class _Reading:
    """One way through an archive, and what waits on it for what belongs to it. ``place`` is that of its members."""

    place: Place
    names: Counter[str]
    read: Read
    roots: frozenset[str] = frozenset()
    said: set[str] = field(default_factory=set)
    companions: dict[str, bytes | UnreadableContent] = field(default_factory=dict)
    waiting: dict[str, bytes | UnreadableContent] = field(default_factory=dict)
    mappings: dict[str, bytes | UnreadableContent] = field(default_factory=dict)
    files: dict[str, bytes | UnreadableContent] = field(default_factory=dict)
    held: int = 0

    def __post_init__(self) -> None:
        folders = {FILES: set[str](), MAPPINGS: set[str]()}
        for name in self.names:
            for folder, roots in folders.items():
                if (root := _root(name, folder)) is not None:
                    roots.add(root)
        self.roots = frozenset(folders[FILES] & folders[MAPPINGS])

    def through(self, archive: Archive) -> Iterator[Discovered]:
        """Go through it, and then see to what had to wait for its end."""
        for member in archive.members():
            self.place.expansion.member()
            if self.names[member.name] > 1:
                yield from self._twice(member.name)
            else:
                yield from self._member(member)
        yield from self._mapped()

    def _member(self, member: Member) -> Iterator[Discovered]:
        name, content = member.name, member.content
        if is_companion(name):
            yield from self._companion(name, self._hold(content))
        elif _root(name, FILES) in self.roots:
            self.files[posixpath.normpath(name)] = self._hold(content)
        elif _root(name, MAPPINGS) in self.roots:
            self.mappings[name] = self._hold(content)
        elif any(companions_of(name, self._exists)):
            self.waiting[name] = self._hold(content)
            yield from self._complete(name)
        else:
            yield from self._give(content, self._at(name), special=member.special)

    def _twice(self, name: str) -> Iterator[Discovered]:
        if name in self.said:
            return
        self.said.add(name)
        if is_companion(name):
            yield from self._companion(name, _TWICE)
        else:
            yield self._at(name).broken(_TWICE)

    def _companion(self, name: str, content: bytes | UnreadableContent) -> Iterator[Discovered]:
        response = response_of(name, self._exists)
        if response is None or response not in self.names:
            self._release(content)
            yield SkippedFile(self._source(name), "no response stands beside it")
            return
        self.companions[name] = content
        if response in self.waiting:
            yield from self._complete(response)

    def _complete(self, name: str) -> Iterator[Discovered]:
        """Give a response that waits, once all that belongs to it was read."""
        wanted = companions_of(name, self._exists)
        if any(companion is not None and companion not in self.companions for companion in wanted):
            return
        content = self.waiting.pop(name)
        request, sidecar = (self.companions.pop(companion) if companion else None for companion in wanted)
        for released in (content, request, sidecar):
            self._release(released)
        yield from self._give(_origin(content), replace(self._at(name), request=request, sidecar=sidecar))

    def _mapped(self) -> Iterator[Discovered]:
        """Give WireMock's mappings with the files that they name, and then the files that none of them names."""
        used = set[str]()
        for name, content in self.mappings.items():
            folder = posixpath.join(_root(name, MAPPINGS) or "", FILES)
            neighbours = FilesInArchive(posixpath.normpath(folder), self.files, used)
            yield from self._give(_origin(content), replace(self._at(name), neighbours=neighbours))
        for name, content in self.files.items():
            if name not in used:
                yield from self._give(_origin(content), self._at(name))

    def _give(
        self, content: Origin | UnreadableContent, place: Place, *, special: bool = False
    ) -> Iterator[Discovered]:
        if not isinstance(content, UnreadableContent):
            yield from self.read(content, place)
        elif place.counts or (place.asked and not special):
            yield place.broken(content)
        else:
            yield SkippedFile(place.source, content.detail)

    def _hold(self, content: Origin | UnreadableContent) -> bytes | UnreadableContent:
        """Keep a member until what belongs to it was read: up to the largest size of a message and a byte more."""
        if isinstance(content, UnreadableContent):
            return content
        limits = self.place.limits
        try:
            with content.begin() as stream:
                held = read_up_to(stream, limits.size + 1)
        except BudgetExceededError:
            raise
        except BROKEN:
            return UnreadableContent(Reason.UNREADABLE, BROKEN_OFF)
        if self.held + len(held) > limits.held:
            return _FAR_APART
        self.held += len(held)
        return held

    def _release(self, content: bytes | UnreadableContent | None) -> None:
        if isinstance(content, bytes):
            self.held -= len(content)

    def _exists(self, name: str) -> bool:
        return name in self.names

    def _source(self, name: str) -> str:
        # Bytes that are no text come as surrogates from tar, and as they were decoded from zip.
        return f"{self.place.source}!{escape_unprintable(name)}"

    def _at(self, name: str) -> Place:
        lowered = name.lower()
        return replace(
            self.place,
            source=self._source(name),
            named=False,
            counts=lowered.endswith(".response.xml") or (self.place.asked and lowered.endswith(".xml")),
            request=None,
            sidecar=None,
            neighbours=None,
        )


def _origin(content: bytes | UnreadableContent) -> Origin | UnreadableContent:
    return content if isinstance(content, UnreadableContent) else HeldOrigin(content)


def _root(name: str, folder: str) -> str | None:
    """Give what stands before a folder in a path, with its slash; None where the folder is not in it."""
    if name.startswith(f"{folder}/"):
        return ""
    before, slash, _ = name.partition(f"/{folder}/")
    return f"{before}/" if slash else None
