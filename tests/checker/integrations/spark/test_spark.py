"""On Spark the answer is that of `check`, row for row: whatever is split, lost and done again."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from support.command import whosees
from support.traffic import CALLS, GOOD, json_lines, table
from whosees.checker.checking.settings import Settings
from whosees.checker.cli.app import run
from whosees.checker.integrations import spark
from whosees.checker.integrations.arrow import ColumnError
from whosees.checker.integrations.arrow import check as check_here
from whosees.checker.integrations.spark import SparkMissingError
from whosees.rules.registry import BUILTINS, DEFAULT

MANY = CALLS * 8


def plain(value: Any) -> Any:
    """A row of Spark as plain data."""
    return json.loads(json.dumps(value, default=str))


def rows_of(frame: Any) -> list[Any]:
    return [plain(row.asDict(recursive=True)) for row in frame.collect()]


def here(rows: pa.Table) -> list[Any]:
    return [plain(row) for row in check_here(rows).read_all().to_pylist()]


def by_id(rows: list[Any]) -> dict[str, Any]:
    """Rows by their id, which each has once."""
    assert not [row for row, times in Counter(row["id"] for row in rows).items() if times > 1]
    return {row["id"]: row for row in rows}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Part files, as a cluster leaves them: two of Parquet, and what goes with them."""
    parts = tmp_path / "calls parquet"
    parts.mkdir()
    half = len(MANY) // 2
    rows = table(MANY)
    pq.write_table(rows.slice(0, half), parts / "part-00000.snappy.parquet", row_group_size=7)
    pq.write_table(rows.slice(half), parts / "part-00001.snappy.parquet", row_group_size=7)
    (parts / "_SUCCESS").touch()
    return parts


def test_rows_are_those_of_the_batch_function(session: Any, folder: Path) -> None:
    frame = session.read.parquet(str(folder)).repartition(4)
    assert by_id(rows_of(spark.check(frame))) == by_id(here(table(MANY)))


def test_a_task_that_is_killed_is_done_again_and_gives_each_row_once(
    session: Any, folder: Path, tmp_path: Path
) -> None:
    """The process that feeds the checker ends itself, once, when some results are out already."""
    marker = str(tmp_path / "killed")

    def deadly(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for number, batch in enumerate(batches):
            if number == 2:
                try:
                    os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
                except FileExistsError:
                    pass
                else:
                    os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    frame = session.read.parquet(str(folder)).coalesce(2)
    results = spark.check(frame.mapInArrow(deadly, frame.schema))
    assert by_id(rows_of(results)) == by_id(here(table(MANY)))
    assert Path(marker).exists()


def test_a_checker_that_is_killed_is_replaced_and_gives_each_row_once(
    session: Any, folder: Path, tmp_path: Path
) -> None:
    """The process that judges ends itself, once, when it has handed out results."""
    marker, out = str(tmp_path / "killed"), str(tmp_path / "out")

    def deadly(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for number, batch in enumerate(batches):
            yield batch
            if number == 2:
                try:
                    os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
                except FileExistsError:
                    continue
                os.kill(os.getpid(), signal.SIGKILL)

    results = spark.check(session.read.parquet(str(folder)).coalesce(2))
    results.mapInArrow(deadly, results.schema).write.parquet(out)
    assert by_id(rows_of(session.read.parquet(out))) == by_id(here(table(MANY)))
    assert Path(marker).exists()


def test_the_rulebook_goes_along(session: Any, tmp_path: Path) -> None:
    """Executors need not have its files."""
    shutil.copytree(BUILTINS[DEFAULT], tmp_path / "book")
    rulebook = tmp_path / "book" / "rulebook.toml"
    rulebook.write_text(
        rulebook.read_text("utf-8").replace('version = "1.0.0"', 'version = "9.9.9"'), "utf-8"
    )
    frame = session.createDataFrame([("a", GOOD.decode())], "id string, response string")
    results = spark.check(frame, Settings(rules=str(tmp_path / "book")))
    shutil.rmtree(tmp_path / "book")
    (row,) = rows_of(results)
    assert (row["id"], row["outcome"]) == ("a", "conformant")


def test_columns_are_seen_to_before_a_job_is_started(session: Any) -> None:
    frame = session.createDataFrame([("a",)], "body string")
    with pytest.raises(ColumnError, match="it has no column `response`"):
        spark.check(frame)


def test_scan_of_parquet_is_check_row_for_row(session: Any, folder: Path, tmp_path: Path) -> None:
    """The installed command, with a Spark of its own."""
    assert session
    report = whosees("check", folder, "--format", "json").json
    scan = whosees(
        "scan", "--master", "local[2]", "--conf", "spark.ui.enabled=false", folder, tmp_path / "out"
    )
    assert (scan.code, scan.out.splitlines()[0]) == (
        1,
        "40 responses: 8 conformant, 16 violating, 16 unchecked",
    )
    rows = pq.read_table(tmp_path / "out").to_pylist()
    seen = {row["source"]: plain({**row, "id": None}) for row in rows if row["outcome"] != "skipped"}
    assert seen == {row["source"]: {**row, "id": None} for row in report["responses"]}
    assert len(rows) == len(MANY)
    marker_file = 1  # `_SUCCESS`, which check counts as a file that it does not judge
    assert len(rows) - len(seen) + marker_file == report["summary"]["skipped"]


def test_scan_of_lines_is_check_row_for_row(
    session: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert session
    (tmp_path / "in").mkdir()
    half = len(MANY) // 2
    lines = json_lines(MANY).splitlines(keepends=True)
    (tmp_path / "in" / "part-0.jsonl").write_bytes(b"".join(lines[:half]))
    (tmp_path / "in" / "part-1.jsonl").write_bytes(b"".join(lines[half:]) + b'\n{"id": "broken\n')
    report = whosees("check", tmp_path / "in", "--format", "json").json
    out = tmp_path / "out.jsonl"
    assert run(["scan", str(tmp_path / "in"), str(out)]) == 1
    rows = [json.loads(line) for part in out.glob("part-*") for line in part.read_text().splitlines()]
    responses = [r for r in report["responses"] if r["reason"] != "unreadable"]
    numbers = {f"{tmp_path}/in/part-{n // half}.jsonl:{n % half + 1}": str(n) for n in range(len(MANY))}
    expected = {numbers[r["source"]]: {**r, "source": r["source"].rpartition(":")[0]} for r in responses}
    seen = [row for row in rows if row["outcome"] != "skipped"]
    assert {row.pop("id"): row for row in seen if row["id"] is not None} == expected
    assert [row["reason"] for row in rows if row.get("id", "gone") is None] == ["unreadable"]
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "41 responses: 8 conformant, 16 violating, 17 unchecked",
        "unchecked: 8 not-a-message, 8 unsafe-xml, 1 unreadable",
        "skipped 8 messages (different operation)",
        f"results are in {out}",
    ]


def test_scan_ends_as_check_does(session: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert session
    for name, calls, code in (("good", CALLS[:1], 0), ("unread", CALLS[3:4], 3), ("none", CALLS[2:3], 3)):
        pq.write_table(table(calls), tmp_path / f"{name}.parquet")
        assert run(["scan", str(tmp_path / f"{name}.parquet"), str(tmp_path / name)]) == code
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "skipped 1 message (different operation)",
        "nothing to check",
    ]
    # What the command states of every call counts, as in `check`.
    assert run(["scan", "--caller", "nobody", str(tmp_path / "good.parquet"), str(tmp_path / "x")]) == 2
    assert (
        run(["scan", "--strict", "--role", "host", str(tmp_path / "good.parquet"), str(tmp_path / "y")]) == 1
    )


def test_scan_says_in_one_message_what_is_wrong(
    session: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert session
    pq.write_table(table(CALLS[:1]), tmp_path / "a.parquet")
    pq.write_table(pa.table({"body": ["x"]}), tmp_path / "b.parquet")
    (tmp_path / "c.parquet").write_bytes(b"PAR1 no more")
    (tmp_path / "there").mkdir()
    for given, out, said in (
        ("gone.parquet", "out", "there is no `{}/gone.parquet`"),
        ("a.parquet", "there", "`{}/there` exists already; name another, or remove it"),
        (
            "b.parquet",
            "out",
            "`{}/b.parquet`: it has no column `response`; the columns that are read are `id`, ",
        ),
        ("c.parquet", "out", "the job failed: "),
    ):
        assert run(["scan", str(tmp_path / given), str(tmp_path / out)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"whosees: {said.format(tmp_path)}")


def test_a_line_beyond_its_bound_is_refused_and_the_others_are_judged(session: Any, tmp_path: Path) -> None:
    lines = [{"id": "a", "response": GOOD.decode()}, {"id": "b", "response": GOOD.decode() + " " * 9_000}]
    (tmp_path / "a.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    size = len(GOOD)
    assert run(["scan", "--max-size", str(size), str(tmp_path / "a.jsonl"), str(tmp_path / "out")]) == 3
    rows = rows_of(session.read.parquet(str(tmp_path / "out")))
    report = whosees("check", tmp_path / "a.jsonl", "--max-size", str(size), "--format", "json").json
    assert sorted(row["detail"] or "" for row in rows) == sorted(
        r["detail"] or "" for r in report["responses"]
    )


def test_without_pyspark_one_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(SparkMissingError) as missing:
        spark.check(None)
    assert str(missing.value) == "Spark needs `pyspark`, which is not installed: pip install 'whosees[spark]'"
