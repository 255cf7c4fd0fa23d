"""Reading of schema files: of bounded size, from disk and nowhere else."""

from __future__ import annotations

import os

from ...rules.files import os_error_text, read_text_file
from ..core.display import escape_unprintable
from .outline import SchemaError

MAX_BYTES = 128 * 1024 * 1024
"""The largest file; all files of a schema together may be as large."""


class SchemaFolder:
    """The folder of a schema: files in it and below may be read, and no others."""

    def __init__(self, main: str) -> None:
        self.main = main
        self._folder = os.path.realpath(os.path.dirname(os.path.abspath(main)))
        self._room = MAX_BYTES

    def read_main(self) -> bytes:
        """Return the content of the schema that was named; raises SchemaError."""
        if "://" in self.main:
            raise SchemaError("a schema is read from a file, and nothing from the network: save it first")
        try:
            return self._read(self.main)
        except (OSError, ValueError) as error:
            raise SchemaError(
                f"`{escape_unprintable(self.main)}`: cannot be read: {os_error_text(error)}"
            ) from None

    def read_beside(self, path: str) -> bytes:
        """Return the content of another file; raises OSError if it is outside the folder or cannot be read."""
        real = os.path.realpath(path)
        if os.path.commonpath([real, self._folder]) != self._folder:
            raise PermissionError(f"outside the folder of the schema: {path}")
        return self._read(real)

    def _read(self, path: str) -> bytes:
        content = read_text_file(path, self._room)
        self._room -= len(content)
        return content
