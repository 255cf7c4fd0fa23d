"""The configuration file: ``whosees.toml``, or ``[tool.whosees]`` in ``pyproject.toml``."""

from __future__ import annotations

import os
from typing import Any

import msgspec

from ...rules.decode import DecodeError, parse_toml
from ...rules.files import os_error_text, read_text_file
from .display import escape_unprintable

OWN_FILE, SHARED_FILE = "whosees.toml", "pyproject.toml"


class ConfigError(ValueError):
    """A configuration cannot be used; the text names file and key."""


class ConfigFile(msgspec.Struct, frozen=True):
    """A configuration as read: its path, and its keys with their unchecked values."""

    path: str
    table: dict[str, Any]

    @property
    def name(self) -> str:
        """The name for people, with the table if the file has others."""
        table = ", [tool.whosees]" if os.path.basename(self.path) == SHARED_FILE else ""
        return f"`{escape_unprintable(os.path.relpath(self.path))}`{table}"

    def error(self, text: str) -> ConfigError:
        """Return an error about the file's content."""
        return ConfigError(f"{self.name}: {text}")

    def beside(self, path: str) -> str:
        """Resolve a path in the file, which is relative to the file and not to where the command runs."""
        if path == "-" or os.path.isabs(path):
            return path
        return os.path.relpath(os.path.join(os.path.dirname(self.path), path))


def find_config(start: str) -> ConfigFile | None:
    """Return the nearest configuration in a folder or above it; in one folder, whosees.toml goes first.

    Raises ConfigError for one that cannot be read.
    """
    folder, below = os.path.abspath(start), ""
    while folder != below:
        for name in (OWN_FILE, SHARED_FILE):
            path = os.path.join(folder, name)
            # Also a link that leads nowhere: a run without the configuration that it was given could be green.
            if os.path.lexists(path) and (found := _read(path)) is not None:
                return found
        folder, below = os.path.dirname(folder), folder
    return None


def read_config(path: str) -> ConfigFile:
    """Read a configuration by its name; raise ConfigError if the file has none."""
    found = _read(path)
    if found is None:
        raise ConfigError(f"`{escape_unprintable(path)}` has no table [tool.whosees]")
    return found


def _read(path: str) -> ConfigFile | None:
    """Read a file; return None for a pyproject.toml that does not mention Whosees, even if it is broken."""
    name = f"`{escape_unprintable(os.path.relpath(path))}`"
    try:
        content = read_text_file(path)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{name} cannot be read: {os_error_text(error)}") from None
    shared = os.path.basename(path) == SHARED_FILE
    if shared and b"whosees" not in content:
        return None
    try:
        table = parse_toml(content)
    except DecodeError as error:
        raise ConfigError(f"{name}: {error}") from None
    if shared:
        tool = table.get("tool")
        if not isinstance(tool, dict) or "whosees" not in tool:
            return None
        table = tool["whosees"]
        if not isinstance(table, dict):
            raise ConfigError(f"{name}: `tool.whosees` is not a table")
    return ConfigFile(path, table)
