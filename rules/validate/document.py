"""Validation of ``rulebook.toml`` by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from ..model import UNKNOWN, Document, Fact
from ..names import normalize_name
from .checks import check_references, check_values, duplicates
from .evidence import evidence_errors
from .wire import wire_errors

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_-]*"
_ID = re.compile(ID_PATTERN)


def document_errors(document: Document) -> Iterator[str]:
    """Report, one by one, the errors of a document."""
    yield from _id_errors(document)
    yield from _table_errors(document.rulebook.table)
    yield from _column_errors(document)
    for fact in document.facts:
        yield from _fact_errors(document, fact)
    yield from _marker_errors(document)
    yield from _implication_errors(document)
    yield from evidence_errors(document)
    yield from wire_errors(document)


def _id_errors(document: Document) -> Iterator[str]:
    lists = {
        "rulebook": [document.rulebook.id],
        "sources": [source.id for source in document.sources],
        "statements": [statement.id for statement in document.statements],
        "columns.values": [column.id for column in document.columns.values],
        "facts": [fact.id for fact in document.facts],
        "markers": [marker.id for marker in document.markers],
        "notes": [note.id for note in document.notes],
        "interpretations": [entry.id for entry in document.interpretations],
    }
    for key, ids in lists.items():
        yield from _malformed_ids(key, ids)
        yield from _duplicate_ids(key, ids)
    yield from check_references(
        "statements.source", [each.source for each in document.statements], lists["sources"]
    )


def _table_errors(table: str) -> Iterator[str]:
    """Report a table outside of the rulebook's folder: the message about a file that is no table quotes its first line."""
    path = PurePath(table)
    if path.is_absolute() or ".." in path.parts:
        yield f"`rulebook.table`: `{table}` is outside of the rulebook's folder; name a file in it"


def _malformed_ids(key: str, ids: list[str]) -> Iterator[str]:
    for entry in ids:
        if not _ID.fullmatch(entry):
            yield f"`{key}`: id `{entry}` must consist of letters, digits, hyphens and underscores"


def _duplicate_ids(key: str, ids: list[str]) -> Iterator[str]:
    for entry in duplicates(ids):
        yield f"`{key}`: id `{entry}` is used twice"


def _column_errors(document: Document) -> Iterator[str]:
    columns = document.columns
    yield from check_references("columns.fact", [columns.fact], [fact.id for fact in document.facts])
    for printed in duplicates([column.printed for column in columns.values]):
        yield f"`columns.values`: `{printed}` is the printed heading of two columns"
    if not columns.values:
        yield "`columns.values`: a rulebook needs at least one column"
    names = [*(column.names for column in columns.values), *(absent.names for absent in columns.without)]
    yield from _name_errors("columns", [name for names_of_one in names for name in names_of_one])


def _fact_errors(document: Document, fact: Fact) -> Iterator[str]:
    key = f"facts.{fact.id}"
    if fact.id == "outcome":
        yield f"`{key}`: `outcome` is a key of sidecars (whether the call fails); choose another id"
    if fact.id == document.columns.fact:
        if fact.values:
            yield f"`{key}.values`: the values of the column fact are the columns; remove this key"
        return
    if not fact.values:
        yield f"`{key}.values`: a fact needs at least one value"
    yield from _malformed_ids(f"{key}.values", list(fact.value_ids))
    yield from _duplicate_ids(f"{key}.values", list(fact.value_ids))
    for value in fact.values:
        evidence = [override.evidence for override in value.overrides]
        yield from check_references(f"{key}.values.{value.id}.despite.evidence", evidence, fact.value_ids)
        rules = [override.if_success.rule for override in value.overrides if override.if_success]
        yield from _malformed_ids(f"{key}.values.{value.id}.despite.if_success.rule", rules)
        if normalize_name(value.id) not in map(normalize_name, value.names):
            yield f"`{key}.values.{value.id}.names`: must contain the id `{value.id}` itself"
    names: list[str] = []
    for value in fact.values:
        names += [*value.names, *(name for override in value.overrides for name in override.names)]
    yield from _name_errors(f"{key}.values", names)


def _name_errors(key: str, names: list[str]) -> Iterator[str]:
    for name in names:
        if normalize_name(name) == UNKNOWN:
            yield f"`{key}`: `{name}` is the value of a fact without evidence; choose another name"
    for name in duplicates([normalize_name(name) for name in names]):
        yield f"`{key}`: the name `{name}` is used twice (letter case, spaces and hyphens do not count)"


def _marker_errors(document: Document) -> Iterator[str]:
    statements = [statement.id for statement in document.statements]
    for printed in duplicates([marker.printed for marker in document.markers]):
        yield f"`markers`: two markers are printed `{printed}`"
    for marker in document.markers:
        yield from check_references(f"markers.{marker.id}.statement", [marker.statement], statements)
        for name, entries in {"granted_if": marker.granted_if, "undecided_if": marker.undecided_if}.items():
            yield from _condition_errors(document, f"markers.{marker.id}.{name}", entries)
        if marker.undecided_if and marker.undecided is None:
            yield f"`markers.{marker.id}.undecided`: is missing; `undecided_if` needs it"


def _condition_errors(
    document: Document, key: str, entries: tuple[dict[str, tuple[str, ...]], ...]
) -> Iterator[str]:
    for entry in entries:
        if not entry:
            yield f"`{key}`: an entry names no fact"
        for fact, values in entry.items():
            if not values:
                yield f"`{key}`: `{fact}` has no value, so the entry never applies; list values, or remove the entry"
        if document.columns.fact in entry:
            yield f"`{key}`: `{document.columns.fact}` picks the column, so a cell cannot depend on it"
        yield from check_values(document, key, entry)


def _implication_errors(document: Document) -> Iterator[str]:
    for implication in document.implications:
        for name, facts in {"when": implication.when, "then": implication.then}.items():
            key = f"implications.{name}"
            if not facts:
                yield f"`{key}`: names no fact"
            yield from check_values(document, key, {fact: (value,) for fact, value in facts.items()})
