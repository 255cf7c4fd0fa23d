"""Finding recordings: in files, folders and on standard input."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from ....engine.result import NO_RESPONSE
from ....rules.files import os_error_text
from ...core.atomic_files import TEMPORARY_PREFIX
from ...core.display import escape_unprintable
from ...core.errors import Reason
from ...core.limits import Limits
from ..base import Source
from ..batch import BATCH_SIZE, Batch, read_all
from ..containers.streams import OneShotByteSource
from ..containers.unpack_budget import UnpackBudget
from ..contexts import CONTEXT, Contexts, context_of_folder, folders_above, with_contexts
from ..model import STDIN, Discovered, SkippedFile, UnreadableContent
from ..registry import read_content
from .naming import SiblingFiles, naming_of
from .references import referenced_on_disk
from .single_file import FileBatch, Names, SingleFile


def find_recordings(
    paths: Iterable[str], limits: Limits | None = None, wire: str | Iterable[str] = "xml"
) -> Iterator[Discovered]:
    """Yield the recordings at paths, in their order; those in a folder are sorted by name.

    ``wire`` is the format of the rulebook's messages, or the formats if there are several rulebooks. Containers are
    opened whatever it is; a file that is a message by itself counts if it is in such a format.
    """
    return read_all(_find(paths, limits or Limits(), _wires(wire), batches=False))


def find_batches(
    paths: Iterable[str], limits: Limits | None = None, wire: str | Iterable[str] = "xml"
) -> Iterator[Discovered | Batch]:
    """Yield the same recordings in the same order, many of them in batches that other processes can read."""
    return _find(paths, limits or Limits(), _wires(wire), batches=True)


def named_pipes(paths: Iterable[str]) -> list[str]:
    """Return the paths that are named pipes: reading one waits until a program writes to it."""
    return [path for path in paths if not path.startswith(_CONNECTED) and _is_pipe(path)]


_CONNECTED = ("/dev/fd/", "/dev/stdin", "/proc/")
"""Pipes that a shell has connected already."""


def _is_pipe(path: str) -> bool:
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def _wires(wire: str | Iterable[str]) -> frozenset[str]:
    return frozenset([wire] if isinstance(wire, str) else wire)


def _find(
    paths: Iterable[str], limits: Limits, wires: frozenset[str], *, batches: bool
) -> Iterator[Discovered | Batch]:
    roots, naming = list(paths), naming_of(wires)
    named = {os.path.normpath(path) for path in roots}
    above = _ContextsAbove()
    for path in roots:
        response = naming.response_of(path, os.path.lexists)
        if path == STDIN:
            yield from _on_standard_input(limits, wires)
        elif os.path.isdir(path):
            found = _Folder(limits, wires, batches).read(path, frozenset())
            yield from with_contexts(found, above.of(path))
        elif response is None or os.path.normpath(response) not in named:
            # A shell wildcard names a pair's request too; it is read with its response.
            attachments = naming.attachments_of(path, os.path.lexists)
            file = SingleFile(path, *attachments, wires, explicit=True, in_memory=False)
            yield from with_contexts(file.read(limits, batches=batches), above.of(path))


class _ContextsAbove:
    """The files about the context of calls in the folders that paths name, each read once."""

    def __init__(self) -> None:
        self._known: dict[str, Contexts] = {}

    def of(self, path: str) -> Contexts:
        """Return the files that count for everything at a path, the outermost first."""
        contexts: Contexts = ()
        for folder in folders_above(path):
            if folder not in self._known:
                self._known[folder] = context_of_folder(folder)
            contexts += self._known[folder]
        return contexts


def _on_standard_input(limits: Limits, wires: frozenset[str]) -> Iterator[Discovered]:
    source = Source(
        STDIN, limits, UnpackBudget(limits), wires, explicit=True, explicit_root=True, must_be_recording=True
    )
    if sys.stdin is None:  # it was closed when the program began
        yield source.unreadable_recording(UnreadableContent(Reason.UNREADABLE, "standard input is closed"))
    else:
        yield from read_content(OneShotByteSource(sys.stdin.buffer), source)


class _Folder(NamedTuple):
    """The settings by which folders are read."""

    limits: Limits
    wires: frozenset[str]
    batches: bool

    def read(self, folder: str, referenced: frozenset[str]) -> Iterator[Discovered | Batch]:
        """Yield the recordings in a folder, without the files, by their resolved paths, that others refer to."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield _unreadable_folder(folder, error)
            return
        # Reports are written under a temporary name first, perhaps by this run.
        entries = [entry for entry in entries if not entry.name.startswith(TEMPORARY_PREFIX)]
        prefix = os.path.join(folder, "")
        referenced |= referenced_on_disk(folder, [entry.name for entry in entries], self.limits)
        if referenced:  # they are read with the recordings that refer to them
            entries = [entry for entry in entries if os.path.realpath(prefix + entry.name) not in referenced]
        contexts = context_of_folder(folder) if any(entry.name == CONTEXT for entry in entries) else ()
        entries = [entry for entry in entries if entry.name != CONTEXT]
        yield from with_contexts(self._recordings(prefix, entries, referenced), contexts)

    def _recordings(
        self, prefix: str, entries: Sequence[os.DirEntry[str]], referenced: frozenset[str]
    ) -> Iterator[Discovered | Batch]:
        files = _Files(prefix, {entry.name: entry for entry in entries}, self)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from files.waiting()
                yield from self.read(prefix + entry.name, referenced)
            elif entry.name not in files.attached:  # those are read with their response
                yield from files.read(entry.name)
        yield from files.waiting()


def _unreadable_folder(folder: str, error: OSError) -> SkippedFile:
    problem = f"the folder cannot be read: {os_error_text(error)}"
    return SkippedFile(escape_unprintable(folder), problem, unreadable=True)


class _Files:
    """The files of a folder, by their names. If batches are wanted, messages wait until there are enough for one."""

    def __init__(self, prefix: str, entries: Mapping[str, os.DirEntry[str]], folder: _Folder) -> None:
        self._prefix = prefix
        self._entries = entries
        self._naming = naming_of(folder.wires)
        self._siblings = SiblingFiles(entries, self._naming)
        self.attached = self._siblings.attachments - self._siblings.orphans
        self._folder = folder
        self._batch: list[Names] = []

    def read(self, name: str) -> Iterable[Discovered | Batch]:
        """Return the recordings in a file that is not attached to another, after those that wait."""
        if name in self._siblings.orphans:
            orphan = SkippedFile(escape_unprintable(self._prefix + name), NO_RESPONSE)
            return (*self.waiting(), orphan)
        request, sidecar = self._siblings.attachments_of(name)
        regular = (
            self._is_regular(name)
            and (request is None or self._is_regular(request))
            and (sidecar is None or self._is_regular(sidecar))
        )
        if self._folder.batches and regular and self._naming.is_message(name):
            self._batch.append((name, request, sidecar))
            return self.waiting() if len(self._batch) == BATCH_SIZE else ()
        file = SingleFile(
            self._prefix + name,
            None if request is None else self._prefix + request,
            None if sidecar is None else self._prefix + sidecar,
            self._folder.wires,
        )
        message = self._message(file) if regular else None
        recordings = (
            file.read(self._folder.limits, batches=self._folder.batches) if message is None else (message,)
        )
        return chain(self.waiting(), recordings) if self._folder.batches else recordings

    def waiting(self) -> Iterable[Batch]:
        """Return the batch of the messages that wait, and begin the next one."""
        batch, self._batch = self._batch, []
        return (FileBatch(self._prefix, batch, self._folder.limits, self._folder.wires),) if batch else ()

    def _message(self, file: SingleFile) -> Discovered | None:
        try:
            return file.message(self._folder.limits)
        except (OSError, ValueError):
            return None

    def _is_regular(self, name: str) -> bool:
        """Return whether it is a regular file, or a link to one."""
        try:
            return self._entries[name].is_file()
        except OSError:
            return False
