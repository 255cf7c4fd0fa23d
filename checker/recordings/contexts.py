"""The file ``context.toml`` of a folder, which counts for everything in that folder and below."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from ...rules.files import os_error_text
from ..core.display import escape_unprintable
from ..core.errors import Reason
from .batch import Batch
from .model import (
    MAX_CONTEXT_SIZE,
    ContextFile,
    Discovered,
    Recording,
    SkippedFile,
    UnreadableContent,
    read_prefix,
)

CONTEXT = "context.toml"

Contexts = tuple[ContextFile, ...]
"""The files that count for a recording, the outermost folder's first."""


def context_of_folder(folder: str) -> Contexts:
    """Return the file of a folder on disk, if it has one; one that cannot be read says why."""
    path = os.path.join(folder, CONTEXT)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            content: bytes | UnreadableContent = UnreadableContent(
                Reason.UNREADABLE, "it is not a regular file"
            )
        else:
            content = read_prefix(path, MAX_CONTEXT_SIZE + 1)
    except (OSError, ValueError) as error:
        is_absent = isinstance(error, (FileNotFoundError, NotADirectoryError))
        if is_absent and not os.path.islink(
            path
        ):  # a link that leads nowhere stands for facts that nobody knows
            return ()
        content = UnreadableContent(Reason.UNREADABLE, f"it cannot be read: {os_error_text(error)}")
    return (ContextFile(escape_unprintable(path), content),)


def folders_above(path: str) -> list[str]:
    """Return the folders that a path names above its last part, the outermost first; a relative path begins in the working directory."""
    folders = []
    while path != (path := os.path.dirname(path)):
        folders.append(path)
    return folders[::-1]


def with_contexts(found: Iterable[Discovered | Batch], contexts: Contexts) -> Iterator[Discovered | Batch]:
    """Return what was found below some folders, with their files."""
    return _with_each(found, contexts) if contexts else iter(found)


def _with_each(found: Iterable[Discovered | Batch], contexts: Contexts) -> Iterator[Discovered | Batch]:
    for each in found:
        if isinstance(each, SkippedFile):
            yield each
        elif isinstance(each, Recording):
            yield _with(each, contexts)
        else:
            yield ContextBatch(each, contexts)


def recordings_with(found: Iterable[Discovered], contexts: Contexts) -> Iterator[Discovered]:
    """Yield what was found in some folders of an archive, with their files."""
    for each in found:
        yield _with(each, contexts) if contexts and isinstance(each, Recording) else each


def _with(recording: Recording, contexts: Contexts) -> Recording:
    return replace(recording, contexts=(*contexts, *recording.contexts))


class ContextBatch(msgspec.Struct, frozen=True):
    """A batch of recordings for which the files of some folders count."""

    batch: Batch
    contexts: Contexts

    @property
    def source(self) -> str:
        """The name of its first recording for people."""
        return self.batch.source

    def __len__(self) -> int:
        return len(self.batch)

    def split(self) -> tuple[ContextBatch, ContextBatch] | None:
        """Return its two halves; None if it contains one recording."""
        halves = self.batch.split()
        if halves is None:
            return None
        first, second = halves
        return replace(self, batch=first), replace(self, batch=second)

    def read(self) -> Iterator[Discovered | Batch]:
        """Yield its recordings one by one, and as a batch what may contain many more."""
        return with_contexts(self.batch.read(), self.contexts)
