"""Writing of what was learnt: a new rulebook, or additions to one that people have reviewed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ...engine.learning.draft import Draft
from ...engine.learning.update import Update
from ...reports.commands.rulebook_files import matrix_csv, rulebook_toml, tables_toml
from ...rules.files import os_error_text
from ...rules.load import RULEBOOK_FILE, RulebookError, load_rulebook
from ...rules.model import Document, Rulebook, Source
from ..core.atomic_files import write_together

COMMENT = """\
A draft, learnt by `whosees rules infer`. Review it: decide the cells that are not decided, and then
remove `reviewed = false`."""


class WriteError(Exception):
    """A rulebook cannot be written; the text says why, and what to do."""


def require_draft(folder: str) -> None:
    """Raise WriteError if a rulebook that is no draft would be overwritten."""
    file = os.path.join(folder, RULEBOOK_FILE)
    if not os.path.lexists(file):
        return
    try:
        reviewed = load_rulebook(Path(folder)).document.rulebook.reviewed
    except RulebookError:
        reviewed = True
    if reviewed:
        raise WriteError(
            f"`{file}` exists and is not a draft; nothing is overwritten: name another folder, or add to it with --update"
        )


def write_draft(folder: str, rulebook: Rulebook) -> list[str]:
    """Write a new rulebook and return the paths of its files; raises WriteError."""
    document = rulebook.document
    return _write(
        folder,
        {
            RULEBOOK_FILE: rulebook_toml(document, COMMENT),
            document.rulebook.table: matrix_csv(document, rulebook.rows),
        },
    )


def write_update(
    folder: str, reviewed: Rulebook, updated: Update, drafted: Draft, source: Source
) -> list[str]:
    """Add what was learnt to a rulebook and return the paths of the files that changed; raises WriteError.

    Everything that is in ``rulebook.toml`` stays as it is, comments and all: new markers come after it.
    """
    if not updated.changed:
        return []
    markers = [marker for marker in drafted.markers if marker.id not in reviewed.markers]
    statements = [each for each in drafted.statements if each.id not in reviewed.statements]
    contents = {reviewed.document.rulebook.table: matrix_csv(_with(reviewed.document, drafted), drafted.rows)}
    if markers:
        known = {each.id for each in reviewed.document.sources}
        added = tables_toml("sources", [source]) if source.id not in known else ""
        added += tables_toml("statements", statements) + tables_toml("markers", markers)
        contents[RULEBOOK_FILE] = reviewed.contents[0].decode("utf-8-sig").rstrip("\n") + "\n" + added
    _require_loadable(reviewed, contents)
    return _write(folder, contents)


def _with(document: Document, drafted: Draft) -> Document:
    """Return a document that knows the markers of both."""
    import msgspec

    known = {marker.id: marker for marker in (*document.markers, *drafted.markers)}
    return msgspec.structs.replace(document, markers=tuple(known.values()))


def _require_loadable(reviewed: Rulebook, contents: Mapping[str, str]) -> None:
    """Load what is to be written before it takes the place of anything."""
    table = reviewed.document.rulebook.table
    whole = {RULEBOOK_FILE: reviewed.contents[0].decode("utf-8-sig"), **contents}
    with tempfile.TemporaryDirectory(prefix="whosees-infer-") as folder:
        for name in (RULEBOOK_FILE, table):
            Path(folder, name).write_text(whole[name], encoding="utf-8")
        try:
            load_rulebook(Path(folder))
        except RulebookError as error:
            raise WriteError(f"the rulebook would not load any more: {error}") from None


def _write(folder: str, contents: Mapping[str, str]) -> list[str]:
    files: dict[os.PathLike[str], bytes] = {
        Path(folder, name): content.encode() for name, content in contents.items()
    }
    try:
        os.makedirs(folder, exist_ok=True)
        write_together(files)
    except (OSError, ValueError) as error:
        raise WriteError(f"`{folder}` cannot be written to: {os_error_text(error)}") from None
    return [os.fspath(path) for path in files]
