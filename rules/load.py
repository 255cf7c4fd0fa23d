"""Loading of a rulebook: two files in, a validated `Rulebook` out."""

from __future__ import annotations

import errno
import functools
import os
from collections.abc import Iterable

import msgspec

from . import registry
from .decode import DecodeError, decode_toml
from .files import os_error_text, read_text_file
from .matrix import read_matrix
from .model import Document, Rulebook
from .names import did_you_mean, join_names
from .validate import document_errors, reference_errors

RULEBOOK_FILE = "rulebook.toml"
TABLE_FILE = "table.csv"


class RulebookError(ValueError):
    """A rulebook cannot be used. The text names the file, the line or key, and what is wrong."""


@functools.cache
def builtin_rulebook(name: str = registry.DEFAULT) -> Rulebook:
    """Load a rulebook that ships with Whosees; without a name Webex GetSessionInfo, Table 4-3."""
    rulebook = _load(registry.BUILTINS[name])
    return msgspec.structs.replace(rulebook, location=None if name == registry.DEFAULT else name)


def load_rulebook(path: str | os.PathLike[str]) -> Rulebook:
    """Load and validate a rulebook from its folder, from its TOML file, or by the id of a built-in one.

    To load your own folder with the name of a built-in rulebook, write it as a path: ``./getsessioninfo``.
    Raises RulebookError with the file, the line or key, and what is wrong.
    """
    return builtin_rulebook(path) if isinstance(path, str) and path in registry.BUILTINS else _load(path)


def _load(path: str | os.PathLike[str]) -> Rulebook:
    file = os.fspath(path)
    if isinstance(path, str) and "\0" not in path and not os.path.lexists(path):
        hint = (
            did_you_mean(path, registry.BUILTINS)
            or f"; the built-in rulebooks are {join_names(registry.BUILTINS)}"
        )
        missing = os_error_text(FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
        raise RulebookError(f"`{path}`: cannot be read: {missing}{hint}")
    if os.path.isdir(file):
        file = os.path.join(file, RULEBOOK_FILE)
    content = _read(file)
    try:
        document = decode_toml(content, Document)
    except DecodeError as error:
        raise RulebookError(f"`{file}`: {error}") from None
    _raise_first(file, document_errors(document))
    table_file = os.path.join(os.path.dirname(file), document.rulebook.table)
    table = _read(table_file)
    try:
        rows = read_matrix(document, table)
    except DecodeError as error:
        raise RulebookError(f"`{table_file}`: {error}") from None
    _raise_first(file, reference_errors(document, rows))
    return Rulebook(document=document, rows=rows, contents=(content, table), location=os.fspath(path))


def _raise_first(file: str, errors: Iterable[str]) -> None:
    for error in errors:
        raise RulebookError(f"`{file}`: {error}")


def _read(file: str) -> bytes:
    """Read a file of bounded size; raises RulebookError if it cannot be read or is not a regular file."""
    try:
        return read_text_file(file)
    except (OSError, ValueError) as error:  # the second for a NUL in the name
        raise RulebookError(f"`{file}`: cannot be read: {os_error_text(error)}") from None
