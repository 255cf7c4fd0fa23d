"""The JSON Schema that ships: it is made from the model, and says what the loader does."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from support.installed import RULES
from whosees.rules.decode import DecodeError, convert
from whosees.rules.model import Document
from whosees.rules.registry import BUILTINS, SKELETON
from whosees.rules.schema import SCHEMA_FILE, rulebook_schema, schema_text
from whosees.rules.validate import document_errors

if TYPE_CHECKING:
    from support.rulebooks import Run

SHIPPED = RULES / "rulebook.schema.json"
VALIDATOR = Draft202012Validator(rulebook_schema())
DOCUMENTS = [
    tomllib.loads(Path(folder, "rulebook.toml").read_text(encoding="utf-8"))
    for folder in (*BUILTINS.values(), SKELETON)
]

Place = tuple[str | int, ...]


def accepted_by_schema(data: Any) -> bool:
    return bool(VALIDATOR.is_valid(data))


def has_shape(data: Any) -> bool:
    try:
        convert(data, Document)
    except DecodeError:
        return False
    return True


def loads(data: Any) -> bool:
    return has_shape(data) and not list(document_errors(convert(data, Document)))


def places(data: Any, above: Place = ()) -> Iterator[Place]:
    """Every place in a document, down to the values."""
    if above:
        yield above
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*above, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from places(value, (*above, index))


PLACES = [(number, place) for number, data in enumerate(DOCUMENTS) for place in places(data)]


def at(data: Any, place: Place) -> Any:
    for step in place:
        data = data[step]
    return data


def test_what_ships_is_what_is_made() -> None:
    """After a change of the model: python -m whosees.rules.schema > rules/rulebook.schema.json"""
    assert SHIPPED.read_text(encoding="utf-8") == schema_text()
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(rulebook_schema())


def test_every_key_says_what_it_is_for() -> None:
    for name, table in rulebook_schema()["$defs"].items():
        assert table["description"], name
        assert "``" not in table["description"]
        assert table["additionalProperties"] is False
        for key, schema in table["properties"].items():
            assert schema["description"].endswith(".") or schema["description"].endswith("`."), (
                f"{name}.{key}"
            )


def test_the_command_gives_it(run: Run, tmp_path: Path) -> None:
    assert run("rules", "schema").stdout == schema_text()
    assert run("rules", "schema", "-o", "s.json").returncode == 0
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("data", DOCUMENTS)
def test_both_accept_what_ships(data: dict[str, Any]) -> None:
    assert accepted_by_schema(data)
    assert loads(data)


class TestSchemaAndLoader:
    """The loader refuses everything that the schema refuses, wherever a document is wrong."""

    @given(
        st.sampled_from(PLACES),
        st.sampled_from([None, True, 0, 1.5, "", "x", "a b", [], ["x"], {}, {"x": "y"}]),
    )
    def test_agree_on_a_value_that_is_something_else(self, where: tuple[int, Place], value: Any) -> None:
        number, place = where
        data = copy.deepcopy(DOCUMENTS[number])
        at(data, place[:-1])[place[-1]] = value
        if not accepted_by_schema(data):
            assert not loads(data)
        if has_shape(data) and loads(data):
            assert accepted_by_schema(data)

    @given(st.sampled_from(PLACES))
    def test_agree_on_what_is_left_out(self, where: tuple[int, Place]) -> None:
        number, place = where
        data = copy.deepcopy(DOCUMENTS[number])
        del at(data, place[:-1])[place[-1]]
        assert accepted_by_schema(data) or not loads(data)
        assert accepted_by_schema(data) == has_shape(data) or place == ("columns", "values", 0)

    @given(st.sampled_from(PLACES))
    def test_agree_on_a_key_too_many(self, where: tuple[int, Place]) -> None:
        number, place = where
        data = copy.deepcopy(DOCUMENTS[number])
        table = at(data, place)
        if isinstance(table, dict):
            table["surplus"] = "x"
            assert accepted_by_schema(data) or not loads(data)
            assert accepted_by_schema(data) == has_shape(data)

    @pytest.mark.parametrize("identity", ["", "a b", "ä", "-a", "a/b", "a.b"])
    def test_agree_on_ids(self, identity: str) -> None:
        data = copy.deepcopy(DOCUMENTS[0])
        data["sources"][1]["id"] = identity
        assert not accepted_by_schema(data)
        assert not loads(data)

    def test_agree_that_a_rulebook_needs_a_column(self) -> None:
        data = copy.deepcopy(DOCUMENTS[0])
        data["columns"]["values"] = []
        assert not accepted_by_schema(data)
        assert not loads(data)


def test_every_table_of_the_model_is_in_it() -> None:
    (_,), tables = msgspec.json.schema_components([Document])
    assert rulebook_schema()["$defs"].keys() == tables.keys()
