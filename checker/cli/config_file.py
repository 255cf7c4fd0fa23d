"""Finding and reading the configuration: ``whosees.toml``, or ``[tool.whosees]`` in ``pyproject.toml``."""

from __future__ import annotations

import os
from typing import Any

import msgspec

from ...rules.decode import DecodeError, parse_toml
from ..core.display import escape_unprintable, os_error_text

OWN, SHARED = "whosees.toml", "pyproject.toml"


class ConfigError(ValueError):
    """A configuration cannot be used; the text names file and key, and says what is wrong."""


class ConfigFile(msgspec.Struct, frozen=True):
    """A configuration as it was read: where, and its keys with their values, not yet looked at."""

    path: str
    table: dict[str, Any]

    @property
    def name(self) -> str:
        """Its name for people; it says the table where a file holds more than the configuration."""
        where = ", [tool.whosees]" if os.path.basename(self.path) == SHARED else ""
        return f"`{escape_unprintable(os.path.relpath(self.path))}`{where}"

    def error(self, text: str) -> ConfigError:
        """Give an error about what the file says."""
        return ConfigError(f"{self.name}: {text}")

    def beside(self, path: str) -> str:
        """Resolve a path that the file says: it is relative to the file, wherever the command runs."""
        if path == "-" or os.path.isabs(path):
            return path
        return os.path.relpath(os.path.join(os.path.dirname(self.path), path))


def find_config(start: str) -> ConfigFile | None:
    """Look for a configuration in a folder and those above it: the nearest counts, and in a folder its own file.

    Raises ConfigError for one that cannot be read.
    """
    folder, below = os.path.abspath(start), ""
    while folder != below:
        for name in (OWN, SHARED):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (found := _read(path)) is not None:
                return found
        folder, below = os.path.dirname(folder), folder
    return None


def read_config(path: str) -> ConfigFile:
    """Read the configuration that was named; raises ConfigError where there is none in it."""
    found = _read(path)
    if found is None:
        raise ConfigError(f"`{escape_unprintable(path)}` has no table [tool.whosees]")
    return found


def _read(path: str) -> ConfigFile | None:
    """Read a file; None for a pyproject.toml that says nothing of this program, even if it is broken."""
    name = f"`{escape_unprintable(os.path.relpath(path))}`"
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except (OSError, ValueError) as error:
        raise ConfigError(f"{name} cannot be read: {os_error_text(error)}") from None
    shared = os.path.basename(path) == SHARED
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
            raise ConfigError(f"{name}: `tool.whosees` is no table")
    return ConfigFile(path, table)
