"""Finding recordings: in files, folders and on standard input."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..refusal import Limits, Reason
from ..say import fault, printable
from ..whole_files import UNFINISHED
from .expansion import Expansion
from .formats import XML, read_content, reader_of
from .neighbours import FILES, MAPPINGS, FilesOnDisk
from .pairs import Exists, companions_of, is_anothers, is_companion, is_message, response_of
from .reader import Place
from .recording import STDIN, Content, Found, Recording, Stray, Unusable, read_file
from .streams import HEAD, FileOrigin, OnceOrigin


def find_recordings(paths: Iterable[str], limits: Limits | None = None, wire: str = "xml") -> Iterator[Found]:
    """Give the recordings that paths name, in their order; what is in a folder comes sorted by name.

    ``wire`` is the format of the rulebook's messages. Where it is JSON, files are known by their names: HAR and the
    like are JSON too, and what is in them is traffic of an XML service.
    """
    given = list(paths)
    limits = limits or Limits()
    if wire != "xml":
        yield from _by_name(given, wire)
        return
    beside = {os.path.normpath(path) for path in given}
    for path in given:
        if path == STDIN:
            yield from _on_standard_input(limits)
        elif os.path.isdir(path):
            yield from _in_folder(path, limits)
        elif (response := response_of(path, os.path.lexists)) and os.path.normpath(response) in beside:
            continue  # a shell wildcard names a pair's request too; it is read with its response
        else:
            yield from _in_file(path, limits, os.path.lexists, named=True, hold=False)


def _by_name(paths: Iterable[str], wire: str) -> Iterator[Found]:
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


def _by_name_in_folder(folder: str, wire: str) -> Iterator[Found]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Stray(printable(folder), f"the folder cannot be read: {error.strerror}", unreadable=True)
        return
    for entry in entries:
        path = os.path.join(folder, entry.name)
        if entry.is_dir(follow_symlinks=False):
            yield from _by_name_in_folder(path, wire)
        elif is_companion(path, wire):
            if not is_anothers(path, os.path.exists):
                yield Stray(printable(path), "no response stands beside it")
        elif is_message(path, wire):
            yield _named(path, wire, named=False)


def _named(path: str, wire: str, *, named: bool) -> Recording:
    request, sidecar = (name and Path(name) for name in companions_of(path, os.path.lexists, wire))
    return Recording(printable(path), Path(path), request or None, sidecar or None, named=named)


def _on_standard_input(limits: Limits) -> Iterator[Found]:
    place = Place(STDIN, limits, Expansion(limits), named=True, asked=True, counts=True)
    if sys.stdin is None:  # it was closed when the program began
        yield place.broken(Unusable(Reason.UNREADABLE, "standard input is closed"))
    else:
        yield from read_content(OnceOrigin(sys.stdin.buffer), place)


def _in_folder(folder: str, limits: Limits, *, hold: bool = True) -> Iterator[Found]:
    """Give what is in a folder; ``hold`` lets messages be given as they were read, and not by their paths."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Stray(printable(folder), f"the folder cannot be read: {error.strerror}", unreadable=True)
        return
    names = {entry.name for entry in entries}
    served: set[str] | None = None
    if {FILES, MAPPINGS} <= names:
        # A file that a mapping answers with is judged with that mapping, and so after it.
        entries.sort(key=lambda entry: entry.name == FILES)
        served = set()
    siblings = _Siblings(folder, names)
    for entry in entries:
        if entry.name.startswith(UNFINISHED):  # a report that is being written, this run's perhaps
            continue
        path = os.path.join(folder, entry.name)
        if not entry.is_dir(follow_symlinks=False):
            yield from _beside_others(path, siblings, limits, hold=hold and served is None)
        elif served is None:
            yield from _in_folder(path, limits, hold=hold)
        else:
            yield from _of_wiremock(path, entry.name, served, limits)


def _of_wiremock(path: str, name: str, served: set[str], limits: Limits) -> Iterator[Found]:
    """Give what is in a folder beside mappings and files, but no file by itself that a mapping answered with."""
    for found in _in_folder(path, limits, hold=False):  # they are told apart by their paths
        response = found.response if isinstance(found, Recording) else None
        if name == MAPPINGS and isinstance(response, Path):
            served.add(str(response))
        elif name == FILES and isinstance(response, Path) and os.path.realpath(response) in served:
            continue
        yield found


class _Siblings:
    """The names in a folder, by which it is known what stands beside a file without asking the system each time."""

    def __init__(self, folder: str, names: set[str]) -> None:
        self._prefix = os.path.join(folder, "")
        self._names = names

    def are(self, path: str) -> bool:
        """Whether there is something of this name, be it a link that leads nowhere."""
        return path.startswith(self._prefix) and path[len(self._prefix) :] in self._names


def _beside_others(path: str, siblings: _Siblings, limits: Limits, *, hold: bool) -> Iterator[Found]:
    """Give what a file in a folder holds; a request or a sidecar is read with its response."""
    if not is_companion(path):
        yield from _in_file(path, limits, siblings.are, named=False, hold=hold)
        return
    if not is_anothers(path, siblings.are):
        yield Stray(printable(path), "no response stands beside it")


def _out_of_reach(path: str, error: OSError | ValueError) -> Stray:
    """Say of a file that it cannot be read: what it holds is not known, so it counts. A link to nothing holds nothing."""
    if os.path.islink(path) and not os.path.exists(path):
        return Stray(printable(path), "it is a link that leads nowhere")
    return Stray(printable(path), f"it cannot be read: {fault(error)}", unreadable=True)


def _in_file(path: str, limits: Limits, exists: Exists, *, named: bool, hold: bool) -> Iterator[Found]:
    """Give what a file holds. One that cannot be read is left to be said of where it is judged.

    ``hold`` lets a message be given as it was read here; else it is given by its path.
    """
    counts = named or path.lower().endswith(".xml")
    request, sidecar = (name and Path(name) for name in companions_of(path, exists))

    def place() -> Place:
        return Place(
            printable(path),
            limits,
            Expansion(limits),
            named=named,
            asked=named,
            counts=counts,
            request=request or None,
            sidecar=sidecar or None,
            neighbours=FilesOnDisk(path),
        )

    def message(response: Content) -> Recording:
        # As the place would give it; most files are messages, and need none of the rest of a place.
        return Recording(
            source=printable(path),
            response=response,
            request=request or None,
            sidecar=sidecar or None,
            named=named,
            traffic=not counts,
        )

    origin = FileOrigin(path)
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            if named and not os.path.isdir(path):  # such as a pipe that a shell makes of a command
                with origin.begin() as stream:
                    yield from read_content(OnceOrigin(stream), place())
            elif counts:
                yield message(Path(path))
            return
        head = read_file(path, found.st_size, HEAD)
        reader = reader_of(head)
    except (OSError, ValueError) as error:
        yield message(Path(path)) if counts else _out_of_reach(path, error)
        return
    if reader is XML or (reader is None and counts):
        whole = hold and 0 < len(head) < min(HEAD, limits.size)
        yield message(head if whole else Path(path))
    elif reader is not None:
        yield from read_content(origin, place())
