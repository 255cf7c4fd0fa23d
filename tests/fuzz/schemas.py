"""Targets that read schemas: OpenAPI descriptions, XML schemas, and GraphQL schemas with a query."""

from __future__ import annotations

import json
from collections.abc import Callable

from fuzz.files import SEPARATOR
from fuzz.target import scratch
from support.schemas import REFERENCE, described
from whosees.checker.schemas.draft import ColumnChoice, draft_document, draft_rows, head_comment
from whosees.checker.schemas.graphql.outline import graphql_outline
from whosees.checker.schemas.openapi.outline import openapi_outline
from whosees.checker.schemas.outline import Outline, SchemaError
from whosees.checker.schemas.xsd.outline import xsd_outline
from whosees.reports.commands.rulebook_files import matrix_csv, rulebook_toml
from whosees.rules.load import RULEBOOK_FILE, TABLE_FILE, load_rulebook


def read_openapi(content: bytes) -> None:
    """A description: refused, or the beginning of a rulebook that loads."""
    file = scratch() / "spec"
    file.write_bytes(content)
    hold(lambda: openapi_outline(str(file), "getThing"))


def read_xsd(content: bytes) -> None:
    """An XML schema: refused, or the beginning of a rulebook that loads."""
    file = scratch() / "schema.xsd"
    file.write_bytes(content)
    hold(lambda: xsd_outline(str(file), "answer"))


def read_graphql(content: bytes) -> None:
    """A schema and a query: refused, or the beginning of a rulebook that loads."""
    schema, _, query = content.partition(SEPARATOR)
    (scratch() / "schema").write_bytes(schema)
    (scratch() / "query").write_bytes(query)
    hold(lambda: graphql_outline(str(scratch() / "schema"), str(scratch() / "query"), None))


def hold(read: Callable[[], Outline]) -> None:
    """Hold what is read of a schema to the law: one message, or rows that load."""
    try:
        outline = read()
    except SchemaError as error:
        assert str(error)  # noqa: PT017 - it may be refused, with a reason
        return
    columns, folder = ColumnChoice(), scratch() / "begun"
    folder.mkdir(exist_ok=True)
    document = draft_document(outline, "begun", columns)
    (folder / RULEBOOK_FILE).write_text(rulebook_toml(document, head_comment(outline)), encoding="utf-8")
    (folder / TABLE_FILE).write_text(matrix_csv(document, draft_rows(outline, columns)), encoding="utf-8")
    assert len(load_rulebook(folder).rows) == len(outline.elements)


def descriptions() -> list[bytes]:
    thing = {
        "allOf": [
            {"$ref": f"{REFERENCE}Base"},
            {"properties": {"a/b": {}, "kin": {"$ref": f"{REFERENCE}Base"}}},
        ],
        "oneOf": [{"properties": {"t": {"const": "x"}, "u": {}}, "required": ["t", "u"]}, {"type": "null"}],
    }
    base = {"type": "object", "required": ["id"], "properties": {"id": {"type": ["string", "null"]}}}
    array = {"type": "array", "items": thing, "additionalProperties": True}
    return [
        json.dumps(described(schema, {"Base": base, "Thing": thing})).encode()
        for schema in (thing, array, {"$ref": f"{REFERENCE}Thing"})
    ]


def xml_schemas() -> list[bytes]:
    head = '<schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">'
    return [
        (
            f'{head}<complexType name="answer"><complexContent><extension base="t:base"><sequence><element name="a" '
            'type="t:answer"/><choice minOccurs="0"><element ref="t:e"/><any/></choice><group ref="t:g"/></sequence>'
            '</extension></complexContent></complexType><complexType name="base"><all><element name="b"/></all>'
            '</complexType><element name="e"/><group name="g"><sequence><element name="c"/></sequence></group></schema>'
        ).encode()
    ]


def graphql_schemas() -> list[bytes]:
    schema = b"type Query { a: [T!]! b(x: Int): U } type T { id: ID! t: T } type V { v: Int } union U = T | V"
    queries = (
        b"{ a { id more: t { id } } }",
        b"query Q { b { __typename ...f ... on V { v } } } fragment f on T { id }",
    )
    return [schema + SEPARATOR + query for query in queries]
