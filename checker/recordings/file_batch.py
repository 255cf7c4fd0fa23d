"""A lot of files in a folder: another process opens them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ..core.display import escape_unprintable
from ..core.errors import Limits
from .batch import Batch
from .discovery.single_file import SingleFile
from .model import Discovered

Names = tuple[str, str | None, str | None]
"""The names of a file, of its request and of its sidecar; None where there is none."""


class FileBatch(msgspec.Struct, frozen=True):
    """Regular files of a folder that are messages by their names. ``folder`` ends with a separator, if it has a name."""

    folder: str
    files: list[Names]
    limits: Limits

    @property
    def source(self) -> str:
        """What its first recording is called for people."""
        return escape_unprintable(self.folder + self.files[0][0])

    def __len__(self) -> int:
        return len(self.files)

    def halves(self) -> tuple[FileBatch, FileBatch] | None:
        """Give it in two; None where it is one file."""
        half = len(self.files) // 2
        if not half:
            return None
        return FileBatch(self.folder, self.files[:half], self.limits), FileBatch(
            self.folder, self.files[half:], self.limits
        )

    def read(self) -> Iterator[Discovered | Batch]:
        """Give each file's message; a file that is none may hold many recordings, and is given as a lot by itself."""
        folder = self.folder
        for name, request, sidecar in self.files:
            file = SingleFile(
                folder + name,
                None if request is None else folder + request,
                None if sidecar is None else folder + sidecar,
            )
            try:
                message = file.message(self.limits)
            except (OSError, ValueError):
                message = None
            yield OtherFile(file, self.limits) if message is None else message


class OtherFile(msgspec.Struct, frozen=True):
    """A file that is no message, or cannot be read."""

    file: SingleFile
    limits: Limits

    @property
    def source(self) -> str:
        """What the file is called for people."""
        return escape_unprintable(self.file.path)

    def __len__(self) -> int:
        return 1

    def halves(self) -> None:
        """It is one file."""
        return

    def read(self) -> Iterator[Discovered | Batch]:
        """Give what it holds."""
        return self.file.read(self.limits)
