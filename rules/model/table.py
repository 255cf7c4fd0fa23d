"""The base of every table of ``rulebook.toml``."""

from __future__ import annotations

import msgspec

UNKNOWN = "unknown"
"""The value of a fact that is not known. Every fact can have it."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of ``rulebook.toml``; unknown keys are errors."""
