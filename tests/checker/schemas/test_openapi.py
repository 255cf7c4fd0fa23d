"""A rulebook from an OpenAPI description: operations, evidence, files and what cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command import whosees
from support.schemas import described, gaps, obj, outline, rows, written
from whosees.checker.schemas.outline import SchemaError
from whosees.rules import load_rulebook


def test_files_below_the_folder_are_read_and_nothing_else_is(tmp_path: Path) -> None:
    folder = tmp_path / "api"
    (folder / "parts").mkdir(parents=True)
    (tmp_path / "outside.json").write_text('{"x": {"type": "object", "properties": {"leaked": {}}}}')
    (folder / "parts" / "user.yaml").write_text(
        "User:\n  properties:\n    no: {$ref: 'name.json#/Name'}\n    up: {$ref: '../../outside.json#/x'}\n"
        "properties: {odd: no schema, list: {properties: [x]}, id: {$id: 5}}\n"
    )
    (folder / "parts" / "name.json").write_text('{"Name": {"properties": {"first": {}}}}')
    (folder / "parts" / "link.json").symlink_to(tmp_path / "outside.json")
    schema = obj(
        {
            "user": {"$ref": "parts/user.yaml#/User"},
            "net": {"$ref": "https://example.com/secret-place.json#/x"},
            "link": {"$ref": "parts/link.json#/x"},
            "none": {"$ref": "parts/none.json"},
            "nowhere": {"$ref": "#/components/schemas/0/1"},
            "anchor": {"$ref": "#there"},
        }
    )
    found = outline(folder, described(schema))
    known = [path for path in rows(found) if "/" in path]
    assert known == ["user/no", "user/no/first", "user/up"]
    unknown = "; what is in the element is not known"
    assert gaps(found) == {
        f"a reference leads out of the folder of the description{unknown}": ("user/up", "link"),
        f"a reference leads to the network, where nothing is looked up{unknown}": ("net",),
        f"a reference leads to a file that cannot be read{unknown}": ("none",),
        f"a reference leads nowhere{unknown}": ("nowhere",),
        f"a reference by an anchor is not followed; write it as a JSON pointer{unknown}": ("anchor",),
    }


def test_what_shows_who_calls_is_evidence(tmp_path: Path) -> None:
    description = described(obj({"id": {}}), security=[{"token": []}, {"key": []}])
    description["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "key": {"type": "apiKey", "in": "query", "name": "api_key"},
        "other": {"type": "apiKey", "in": "header", "name": "X-Unused"},
    }
    folder = tmp_path / "draft"
    done = whosees(
        "rules", "new", folder, "--openapi", written(tmp_path, description), "--operation", "getThing"
    )
    assert (done.code, done.err) == (0, "")
    http = load_rulebook(folder).document.evidence.http
    assert [(each.part, each.name, each.present, each.absent) for each in http] == [
        ("request.header", "Authorization", "authenticated", None),
        ("query", "api_key", "authenticated", "anonymous"),
    ]


@pytest.mark.parametrize(
    ("path", "template", "problem"),
    [
        ("/users/{user.id}/", "/users/{user_id}", None),
        (
            "/list?beta=true",
            "/list",
            "a query or fragment in its path is not part of a path template, so calls without it match too",
        ),
        (
            "/list#shared?",
            "/list",
            "a query or fragment in its path is not part of a path template, so calls without it match too",
        ),
        (
            "/{a}.{b}",
            (),
            "its path is not a path template; a segment can have one parameter; `wire.request` names the method alone",
        ),
    ],
)
def test_the_path_becomes_a_template(path: str, template: Any, problem: str | None, tmp_path: Path) -> None:
    description = described(obj({"id": {}}))
    description["paths"] = {path: description["paths"].pop("/things/{id}")}
    found = outline(tmp_path, description)
    assert found.wire.request is not None
    assert found.wire.request.path == template
    assert list(gaps(found)) == ([problem] if problem else [])


def test_failures_are_told_by_members_that_answers_do_not_have(tmp_path: Path) -> None:
    def failure(*names: str) -> Any:
        return {"content": {"application/problem+json": {"schema": obj({name: {} for name in names})}}}

    description = described(obj({"id": {}}))
    responses = description["paths"]["/things/{id}"]["get"]["responses"]
    responses |= {"404": failure("message", "id", "why"), "default": failure("message", "id", "fields")}
    responses["202"] = {"content": {"application/json": {"schema": obj({"job": {}})}}}
    content = responses["200"]["content"]
    content |= {"text/json": content["application/json"], "application/v2+json": {"schema": obj({"key": {}})}}
    found = outline(tmp_path, description)
    assert found.wire.failure_members == ("message",)
    assert gaps(found) == {
        "answers in `application/v2+json` have a schema of their own, of which there are no rows": (),
        "answers with status 202 have a schema of their own, and count as failures": (),
    }


def test_the_default_answer_counts_if_no_status_of_success_does(tmp_path: Path) -> None:
    answer = {"content": {"application/json": {"schema": obj({"id": {}})}}}
    found = outline(tmp_path, described({}, responses={"404": {}, "default": answer}))
    assert list(rows(found)) == ["id"]
    assert found.wire.response is not None
    assert (found.wire.response.answers, found.wire.failure_members) == (("2xx",), ())
    assert list(gaps(found)) == [
        "it describes no answer with a status of success; `default` is taken for that of all of them"
    ]


def test_cells_are_left_to_a_person_and_lint_says_which(tmp_path: Path) -> None:
    schema = obj({"id": {}, "pin": {"writeOnly": True}, "x": {"not": {}}}, "id")
    folder = tmp_path / "my things"
    options = (
        "--openapi",
        written(tmp_path, described(schema)),
        "--operation",
        "get /things/{id}",
        "--columns",
        "plan=free,paid",
    )
    done = whosees("rules", "new", folder, *options)
    problem = "not expressed: the schema has `not`, which no row can express (`x`)"
    assert (done.code, done.err) == (0, f"whosees: {problem}\n")
    assert (folder / "table.csv").read_text() == (
        "element,path,free,paid,comments\nid,id,?,?,required\npin,pin,write-only,write-only,write-only\nx,x,?,?,optional\n"
    )
    assert f"# {problem}\n" in (folder / "rulebook.toml").read_text()
    lint = whosees("rules", "lint", folder, "--format", "json").json["remarks"]
    assert [(each["id"], each["severity"], each["text"], each["witness"]) for each in lint][:1] == [
        ("undecided-cells", "warning", "4 of 6 cells are not decided", "undecided: 4; in `id`, `x`")
    ]
    assert {each["id"] for each in lint} == {
        "undecided-cells",
        "not-reviewed",
        "not-evident",
        "unreachable",
    }
    table = folder / "table.csv"
    table.write_text(table.read_text().replace("?,?", "always,never"))
    lint = whosees("rules", "lint", folder, "--format", "json").json["remarks"]
    (found,) = [each for each in lint if each["id"] == "placeholder"]
    keys = ("always.text", "always.cite", "never.text", "never.cite")
    witness = [*(f"`statements.{key}`" for key in keys), "`sources.documentation.title`"]
    assert (found["text"], found["witness"]) == ("5 texts are still to be written", ", ".join(witness))
    table.write_text(table.read_text().replace("id,id,always", "id,id,optional"))
    lint = whosees("rules", "lint", folder, "--format", "json").json["remarks"]
    (found,) = [each for each in lint if each["id"] == "placeholder"]
    assert found["text"] == "7 texts are still to be written"
    assert found["witness"].endswith(", `statements.never.text` and 2 more texts"), found["witness"]
    assert whosees("rules", "new", folder, *options).err == (
        f"whosees: `{folder}/rulebook.toml` exists already; nothing is overwritten\n"
    )


def test_texts_of_a_schema_steer_nothing(tmp_path: Path) -> None:
    hostile = "a\x1b[31m\nb ::error::c \u202e" + "x" * 300
    description = described(obj({"na\u202eme": {"description": hostile}, "b\nc": {}}))
    description["info"]["title"] = hostile
    folder = tmp_path / "draft"
    done = whosees(
        "rules", "new", folder, "--openapi", written(tmp_path, description), "--operation", "getThing"
    )
    assert (done.code, done.err) == (0, "")
    shown = [whosees("rules", command, folder).out for command in ("lint", "show")]
    files = [file.read_text("utf-8") for file in folder.iterdir()]
    for text in (*shown, *files):
        assert all(line.isprintable() for line in text.splitlines())
        assert "::error" not in text


def test_responses_and_path_items_can_be_references(tmp_path: Path) -> None:
    description = described(obj({"id": {}}))
    item = description["paths"]["/things/{id}"]
    answer = item["get"]["responses"]["200"]
    description["components"] |= {"pathItems": {"Thing": item}, "responses": {"Thing": answer}}
    item["get"]["responses"] = {"2XX": {"$ref": "#/components/responses/Thing"}}
    description["paths"] = {
        "/things/{id}": {"$ref": "#/components/pathItems/Thing"},
        "/broken": {"$ref": "#/components/pathItems/Gone"},
    }
    found = outline(tmp_path, description, "get /things/{id}")
    assert list(rows(found)) == ["id"]
    assert found.wire.response is not None
    assert found.wire.response.answers == ("2xx",)


def test_an_operation_can_have_a_file_of_its_own(tmp_path: Path) -> None:
    """OpenAPI has no reference in that place, and tools that bundle the files of a description follow one all the same."""
    description = described(obj({"id": {}}))
    item = description["paths"]["/things/{id}"]
    (tmp_path / "get.json").write_text(json.dumps(item["get"] | {"operationId": "readThing"}))
    item |= {"get": {"$ref": "get.json"}, "put": {"$ref": "gone.json"}}
    found = outline(tmp_path, description, "readThing")
    assert list(rows(found)) == ["id"]
    assert found.wire.request is not None
    assert (found.wire.request.method, found.wire.request.path) == ("GET", "/things/{id}")
    with pytest.raises(SchemaError) as caught:
        outline(tmp_path, description, "put /things/{id}")
    problem = (
        "the responses of `PUT /things/{id}` cannot be read: a reference leads to a file that cannot be read"
    )
    assert str(caught.value) == f"`{tmp_path}/spec.json`: {problem}"


def test_a_cookie_is_evidence_and_a_broken_scheme_is_none(tmp_path: Path) -> None:
    description = described(obj({"id": {}}), security=[{"session": []}])
    schemes = {"session": {"type": "apiKey", "in": "cookie", "name": "sid"}}
    description["components"]["securitySchemes"] = schemes
    assert [(each.part, each.name) for each in outline(tmp_path, description).credentials] == [
        ("request.cookie", "sid")
    ]
    schemes["session"] = {"type": "apiKey", "in": "body", "name": "sid"}
    assert outline(tmp_path, description).credentials == ()
    schemes["session"] = {"$ref": "#/gone"}
    assert outline(tmp_path, description).credentials == ()
