"""Rulebooks begun with GraphQL: the rows are what a query selects, by the names in its answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, introspection_from_schema

from support.command import whosees
from support.schemas import decide, judged, rows
from whosees.checker.schemas.graphql.outline import graphql_outline
from whosees.checker.schemas.outline import Outline, SchemaError

SCHEMA = """
type Query { viewer: User!  "All of them." search(first: Int!): Results!  tags: [Tag!]! }
type Results { count: Int!  edges: [Edge] }
type Edge { node: Item }
union Item = User | Shop
interface Owner { login: String! }
type User implements Owner { login: String!  email: String  friends: [User!]! }
type Shop implements Owner { login: String!  margin: Float! }
type Tag { name: String! }
"""
ENDPOINT = (
    "all calls of an endpoint have one URL, `/graphql` here: check recordings of this query alone, or leave out"
    ' `[wire.request]` and write `recognised_by = ["data/{}"]`'
)


def files(folder: Path, query: str | None, *, introspected: bool = True) -> tuple[str, str | None]:
    schema = folder / "schema"
    schema.write_text(
        json.dumps({"data": introspection_from_schema(build_schema(SCHEMA))}) if introspected else SCHEMA
    )
    if query is None:
        return str(schema), None
    (folder / "q.graphql").write_text(query)
    return str(schema), str(folder / "q.graphql")


def outline(folder: Path, query: str | None, operation: str | None = None, **options: Any) -> Outline:
    return graphql_outline(*files(folder, query), operation, **options)


@pytest.mark.parametrize("introspected", [True, False])
def test_rows_are_what_the_query_selects(introspected: bool, tmp_path: Path) -> None:
    query = """query Mine($all: Boolean!) {
        me: viewer { login ...more friends @include(if: $all) { login } }
        search(first: 2) { edges { node { __typename ... on Owner { login } ... on Shop { margin } } } }
    }
    fragment more on User { email }"""
    found = graphql_outline(*files(tmp_path, query, introspected=introspected), None)
    assert rows(found) == {
        "data": "required, nullable",
        "data/me": "required",
        "data/me/login": "required",
        "data/me/email": "required, nullable",
        "data/me/friends": "optional",
        "data/me/friends/login": "required in data/me/friends",
        "data/search": "required: All of them.",
        "data/search/edges": "required, nullable",
        "data/search/edges/node": "required, nullable",
        "data/search/edges/node/__typename": "required",
        "data/search/edges/node/login": "required",
        "data/search/edges/node/margin": "required if data/search/edges/node/__typename is Shop",
    }
    assert dict(found.gaps) == {ENDPOINT.format("me"): ()}
    wire = found.wire
    assert (wire.unit, wire.recognised_by, wire.failure_members) == ("", ("data",), ("errors",))


def test_without_a_typename_what_only_some_types_have_is_optional(tmp_path: Path) -> None:
    found = outline(tmp_path, "{ search(first: 1) { edges { node { ... on Shop { margin } } } } }")
    assert rows(found)["data/search/edges/node/margin"] == "optional"
    problem = "what only some types have is optional; select `__typename` to tell them apart"
    assert dict(found.gaps)[problem] == ("data/search/edges/node",)


def test_a_member_can_have_another_type_in_each_type_around_it(tmp_path: Path) -> None:
    (tmp_path / "s.graphql").write_text(
        "type Query { post: Post } union Post = Note | Ad\n"
        "type Note { by: Person! tags: [[String]] }\ntype Person { name: String! }\n"
        "type Ad { by: Firm! }\ntype Firm { vat: String!  name: String }"
    )
    (tmp_path / "q.graphql").write_text(
        "{ post { ... on Note { by { __typename name } } ... on Ad { by { __typename vat } } } }"
    )
    found = graphql_outline(str(tmp_path / "s.graphql"), str(tmp_path / "q.graphql"), None)
    below = {path: text for path, text in rows(found).items() if path.startswith("data/post/by/")}
    assert below == {
        "data/post/by/__typename": "required",
        "data/post/by/name": "required if data/post/by/__typename is Person",
        "data/post/by/vat": "required if data/post/by/__typename is Firm",
    }
    found = graphql_outline(str(tmp_path / "s.graphql"), None, "Query.post")
    assert [path.removeprefix("data/post/") for path in rows(found)][2:] == [
        "by",
        "by/name",
        "by/vat",
        "tags",
    ]


def test_what_is_selected_within_some_types_only_is_not_required_within_others(tmp_path: Path) -> None:
    found = outline(
        tmp_path,
        "{ search(first: 1) { edges { node { ... on Owner { self: __typename }"
        " ... on User { by: friends { login email } } ... on User { by: friends { login } } } } } }",
    )
    assert rows(found)["data/search/edges/node/by/email"] == "required in data/search/edges/node/by, nullable"
    (tmp_path / "s.graphql").write_text(
        "type Query { post: Post } union Post = Note | Ad type Note { by: Person! } type Ad { by: Person! }"
        " type Person { name: String! vat: String! }"
    )
    (tmp_path / "q.graphql").write_text(
        "{ post { ... on Note { by { name } } ... on Ad { by { name vat } } } }"
    )
    found = graphql_outline(str(tmp_path / "s.graphql"), str(tmp_path / "q.graphql"), None)
    assert rows(found)["data/post/by/name"] == "required"
    assert rows(found)["data/post/by/vat"] == "optional"


def test_a_list_of_lists_is_no_unit(tmp_path: Path) -> None:
    (tmp_path / "s.graphql").write_text("type Query { grid: [[Cell!]!]! } type Cell { x: Int! }")
    assert graphql_outline(str(tmp_path / "s.graphql"), None, "Query.grid").wire.unit == ""


def test_the_unit_is_each_item_of_a_list(tmp_path: Path) -> None:
    found = outline(tmp_path, "{ tags { name } }")
    assert (found.wire.unit, list(rows(found)), found.wire.recognised_by) == (
        "data/tags[]",
        ["name"],
        ("name",),
    )
    page = "{ search(first: 1) { edges { node { __typename } } } }"
    found = outline(tmp_path, page, unit="data/search/edges[]")
    assert list(rows(found)) == ["node", "node/__typename"]
    for unit, problem in {
        "search[]": "--unit `search[]`: answers have a list below `data`, as in `data/search[]`",
        "data/search/edge[]": "--unit `data/search/edge[]`: there is no `edge`; did you mean `edges`?",
        "data/search[]": "--unit `data/search[]`: it is no list in the schema",
    }.items():
        with pytest.raises(SchemaError) as caught:
            outline(tmp_path, page, unit=unit)
        assert str(caught.value) == f"`{tmp_path}/schema`: {problem}"


def test_without_a_query_all_fields_count_down_to_where_a_type_comes_up_again(tmp_path: Path) -> None:
    found = outline(tmp_path, None, "Query.viewer", depth=9)
    assert list(rows(found)) == [
        "data",
        "data/viewer",
        "data/viewer/login",
        "data/viewer/email",
        "data/viewer/friends",
    ]
    assert dict(found.gaps) == {
        "a type contains itself; elements end where it comes up again": ("data/viewer/friends",),
        ENDPOINT.format("viewer"): (),
        "answers have what their query selects, and no schema tells that: pass --query": (),
    }


def test_answers_of_the_query_are_judged_item_by_item(tmp_path: Path) -> None:
    schema, query = files(
        tmp_path, "{ search(first: 1) { edges { node { __typename ... on Shop { margin } } } } }"
    )
    folder = tmp_path / "draft"
    assert query is not None
    options = ("--graphql", schema, "--query", query, "--unit", "data/search/edges[]")
    assert whosees("rules", "new", folder, *options).code == 0
    decide(folder)
    shop, user = {"__typename": "Shop", "margin": 1}, {"__typename": "User"}
    answer = {"data": {"search": {"edges": [{"node": shop}, {"node": user}, {"node": None}]}}}
    results = judged(folder, answer)
    assert [(result.source, list(result.findings)) for result in results] == [
        (f"test.json[{number}]", []) for number in range(3)
    ]


@pytest.mark.parametrize(
    ("query", "operation", "file", "problem"),
    [
        ("{ viewer { ", None, "q.graphql", "no GraphQL query, at line 1"),
        ("{ planted }", None, "schema", "the query selects `planted`, which the type `Query` does not have"),
        ("{ ...gone }", None, "schema", "the query has no fragment `gone`"),
        (
            "{ ...a } fragment a on Query { ...a }",
            None,
            "schema",
            "fragments of the query contain each other without end",
        ),
        (
            "query A { tags { name } } query B { tags { name } }",
            None,
            "q.graphql",
            "name one of its operations with --operation: `A`, `B`",
        ),
        ("query A { tags { name } }", "B", "q.graphql", "it has no operation `B`; there are `A`"),
        ("subscription { tags }", None, "schema", "the schema has no subscription"),
        (None, "Query.viewr", "schema", "it has no field `Query.viewr`; did you mean `Query.viewer`?"),
        (
            None,
            None,
            "schema",
            "pass the query with --query, or name a field with --operation: `Query.viewer`, `Query.search`, `Query.tags`",
        ),
    ],
    ids=["cut", "field", "fragment", "loop", "several", "name", "kind", "no-field", "no-query"],
)
def test_a_query_that_cannot_be_used_is_one_message(
    query: str | None, operation: str | None, file: str, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(SchemaError) as caught:
        outline(tmp_path, query, operation)
    assert str(caught.value) == f"`{tmp_path}/{file}`: {problem}"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("type planted {", "no GraphQL schema, at line 1"),
        ('{"data": 1, "data": 2}', "contains `data` more than once, so that its content is ambiguous"),
        ('{"data": {}}', "it has no `__schema`, so it is no introspection result"),
        ('{"data": {"__schema": {"types": 1}}}', "no introspection result that is complete"),
        ('{"data": ', "not JSON: input data was truncated"),
        ("type Query { a: " + "[" * 50_000, "no GraphQL schema"),
        (b"\xff", "not UTF-8"),
    ],
    ids=["sdl", "twice", "other-json", "incomplete", "cut", "deep", "bytes"],
)
def test_a_schema_that_cannot_be_used_is_one_message(
    content: str | bytes, problem: str, tmp_path: Path
) -> None:
    file = tmp_path / "schema"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SchemaError) as caught:
        graphql_outline(str(file), None, "Query.viewer")
    assert str(caught.value).startswith(f"`{file}`: {problem}")
