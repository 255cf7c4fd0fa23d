"""The common parts of the tests of schemas: descriptions with one operation, and rulebooks begun with them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.checker.schemas.draft import comments_of
from whosees.checker.schemas.openapi.outline import openapi_outline
from whosees.checker.schemas.outline import Outline
from whosees.engine.claims import Claim, Precedence
from whosees.engine.result import ResponseResult

REFERENCE = "#/components/schemas/"


def described(
    schema: Any, schemas: Mapping[str, Any] | None = None, *, version: str = "3.1.0", **operation: Any
) -> dict[str, Any]:
    """Return an OpenAPI description of `GET /things/{id}`, which answers with a schema."""
    answer = {"description": "it", "content": {"application/json": {"schema": schema}}}
    get = {"operationId": "getThing", "responses": {"200": answer}} | operation
    return {
        "openapi": version,
        "info": {"title": "Things", "version": "7"},
        "paths": {"/things/{id}": {"get": get}},
        "components": {"schemas": dict(schemas or {})},
    }


def written(folder: Path, description: Any, name: str = "spec.json") -> str:
    """Write a description and return its path."""
    file = folder / name
    file.write_text(json.dumps(description), encoding="utf-8")
    return str(file)


def outline(folder: Path, description: Any, operation: str | None = "getThing", **options: Any) -> Outline:
    """Return the outline of an operation of a description."""
    return openapi_outline(written(folder, description), operation, **options)


def gaps(found: Outline) -> dict[str, tuple[str, ...]]:
    """Return what no row can express, by what it is."""
    return dict(found.gaps)


def obj(properties: dict[str, Any], *required: str, **more: Any) -> dict[str, Any]:
    """Return the schema of an object."""
    return {"type": "object", "properties": properties, "required": list(required), **more}


def rows(outline: Outline) -> dict[str, str]:
    """Return what is said of each element, by path: `required`, `nullable` and so on."""
    return comments_of(outline)


def decide(folder: Path) -> None:
    """Decide the cells of a draft as the schema would have it: elements that are never left out always, others if set."""
    table = folder / "table.csv"
    with table.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.reader(stream))
    for line in lines[1:]:
        marker = "always" if line[-1].split(",")[0] == "required" else "optional"
        line[2:-1] = [marker if cell == "?" else cell for cell in line[2:-1]]
    with table.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(lines)


def judged(folder: Path, body: Any) -> list[ResponseResult]:
    """Judge a JSON response by a rulebook, for an authenticated caller."""
    claim = Claim("caller", "authenticated", "--caller", Precedence.FLAG)
    checker = Checker(Settings(rules=str(folder), claims=(claim,)))
    results = list(checker.check(Recording("test.json", json.dumps(body).encode())))
    assert not any(isinstance(result, Skipped) for result in results)
    return [result for result in results if isinstance(result, ResponseResult)]
