"""Files that recordings refer to, such as the response bodies of a WireMock mapping: never outside of their folder.

Each format states in `FileReferences` which member contains a file's name, and where such files are.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import UncheckedError
from ...core.limits import Limits
from ..base import FileReferences
from ..formats import JSON_FORMATS
from ..formats.json_document import decode_members
from ..model import Content, UnreadableContent, read_prefix


@dataclass(frozen=True, slots=True)
class FilesOnDisk:
    """The files that a recording on disk may refer to, by the recording's path."""

    recording: str

    def content(self, references: FileReferences, name: str) -> Content:
        """Return the path of a regular file, which has to be below the folder of such files, links resolved."""
        folder = self._folder(references)
        if folder is None:
            return references.no_folder()
        try:
            root = os.path.realpath(folder)
            path = os.path.realpath(os.path.join(root, name))
            if os.path.commonpath([root, path]) != root:
                return references.outside()
            return Path(path) if os.path.isfile(path) else references.absent()
        except (OSError, ValueError):  # a name that contains a NUL, or is too long for any file
            return references.absent()

    def _folder(self, references: FileReferences) -> str | None:
        folder = os.path.dirname(os.path.abspath(self.recording))
        parts = folder.split(os.sep)
        candidates = [folder]
        if references.documents in parts:
            last = len(parts) - 1 - parts[::-1].index(references.documents)
            candidates.append(os.sep.join(parts[:last]) or os.sep)
        folders = (os.path.join(candidate, references.files) for candidate in candidates)
        return next((path for path in folders if os.path.isdir(path)), None)


@dataclass(frozen=True, slots=True)
class FilesInArchive:
    """The members of an archive that a recording in it refers to, by the recording's name."""

    recording: str
    members: Mapping[str, bytes | UnreadableContent]

    def content(self, references: FileReferences, name: str) -> Content:
        """Return a member's content."""
        member = _member(references, self.recording, name)
        if member is None:
            return references.outside()
        return self.members.get(member, references.absent())


class ReferencesInArchive:
    """Tells which members of an archive recordings in it refer to. ``recordings`` are those that may refer to any."""

    def __init__(self, names: Collection[str]) -> None:
        self.recordings = frozenset(name for name in names if _may_refer(name))

    def of(self, recording: str, content: bytes) -> set[str]:
        """Return the names of the members that a recording refers to."""
        members = (_member(references, recording, name) for references, name in references_in(content))
        return {member for member in members if member is not None}


def referenced_on_disk(folder: str, names: Iterable[str], limits: Limits) -> set[str]:
    """Return the resolved paths of the files that recordings in a folder, and below its subfolders, refer to."""
    found: set[str] = set()
    for path in _recordings_on_disk(folder, names):
        try:
            content = read_prefix(path, limits.container)
        except (OSError, ValueError):  # reported when the recording is read
            continue
        files = FilesOnDisk(path)
        paths = (files.content(references, name) for references, name in references_in(content))
        found.update(str(referenced) for referenced in paths if isinstance(referenced, Path))
    return found


def references_in(content: bytes) -> Iterator[tuple[FileReferences, str]]:
    """Yield the names of files in a recording; nothing if it cannot be read, which is reported elsewhere."""
    used = [form for form in JSON_FORMATS if form.references and form.references.member.encode() in content]
    try:
        members = decode_members(content) if used else {}
        for form in used:
            if form.references is not None and form.matches(members):
                for name in form.referenced_names(members):
                    yield form.references, name
    except UncheckedError:
        return


def _recordings_on_disk(folder: str, names: Iterable[str]) -> Iterator[str]:
    """Yield the paths of the recordings that may refer to other files."""
    listed = frozenset(names)
    for references in _ALL:
        if references.documents and {references.documents, references.files} <= listed:
            for below, _, files in os.walk(os.path.join(folder, references.documents)):
                yield from (os.path.join(below, name) for name in files)
        elif references.suffix:
            yield from (os.path.join(folder, name) for name in listed if _has_suffix(name, references))


def _may_refer(name: str) -> bool:
    return any(
        _has_suffix(name, references)
        or (references.documents in name.split("/")[:-1] and references.documents)
        for references in _ALL
    )


def _has_suffix(name: str, references: FileReferences) -> bool:
    return references.suffix != "" and name.lower().endswith(references.suffix)


def _member(references: FileReferences, recording: str, name: str) -> str | None:
    """Return the member that a recording calls ``name``; None if that leads out of the folder of such files."""
    *folders, _ = recording.split("/")
    if references.documents in folders:
        folders = folders[: len(folders) - 1 - folders[::-1].index(references.documents)]
    folder = "/".join([*folders, references.files] if references.files else folders)
    member = posixpath.normpath(posixpath.join(folder, name))
    inside = member.startswith(f"{folder}/") if folder else not member.startswith(("../", "/"))
    return member if inside else None


_ALL = tuple(form.references for form in JSON_FORMATS if form.references is not None)
