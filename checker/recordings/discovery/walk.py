"""Finding recordings: in files, folders and on standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from ...core.atomic_files import TEMPORARY_PREFIX
from ...core.display import escape_unprintable, os_error_text
from ...core.errors import Reason
from ...core.limits import Limits
from ..base import Source
from ..batch import BATCH_SIZE, Batch, read_all
from ..containers.streams import OneShotByteSource
from ..containers.unpack_budget import UnpackBudget
from ..model import STDIN, Discovered, Recording, SkippedFile, UnreadableContent
from ..registry import read_content
from .naming import SiblingFiles, attachments_of, is_attachment, is_claimed, is_message, response_of
from .references import referenced_on_disk
from .single_file import FileBatch, Names, SingleFile


def find_recordings(
    paths: Iterable[str], limits: Limits | None = None, wire: str = "xml"
) -> Iterator[Discovered]:
    """Yield the recordings at paths, in their order; those in a folder are sorted by name.

    ``wire`` is the format of the rulebook's messages. For JSON, files are found by their names, because HAR and
    similar formats are JSON too, and contain the traffic of an XML service.
    """
    return read_all(_find(paths, limits or Limits(), wire, batches=False))


def find_batches(
    paths: Iterable[str], limits: Limits | None = None, wire: str = "xml"
) -> Iterator[Discovered | Batch]:
    """Yield the same recordings in the same order, many of them in batches that other processes can read."""
    return _find(paths, limits or Limits(), wire, batches=True)


def _find(paths: Iterable[str], limits: Limits, wire: str, *, batches: bool) -> Iterator[Discovered | Batch]:
    roots = list(paths)
    if wire != "xml":
        yield from _by_name(roots, wire)
        return
    named = {os.path.normpath(path) for path in roots}
    for path in roots:
        if path == STDIN:
            yield from _on_standard_input(limits)
        elif os.path.isdir(path):
            yield from _in_folder(path, limits, frozenset(), batches=batches)
        elif (response := response_of(path, os.path.lexists)) and os.path.normpath(response) in named:
            continue  # a shell wildcard names a pair's request too; it is read with its response
        else:
            attachments = attachments_of(path, os.path.lexists)
            yield from SingleFile(path, *attachments, explicit=True, in_memory=False).read(
                limits, batches=batches
            )


def _by_name(paths: Iterable[str], wire: str) -> Iterator[Discovered]:
    """Find messages in files and folders by their names alone."""
    roots = list(paths)
    named = {os.path.normpath(path) for path in roots}
    for path in roots:
        response = response_of(path, os.path.lexists, wire)
        if path == STDIN:
            yield Recording(STDIN, None)
        elif os.path.isdir(path):
            yield from _by_name_in_folder(path, wire)
        elif response is None or os.path.normpath(response) not in named:
            yield _named(path, wire, explicit=True)


def _by_name_in_folder(folder: str, wire: str) -> Iterator[Discovered]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _unreadable_folder(folder, error)
        return
    for entry in entries:
        path = os.path.join(folder, entry.name)
        if entry.is_dir(follow_symlinks=False):
            yield from _by_name_in_folder(path, wire)
        elif is_attachment(path, wire):
            if not is_claimed(path, os.path.exists):
                yield SkippedFile(escape_unprintable(path), "no response is beside it")
        elif is_message(path, wire):
            yield _named(path, wire, explicit=False)


def _named(path: str, wire: str, *, explicit: bool) -> Recording:
    request, sidecar = (name and Path(name) for name in attachments_of(path, os.path.lexists, wire))
    return Recording(
        escape_unprintable(path), Path(path), request or None, sidecar or None, explicit=explicit
    )


def _on_standard_input(limits: Limits) -> Iterator[Discovered]:
    source = Source(
        STDIN, limits, UnpackBudget(limits), explicit=True, explicit_root=True, must_be_recording=True
    )
    if sys.stdin is None:  # it was closed when the program began
        yield source.unreadable_recording(UnreadableContent(Reason.UNREADABLE, "standard input is closed"))
    else:
        yield from read_content(OneShotByteSource(sys.stdin.buffer), source)


def _in_folder(
    folder: str, limits: Limits, referenced: frozenset[str], *, batches: bool
) -> Iterator[Discovered | Batch]:
    """Yield the recordings in a folder, without the files, by their resolved paths, that others refer to."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _unreadable_folder(folder, error)
        return
    # Reports are written under a temporary name first, perhaps by this run.
    entries = [entry for entry in entries if not entry.name.startswith(TEMPORARY_PREFIX)]
    prefix = os.path.join(folder, "")
    referenced |= referenced_on_disk(folder, [entry.name for entry in entries], limits)
    if referenced:  # they are read with the recordings that refer to them
        entries = [entry for entry in entries if os.path.realpath(prefix + entry.name) not in referenced]
    files = _Files(prefix, {entry.name: entry for entry in entries}, limits, batches=batches)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from files.waiting()
            yield from _in_folder(prefix + entry.name, limits, referenced, batches=batches)
        elif entry.name not in files.attached:  # those are read with their response
            yield from files.read(entry.name)
    yield from files.waiting()


def _unreadable_folder(folder: str, error: OSError) -> SkippedFile:
    problem = f"the folder cannot be read: {os_error_text(error)}"
    return SkippedFile(escape_unprintable(folder), problem, unreadable=True)


class _Files:
    """The files of a folder, by their names. With ``batches``, messages wait until there are enough for a batch."""

    def __init__(
        self, prefix: str, entries: Mapping[str, os.DirEntry[str]], limits: Limits, *, batches: bool
    ) -> None:
        self._prefix = prefix
        self._entries = entries
        self._siblings = SiblingFiles(entries)
        self.attached = self._siblings.attachments - self._siblings.orphans
        self._limits = limits
        self._batches = batches
        self._batch: list[Names] = []

    def read(self, name: str) -> Iterable[Discovered | Batch]:
        """Return the recordings in a file that is not attached to another, after those that wait."""
        if name in self._siblings.orphans:
            orphan = SkippedFile(escape_unprintable(self._prefix + name), "no response is beside it")
            return (*self.waiting(), orphan)
        request, sidecar = self._siblings.attachments_of(name)
        regular = (
            self._is_regular(name)
            and (request is None or self._is_regular(request))
            and (sidecar is None or self._is_regular(sidecar))
        )
        if self._batches and regular and is_message(name):
            self._batch.append((name, request, sidecar))
            return self.waiting() if len(self._batch) == BATCH_SIZE else ()
        file = SingleFile(
            self._prefix + name,
            None if request is None else self._prefix + request,
            None if sidecar is None else self._prefix + sidecar,
        )
        message = self._message(file) if regular else None
        recordings = file.read(self._limits, batches=self._batches) if message is None else (message,)
        return chain(self.waiting(), recordings) if self._batches else recordings

    def waiting(self) -> Iterable[Batch]:
        """Return the batch of the messages that wait, and begin the next one."""
        batch, self._batch = self._batch, []
        return (FileBatch(self._prefix, batch, self._limits),) if batch else ()

    def _message(self, file: SingleFile) -> Discovered | None:
        try:
            return file.message(self._limits)
        except (OSError, ValueError):
            return None

    def _is_regular(self, name: str) -> bool:
        """Return whether it is a regular file, or a link to one."""
        try:
            return self._entries[name].is_file()
        except OSError:
            return False
