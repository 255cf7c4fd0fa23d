"""The protocol of readers of recording formats, and the description of the content that they read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from ..core.errors import Reason
from ..core.limits import Limits, limit_exceeded
from .batch import Batch
from .containers.streams import ByteSource
from .containers.unpack_budget import UnpackBudget
from .http_facts import NO_HTTP_FACTS, HttpFacts
from .model import AttachmentContent, Content, Discovered, Part, Recording, UnreadableContent

XML = frozenset({"xml"})
"""The message formats of a rulebook about XML messages."""


@dataclass(frozen=True, slots=True)
class FormatInfo:
    """The description of a format for users, in the documentation and in messages.

    ``source`` is an example of how the format's entries are named, ``counted_from`` the number of the first one.
    ``lacks`` are the parts of an exchange that it does not keep, or not always, so that what they tell has to be stated.
    """

    name: str
    source: str
    counted_from: str = ""
    lacks: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class FileReferences:
    """The way in which recordings of a format name files that belong to them.

    ``member`` is the member that contains a file's name. Names are looked up in the folder ``files``, which is beside
    the recording or beside the folder ``documents`` that it is in; empty for files that are beside the recording.
    ``suffix`` ends the names of the recordings that may have such files.
    """

    member: str
    files: str = ""
    documents: str = ""
    suffix: str = ""

    def no_folder(self) -> UnreadableContent:
        """Return what stands for a file if there is no folder to look it up in."""
        return self._unreadable(f"names a file, and there is no {self._folder} beside it to look in")

    def outside(self) -> UnreadableContent:
        """Return what stands for a file that would be outside of the folder of such files."""
        return self._unreadable(f"leads out of the {self._folder}, and is not followed")

    def absent(self) -> UnreadableContent:
        """Return what stands for a file that does not exist."""
        return self._unreadable(f"names no file in the {self._folder}")

    def _unreadable(self, problem: str) -> UnreadableContent:
        return UnreadableContent(Reason.UNREADABLE, f"its `{self.member}` {problem}")

    @property
    def _folder(self) -> str:
        return f"folder `{self.files}`" if self.files else "folder of its recording"


class ReferencedFiles(Protocol):
    """The files around a recording that it may name."""

    def content(self, references: FileReferences, name: str) -> Content:
        """Return the content of the file that the recording calls ``name``, never of one that lies elsewhere."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """The place where content was found. ``name`` is its name for people.

    ``explicit`` is true if the user named it, ``explicit_root`` if the user named it or an archive around it, and
    ``must_be_recording`` if the user or its name says that it is a recording, whatever it contains. ``wires`` are the
    formats of the messages that the rulebooks are about. ``request`` and
    ``sidecar`` were found beside it, and ``referenced_files`` are the files that it may name. ``nesting`` is the
    number of archives around it, and ``budget`` limits what they unpack to together. ``format`` and ``lacks`` describe the
    format of its content, if that does not keep all parts of an exchange.
    """

    name: str
    limits: Limits
    budget: UnpackBudget
    wires: frozenset[str] = XML
    explicit: bool = False
    explicit_root: bool = False
    must_be_recording: bool = False
    request: AttachmentContent = None
    sidecar: AttachmentContent = None
    referenced_files: ReferencedFiles | None = None
    nesting: int = 0
    format: str = ""
    lacks: tuple[Part, ...] = ()

    def of_format(self, info: FormatInfo | None) -> Source:
        """Return the source as one of content in a format."""
        return self if info is None or not info.lacks else replace(self, format=info.name, lacks=info.lacks)

    def inside(self) -> Source:
        """Return the source of what is packed in this one; raises UncheckedError if that is nested too deeply."""
        if self.nesting >= self.limits.nesting:
            raise limit_exceeded(f"it is packed more than {self.limits.nesting} times over", "nesting")
        return replace(self, nesting=self.nesting + 1)

    def message(self, response: Content, http: HttpFacts = NO_HTTP_FACTS) -> Recording:
        """Return the recording of a source that contains a single response."""
        return Recording(
            source=self.name,
            response=response,
            request=self.request,
            sidecar=self.sidecar,
            explicit=self.explicit,
            traffic=not (self.explicit or self.must_be_recording),
            http=http,
            format=self.format,
            lacks=self.lacks,
        )

    def entry(
        self,
        fragment: str,
        response: Content,
        request: AttachmentContent = None,
        http: HttpFacts = NO_HTTP_FACTS,
    ) -> Recording:
        """Return the recording of one exchange among others, which ``fragment`` tells apart."""
        return Recording(
            source=self.name + fragment,
            response=response,
            request=request,
            explicit=False,
            traffic=True,
            http=http,
            format=self.format,
            lacks=self.lacks,
        )

    def unreadable_recording(self, problem: UnreadableContent, fragment: str = "") -> Recording:
        """Return a recording that stands for content that cannot be read."""
        return Recording(self.name + fragment, problem, explicit=self.explicit)

    def referenced_file(self, references: FileReferences, name: str) -> Content:
        """Return the content of a file that a recording names."""
        if self.referenced_files is None:
            return references.no_folder()
        return self.referenced_files.content(references, name)


class Reader(ABC):
    """Reads one format."""

    info: ClassVar[FormatInfo | None] = None
    """The format's description; None for a reader that others describe."""

    message_wire: ClassVar[str | None] = None
    """The wire format of which a file is one message, so that it can be read when it is judged; None for others."""

    @abstractmethod
    def recognises(self, head: bytes) -> bool:
        """Return whether content that begins with ``head`` is of this format."""

    @abstractmethod
    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recordings in it one by one.

        Raises UncheckedError, or one of `read_errors.BROKEN`, if the rest cannot be read.
        """


class BatchReader(Reader):
    """Reads a format whose files can be divided, so that several processes read them."""

    @abstractmethod
    def batches(self, path: str, source: Source) -> Iterator[Discovered | Batch]:
        """Yield the content of a regular file in batches; raises OSError."""


ReadContent = Callable[[ByteSource, Source], Iterator[Discovered]]
"""Reads content of any format: containers are given it for what they contain."""
