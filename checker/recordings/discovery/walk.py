"""Finding recordings: in files, folders and on standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from ...core.atomic_files import UNFINISHED
from ...core.display import escape_unprintable
from ...core.errors import Limits, Reason
from ..base import Place
from ..batch import BATCH_SIZE, Batch, read_all
from ..containers.streams import OnceOrigin
from ..containers.unpack_budget import Expansion
from ..file_batch import FileBatch, Names
from ..model import STDIN, Discovered, Recording, SkippedFile, UnreadableContent
from ..registry import read_content
from .naming import Relations, companions_of, is_anothers, is_companion, is_message, response_of
from .references import FILES, MAPPINGS
from .single_file import SingleFile


def find_recordings(
    paths: Iterable[str], limits: Limits | None = None, wire: str = "xml"
) -> Iterator[Discovered]:
    """Give the recordings that paths name, in their order; what is in a folder comes sorted by name.

    ``wire`` is the format of the rulebook's messages. Where it is JSON, files are known by their names: HAR and the
    like are JSON too, and what is in them is traffic of an XML service.
    """
    return read_all(_find(paths, limits or Limits(), wire, lots=False))


def find_batches(
    paths: Iterable[str], limits: Limits | None = None, wire: str = "xml"
) -> Iterator[Discovered | Batch]:
    """Give the same recordings in the same order, many of them in lots that other processes can read."""
    return _find(paths, limits or Limits(), wire, lots=True)


def _find(paths: Iterable[str], limits: Limits, wire: str, *, lots: bool) -> Iterator[Discovered | Batch]:
    given = list(paths)
    if wire != "xml":
        yield from _by_name(given, wire)
        return
    beside = {os.path.normpath(path) for path in given}
    for path in given:
        if path == STDIN:
            yield from _on_standard_input(limits)
        elif os.path.isdir(path):
            yield from _in_folder(path, limits, lots=lots)
        elif (response := response_of(path, os.path.lexists)) and os.path.normpath(response) in beside:
            continue  # a shell wildcard names a pair's request too; it is read with its response
        else:
            beside_it = companions_of(path, os.path.lexists)
            yield from SingleFile(path, *beside_it, named=True, hold=False).read(limits, lots=lots)


def _by_name(paths: Iterable[str], wire: str) -> Iterator[Discovered]:
    """Find messages in files and folders by their names alone."""
    given = list(paths)
    beside = {os.path.normpath(path) for path in given}
    for path in given:
        response = response_of(path, os.path.lexists, wire)
        if path == STDIN:
            yield Recording(STDIN, None)
        elif os.path.isdir(path):
            yield from _by_name_in_folder(path, wire)
        elif response is None or os.path.normpath(response) not in beside:
            yield _named(path, wire, named=True)


def _by_name_in_folder(folder: str, wire: str) -> Iterator[Discovered]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield SkippedFile(
            escape_unprintable(folder), f"the folder cannot be read: {error.strerror}", unreadable=True
        )
        return
    for entry in entries:
        path = os.path.join(folder, entry.name)
        if entry.is_dir(follow_symlinks=False):
            yield from _by_name_in_folder(path, wire)
        elif is_companion(path, wire):
            if not is_anothers(path, os.path.exists):
                yield SkippedFile(escape_unprintable(path), "no response stands beside it")
        elif is_message(path, wire):
            yield _named(path, wire, named=False)


def _named(path: str, wire: str, *, named: bool) -> Recording:
    request, sidecar = (name and Path(name) for name in companions_of(path, os.path.lexists, wire))
    return Recording(escape_unprintable(path), Path(path), request or None, sidecar or None, named=named)


def _on_standard_input(limits: Limits) -> Iterator[Discovered]:
    place = Place(STDIN, limits, Expansion(limits), named=True, asked=True, counts=True)
    if sys.stdin is None:  # it was closed when the program began
        yield place.broken(UnreadableContent(Reason.UNREADABLE, "standard input is closed"))
    else:
        yield from read_content(OnceOrigin(sys.stdin.buffer), place)


def _in_folder(folder: str, limits: Limits, *, lots: bool, hold: bool = True) -> Iterator[Discovered | Batch]:
    """Give what is in a folder; ``hold`` lets messages be given as they were read, and not by their paths."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield SkippedFile(
            escape_unprintable(folder), f"the folder cannot be read: {error.strerror}", unreadable=True
        )
        return
    # What is unfinished is a report that is being written, this run's perhaps.
    entries = [entry for entry in entries if not entry.name.startswith(UNFINISHED)]
    listed = {entry.name: entry for entry in entries}
    served: set[str] | None = None
    if FILES in listed and MAPPINGS in listed:
        # A file that a mapping answers with is judged with that mapping, and so after it.
        entries.sort(key=lambda entry: entry.name == FILES)
        served = set()
        lots = hold = False
    files = _Files(os.path.join(folder, ""), listed, limits, lots=lots, hold=hold)
    for entry in entries:
        if not entry.is_dir(follow_symlinks=False):
            if entry.name not in files.beside:  # that is read with its response
                yield from files.found(entry.name)
            continue
        yield from files.waiting()
        if served is None:
            yield from _in_folder(files.prefix + entry.name, limits, lots=lots, hold=hold)
        else:
            yield from _of_wiremock(files.prefix + entry.name, entry.name, served, limits)
    yield from files.waiting()


class _Files:
    """The files of a folder, by their names. With ``lots``, messages wait until there are enough of them."""

    def __init__(
        self, prefix: str, listed: Mapping[str, os.DirEntry[str]], limits: Limits, *, lots: bool, hold: bool
    ) -> None:
        self.prefix = prefix
        self._listed = listed
        self._relations = Relations(listed)
        self.beside = self._relations.companions - self._relations.lonely
        self._limits = limits
        self._lots = lots
        self._hold = hold
        self._lot: list[Names] = []

    def found(self, name: str) -> Iterable[Discovered | Batch]:
        """Give what a file holds that is not beside another, and before it what waits."""
        if name in self._relations.lonely:
            stray = SkippedFile(escape_unprintable(self.prefix + name), "no response stands beside it")
            return (*self.waiting(), stray)
        request, sidecar = self._relations.companions_of(name)
        regular = (
            self._is_regular(name)
            and (request is None or self._is_regular(request))
            and (sidecar is None or self._is_regular(sidecar))
        )
        if self._lots and regular and is_message(name):
            self._lot.append((name, request, sidecar))
            return self.waiting() if len(self._lot) == BATCH_SIZE else ()
        file = SingleFile(
            self.prefix + name,
            None if request is None else self.prefix + request,
            None if sidecar is None else self.prefix + sidecar,
            hold=self._hold,
        )
        message = self._message(file) if regular else None
        rest = file.read(self._limits, lots=self._lots) if message is None else (message,)
        return chain(self.waiting(), rest) if self._lots else rest

    def waiting(self) -> Iterable[Batch]:
        """Give the lot of what waits."""
        lot, self._lot = self._lot, []
        return (FileBatch(self.prefix, lot, self._limits),) if lot else ()

    def _message(self, file: SingleFile) -> Discovered | None:
        try:
            return file.message(self._limits)
        except (OSError, ValueError):
            return None

    def _is_regular(self, name: str) -> bool:
        """Whether it is a regular file, or a link to one."""
        try:
            return self._listed[name].is_file()
        except OSError:
            return False


def _of_wiremock(path: str, name: str, served: set[str], limits: Limits) -> Iterator[Discovered]:
    """Give what is in a folder beside mappings and files, but no file by itself that a mapping answered with."""
    for found in read_all(
        _in_folder(path, limits, lots=False, hold=False)
    ):  # they are told apart by their paths
        response = found.response if isinstance(found, Recording) else None
        if name == MAPPINGS and isinstance(response, Path):
            served.add(str(response))
        elif name == FILES and isinstance(response, Path) and os.path.realpath(response) in served:
            continue
        yield found
