"""Locations of recordings in files, named from the root of the repository as CI systems name them."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import quote

from .escape import escape_control_chars

STDIN = "-"

_IN_ARCHIVE = re.compile(r"(?P<file>-|.+?\.(?:zip|tar|tgz|tar\.\w+))!(?P<member>.+)", re.IGNORECASE)
_IN_FILE = re.compile(r"(?P<file>.+)#(?P<member>[a-z]+-\d+(?:\[\d+\])?)")
_IN_LINE = re.compile(r"(?P<file>.+?):(?P<line>[1-9]\d{0,8})(?P<item>\[\d+\])?")
_ITEM = re.compile(r"(?P<file>-|.+\.\w+)\[\d+\]")
"""An item of a list; the lines of a message that is a file are those of the file."""


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """The location of a recording.

    ``file`` is the path from the root, an absolute path for a file outside it, None for standard input. ``member``
    names the recording inside the file, such as an entry of an archive. The lines of such a message are not lines of
    the file; ``line`` is then the line of the file that contains the member, or 1 if that is not known.
    """

    file: str | None
    member: str = ""
    line: int = 1

    @property
    def uri(self) -> str:
        """The file as a URI reference: relative to the root, or a ``file:`` URI for a file outside it."""
        if self.file is None:
            return "stdin"
        return ("file://" if self.file.startswith("/") else "") + quote(self.file, safe="/", errors="replace")

    def line_of(self, lines: tuple[int, ...]) -> int:
        """Return the line of the file to point to for a finding in these lines of the message."""
        return self.line if self.member else next(iter(lines), 1)


@dataclass(frozen=True, slots=True)
class SourceLocations:
    """Resolver of source names; both paths are absolute.

    ``folder`` is what sources are relative to, ``root`` what reports name files from.
    """

    folder: str = "/"
    root: str = "/"

    def locate(self, source: str) -> SourceLocation:
        """Return the location of a source, which may be an entry of an archive or of a log."""
        for pattern in (_IN_ARCHIVE, _IN_FILE, _IN_LINE, _ITEM):
            if match := pattern.fullmatch(source):
                parts = match.groupdict()
                line = parts.get("line")
                member = parts.get("member") or (f"line {line}{parts['item'] or ''}" if line else "")
                file = self._from_root(match["file"])
                return SourceLocation(file, escape_control_chars(member), int(line or 1))
        return SourceLocation(self._from_root(source))

    def _from_root(self, file: str) -> str | None:
        if file == STDIN:
            return None
        path = posixpath.normpath(posixpath.join(self.folder, file))
        root = self.root.rstrip("/") + "/"
        return escape_control_chars(path.removeprefix(root) if path.startswith(root) else path)
