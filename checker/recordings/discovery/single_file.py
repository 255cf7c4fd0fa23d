"""A file of recordings: what it holds is found out by its first bytes, and most files are one message."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ...core.display import escape_unprintable, os_error_text
from ...core.errors import Limits
from ..base import Place
from ..batch import Batch
from ..containers.streams import HEAD, FileOrigin, OnceOrigin
from ..containers.unpack_budget import Expansion
from ..formats.xml import is_plain_message
from ..model import AttachmentContent, Content, Discovered, LoadedFile, Recording, SkippedFile, read_start
from ..read_errors import guarded
from ..registry import JSON_LINES, XML, read_content, reader_of
from .references import FilesOnDisk


class SingleFile(NamedTuple):
    """A file by its path, with the paths of the request and the sidecar beside it, None where there is none.

    ``named`` says that the user named it. ``hold`` lets a message be given as it was read; else it is given by its path.
    """

    path: str
    request: str | None
    sidecar: str | None
    named: bool = False
    hold: bool = True

    @property
    def counts(self) -> bool:
        """Whether it is to be a recording whatever it holds."""
        return self.named or self.path.lower().endswith(".xml")

    def message(self, limits: Limits) -> Recording | None:
        """Give its recording where it plainly is one message, as it is read here; else None. Raises OSError, ValueError.

        All of the files have to be regular ones: what is none is not opened here.
        """
        most = min(HEAD, limits.size) if self.hold else 0
        head = read_start(self.path, HEAD)
        if not is_plain_message(head):
            return None
        return Recording(
            source=escape_unprintable(self.path),
            response=head if len(head) < most else Path(self.path),
            request=_held(self.request, most),
            sidecar=_held(self.sidecar, most),
            named=self.named,
            traffic=not self.counts,
        )

    def read(self, limits: Limits, *, lots: bool = False) -> Iterator[Discovered | Batch]:
        """Give what it holds, in lots if they are wanted. What cannot be read is left to be said of where it is judged."""
        counts = self.counts
        try:
            if not stat.S_ISREG(os.stat(self.path).st_mode):
                yield from self._special(limits, counts=counts)
                return
            head = read_start(self.path, HEAD)
            reader = reader_of(head)
        except (OSError, ValueError) as error:
            yield self._recording(Path(self.path), counts=True) if counts else self._out_of_reach(error)
            return
        if reader is XML or (reader is None and counts):
            whole = self.hold and 0 < len(head) < min(HEAD, limits.size)
            yield self._recording(head if whole else Path(self.path), counts=counts)
        elif reader is JSON_LINES and lots:
            place = self._place(limits, counts=counts)
            yield from guarded(JSON_LINES.lots(self.path, place), place)
        elif reader is not None:
            yield from read_content(FileOrigin(self.path), self._place(limits, counts=counts))

    def _special(self, limits: Limits, *, counts: bool) -> Iterator[Discovered]:
        """Read what is no regular file, such as a pipe that a shell makes of a command."""
        if self.named and not os.path.isdir(self.path):
            with FileOrigin(self.path).begin() as stream:
                yield from read_content(OnceOrigin(stream), self._place(limits, counts=counts))
        elif counts:
            yield self._recording(Path(self.path), counts=True)

    def _out_of_reach(self, error: OSError | ValueError) -> SkippedFile:
        """Say that it cannot be read: what it holds is not known, so it counts. A link to nothing holds nothing."""
        if os.path.islink(self.path) and not os.path.exists(self.path):
            return SkippedFile(escape_unprintable(self.path), "it is a link that leads nowhere")
        return SkippedFile(
            escape_unprintable(self.path), f"it cannot be read: {os_error_text(error)}", unreadable=True
        )

    def _recording(self, response: Content, *, counts: bool) -> Recording:
        # As the place would give it; most files are messages, and need none of the rest of a place.
        return Recording(
            source=escape_unprintable(self.path),
            response=response,
            request=_path(self.request),
            sidecar=_path(self.sidecar),
            named=self.named,
            traffic=not counts,
        )

    def _place(self, limits: Limits, *, counts: bool) -> Place:
        return Place(
            escape_unprintable(self.path),
            limits,
            Expansion(limits),
            named=self.named,
            asked=self.named,
            counts=counts,
            request=_path(self.request),
            sidecar=_path(self.sidecar),
            neighbours=FilesOnDisk(self.path),
        )


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)


def _held(name: str | None, most: int) -> AttachmentContent:
    """Read a file that has less than so many bytes; of another its path is given."""
    if name is None:
        return None
    try:
        content = read_start(name, most)
    except (OSError, ValueError):  # which is said where it is judged
        return Path(name)
    return LoadedFile(name, content) if len(content) < most else Path(name)
