"""The data of the explorer's page."""

from __future__ import annotations

from typing import Any

from ...engine.expectation import Evaluator
from ...engine.finding import Rule
from ...engine.finding_rules import rules_of
from ...engine.finding_rules.base import MESSAGES
from ...rules.model import Fact, Marker, Row, Rulebook
from ..text.fact_flags import FACT_FLAGS
from .decisions import decisions_data
from .reading import ReadingLimits, reading_data


def page_data(evaluator: Evaluator, limits: ReadingLimits) -> dict[str, Any]:
    """Return the rulebook, every decision, and what the page needs to read messages; raises TooManyContexts."""
    rulebook = evaluator.rulebook
    document = rulebook.document
    return {
        "rulebook": {
            "id": rulebook.id,
            "version": rulebook.version,
            "digest": rulebook.digest,
            "title": document.rulebook.title,
            "table": rulebook.table_title,
            "location": rulebook.location,
        },
        "columnFact": rulebook.column_fact,
        "columns": [
            {"id": column.id, "printed": column.printed, "title": column.title} for column in rulebook.columns
        ],
        "without": [{"title": entry.title, "names": entry.names} for entry in document.columns.without],
        "facts": [_fact(fact) for fact in rulebook.facts],
        "flags": FACT_FLAGS,
        "implications": [
            {"when": entry.when, "then": entry.then, "text": entry.text, "cite": entry.cite}
            for entry in document.implications
        ],
        "markers": {marker.id: _marker(rulebook, marker) for marker in document.markers},
        "rows": [_row(rulebook, row) for row in rulebook.rows],
        "decisions": decisions_data(evaluator),
        "rules": {rule.id: _rule(rule) for rule in rules_of(rulebook).values()},
        "messages": MESSAGES,
        "common": rulebook.document.unlisted.common,
        "reading": reading_data(rulebook, limits),
        **_texts(rulebook),
    }


def _marker(rulebook: Rulebook, marker: Marker) -> dict[str, Any]:
    return {
        "printed": marker.printed,
        "meaning": marker.meaning,
        "statement": rulebook.statements[marker.statement].text,
        "style": marker.when_granted if not marker.granted_if else "depends",
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {"severity": rule.severity, "when": rule.when, "meaning": rule.meaning, "remedy": rule.remedy}


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "label": fact.label,
        "values": [
            {
                "id": value.id,
                "state": value.state,
                "overrides": [
                    {
                        "evidence": entry.evidence,
                        "name": entry.names[0],
                        "rule": entry.if_success and entry.if_success.rule,
                        "message": entry.if_success and entry.if_success.message,
                    }
                    for entry in value.overrides
                ],
            }
            for value in fact.values
        ],
    }


def _row(rulebook: Rulebook, row: Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "element": row.element,
        "path": row.path,
        "container": row.container,
        "steps": row.steps,
        "cells": row.cells,
        "comment": row.comment,
        "spellings": rulebook.document.spellings.get(row.path, ()),
    }


def _texts(rulebook: Rulebook) -> dict[str, Any]:
    """Return what is only displayed: interpretations, notes, variables and sources."""
    document = rulebook.document
    variables = document.variables
    return {
        "interpretations": [
            {"id": entry.id, "title": entry.title, "text": entry.text, "basis": entry.basis}
            for entry in document.interpretations
        ],
        "notes": [{"rows": note.rows, "cite": note.cite, "text": note.text} for note in document.notes],
        "variables": variables
        and {
            "path": variables.path,
            "title": variables.title,
            "cite": variables.cite,
            "names": [{"name": entry.name, "text": entry.text} for entry in variables.names],
        },
        "sources": [{"title": source.title, "basis": source.basis} for source in document.sources],
    }
