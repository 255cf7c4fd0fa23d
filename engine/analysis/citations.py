"""Citations: texts that nothing cites, and citations of texts that do not exist."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.model import CitedFor, Rulebook
from ..context import all_contexts
from ..expectation import Evaluator
from ..explain.explain import applies
from ..finding import Severity
from .diagnostic import Diagnostic


def check_citations(evaluator: Evaluator) -> Iterator[Diagnostic]:
    """Return the diagnostics of statements, sources and interpretations."""
    rulebook = evaluator.rulebook
    yield from _check_citations(evaluator)
    yield from _empty(rulebook)
    yield from _unknown(rulebook)
    yield from _statements_unused(rulebook)
    yield from _sources_unused(rulebook)
    yield from _interpretations_unused(rulebook)


def _scopes(rulebook: Rulebook) -> Iterator[tuple[str, CitedFor]]:
    document = rulebook.document
    for statement in document.statements:
        if statement.cited_for is not None:
            yield f"statements.{statement.id}", statement.cited_for
    for entry in document.interpretations:
        if entry.cited_for is not None:
            yield f"interpretations.{entry.id}", entry.cited_for


def _check_citations(evaluator: Evaluator) -> Iterator[Diagnostic]:
    """Report each `cited_for` that applies to no decision, so that its text is never quoted."""
    rulebook = evaluator.rulebook
    contexts = tuple(all_contexts(rulebook))
    for where, scope in _scopes(rulebook):
        if not scope.findings and not any(
            applies(rulebook, scope, row, context, evaluator.expectation(row.path, context))
            for context in contexts
            for row in rulebook.rows
        ):
            text = f"`{where}.cited_for` applies to no decision"
            decisions = len(contexts) * len(rulebook.rows)
            yield Diagnostic("never-cited", Severity.WARNING, text, f"none of {decisions:,} decisions")


def _empty(rulebook: Rulebook) -> Iterator[Diagnostic]:
    document = rulebook.document
    texts = {
        **{f"sources.{source.id}.title": source.title for source in document.sources},
        **{f"statements.{statement.id}.text": statement.text for statement in document.statements},
        **{f"statements.{statement.id}.cite": statement.cite for statement in document.statements},
        **{f"interpretations.{entry.id}.title": entry.title for entry in document.interpretations},
        **{f"interpretations.{entry.id}.text": entry.text for entry in document.interpretations},
        **{f"notes.{note.id}.text": note.text for note in document.notes},
        **{f"notes.{note.id}.cite": note.cite for note in document.notes},
        **{f"markers.{marker.id}.meaning": marker.meaning for marker in document.markers},
    }
    for key, text in texts.items():
        if not text.strip():
            yield Diagnostic("missing-citation", Severity.WARNING, f"`{key}` is empty", key)


def _unknown(rulebook: Rulebook) -> Iterator[Diagnostic]:
    document = rulebook.document
    known = {*rulebook.interpretations, *rulebook.statements, *(s.cite for s in document.statements)}
    cited = {
        **{f"implications[{i}].cite": entry.cite for i, entry in enumerate(document.implications)},
        **{f"evidence.request[{i}].cite": entry.cite for i, entry in enumerate(document.evidence.request)},
        **{f"evidence.http[{i}].cite": entry.cite for i, entry in enumerate(document.evidence.http)},
        **{f"evidence.match[{i}].cite": entry.cite for i, entry in enumerate(document.evidence.match)},
    }
    for key, cite in cited.items():
        if cite is not None and cite not in known:
            text = f"`{key}` cites `{cite}`, which is neither an interpretation nor a statement"
            yield Diagnostic("unknown-citation", Severity.WARNING, text, key)


def _statements_unused(rulebook: Rulebook) -> Iterator[Diagnostic]:
    document = rulebook.document
    used = {
        *(marker.statement for marker in document.markers),
        *_cited_elsewhere(rulebook),
    }
    for statement in document.statements:
        if statement.cited_for is None and statement.id not in used and statement.cite not in used:
            text = f"no marker rests on the statement `{statement.id}`, and no explanation quotes it"
            yield Diagnostic(
                "unused-statement", Severity.NOTE, text, f"it has no `cited_for`: {statement.cite}"
            )


def _sources_unused(rulebook: Rulebook) -> Iterator[Diagnostic]:
    statements = rulebook.document.statements
    used = {statement.source for statement in statements}
    for source in rulebook.document.sources:
        if source.id not in used:
            text = f"no statement has the source `{source.id}`"
            yield Diagnostic("unused-source", Severity.NOTE, text, f"none of {len(statements)} statements")


def _interpretations_unused(rulebook: Rulebook) -> Iterator[Diagnostic]:
    used = _cited_elsewhere(rulebook)
    for entry in rulebook.document.interpretations:
        if entry.cited_for is None and entry.id not in used:
            text = f"no explanation cites the interpretation `{entry.id}`"
            yield Diagnostic(
                "unused-interpretation", Severity.NOTE, text, f"it has no `cited_for`: {entry.title}"
            )


def _cited_elsewhere(rulebook: Rulebook) -> set[str]:
    document = rulebook.document
    cites = [
        *(entry.cite for entry in document.implications),
        *(entry.cite for entry in document.evidence.request),
        *(entry.cite for entry in document.evidence.http),
        *(entry.cite for entry in document.evidence.match),
        document.unlisted.cite,
    ]
    return {cite for cite in cites if cite is not None}
