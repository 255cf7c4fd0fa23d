"""The JSON Schema of ``rulebook.toml``, generated from the model; ``rulebook.schema.json`` is the copy that ships.

After a change of the model: ``python -m whosees.rules.schema > rules/rulebook.schema.json``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from .key_descriptions import KEYS
from .model import Document
from .validate import ID_PATTERN

SCHEMA_FILE = Path(__file__).parent / "rulebook.schema.json"

_IDS = ("Source", "Statement", "Column", "Marker", "Note", "Interpretation", "Identity", "Fact", "Value")


def rulebook_schema() -> dict[str, Any]:
    """Return the schema of the model."""
    (root,), tables = msgspec.json.schema_components([Document], ref_template="#/$defs/{name}")
    for name, table in tables.items():
        table["description"] = _plain(table["description"])
        for key, schema in table["properties"].items():
            table["properties"][key] = _describe(schema, KEYS[f"{name}.{key}"])
    for name in _IDS:
        tables[name]["properties"]["id"]["pattern"] = f"^{ID_PATTERN}$"
    tables["Columns"]["properties"]["values"]["minItems"] = 1
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:whosees:rulebook:1",
        "title": "Whosees rulebook, format 1: rulebook.toml",
        **root,
        "$defs": tables,
    }


def _describe(schema: dict[str, Any], text: str) -> dict[str, Any]:
    if "anyOf" in schema:  # msgspec before 0.22 puts null first
        schema = {**schema, "anyOf": sorted(schema["anyOf"], key=lambda each: each == {"type": "null"})}
    return {"description": text, **schema}


def _plain(docstring: str) -> str:
    """Return a docstring without mark-up, since editors show schemas as plain text."""
    return " ".join(docstring.replace("``", "`").split())


def schema_text() -> str:
    """Return the schema as it ships."""
    return json.dumps(rulebook_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
