"""Archives: members that are beside each other as files in a folder are, read as a stream.

The names of members pair them and name them for people; nothing is ever written to the paths that they contain. An
archive is read at least twice: first its names, to know which members belong together, then its contents in their
order. A member that comes before what belongs to it waits in memory, within a limit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from ....engine.result import NO_RESPONSE
from ...core.display import escape_unprintable
from ...core.errors import Reason
from ...core.limits import limit_option
from ..base import ReadContent, Source
from ..contexts import CONTEXT, Contexts, recordings_with
from ..discovery.naming import Naming, naming_of
from ..discovery.references import FilesInArchive, ReferencesInArchive
from ..model import MAX_CONTEXT_SIZE, ContextFile, Discovered, SkippedFile, UnreadableContent
from ..read_errors import BROKEN, CUT_OFF
from .streams import ByteSource, MemoryByteSource, read_up_to
from .unpack_budget import BudgetExceededError

DUPLICATE_NAME = UnreadableContent(
    Reason.UNREADABLE, "the archive contains this name more than once, so that its content is ambiguous"
)
_TOO_FAR_APART = UnreadableContent(
    Reason.TOO_LARGE,
    "the archive has too much between it and what belongs to it;"
    f" pack them side by side, or {limit_option('buffered')} allows more",
)

_Buffered = bytes | UnreadableContent


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its content, or why that cannot be read. ``special`` is true for a link or a device."""

    name: str
    content: ByteSource | UnreadableContent
    special: bool = False


class Archive(Protocol):
    """An archive that can be read several times."""

    def names(self) -> Iterator[str]:
        """Yield the names of its members, without folders."""
        ...

    def members(self) -> Iterator[Member]:
        """Yield its members in their order; the content of each has to be read before the next is requested."""
        ...


def read_archive(archive: Archive, source: Source, read_content: ReadContent) -> Iterator[Discovered]:
    """Yield the recordings in an archive; raises UncheckedError if it exceeds a limit."""
    inside = source.inside()
    with source.budget.dry_run():
        names = _count_names(archive, source)
        reading = _Reading(inside, names, read_content)
        reading.find_references(archive)
        reading.find_contexts(archive)
    yield from reading.read(archive)


def _count_names(archive: Archive, source: Source) -> Counter[str]:
    names = Counter[str]()
    characters, allowed = 0, source.limits.buffered
    for name in archive.names():
        source.budget.count_member()
        names[name] += 1
        characters += len(name)
        if characters > allowed:
            raise BudgetExceededError(
                f"the names of its members have more than {allowed:,} characters together", "buffered"
            )
    return names


@dataclass(slots=True)
class _Reading:
    """One reading of an archive, with the members that wait for what belongs to them.

    ``source`` is the source of its members. ``referenced`` are the names that recordings in it refer to, and
    ``referring`` those recordings, which are read after all others.
    """

    source: Source
    names: Counter[str]
    read_content: ReadContent
    duplicates: set[str] = field(default_factory=set)
    attachments: dict[str, _Buffered] = field(default_factory=dict)
    waiting: dict[str, _Buffered] = field(default_factory=dict)
    referenced: set[str] = field(default_factory=set)
    referring: dict[str, _Buffered | None] = field(default_factory=dict)
    files: dict[str, _Buffered] = field(default_factory=dict)
    contexts: dict[str, ContextFile] = field(default_factory=dict)
    buffered: int = 0

    @property
    def naming(self) -> Naming:
        """The rule for the names of files that belong together."""
        return naming_of(self.source.wires)

    def find_references(self, archive: Archive) -> None:
        """Find the members that recordings refer to, if any of the names may be of such a recording."""
        references = ReferencesInArchive(self.names)
        if not references.recordings:
            return
        for member in archive.members():
            if member.name not in references.recordings:
                continue
            content = self._buffer(member.content, self.source.limits.container)
            self._release(content)
            if isinstance(content, bytes) and (referenced := references.of(member.name, content)):
                self.referring[member.name] = None
                self.referenced |= referenced

    def find_contexts(self, archive: Archive) -> None:
        """Find the members that state the context of all calls in their folders."""
        if not any(_is_context(name) for name in self.names):
            return
        for member in archive.members():
            if _is_context(member.name):
                is_double = self.names[member.name] > 1
                content = DUPLICATE_NAME if is_double else self._buffer(member.content, MAX_CONTEXT_SIZE)
                self._release(content)
                folder = member.name.rpartition("/")[0]
                self.contexts[folder] = ContextFile(self._name_of(member.name), content)

    def _contexts_of(self, name: str) -> Contexts:
        """Return the files that count for a member, the outermost folder's first."""
        if not self.contexts:
            return ()
        steps = name.split("/")[:-1]
        folders = ["/".join(steps[:length]) for length in range(len(steps) + 1)]
        return tuple(self.contexts[folder] for folder in folders if folder in self.contexts)

    def read(self, archive: Archive) -> Iterator[Discovered]:
        """Yield the recordings in its members, and at the end those that refer to other members."""
        for member in archive.members():
            self.source.budget.count_member()
            if _is_context(member.name):
                continue
            is_double = self.names[member.name] > 1
            found = self._duplicate(member.name) if is_double else self._member(member)
            yield from recordings_with(found, self._contexts_of(member.name))
        for name, content in self.referring.items():
            if content is not None:
                members = FilesInArchive(name, self.files)
                source = replace(self._source_of(name), referenced_files=members)
                found = self._read_member(_byte_source(content), source)
                yield from recordings_with(found, self._contexts_of(name))

    def _member(self, member: Member) -> Iterator[Discovered]:
        name, content = member.name, member.content
        if self.naming.is_attachment(name):
            yield from self._attachment(name, self._buffer(content))
        elif name in self.referring:
            self.referring[name] = self._buffer(content, self.source.limits.container)
        elif name in self.referenced:
            self.files[name] = self._buffer(content)
        elif any(self.naming.attachments_of(name, self._exists)):
            self.waiting[name] = self._buffer(content)
            yield from self._complete(name)
        else:
            yield from self._read_member(content, self._source_of(name), special=member.special)

    def _duplicate(self, name: str) -> Iterator[Discovered]:
        if name in self.duplicates:
            return
        self.duplicates.add(name)
        if self.naming.is_attachment(name):
            yield from self._attachment(name, DUPLICATE_NAME)
        else:
            yield self._source_of(name).unreadable_recording(DUPLICATE_NAME)

    def _attachment(self, name: str, content: _Buffered) -> Iterator[Discovered]:
        response = self.naming.response_of(name, self._exists)
        if response is None or response not in self.names:
            self._release(content)
            yield SkippedFile(self._name_of(name), NO_RESPONSE)
            return
        self.attachments[name] = content
        if response in self.waiting:
            yield from self._complete(response)

    def _complete(self, name: str) -> Iterator[Discovered]:
        """Read a waiting response if everything that belongs to it was read."""
        needed = self.naming.attachments_of(name, self._exists)
        if any(attachment is not None and attachment not in self.attachments for attachment in needed):
            return
        content = self.waiting.pop(name)
        request, sidecar = (self.attachments.pop(attachment) if attachment else None for attachment in needed)
        for buffered in (content, request, sidecar):
            self._release(buffered)
        source = replace(self._source_of(name), request=request, sidecar=sidecar)
        yield from self._read_member(_byte_source(content), source)

    def _read_member(
        self, content: ByteSource | UnreadableContent, source: Source, *, special: bool = False
    ) -> Iterator[Discovered]:
        if not isinstance(content, UnreadableContent):
            yield from self.read_content(content, source)
        elif source.must_be_recording or (source.explicit_root and not special):
            yield source.unreadable_recording(content)
        else:
            yield SkippedFile(source.name, content.detail)

    def _buffer(self, content: ByteSource | UnreadableContent, size: int | None = None) -> _Buffered:
        """Read a member into memory: up to one byte more than ``size``, by default the maximum size of a message."""
        if isinstance(content, UnreadableContent):
            return content
        limits = self.source.limits
        try:
            with content.open() as stream:
                buffered = read_up_to(stream, (size or limits.size) + 1)
        except BudgetExceededError:
            raise
        except BROKEN:
            return UnreadableContent(Reason.UNREADABLE, CUT_OFF)
        if self.buffered + len(buffered) > limits.buffered:
            return _TOO_FAR_APART
        self.buffered += len(buffered)
        return buffered

    def _release(self, content: _Buffered | None) -> None:
        if isinstance(content, bytes):
            self.buffered -= len(content)

    def _exists(self, name: str) -> bool:
        return name in self.names

    def _name_of(self, member: str) -> str:
        # Bytes that are not text are surrogates in names of tar, and as they were decoded in those of zip.
        return f"{self.source.name}!{escape_unprintable(member)}"

    def _source_of(self, member: str) -> Source:
        named_as_response = self.naming.is_response(member)
        named_as_message = self.source.explicit_root and self.naming.is_message(member)
        return replace(
            self.source,
            name=self._name_of(member),
            explicit=False,
            must_be_recording=named_as_response or named_as_message,
            request=None,
            sidecar=None,
            referenced_files=None,
        )


def _is_context(name: str) -> bool:
    return name.rpartition("/")[2] == CONTEXT


def _byte_source(content: _Buffered) -> ByteSource | UnreadableContent:
    return content if isinstance(content, UnreadableContent) else MemoryByteSource(content)
