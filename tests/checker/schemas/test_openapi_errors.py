"""OpenAPI descriptions that cannot be used: each is one message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command import whosees
from support.schemas import REFERENCE, described, gaps, obj, outline, rows
from whosees.checker.schemas.openapi.outline import openapi_outline
from whosees.checker.schemas.outline import SchemaError

OPERATIONS = "it has no operation `getThings`; did you mean `getThing`?"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[]", "its root is no object, so it is no OpenAPI description"),
        ("{}", "it has no `openapi` of 3.0, 3.1 or 3.2, so it is no OpenAPI description"),
        ('{"swagger": "2.0"}', "it is Swagger 2.0; convert it to OpenAPI 3"),
        ('{"openapi": "3.0.0"}', "it has no operations"),
        ('{"openapi": "3.0.0", "planted-value"}', "not JSON: JSON is malformed: expected ':' (byte 36)"),
        (
            '{"openapi": "3.0.0", "paths": {"/a": {}, "/a": {}}}',
            "contains `paths./a` more than once, so that its content is ambiguous",
        ),
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
        "twice",
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


_CIRCLE = {
    "Circle": {"$ref": "#/components/schemas/Around"},
    "Around": {"$ref": "#/components/schemas/Circle"},
}

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
            {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Circle"}}}}},
            (
                "the schema of `GET /things/{id}` names no elements, so there is nothing to judge: "
                "a reference leads back to itself"
            ),
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
    ids=["failures", "csv", "no-schema", "broken", "all-broken", "text", "circle", "arrays"],
)
def test_an_operation_without_an_answer_to_judge_is_one_message(
    responses: Any, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(SchemaError) as caught:
        outline(tmp_path, described({}, responses=responses, schemas=_CIRCLE))
    assert str(caught.value) == f"`{tmp_path}/spec.json`: {problem}"


def test_a_description_that_is_empty_says_so(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(" \n")
    with pytest.raises(SchemaError) as caught:
        openapi_outline(str(tmp_path / "spec.yaml"), None)
    assert str(caught.value) == f"`{tmp_path}/spec.yaml`: it is empty"
