"""The JSON Schema of ``rulebook.toml``, made from the model; ``rulebook.schema.json`` is what ships.

After a change of the model: ``python -m whosees.rules.schema > rules/rulebook.schema.json``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from .model import Document
from .validate import ID_PATTERN

SCHEMA_FILE = Path(__file__).parent / "rulebook.schema.json"

_KEYS = {
    "Document.rulebook": "What this rulebook is.",
    "Document.sources": "The texts that were read.",
    "Document.statements": "What the sources say, sentence by sentence.",
    "Document.columns": "The columns of the matrix, and the fact that picks one.",
    "Document.facts": "What about a call decides what it is shown; the column fact among them, without values.",
    "Document.markers": "What stands in the cells of the matrix, and what it means.",
    "Document.wire": "How messages look.",
    "Document.implications": "What one fact says about another.",
    "Document.spellings": "Other names that a message may use, by path of the row.",
    "Document.notes": "Printed notes: they explain rows and change no cell.",
    "Document.variables": "Names that a response never holds.",
    "Document.interpretations": "What was decided where the sources are silent or unclear.",
    "Document.not_covered": "What a reader may look for here, and no source states.",
    "Document.evidence": "What in a message tells a fact of the call.",
    "Document.unlisted": "Elements that responses carry and the matrix does not list.",
    "Identity.format": "The version of this format.",
    "Identity.id": "The name of the rulebook; identities of findings begin with it.",
    "Identity.version": "The version of its content, as its author numbers it.",
    "Identity.title": "What it is about, for people.",
    "Identity.table": "The file of the matrix, beside this one.",
    "Identity.table_title": "What the matrix is called in explanations.",
    "Source.id": "How statements name it.",
    "Source.title": "The title of the text.",
    "Source.basis": "How far it can be trusted.",
    "CitedFor.rows": "Paths of rows.",
    "CitedFor.columns": "Ids of columns.",
    "CitedFor.markers": "Ids of markers.",
    "CitedFor.expectations": "What has been decided.",
    "CitedFor.facts": "Values that facts have, `unknown` among them.",
    "Statement.id": "How markers name it.",
    "Statement.source": "The source's id.",
    "Statement.cite": "Where it stands there.",
    "Statement.text": "The sentence.",
    "Statement.cited_for": "Which decisions quote it beside their marker's own statement.",
    "Column.id": "The value of the column fact.",
    "Column.printed": "What is printed over the column, in the matrix too.",
    "Column.title": "Its name for people.",
    "Column.names": "Every name by which it may be said.",
    "Column.change": "What somebody would have to do to get it.",
    "NoColumn.title": "Its name for people.",
    "NoColumn.names": "Every name by which it may be said.",
    "Columns.fact": "The fact that picks the column.",
    "Columns.values": "The columns, in printed order.",
    "Columns.without": "What exists and has no column.",
    "Despite.evidence": "The value that the evidence shows.",
    "Despite.names": "The names that state the other value all the same.",
    "Value.id": "The value.",
    "Value.names": "Every name by which it may be said, the id among them.",
    "Value.state": "The value as a sentence about a call: `the caller is the owner`.",
    "Value.change": "What somebody would have to do for it: `be the owner`.",
    "Value.despite": "Names that state the value against the evidence.",
    "Fact.id": "How options, sidecars and markers name it.",
    "Fact.label": "Its name for people.",
    "Fact.caller_can": "Whether a caller can change it.",
    "Fact.state_unknown": "What is said where it is not known.",
    "Fact.values": "Its values; none for the column fact.",
    "Implication.when": "The facts from which others follow.",
    "Implication.then": "The facts that follow.",
    "Implication.text": "The implication as a sentence.",
    "Implication.cite": "The interpretation or statement that it rests on.",
    "Marker.id": "How reports name it.",
    "Marker.printed": "What is printed in a cell.",
    "Marker.statement": "The statement that it rests on.",
    "Marker.meaning": "Its meaning in few words: `always returned`.",
    "Marker.granted": "What is expected where a condition holds, or there is none.",
    "Marker.withheld": "What is expected where no condition holds.",
    "Marker.granted_if": "Conditions: one entry suffices, and all facts of an entry have to have one of its values.",
    "Note.id": "How reports name it.",
    "Note.rows": "Paths of the rows that it explains.",
    "Note.cite": "Where it stands.",
    "Note.text": "The note.",
    "Variable.name": "The name as printed.",
    "Variable.text": "What it stands for.",
    "Variables.path": "The row whose text they are looked for in.",
    "Variables.title": "What the list is called.",
    "Variables.cite": "Where it stands.",
    "Variables.names": "The variables.",
    "Interpretation.id": "The number under which it is cited.",
    "Interpretation.title": "What was decided, in few words.",
    "Interpretation.text": "What was decided, and why.",
    "Interpretation.basis": "What it was decided from.",
    "Interpretation.cited_for": "Which decisions cite it; without it, none does.",
    "NotCovered.title": "What it is about.",
    "NotCovered.text": "What is not stated, and what follows from that.",
    "Wire.format": "The format of the messages.",
    "Wire.namespace": "XML: the namespace of the response's elements.",
    "Wire.envelope": "XML: the namespace of the message around it.",
    "Wire.response_types": "XML: the types of a body that answers this operation.",
    "Wire.recognised_by": "JSON: members of which a response has one.",
    "Wire.failure_members": "JSON: members of which one says that the call failed.",
    "Wire.request_types": "XML: the type attributes of a body that asks for this operation.",
    "Wire.request_type_names": "XML: the same as local names of the namespace.",
    "Wire.prefixes": "XML: the namespaces of prefixes that requests may use without declaring them.",
    "Wire.failures": "XML: the text of each code of a failed call.",
    "Wire.failure_kinds": "XML: what failures mean to the caller: `live` reports it, and `emulate` answers with the first code.",
    "FailureKinds.kind": "The meaning.",
    "FailureKinds.codes": "The codes of `failures` with this meaning.",
    "FailureKinds.reason_contains": "A word of the reason, in any letter case, that gives a failure this meaning whatever its code is.",
    "ResponseEvidence.fact": "The fact that it tells.",
    "ResponseEvidence.path": "The element whose text is read.",
    "ResponseEvidence.equals": "The texts that say it.",
    "ResponseEvidence.as": "The value that one of them tells.",
    "ResponseEvidence.names": "The value that each text tells.",
    "RequestEvidence.fact": "The fact that it tells.",
    "RequestEvidence.part": "Where in a request they stand; a JSON request is all body.",
    "RequestEvidence.any_of": "The elements of which one has to be given.",
    "RequestEvidence.if_given": "The value where one is.",
    "RequestEvidence.if_not": "The value where none is.",
    "RequestEvidence.cite": "The interpretation or statement that it rests on.",
    "MatchEvidence.fact": "The fact that it tells.",
    "MatchEvidence.request": "The element of the request.",
    "MatchEvidence.response": "The path in the response.",
    "MatchEvidence.as": "The value where both hold the same text.",
    "MatchEvidence.part": "Where in a request the element stands.",
    "MatchEvidence.ignore_case": "Whether letter case counts not.",
    "MatchEvidence.cite": "The interpretation or statement that it rests on.",
    "SessionEvidence.request": "The element of the request's body.",
    "SessionEvidence.response": "The path in the response.",
    "Evidence.response": "Elements of the response; for a fact, the first that is there and fits decides.",
    "Evidence.request": "Elements of the request that are given or not.",
    "Evidence.match": "Elements of both that hold the same.",
    "Evidence.session": "Elements by which both name what they are about.",
    "Unlisted.source": "Where they are known from.",
    "Unlisted.paths": "Their paths.",
    "Unlisted.cite": "The interpretation that says what becomes of them.",
    "Unlisted.notes": "What is to be said of one, by path.",
}
"""What each key means. The tables say of themselves what they are, in the model."""

_IDS = ("Source", "Statement", "Column", "Marker", "Note", "Interpretation", "Identity", "Fact", "Value")


def rulebook_schema() -> dict[str, Any]:
    """Make the schema from the model."""
    (root,), tables = msgspec.json.schema_components([Document], ref_template="#/$defs/{name}")
    for name, table in tables.items():
        table["description"] = _plain(table["description"])
        for key, schema in table["properties"].items():
            table["properties"][key] = _described(schema, _KEYS[f"{name}.{key}"])
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


def _described(schema: dict[str, Any], text: str) -> dict[str, Any]:
    if "anyOf" in schema:  # msgspec before 0.22 has null first
        schema = {**schema, "anyOf": sorted(schema["anyOf"], key=lambda each: each == {"type": "null"})}
    return {"description": text, **schema}


def _plain(docstring: str) -> str:
    """Take the mark-up of docstrings out: schemas are shown as plain text."""
    return " ".join(docstring.replace("``", "`").split())


def schema_text() -> str:
    """Write the schema as it ships."""
    return json.dumps(rulebook_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
