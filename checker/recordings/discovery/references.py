"""The files that a mapping's bodyFileName names: in the folder ``__files``, and never outside of it."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import Reason
from ..model import Content, UnreadableContent

FILES, MAPPINGS = "__files", "mappings"

_OUTSIDE = UnreadableContent(
    Reason.UNREADABLE, "its bodyFileName leads out of the folder __files, and is not followed"
)
NO_FILES = UnreadableContent(
    Reason.UNREADABLE, "its bodyFileName names a file, and there is no folder __files beside it to look in"
)
_ABSENT = UnreadableContent(Reason.UNREADABLE, "its bodyFileName names no file in the folder __files")


@dataclass(frozen=True, slots=True)
class FilesOnDisk:
    """The folder ``__files`` that belongs to a mapping on disk, by the mapping's path."""

    mapping: str

    def content(self, name: str) -> Content:
        """Give the file's path; what is no regular file below the folder, links followed, is out of reach."""
        folder = self._folder()
        if folder is None:
            return NO_FILES
        try:
            root = os.path.realpath(folder)
            path = os.path.realpath(os.path.join(root, name))
            if os.path.commonpath([root, path]) != root:
                return _OUTSIDE
            return Path(path) if os.path.isfile(path) else _ABSENT
        except (OSError, ValueError):  # a name with a NUL, or longer than any name
            return _ABSENT

    def _folder(self) -> str | None:
        """Find the folder: beside the mapping, or beside the folder ``mappings`` that it is in."""
        folder = os.path.dirname(os.path.abspath(self.mapping))
        candidates = [folder]
        while os.path.dirname(folder) != folder:
            if os.path.basename(folder) == MAPPINGS:
                candidates.append(os.path.dirname(folder))
                break
            folder = os.path.dirname(folder)
        files = (os.path.join(candidate, FILES) for candidate in candidates)
        return next((path for path in files if os.path.isdir(path)), None)


@dataclass(frozen=True, slots=True)
class FilesInArchive:
    """A folder ``__files`` in an archive: its members by their names, and which of them were asked for."""

    folder: str
    members: dict[str, bytes | UnreadableContent]
    used: set[str]

    def content(self, name: str) -> Content:
        """Give a member's content."""
        path = posixpath.normpath(posixpath.join(self.folder, name))
        if not path.startswith(f"{self.folder}/"):
            return _OUTSIDE
        content: Content = self.members.get(path)
        if content is None:
            return _ABSENT
        self.used.add(path)
        return content
