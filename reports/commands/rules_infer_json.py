"""`rules infer` as data; schema ``whosees/rules-infer@1``."""

from __future__ import annotations

from typing import Any

from ...engine.learning.cells import Cell, Contradiction, Matrix, Outlier, Suggestion
from ...engine.learning.conditions import Condition, Minimizer
from ...engine.learning.reliability import reliability
from ..text.json import encode
from .rules_infer import InferReport, conditions_of, kinds_of

SCHEMA = "whosees/rules-infer@1"


def infer_json(found: InferReport) -> str:
    """Return everything as data: each cell with its condition, rivals, support and reliability."""
    matrix, minimizer = found.matrix, Minimizer(found.matrix.space)
    cells = ",\n".join(encode(_cell_object(found, minimizer, cell)) for cell in matrix.cells.values())
    head: dict[str, Any] = {
        "recordings": matrix.recordings,
        "unused": [
            {"reason": reason, "recordings": number, "sources": list(sources)}
            for reason, number, sources in found.unused
        ],
        "incomplete": {"recordings": matrix.without_context, "facts": list(matrix.unknown_facts)},
        "column": matrix.space.column,
        "columns": list(matrix.space.columns),
        "facts": {fact: list(values) for fact, values in matrix.space.values.items()},
        "key": found.key,
        "objects": matrix.objects,
        "notes": list(found.notes),
        "cells": kinds_of(matrix),
    }
    outliers = ",\n".join(encode(_outlier_object(outlier)) for outlier in matrix.outliers)
    contradictions, thin, rare_in = (
        ",\n".join(map(_contradiction_object, each))
        for each in (matrix.contradictions, matrix.thin, matrix.rare_in)
    )
    suggested = ",\n".join(encode(_suggestion_object(matrix, each)) for each in matrix.suggestions)
    kept = [{"path": path, "column": column, "text": text} for path, column, text in found.kept]
    return (
        f'{{"schema":"{SCHEMA}","summary":{encode(head)},\n"cells":[\n{cells}\n],\n"outliers":[\n{outliers}\n],\n'
        f'"contradictions":[\n{contradictions}\n],\n"thin":[\n{thin}\n],\n"rare":{encode(list(matrix.rare))},\n'
        f'"rare_in":[\n{rare_in}\n],\n'
        f'"unseen":{encode(list(matrix.unseen))},\n'
        f'"kept":{encode(kept)},\n"next":[\n{suggested}\n]}}\n'
    )


def _cell_object(found: InferReport, minimizer: Minimizer, cell: Cell) -> dict[str, Any]:
    conditions = conditions_of(minimizer, cell)
    rated = reliability(cell, conditions[0], found.matrix.space) if conditions and cell.granted else None
    return {
        "path": cell.path,
        "column": cell.column,
        "kind": cell.kind,
        "marker": found.marker_of.get((cell.path, cell.column)),
        "condition": _condition_object(conditions[0]) if conditions else None,
        "rivals": [_condition_object(rival) for rival in conditions[1:]],
        "required": cell.required,
        "objects": {"shown": cell.shown, "absent": cell.absent},
        "contexts": {
            "granted": cell.granted.bit_count(),
            "withheld": cell.withheld.bit_count(),
            "unknown": cell.unknown.bit_count(),
        },
        "reliability": None if rated is None else round(rated.reliability, 4),
        "confidence": None if rated is None else round(rated.confidence, 4),
    }


def _condition_object(condition: Condition) -> list[dict[str, list[str]]]:
    return [{fact: list(values) for fact, values in term.where} for term in condition.terms]


def _contradiction_object(each: Contradiction) -> str:
    return encode(
        {
            "sources": list(each.sources),
            "recordings": each.count,
            "column": each.column,
            "facts": dict(each.facts),
            "paths": list(each.paths),
        }
    )


def _outlier_object(outlier: Outlier) -> dict[str, Any]:
    return {
        "sources": list(outlier.sources),
        "recordings": outlier.count,
        "column": outlier.column,
        "facts": dict(outlier.facts),
        "leaked": list(outlier.leaked),
        "missing": list(outlier.missing),
    }


def _suggestion_object(matrix: Matrix, suggestion: Suggestion) -> dict[str, Any]:
    return {
        matrix.space.column: suggestion.column,
        "facts": dict(suggestion.facts),
        "cells": suggestion.cells,
        "rivals": suggestion.rivals,
        "objects": suggestion.objects,
        "like": suggestion.like,
    }
