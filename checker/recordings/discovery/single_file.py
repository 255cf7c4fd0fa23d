"""A file of recordings, recognised by its first bytes; most files are one message."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from ....rules.files import os_error_text
from ...core.display import escape_unprintable
from ...core.limits import Limits
from ..base import XML, BatchReader, Source
from ..batch import Batch
from ..containers.streams import HEAD, FileByteSource, OneShotByteSource
from ..containers.unpack_budget import UnpackBudget
from ..formats.json_document import MESSAGE
from ..model import AttachmentContent, Content, Discovered, LoadedFile, Recording, SkippedFile, read_prefix
from ..read_errors import errors_as_recordings
from ..registry import is_message, read_content, reader_of
from ..unsupported import DEAD_LINK, LINKED_FOLDER, SPECIAL_FILE, Kind, not_a_recording
from .naming import naming_of
from .references import FilesOnDisk


class SingleFile(NamedTuple):
    """A file by its path, with the paths of the request and the sidecar beside it, None for one that does not exist.

    ``wires`` are the rulebooks' message formats. ``explicit`` is true if the user named it. With ``in_memory`` a small message is yielded as it was read, otherwise
    by its path.
    """

    path: str
    request: str | None
    sidecar: str | None
    wires: frozenset[str] = XML
    explicit: bool = False
    in_memory: bool = True

    @property
    def must_be_recording(self) -> bool:
        """True if it is a recording whatever it contains."""
        return self.explicit or naming_of(self.wires).is_message(self.path)

    def message(self, limits: Limits) -> Recording | None:
        """Return its recording if it is clearly one message, otherwise None; raises OSError, ValueError.

        Its files have to be regular: others are not opened here.
        """
        size = min(HEAD, limits.size) if self.in_memory else 0
        head = read_prefix(self.path, HEAD)
        if not is_message(head, self.wires, complete=len(head) < HEAD):
            return None
        is_json = not head.startswith(b"<")
        return Recording(
            source=escape_unprintable(self.path),
            response=head if len(head) < size else Path(self.path),
            request=None if self.request is None else _load(self.request, size),
            sidecar=None if self.sidecar is None else _load(self.sidecar, size),
            explicit=self.explicit,
            traffic=not self.must_be_recording,
            format=MESSAGE.name if is_json else "",
            lacks=MESSAGE.lacks if is_json else (),
        )

    def read(self, limits: Limits, *, batches: bool = False) -> Iterator[Discovered | Batch]:
        """Yield its recordings, in batches if requested. Errors of reading a message are left to its judge."""
        must_be_recording = self.must_be_recording
        try:
            if not stat.S_ISREG(os.stat(self.path).st_mode):
                yield from self._special(limits)
                return
            head = read_prefix(self.path, HEAD)
            reader = reader_of(head, self.wires)
        except (OSError, ValueError) as error:
            yield self._recording(Path(self.path)) if must_be_recording else self._unreadable(error)
            return
        if reader is not None and reader.message_wire is not None:
            complete = self.in_memory and 0 < len(head) < min(HEAD, limits.size)
            yield self._recording(head if complete else Path(self.path))
        elif batches and isinstance(reader, BatchReader):
            source = self._as_source(limits)
            yield from errors_as_recordings(reader.batches(self.path, source), source)
        else:
            yield from read_content(FileByteSource(self.path), self._as_source(limits))

    def _special(self, limits: Limits) -> Iterator[Discovered]:
        """Read a file that is not regular, such as a pipe that a shell makes of a command; in a folder it is counted."""
        if self.explicit and not os.path.isdir(self.path):
            with FileByteSource(self.path).open() as stream:
                yield from read_content(OneShotByteSource(stream), self._as_source(limits))
        elif self.must_be_recording:
            yield self._recording(Path(self.path))
        else:
            yield self._skipped(LINKED_FOLDER if os.path.isdir(self.path) else SPECIAL_FILE)

    def _skipped(self, kind: Kind) -> SkippedFile:
        return SkippedFile(escape_unprintable(self.path), not_a_recording(kind))

    def _unreadable(self, error: OSError | ValueError) -> SkippedFile:
        """Report that it cannot be read. It counts as unread content, unless it is a link to nothing."""
        if os.path.islink(self.path) and not os.path.exists(self.path):
            return self._skipped(DEAD_LINK)
        return SkippedFile(
            escape_unprintable(self.path), f"it cannot be read: {os_error_text(error)}", unreadable=True
        )

    def _recording(self, response: Content) -> Recording:
        # As its source would return it; most files are messages, and need no source.
        return Recording(
            source=escape_unprintable(self.path),
            response=response,
            request=_path(self.request),
            sidecar=_path(self.sidecar),
            explicit=self.explicit,
            traffic=not self.must_be_recording,
        )

    def _as_source(self, limits: Limits) -> Source:
        return Source(
            escape_unprintable(self.path),
            limits,
            UnpackBudget(limits),
            self.wires,
            explicit=self.explicit,
            explicit_root=self.explicit,
            must_be_recording=self.must_be_recording,
            request=_path(self.request),
            sidecar=_path(self.sidecar),
            referenced_files=FilesOnDisk(self.path),
        )


Names = tuple[str, str | None, str | None]
"""The names of a file, of its request and of its sidecar; None for one that does not exist."""


class FileBatch(msgspec.Struct, frozen=True):
    """Regular files that are named as messages. ``folder`` ends with a separator, unless it is empty."""

    folder: str
    files: list[Names]
    limits: Limits
    wires: frozenset[str] = XML

    @property
    def source(self) -> str:
        """The name of its first recording for people."""
        return escape_unprintable(self.folder + self.files[0][0])

    def __len__(self) -> int:
        return len(self.files)

    def split(self) -> tuple[FileBatch, FileBatch] | None:
        """Return its two halves; None if it is one file."""
        half = len(self.files) // 2
        if not half:
            return None
        return replace(self, files=self.files[:half]), replace(self, files=self.files[half:])

    def read(self) -> Iterator[Discovered | Batch]:
        """Yield the message of each file, and as a batch a file that is no message, which may contain many."""
        folder = self.folder
        for name, request, sidecar in self.files:
            file = SingleFile(
                folder + name,
                None if request is None else folder + request,
                None if sidecar is None else folder + sidecar,
                self.wires,
            )
            try:
                message = file.message(self.limits)
            except (OSError, ValueError):
                message = None
            yield OtherFile(file, self.limits) if message is None else message


class OtherFile(msgspec.Struct, frozen=True):
    """A file that is not a message, or cannot be read."""

    file: SingleFile
    limits: Limits

    @property
    def source(self) -> str:
        """The file's name for people."""
        return escape_unprintable(self.file.path)

    def __len__(self) -> int:
        return 1

    def split(self) -> None:
        """Return None: it is one file."""
        return

    def read(self) -> Iterator[Discovered | Batch]:
        """Yield its recordings."""
        return self.file.read(self.limits)


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)


def _load(name: str, size: int) -> AttachmentContent:
    """Load a file of fewer than ``size`` bytes; return the path of any other."""
    try:
        content = read_prefix(name, size)
    except (OSError, ValueError):  # reported when it is judged
        return Path(name)
    return LoadedFile(name, content) if len(content) < size else Path(name)
