"""Rulebooks begun with OpenAPI: every element of the answers has a row, and what no row can express is listed."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.command import whosees
from support.schemas import REFERENCE, decide, described, judged, rows, written
from whosees.checker.schemas.openapi.outline import openapi_outline
from whosees.checker.schemas.outline import Outline, SchemaError
from whosees.rules import load_rulebook


def outline(folder: Path, description: Any, operation: str | None = "getThing", **options: Any) -> Outline:
    return openapi_outline(written(folder, description), operation, **options)


def gaps(found: Outline) -> dict[str, tuple[str, ...]]:
    return dict(found.gaps)


def obj(properties: dict[str, Any], *required: str, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), **more}


def test_rows_say_what_the_schema_says(tmp_path: Path) -> None:
    schema = obj(
        {
            "id": {"type": "integer", "description": "The\n  number."},
            "note": {"type": ["string", "null"], "readOnly": True, "deprecated": True},
            "old": {"type": "string", "nullable": True},
            "pin": {"type": "string", "writeOnly": True},
            "tags": {"type": "array", "items": {"type": "array", "items": obj({"name": {}}, "name")}},
            "by_key": {"type": "object", "additionalProperties": obj({"v": {}}, "v")},
            "a/b": {},
        },
        "id",
        "ghost",
        "pin",
    )
    found = outline(tmp_path, described(schema))
    assert rows(found) == {
        "id": "required: The number.",
        "note": "optional, nullable, read-only, deprecated",
        "old": "optional, nullable",
        "pin": "write-only",
        "tags": "optional",
        "tags/name": "required in tags",
        "by_key": "optional",
        "by_key/*": "optional",
        "by_key/*/v": "required in by_key/*",
        "a~1b": "optional",
        "ghost": "required",
    }
    assert gaps(found) == {}
    wire = found.wire
    assert (wire.format, wire.unit, wire.recognised_by) == ("json", "", ("id", "ghost"))
    assert wire.request is not None
    assert wire.response is not None
    assert (wire.request.method, wire.request.path, wire.response.answers) == (
        "GET",
        "/things/{id}",
        ("200",),
    )


def test_parts_of_all_of_apply_together_and_references_are_followed(tmp_path: Path) -> None:
    schemas = {
        "Base": obj({"id": {}, "kin": {"$ref": f"{REFERENCE}Kin"}}, "id"),
        "Kin": obj({"name": {}}),
        "Thing": {"allOf": [{"$ref": f"{REFERENCE}Base"}, obj({"kin": obj({"age": {}}, "age")}, "kin")]},
    }
    found = outline(tmp_path, described({"$ref": f"{REFERENCE}Thing"}, schemas, version="3.0.3"))
    assert rows(found) == {
        "id": "required",
        "kin": "required",
        "kin/name": "optional",
        "kin/age": "required",
    }


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        ({"discriminator": {"propertyName": "type"}}, [{}, {}]),
        (
            {
                "discriminator": {
                    "propertyName": "type",
                    "mapping": {"User": "User", "Org": f"{REFERENCE}Org"},
                }
            },
            [{}, {}],
        ),
        ({}, [{"const": "User"}, {"enum": ["Org"]}]),
    ],
)
def test_alternatives_that_a_member_tells_apart_are_conditions_of_rows(
    more: Any, kinds: Any, tmp_path: Path
) -> None:
    user, org = kinds
    schemas = {
        "User": obj({"type": user, "email": {}}, "type", "email"),
        "Org": obj({"type": org, "site": {}}, "type"),
    }
    owner = {"oneOf": [{"$ref": f"{REFERENCE}User"}, {"$ref": f"{REFERENCE}Org"}], **more}
    found = outline(tmp_path, described(obj({"owner": owner}), schemas))
    assert rows(found)["owner/email"] == "required if owner/type is User"
    assert rows(found)["owner/site"] == "optional"
    assert {each.path: dict(each.when) for each in found.elements if each.when} == {
        "owner/email": {"owner/type": ("User",)}
    }
    assert gaps(found) == {}


def test_the_texts_that_a_schema_states_win_over_the_names_of_schemas(tmp_path: Path) -> None:
    """A discriminator without a mapping stands for the names of schemas, and many descriptions do not mean that."""
    schemas = {
        "UserItem": obj({"type": {"enum": ["user"]}, "email": {}}, "type", "email"),
        "OrgItem": obj({"type": {"const": "org"}}, "type"),
    }
    owner = {
        "oneOf": [{"$ref": f"{REFERENCE}UserItem"}, {"$ref": f"{REFERENCE}OrgItem"}],
        "discriminator": {"propertyName": "type"},
    }
    found = outline(tmp_path, described(obj({"owner": owner}), schemas))
    assert rows(found)["owner/email"] == "required if owner/type is user"


def test_other_alternatives_are_put_together_and_listed(tmp_path: Path) -> None:
    either = {"anyOf": [obj({"a": {}}, "a"), obj({"b": {}}, "b"), {"type": "null"}]}
    found = outline(tmp_path, described(obj({"either": either})))
    assert rows(found) == {"either": "optional, nullable", "either/a": "optional", "either/b": "optional"}
    assert gaps(found) == {
        "alternatives are put together: what only some of them have, or require, is optional": ("either",)
    }


def test_one_alternative_beside_null_is_that_one(tmp_path: Path) -> None:
    maybe = {"oneOf": [obj({"a": {}}, "a"), {"type": "null"}]}
    found = outline(tmp_path, described(obj({"maybe": maybe})))
    assert rows(found) == {"maybe": "optional, nullable", "maybe/a": "required in maybe"}
    assert gaps(found) == {}


def test_a_schema_that_contains_itself_ends_and_is_listed(tmp_path: Path) -> None:
    node = {"$ref": f"{REFERENCE}Node"}
    schemas = {
        "Node": obj(
            {
                "id": {},
                "next": {"allOf": [node], "description": "the next one"},
                "children": {"type": "array", "items": {"oneOf": [node, {"type": "null"}]}},
                "by_name": {"type": "object", "additionalProperties": node},
            }
        ),
        "Loop": {"$ref": f"{REFERENCE}Pool"},
        "Pool": {"$ref": f"{REFERENCE}Loop"},
    }
    found = outline(tmp_path, described(obj({"first": node, "loop": {"$ref": f"{REFERENCE}Loop"}}), schemas))
    assert list(rows(found)) == [
        "first",
        "first/id",
        "first/next",
        "first/children",
        "first/by_name",
        "first/by_name/*",
        "loop",
    ]
    assert gaps(found) == {
        "a schema contains itself; elements end where it comes up again": (
            "first/next",
            "first/children",
            "first/by_name/*",
        ),
        "a reference leads back to itself; what is in the element is not known": ("loop",),
    }


def test_files_below_the_folder_are_read_and_nothing_else_is(tmp_path: Path) -> None:
    folder = tmp_path / "api"
    (folder / "parts").mkdir(parents=True)
    (tmp_path / "outside.json").write_text('{"x": {"type": "object", "properties": {"leaked": {}}}}')
    (folder / "parts" / "user.yaml").write_text(
        "User:\n  properties:\n    no: {$ref: 'name.json#/Name'}\n    up: {$ref: '../../outside.json#/x'}\n"
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


def test_keywords_and_names_that_no_row_can_express_are_listed(tmp_path: Path) -> None:
    schema = obj(
        {
            "x": {"not": {}, "patternProperties": {"^p": obj({"q": {}})}},
            "*": {},
            "y[]": {},
            "never": False,
        }
    )
    found = outline(tmp_path, described(schema))
    assert list(rows(found)) == ["x", "x/*", "x/*/q"]
    assert gaps(found) == {
        "the schema rules out the member `never`": ("",),
        "the schema has `not`, which no row can express": ("x",),
        "names with a pattern are free keys, `*`, in a rulebook": ("x",),
        "a member has a name that no path of a rulebook can have": ("",),
    }


def test_the_unit_is_each_item_of_a_list(tmp_path: Path) -> None:
    item = obj({"id": {}}, "id")
    array = {"type": "array", "items": item}
    found = outline(tmp_path, described(array))
    assert (found.wire.unit, list(rows(found))) == ("[]", ["id"])
    page = described(obj({"total": {}, "a": obj({"list": array, "one": item})}))
    assert list(rows(outline(tmp_path, page))) == ["total", "a", "a/list", "a/list/id", "a/one", "a/one/id"]
    found = outline(tmp_path, page, unit="a/list[]")
    assert (found.wire.unit, list(rows(found))) == ("a/list[]", ["id"])
    for unit, problem in {
        "a": "--unit `a` is not a unit; end it with `[]`, as in `items[]`",
        "b[]": "--unit `b[]`: there is no `b`; there are `total`, `a`",
        "a/lisd[]": "--unit `a/lisd[]`: there is no `lisd`; did you mean `list`?",
        "a/one[]": "--unit `a/one[]`: it is no array in the schema",
    }.items():
        with pytest.raises(SchemaError) as caught:
            outline(tmp_path, page, unit=unit)
        assert str(caught.value).endswith(f"spec.json`: {problem}")


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
            "a query in its path is not part of a path template, so calls without it match too",
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
    found = outline(tmp_path, description)
    assert found.wire.failure_members == ("message",)
    assert gaps(found) == {"answers with status 202 have a schema of their own, and count as failures": ("",)}


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


OPERATIONS = "it has no operation `getThings`; did you mean `getThing`?"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[]", "its root is no object, so it is no OpenAPI description"),
        ("{}", "it has no `openapi` of 3.0, 3.1 or 3.2, so it is no OpenAPI description"),
        ('{"swagger": "2.0"}', "it is Swagger 2.0; convert it to OpenAPI 3"),
        ('{"openapi": "3.0.0"}', "it has no operations"),
        ('{"openapi": "3.0.0", "planted-value"}', "not JSON: JSON is malformed: expected ':' (byte 36)"),
        ("[" * 100_000, "not readable as JSON: nested too deeply"),
        (
            "openapi: [planted-value\nx: : :",
            "it is not plain YAML, at line 2: it is not well-formed; is it cut off?",
        ),
        (
            "openapi: 3.0.0\nx: " + "[" * 150 + "]" * 150,
            "it has too many parts or levels for YAML; convert it to JSON",
        ),
        (json.dumps(described({})), OPERATIONS),
    ],
    ids=[
        "list",
        "no-version",
        "swagger",
        "no-operation",
        "bad-json",
        "deep-json",
        "bad-yaml",
        "deep-yaml",
        "name",
    ],
)
def test_a_description_that_cannot_be_used_is_one_message(content: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "spec"
    file.write_text(content)
    with pytest.raises(SchemaError) as caught:
        openapi_outline(str(file), "getThings")
    assert str(caught.value) == f"`{file}`: {problem}"


def test_nothing_is_read_from_the_network() -> None:
    with pytest.raises(SchemaError) as caught:
        openapi_outline("https://planted.example/spec.json", "x")
    assert str(caught.value).endswith(
        ": a schema is read from a file, and nothing from the network: save it first"
    )


def test_a_schema_without_end_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two members of two members, and alternatives of alternatives: both double at each of forty levels."""
    wide = {f"S{n}": obj({name: {"$ref": f"{REFERENCE}S{n + 1}"} for name in "ab"}) for n in range(40)} | {
        "S40": {}
    }
    either = {f"S{n}": {"oneOf": [{"$ref": f"{REFERENCE}S{n + 1}"}] * 2} for n in range(40)} | {"S40": {}}
    monkeypatch.setattr("whosees.checker.schemas.openapi.reader.MAX_STEPS", 5_000)
    monkeypatch.setattr("whosees.checker.schemas.outline.MAX_ELEMENTS", 500)
    remedy = "choose a part with --unit, or fewer levels with --depth"
    for schemas, problem in (
        (wide, "it comes to more than 500 elements"),
        (either, "more than 5,000 parts of it apply"),
    ):
        with pytest.raises(SchemaError) as caught:
            outline(tmp_path, described({"$ref": f"{REFERENCE}S0"}, schemas))
        assert str(caught.value).endswith(f"`: {problem}; {remedy}")
    found = outline(tmp_path, described({"$ref": f"{REFERENCE}S0"}, wide), depth=3)
    assert len(found.elements) == 2 + 4 + 8
    assert list(gaps(found)) == ["there are more than 3 levels; --depth allows more"]


def test_fifty_megabytes_are_read_and_more_than_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "spec.json"
    content = json.dumps({**described(obj({"id": {}})), "x": "y" * 50_000_000})
    file.write_text(content)
    assert list(rows(openapi_outline(str(file), "getThing"))) == ["id"]
    monkeypatch.setattr("whosees.checker.schemas.files.MAX_BYTES", 1_000)
    with pytest.raises(SchemaError) as caught:
        openapi_outline(str(file), "getThing")
    assert str(caught.value) == f"`{file}`: cannot be read: it is larger than 1,000 bytes"


@pytest.mark.parametrize(("option", "module"), [("--openapi", "referencing"), ("--graphql", "graphql")])
def test_without_the_extra_it_is_named(
    option: str, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    done = whosees("rules", "new", tmp_path / "x", option, "spec")
    assert (done.code, done.err) == (
        2,
        f"whosees: `whosees rules new {option}` needs `{module}`, which is not installed: pip install 'whosees[schema]'\n",
    )


def test_options_without_a_schema_are_a_usage_error(tmp_path: Path) -> None:
    done = whosees("rules", "new", tmp_path / "x", "--unit", "[]")
    assert done.code == 2
    assert done.err.startswith("whosees: `--unit` needs a schema: --graphql or --openapi or --xsd\n")
    done = whosees("rules", "new", tmp_path / "x", "--openapi", "s", "--columns", "a=b,B")
    assert "`a=b,B` has a value twice, or one that is a heading of the table" in done.err


NAMES = st.text("abcxyz", min_size=1, max_size=2)


@st.composite
def schemas_with_answers(draw: st.DrawFn, depth: int = 3) -> tuple[Any, Any, Any]:
    """A schema, an answer with all its members, and one with the required members alone."""
    kind = draw(st.sampled_from(["text", "object", "object", "array", "parts", "maybe"])) if depth else "text"
    if kind == "text":
        return {"type": "string"}, "text", "text"
    if kind == "array":
        schema, full, least = draw(schemas_with_answers(depth - 1))
        return {"type": "array", "items": schema}, [full, least], [least]
    if kind == "maybe":
        schema, full, _ = draw(schemas_with_answers(depth - 1))
        return {"anyOf": [schema, {"type": "null"}]}, full, None
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    required = draw(st.sets(st.sampled_from(names)))
    parts = {name: draw(schemas_with_answers(depth - 1)) for name in names}
    full = {name: part[1] for name, part in parts.items()}
    least = {name: parts[name][2] for name in required}
    properties = {name: part[0] for name, part in parts.items()}
    if kind == "parts":
        cut = draw(st.integers(0, len(names)))
        first = {name: properties[name] for name in names[:cut]}
        second = {name: properties[name] for name in names[cut:]}
        return {"allOf": [obj(first, *required), obj(second)]}, full, least
    return obj(properties, *required), full, least


@settings(max_examples=30)
@given(schemas_with_answers(), schemas_with_answers())
def test_an_answer_of_the_schema_has_rows_and_lacks_none_that_is_required(one: Any, other: Any) -> None:
    """Decided as the schema says, the rulebook finds nothing in answers with all members or with the required ones."""
    schema = obj({"id": {}, "a": one[0], "b": {"$ref": f"{REFERENCE}Other"}}, "id", "a")
    full, least = {"id": 1, "a": one[1], "b": other[1]}, {"id": 1, "a": one[2]}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "rules"
        spec = written(Path(name), described(schema, {"Other": other[0]}))
        assert whosees("rules", "new", folder, "--openapi", spec, "--operation", "getThing").code == 0
        decide(folder)
        for answer in (full, least):
            (result,) = judged(folder, answer)
            assert [(each.rule, each.path) for each in result.findings if each.rule != "omitted"] == []


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


NO_ANSWER = "`GET /things/{id}` has no successful answer with a schema for JSON"


@pytest.mark.parametrize(
    ("responses", "problem"),
    [
        ({"404": {"content": {"application/json": {"schema": {}}}}}, NO_ANSWER),
        ({"200": {"content": {"text/csv": {"schema": {}}}}}, f"{NO_ANSWER}; it answers in `text/csv`"),
        ({"200": {"content": {"application/json": {}}}}, NO_ANSWER),
        ({"200": {"$ref": "#/gone"}}, "the answer 200 of `GET /things/{id}`: a reference leads nowhere"),
        ({"$ref": "#/gone"}, "the responses of `GET /things/{id}` cannot be read: a reference leads nowhere"),
        (
            {"200": {"content": {"application/json": {"schema": {"type": "string"}}}}},
            "the schema of `GET /things/{id}` names no elements, so there is nothing to judge",
        ),
        (
            {
                "200": {
                    "content": {"*/*": {"schema": {"type": "array", "items": {"type": "array", "items": {}}}}}
                }
            },
            "--unit `[]`: an array of arrays cannot be a unit",
        ),
    ],
    ids=["failures", "csv", "no-schema", "broken", "all-broken", "text", "arrays"],
)
def test_an_operation_without_an_answer_to_judge_is_one_message(
    responses: Any, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(SchemaError) as caught:
        outline(tmp_path, described({}, responses=responses))
    assert str(caught.value) == f"`{tmp_path}/spec.json`: {problem}"


def test_a_cookie_is_evidence_and_a_broken_scheme_is_none(tmp_path: Path) -> None:
    description = described(obj({"id": {}}), security=[{"session": []}])
    schemes = {"session": {"type": "apiKey", "in": "cookie", "name": "sid"}}
    description["components"]["securitySchemes"] = schemes
    assert [(each.is_query, each.name) for each in outline(tmp_path, description).credentials] == [
        (False, "Cookie")
    ]
    schemes["session"] = {"$ref": "#/gone"}
    assert outline(tmp_path, description).credentials == ()
