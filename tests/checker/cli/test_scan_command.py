"""Checks that `whosees scan` makes before it starts Spark."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from whosees.checker.cli.app import run
from whosees.checker.cli.commands import scan
from whosees.checker.cli.errors import split_pair
from whosees.engine.result import Outcome, Summary


def test_without_pyspark_one_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert run(["scan", "a.parquet", "out"]) == 2
    assert capsys.readouterr().err == (
        "whosees: `whosees scan` needs `pyspark`, which is not installed: pip install 'whosees[spark]'\n"
    )


NAMES = {
    "a.parquet": "parquet",
    "A.PARQ": "parquet",
    "s3a://bucket/day=1/calls.parquet/": "parquet",
    "log.jsonl": "jsonl",
    "log.ndjson.gz": "jsonl",
    "hdfs:///log.json": "jsonl",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_tells_what_it_holds(name: str) -> None:
    assert scan._kind_of(name) == NAMES[name]


def test_the_names_in_a_folder_tell(tmp_path: Path) -> None:
    (tmp_path / "day=1").mkdir()
    for name in ("_SUCCESS", ".part.jsonl.crc", "notes.txt"):
        (tmp_path / name).touch()
    with pytest.raises(
        click.UsageError,
        match="does not tell its format by its name; pass `--from parquet` or `--from jsonl`",
    ):
        scan._kind_of(str(tmp_path))
    (tmp_path / "day=1" / "part-0.gz.parquet").touch()
    assert scan._kind_of(str(tmp_path)) == "parquet"
    (tmp_path / "part-0.jsonl").touch()
    with pytest.raises(click.UsageError, match="contains both Parquet and JSON Lines; pass `--from"):
        scan._kind_of(str(tmp_path))


def test_a_setting_of_spark_is_a_pair() -> None:
    assert split_pair("--conf", "a=b=c") == ("a", "b=c")
    assert split_pair("--conf", "d=") == ("d", "")
    for wrong in ("a", "=b"):
        with pytest.raises(click.UsageError, match=f"`--conf {wrong}` is not of the form NAME=VALUE"):
            split_pair("--conf", wrong)


def test_what_is_told_at_the_end() -> None:
    summary = Summary()
    assert scan._totals(summary, "out") == "0 responses\nnothing to check"
    summary.outcomes.update({Outcome.CONFORMANT: 1_000, Outcome.UNCHECKED: 3})
    summary.reasons.update({"too-large": 1, "not-xml": 2})
    summary.skipped["different operation"] = 4
    assert scan._totals(summary, "out\x1b") == (
        "1,003 responses: 1,000 conformant, 3 unchecked\nunchecked: 2 not-xml, 1 too-large\n"
        "skipped 4 messages (different operation)\nresults are in out\\x1b"
    )
