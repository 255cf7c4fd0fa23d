"""Rows of a rulebook from the schemas of an OpenAPI description."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.command import whosees
from support.schemas import REFERENCE, decide, described, gaps, judged, obj, outline, rows, written
from whosees.checker.schemas.draft import gap_lines
from whosees.checker.schemas.openapi.shape import Alternatives, Shape
from whosees.checker.schemas.outline import SchemaError


def test_rows_say_what_the_schema_says(tmp_path: Path) -> None:
    schema = obj(
        {
            "id": {"type": "integer", "description": "The\n  number."},
            "note": {"type": ["string", "null"], "readOnly": True, "deprecated": True},
            "old": {"type": "string", "nullable": True},
            "pin": {"type": "string", "writeOnly": True},
            "tags": {"type": "array", "items": {"type": "array", "items": obj({"name": {}}, "name")}},
            "code": {
                "oneOf": [{"type": "string", "writeOnly": True}, {"type": "integer", "writeOnly": True}]
            },
            "by_key": {"type": "object", "additionalProperties": obj({"v": {}}, "v")},
            "rest": {"type": "object", "unevaluatedProperties": obj({"v": {}}, "v")},
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
        "code": "write-only",
        "tags": "optional",
        "tags/name": "required in tags",
        "by_key": "optional",
        "by_key/*": "optional",
        "by_key/*/v": "required in by_key/*",
        "rest": "optional",
        "rest/*": "optional",
        "rest/*/v": "required in rest/*",
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


@pytest.mark.parametrize("mapping", [{"cat": "Cat", "dog": f"{REFERENCE}Dog"}, None])
def test_schemas_that_extend_one_with_a_discriminator_have_rows(mapping: Any, tmp_path: Path) -> None:
    """Nothing in the answer's schema names them, so that what only requests have in one was no finding."""
    pet = {"$ref": f"{REFERENCE}Pet"}
    own = obj({"claws": {}, "pin": {"writeOnly": True}, "prey": {"type": "array", "items": pet}}, "claws")
    schemas = {
        "Pet": obj({"kind": {}}, "kind", discriminator={"propertyName": "kind"}),
        "Cat": {"allOf": [pet, own]},
        "Kitten": {"allOf": [{"$ref": f"{REFERENCE}Cat"}], "required": ["age"]},
        "Dog": {"allOf": [obj({"bark": {}}), pet]},
    }
    if mapping:
        schemas["Pet"]["discriminator"]["mapping"] = mapping
    cat, kitten = ("cat", "Kitten") if mapping else ("Cat", "Kitten")
    expected = {
        "kind": "required",
        "claws": f"required if kind is {' or '.join(sorted((cat, kitten)))}",
        "pin": "write-only",
        "prey": "optional",
        "age": f"required if kind is {kitten}",
        "bark": "optional",
    }
    found = outline(tmp_path, described(pet, schemas))
    assert rows(found) == expected
    assert gaps(found) == {"a schema contains itself; elements end where it comes up again": ("prey",)}
    found = outline(tmp_path, described({"$ref": f"{REFERENCE}Dog"}, schemas))
    assert list(rows(found)) == ["bark", "kind"]


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
    ruled_out = "not expressed: the schema rules out the member `never`"
    assert gap_lines(found)[0] == f"{ruled_out} (the whole answer)"
    found = outline(tmp_path, described(obj({"a": {"type": "array", "items": schema}})), unit="a[]")
    assert gap_lines(found)[0] == f"{ruled_out} (each item of `a[]`)"


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


def test_what_a_further_part_costs_does_not_depend_on_those_before() -> None:
    """A shape is extended and never copied, so that a description with 100,000 parts takes seconds."""
    inner = Alternatives(())
    part = Shape(members={"a": [inner]}, free=[inner], items=[inner], sources={1})
    shape = Shape()
    shape.require(part)
    kept = shape.members["a"], shape.free, shape.items, shape.sources
    shape.require(part)
    now = shape.members["a"], shape.free, shape.items, shape.sources
    assert all(one is other for one, other in zip(kept, now, strict=True))
    assert ([len(each) for each in kept], len(part.free)) == ([2, 2, 2, 1], 1)
