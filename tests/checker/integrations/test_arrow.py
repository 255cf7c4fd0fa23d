"""The batch function over tables: rows of results are what the JSON of `check` has."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pyarrow as pa
import pytest

from support.command import whosees
from support.judging import RULEBOOK
from support.traffic import (
    ASKED,
    CALLS,
    GOOD,
    LEAKING,
    OTHER_RESPONSE,
    detail,
    parquet,
    table,
)
from whosees.checker.batch.pool import check_all
from whosees.checker.checking.settings import Settings
from whosees.checker.integrations.arrow import SKIPPED, ArrowMissingError, BatchChecker, check
from whosees.checker.recordings import Recording
from whosees.reports.check.table import results_schema


def test_without_pyarrow_the_batch_function_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    said = "tables need `pyarrow`, which is not installed: pip install 'whosees[arrow]'"
    with pytest.raises(ArrowMissingError) as missing:
        check(None)
    assert str(missing.value) == said
    with pytest.raises(ArrowMissingError):
        BatchChecker(Settings())


def test_rows_of_results_are_the_responses_of_the_json(tmp_path: Path) -> None:
    (tmp_path / "calls.parquet").write_bytes(parquet(CALLS))
    responses = whosees("check", "calls.parquet", "--format", "json", cwd=tmp_path).json["responses"]
    rows = check(table(CALLS)).read_all()
    assert rows.schema.equals(results_schema(RULEBOOK), check_metadata=True)
    seen = rows.to_pylist()
    assert [row["id"] for row in seen] == ["0", "1", "2", "3", "4", "5"]
    assert [row["source"] for row in seen] == ["0", "1", "2", "3", "4", "5"]
    skipped = seen.pop(2)
    assert (skipped["outcome"], skipped["context"], skipped["findings"]) == (SKIPPED, None, [])
    assert skipped["detail"] == "its request: it asks for no GetSessionInfo"
    for row, response_ in zip(seen, responses, strict=True):
        assert {**row, "id": None, "source": None} == {**response_, "id": None, "source": None}


def test_rows_come_in_their_order_and_are_named_without_an_id() -> None:
    rows = table(CALLS[:2] * 1_100).drop_columns(["id"])
    sources = check(rows).read_all()["source"].to_pylist()
    assert sources == [f"row-{number}" for number in range(2_200)]


def test_a_message_with_several_bodies_has_a_row_for_each() -> None:
    body = GOOD.partition(b"<serv:body>")[2].partition(b"</serv:body>")[0]
    rows = pa.table({"id": [7], "response": [GOOD.replace(body, body * 2)]})
    assert [(row["id"], row["index"]) for row in check(rows).read_all().to_pylist()] == [("7", 0), ("7", 1)]


def test_whatever_gives_arrow_is_taken() -> None:
    rows = table(CALLS[:2])
    (batch,) = rows.to_batches()
    for data in (rows, batch, rows.to_reader()):
        assert check(data).read_all()["outcome"].to_pylist() == ["conformant", "violating"]
    with pytest.raises(TypeError, match="expected a table or a stream of Arrow, got list"):
        check([1])


def test_the_checker_is_that_of_check() -> None:
    """One way to judge: a row and a recording with the same content come to the same."""
    for content in (GOOD, LEAKING, OTHER_RESPONSE, b"", b"<a", GOOD[:-9]):
        row = (
            check(pa.table({"id": ["a"], "response": [content], "request": [ASKED]}))
            .read_all()
            .to_pylist()[0]
        )
        (result,) = check_all(Settings(), [Recording("a", content, ASKED, explicit=False)], 1)
        assert row["detail"] == (detail(result) or None)


def test_messages_in_json_are_judged_too() -> None:
    """The columns do not depend on the rulebook; facts of its own are stated in the context."""
    folder = Path(__file__).parents[3] / "examples" / "rest"
    rows = pa.table(
        {
            "id": ["leak", "fine"],
            "response": [
                (folder / f"{name}.response.json").read_bytes() for name in ("protected-leak", "user-host")
            ],
            "context": pa.array(
                [
                    list(tomllib.loads((folder / f"{name}.context.toml").read_text("utf-8")).items())
                    for name in ("protected-leak", "user-host")
                ],
                pa.map_(pa.string(), pa.string()),
            ),
        }
    )
    results = check(rows, Settings(rules="webex-rest-meeting")).read_all().to_pylist()
    assert [(row["id"], row["outcome"]) for row in results] == [("leak", "violating"), ("fine", "conformant")]
