"""`rules show`: a rulebook as a document, with the source of each of its parts."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.model import CitedFor, Marker, Row, Rulebook
from ...rules.names import capitalize, join_words
from ..text.document import Block, Grid, Heading, Items, Paragraph, Quote
from ..text.style import count


def rulebook_document(rulebook: Rulebook) -> list[Block]:
    """Return a rulebook as a document: sources, table, meaning of its cells, interpretations."""
    return [
        Heading(rulebook.document.rulebook.title, 1),
        Paragraph(f"Rulebook {rulebook.id}, version {rulebook.version}, {rulebook.digest}."),
        *_sources(rulebook),
        *_table(rulebook),
        *_markers(rulebook),
        *_columns(rulebook),
        *_facts(rulebook),
        *_interpretations(rulebook),
        *_notes(rulebook),
        *_unjudged_parts(rulebook),
        *_messages(rulebook),
    ]


def _sources(rulebook: Rulebook) -> Iterator[Block]:
    document = rulebook.document
    yield Heading("Sources")
    yield Items(tuple((source.id, f"{source.title} ({source.basis})") for source in document.sources))
    yield Heading("What they say")
    titles = {source.id: source.title for source in document.sources}
    for statement in document.statements:
        yield Quote(statement.text, f"{statement.cite}; {titles[statement.source]}")


def _table(rulebook: Rulebook) -> Iterator[Block]:
    yield Heading(capitalize(rulebook.table_title))
    headers = (
        "row",
        "element",
        "path in a message",
        *(column.printed for column in rulebook.columns),
        "see",
    )
    yield Grid(
        headers,
        tuple(
            (
                str(row.number),
                row.element,
                row.path,
                *(rulebook.markers[row.cells[column.id]].printed for column in rulebook.columns),
                ", ".join(_see(rulebook, row)),
            )
            for row in rulebook.rows
        ),
    )


def _see(rulebook: Rulebook, row: Row) -> Iterator[str]:
    """Yield what concerns one row: interpretations, notes, and the comment printed with it."""
    for entry in rulebook.document.interpretations:
        if entry.cited_for is not None and row.path in entry.cited_for.rows:
            yield entry.id
    yield from (f"note {note.id}" for note in rulebook.document.notes if row.path in note.rows)
    if row.comment:
        yield f"“{row.comment}”"


def _markers(rulebook: Rulebook) -> Iterator[Block]:
    yield Heading("What the cells mean")
    yield Items(tuple((marker.printed, _marker(rulebook, marker)) for marker in rulebook.document.markers))


def _marker(rulebook: Rulebook, marker: Marker) -> str:
    source = f"Source: {rulebook.statements[marker.statement].cite}."
    if not marker.granted_if:
        return f"{marker.meaning}; the element {_obligation(marker.when_granted)}. {source}"
    ways = [
        " and ".join(f"{fact} is {join_words(values, 'or')}" for fact, values in entry.items())
        for entry in marker.granted_if
    ]
    return (
        f"{marker.meaning}; the element {_obligation(marker.when_granted)} if {'; or if '.join(ways)}; "
        f"otherwise it {_obligation(marker.otherwise)}. If the known facts do not decide that, it may be there. {source}"
    )


def _obligation(expectation: str) -> str:
    return {
        "must": "must be there",
        "should": "should be there",
        "may": "may be there or not",
        "masked": "must be there, masked",
        "must-not": "must not be there",
    }[expectation]


def _columns(rulebook: Rulebook) -> Iterator[Block]:
    columns = rulebook.document.columns
    yield Heading("Columns")
    yield Paragraph(f"The {columns.fact} selects the column.")
    rows = [(column.printed, column.title, ", ".join(column.names)) for column in columns.values]
    rows += [("none", absent.title, ", ".join(absent.names)) for absent in columns.without]
    yield Grid(("column", "title", "accepted names"), tuple(rows))


def _facts(rulebook: Rulebook) -> Iterator[Block]:
    yield Heading("Facts about a call")
    rows = [
        (fact.id, value.id, ", ".join(value.names), "yes" if fact.caller_can else "no")
        for fact in rulebook.facts
        if fact.id != rulebook.column_fact
        for value in fact.values
    ]
    yield Grid(("fact", "value", "accepted names", "the caller can change it"), tuple(rows))
    if implications := rulebook.document.implications:
        yield Items(tuple(("", f"{capitalize(entry.text)} [{entry.cite}].") for entry in implications))


def _interpretations(rulebook: Rulebook) -> Iterator[Block]:
    if entries := rulebook.document.interpretations:
        yield Heading("Interpretations")
        yield Paragraph("Decisions where the sources are silent or unclear.")
        yield Items(
            tuple(
                (f"{entry.id} {entry.title}", f"{entry.text} ({_basis(entry.basis, entry.cited_for)})")
                for entry in entries
            )
        )


def _basis(basis: str, scope: CitedFor | None) -> str:
    """Return the basis of an interpretation, and the decisions that it is cited for."""
    if scope is None:
        return f"{basis}; it concerns how messages are read"
    parts = {
        "rows": scope.rows,
        "columns": scope.columns,
        "markers": scope.markers,
        "expectations": scope.expectations,
        **scope.facts,
    }
    named = [f"{name} {', '.join(values)}" for name, values in parts.items() if values]
    return f"{basis}; cited for {'; '.join(named) or 'every decision'}"


def _notes(rulebook: Rulebook) -> Iterator[Block]:
    document = rulebook.document
    if document.notes:
        yield Heading("Printed notes")
        for note in document.notes:
            yield Quote(note.text, f"{note.cite}, on {join_words(note.rows)}")
    if variables := document.variables:
        yield Heading(variables.title)
        yield Paragraph(f"Variables that a response must not contain in {variables.path} [{variables.cite}].")
        yield Items(tuple((variable.name, variable.text) for variable in variables.names))


def _unjudged_parts(rulebook: Rulebook) -> Iterator[Block]:
    document = rulebook.document
    if document.not_covered:
        yield Heading("Not covered")
        yield Items(tuple((entry.title, entry.text) for entry in document.not_covered))
    if paths := document.unlisted.paths:
        yield Heading("Known, but not listed")
        source = f" Source: {document.unlisted.source}." if document.unlisted.source else ""
        yield Paragraph(
            f"{count(len(paths), 'element')} that responses contain and the table does not list; none of them is judged.{source}"
        )
        yield Items(tuple((path, document.unlisted.notes.get(path, "not judged")) for path in paths))


def _messages(rulebook: Rulebook) -> Iterator[Block]:
    document, wire = rulebook.document, rulebook.document.wire
    yield Heading("How messages are recognised")
    if wire.format == "json":
        yield Paragraph(
            f"A response is a JSON object with {join_words(wire.recognised_by, 'or')}"
            + (f"; a failure has {join_words(wire.failure_members, 'or')}." if wire.failure_members else ".")
        )
    else:
        types = join_words(wire.response_types, "or")
        yield Paragraph(f"A response is an XML message in {wire.envelope} with {types} in {wire.namespace}.")
    evidence = document.evidence
    entries = [
        *((e.fact, f"{e.path} in the response") for e in evidence.response),
        *((e.fact, f"{join_words(e.any_of, 'or')} in the request") for e in evidence.request),
        *(
            (e.fact, f"{e.request} in the request, if {e.response} has the same value")
            for e in evidence.match
        ),
    ]
    if entries:
        yield Grid(("fact", "evidence"), tuple(entries))
    if document.spellings:
        yield Items(
            tuple(
                (path, f"also accepted as {join_words(names)}") for path, names in document.spellings.items()
            )
        )
    if wire.failures:
        yield Grid(("failure", "meaning"), tuple(wire.failures.items()))
