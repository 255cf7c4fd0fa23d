"""Places: the file of a source as the reader of a report finds it, by the repository's root."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import quote

from .escape import escape_control_chars

STDIN = "-"

_IN_ARCHIVE = re.compile(r"(?P<file>.+?\.(?:zip|tar|tgz|tar\.\w+))!(?P<member>.+)", re.IGNORECASE)
_IN_FILE = re.compile(r"(?P<file>.+)#(?P<member>[a-z]+-\d+)")
_IN_LINE = re.compile(r"(?P<file>.+?):(?P<line>[1-9]\d{0,8})")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source is.

    ``file`` is the path from the root, an absolute one for what lies outside, None for standard input. ``member``
    names what is meant inside the file; then lines of the message are none of the file's, and ``line`` is the
    file's line that holds the member, 1 where that is not known.
    """

    file: str | None
    member: str = ""
    line: int = 1

    @property
    def uri(self) -> str:
        """The file as a URI reference: relative to the root, or ``file:`` for what lies outside."""
        if self.file is None:
            return "stdin"
        return ("file://" if self.file.startswith("/") else "") + quote(self.file, safe="/", errors="replace")

    def line_of(self, lines: tuple[int, ...]) -> int:
        """Give the line of the file to point to for what holds in these lines of the message."""
        return self.line if self.member else next(iter(lines), 1)


@dataclass(frozen=True, slots=True)
class Places:
    """The folder that sources are relative to, and the root that reports name files from; both absolute."""

    folder: str = "/"
    root: str = "/"

    def of(self, source: str) -> Place:
        """Find the place of a source, a member of an archive or of a log included."""
        if source == STDIN:
            return Place(None)
        if match := _IN_ARCHIVE.fullmatch(source):
            return Place(self._from_root(match["file"]), escape_control_chars(match["member"]))
        if match := _IN_FILE.fullmatch(source):
            return Place(self._from_root(match["file"]), escape_control_chars(match["member"]))
        if match := _IN_LINE.fullmatch(source):
            return Place(self._from_root(match["file"]), f"line {match['line']}", int(match["line"]))
        return Place(self._from_root(source))

    def _from_root(self, file: str) -> str:
        path = posixpath.normpath(posixpath.join(self.folder, file))
        root = self.root.rstrip("/") + "/"
        return escape_control_chars(path.removeprefix(root) if path.startswith(root) else path)
