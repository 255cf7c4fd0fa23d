"""What has to hold in a rulebook beyond its shape: names are unique, and what is referred to exists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from .model import UNKNOWN, Document, Fact, Row
from .names import did_you_mean, listed, normalize_name

FEW = 12
"""As many names as a message can list when none of them is like the one that was given."""

_NAME = r"[A-Za-z_][\w.-]*"
_PATH = re.compile(rf"{_NAME}(/{_NAME})*")
ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9-]*"
_ID = re.compile(ID_PATTERN)


def path_fault(path: str) -> str:
    """Say what is wrong with the path of an element, or give an empty string."""
    return "" if _PATH.fullmatch(path) else "is no path of element names joined by `/`"


def remarks(document: Document, rows: tuple[Row, ...] | None = None) -> Iterator[str]:
    """Say, one by one, what does not hold; with `rows`, what the document says of them too."""
    if rows is None:
        yield from _ids(document)
        yield from _facts(document)
        yield from _markers(document)
        yield from _implications(document)
        yield from _evidence(document)
        yield from _wire(document)
    else:
        yield from _references_to_rows(document, {row.path for row in rows})


def _ids(document: Document) -> Iterator[str]:
    lists: dict[str, list[str]] = {
        "sources": [source.id for source in document.sources],
        "statements": [statement.id for statement in document.statements],
        "columns.values": [column.id for column in document.columns.values],
        "facts": [fact.id for fact in document.facts],
        "markers": [marker.id for marker in document.markers],
        "notes": [note.id for note in document.notes],
        "interpretations": [entry.id for entry in document.interpretations],
    }
    for key, ids in {"rulebook": [document.rulebook.id], **lists}.items():
        for entry in ids:
            if not _ID.fullmatch(entry):
                yield f"`{key}`: id `{entry}` has to be of letters, digits and hyphens"
        for entry in _twice(ids):
            yield f"`{key}`: id `{entry}` is given twice"
    yield from _known("statements.source", [s.source for s in document.statements], lists["sources"])
    yield from _known("columns.fact", [document.columns.fact], lists["facts"])
    for printed in _twice([column.printed for column in document.columns.values]):
        yield f"`columns.values`: `{printed}` is printed over two columns"
    if not document.columns.values:
        yield "`columns.values`: a rulebook needs a column"


def _facts(document: Document) -> Iterator[str]:
    for fact in document.facts:
        where = f"facts.{fact.id}"
        if fact.id == "outcome":
            yield f"`{where}`: a sidecar says with `outcome` whether the call fails; the fact needs another id"
        if fact.id == document.columns.fact:
            if fact.values:
                yield f"`{where}.values`: the values of the column fact are the columns; leave them out here"
            continue
        if not fact.values:
            yield f"`{where}.values`: a fact needs values"
        for value in fact.values:
            if not _ID.fullmatch(value.id):
                yield f"`{where}.values`: id `{value.id}` has to be of letters, digits and hyphens"
        yield from (f"`{where}.values`: id `{entry}` is given twice" for entry in _twice(fact.value_ids))
        names: list[str] = []
        for value in fact.values:
            names += [*value.names, *(name for despite in value.despite for name in despite.names)]
            evidence = [despite.evidence for despite in value.despite]
            yield from _known(f"{where}.values.{value.id}.despite.evidence", evidence, fact.value_ids)
            if normalize_name(value.id) not in {normalize_name(name) for name in value.names}:
                yield f"`{where}.values.{value.id}.names`: `{value.id}` itself is not among the names"
        yield from _names(f"{where}.values", names)
    of_columns = [column.names for column in document.columns.values]
    of_columns += [absent.names for absent in document.columns.without]
    yield from _names("columns", [name for names_of_one in of_columns for name in names_of_one])


def _names(where: str, names: list[str]) -> Iterator[str]:
    for name in names:
        if normalize_name(name) == UNKNOWN:
            yield f"`{where}`: `{name}` is what a fact is without evidence, and no name of a value"
    for name in _twice([normalize_name(name) for name in names]):
        yield f"`{where}`: the name `{name}` is given twice (letter case, spaces and hyphens do not count)"


def _markers(document: Document) -> Iterator[str]:
    statements = [statement.id for statement in document.statements]
    for printed in _twice([marker.printed for marker in document.markers]):
        yield f"`markers`: `{printed}` is printed for two markers"
    for marker in document.markers:
        yield from _known(f"markers.{marker.id}.statement", [marker.statement], statements)
        for entry in marker.granted_if:
            where = f"markers.{marker.id}.granted_if"
            if not entry:
                yield f"`{where}`: an entry names no fact"
            if document.columns.fact in entry:
                yield f"`{where}`: `{document.columns.fact}` picks the column and cannot be asked about in a cell"
            yield from _values_exist(document, where, entry)


def _implications(document: Document) -> Iterator[str]:
    for implication in document.implications:
        for key, facts in {"when": implication.when, "then": implication.then}.items():
            if not facts:
                yield f"`implications.{key}`: names no fact"
            yield from _values_exist(
                document, f"implications.{key}", {fact: (value,) for fact, value in facts.items()}
            )


def _evidence(document: Document) -> Iterator[str]:
    evidence = document.evidence
    for response in evidence.response:
        values = (*response.names.values(), *([response.as_] if response.as_ else []))
        yield from _values_exist(document, "evidence.response", {response.fact: values})
        if bool(response.as_) == bool(response.names):
            yield "`evidence.response`: needs either `as` (with `equals`) or `names`"
    for request in evidence.request:
        yield from _values_exist(
            document, "evidence.request", {request.fact: (request.if_given, request.if_not)}
        )
    for match in evidence.match:
        yield from _values_exist(document, "evidence.match", {match.fact: (match.as_,)})


def _wire(document: Document) -> Iterator[str]:
    wire = document.wire
    of_format: dict[str, dict[str, object]] = {
        "xml": {
            "namespace": wire.namespace,
            "envelope": wire.envelope,
            "response_types": wire.response_types,
            "request_types": wire.request_types,
            "request_type_names": wire.request_type_names,
            "prefixes": wire.prefixes,
            "failures": wire.failures,
            "failure_kinds": wire.failure_kinds,
        },
        "json": {"recognised_by": wire.recognised_by, "failure_members": wire.failure_members},
    }
    needed = {"xml": ("namespace", "envelope", "response_types"), "json": ("recognised_by",)}
    for key in needed[wire.format]:
        if not of_format[wire.format][key]:
            yield f'`wire`: key `{key}` is missing; `format = "{wire.format}"` needs it'
    for other in of_format.keys() - {wire.format}:
        for key, value in of_format[other].items():
            if value:
                yield f'`wire`: `{key}` belongs to `format = "{other}"`, and the format here is `{wire.format}`'
    for entry in wire.failure_kinds:
        yield from _known(f"wire.failure_kinds.{entry.kind}", entry.codes, wire.failures)
        if not entry.codes and not entry.reason_contains:
            yield f"`wire.failure_kinds`: `{entry.kind}` needs `codes` or `reason_contains`"
    if wire.format == "json":
        evidence = document.evidence
        parts = [*(entry.part for entry in evidence.request), *(entry.part for entry in evidence.match)]
        if "security" in parts:
            yield "`evidence`: a JSON request has no security context; `part` has to be `body`"


def _references_to_rows(document: Document, paths: set[str]) -> Iterator[str]:
    yield from _known("spellings", document.spellings, paths)
    for note in document.notes:
        yield from _known(f"notes.{note.id}.rows", note.rows, paths)
    if document.variables:
        yield from _known("variables.path", [document.variables.path], paths)
    for path in document.unlisted.paths:
        if path in paths:
            yield f"`unlisted.paths`: `{path}` is a row of the table"
        elif fault := path_fault(path):
            yield f"`unlisted.paths`: `{path}` {fault}"
    if document.unlisted.cite is not None:
        numbers = [entry.id for entry in document.interpretations]
        yield from _known("unlisted.cite", [document.unlisted.cite], numbers)
    yield from _known("unlisted.notes", document.unlisted.notes, document.unlisted.paths)
    yield from _spellings_collide(document, paths)
    cited = [
        *((f"interpretations.{entry.id}.cited_for", entry.cited_for) for entry in document.interpretations),
        *((f"statements.{statement.id}.cited_for", statement.cited_for) for statement in document.statements),
    ]
    for where, scope in cited:
        if scope is not None:
            yield from _known(f"{where}.rows", scope.rows, paths)
            yield from _known(f"{where}.columns", scope.columns, [c.id for c in document.columns.values])
            yield from _known(f"{where}.markers", scope.markers, [m.id for m in document.markers])
            yield from _values_exist(document, f"{where}.facts", scope.facts, allow_unknown=True)


def _spellings_collide(document: Document, paths: set[str]) -> Iterator[str]:
    for path, spellings in document.spellings.items():
        parent = path.rpartition("/")[0]
        for spelling in spellings:
            other = f"{parent}/{spelling}" if parent else spelling
            if other in paths or other in document.unlisted.paths:
                yield f"`spellings`: `{spelling}` for `{path}` is another element's own name"


def _values_exist(
    document: Document, where: str, facts: Mapping[str, Iterable[str]], *, allow_unknown: bool = False
) -> Iterator[str]:
    known: dict[str, Fact] = {fact.id: fact for fact in document.facts}
    yield from _known(where, facts, known)
    for fact_id, values in facts.items():
        if fact_id in known:
            of_column = fact_id == document.columns.fact
            ids = [c.id for c in document.columns.values] if of_column else list(known[fact_id].value_ids)
            yield from _known(f"{where}.{fact_id}", values, [*ids, UNKNOWN] if allow_unknown else ids)


def _known(where: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    candidates = list(known)
    for name in names:
        if name not in candidates:
            hint = did_you_mean(name, candidates)
            if not hint and len(candidates) <= FEW:
                hint = f"; known are {listed(candidates)}"
            yield f"`{where}`: there is no `{name}`{hint}"


def _twice(names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)
