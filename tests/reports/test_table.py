"""Results as tables: files of Parquet and Arrow."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from msgspec import structs
from pyarrow import ipc
from pyarrow import parquet as pq

from support.command import whosees
from support.judging import RULEBOOK
from support.messages import response
from support.reporting import ALWAYS_MC, summed
from support.reporting import check as result_of
from support.traffic import (
    CALLS,
    GOOD,
    LEAKING,
    SHOWN,
    parquet,
)
from whosees.checker.integrations.arrow import check
from whosees.reports.check import table as check_table
from whosees.reports.check.registry import TABLES
from whosees.reports.check.table import ArrowFormatter, ParquetFormatter, results_schema


@pytest.mark.parametrize("ending", TABLES)
def test_results_are_written_as_a_table_when_the_file_says_so(ending: str, tmp_path: Path) -> None:
    (tmp_path / "calls.parquet").write_bytes(parquet(CALLS))
    run = whosees("check", "calls.parquet", "--output", f"out.{ending}", cwd=tmp_path)
    assert (run.code, run.out, run.err) == (1, "", "")
    further = whosees(
        "check", "calls.parquet", "--format", "json", "--report", f"{ending}=further", cwd=tmp_path
    )
    read = pq.read_table if ending == "parquet" else lambda path: ipc.open_file(path).read_all()
    for name in (f"out.{ending}", "further"):
        rows = read(tmp_path / name)
        assert rows.schema.metadata[b"whosees"].startswith(b'{"schema": "whosees/check@1", "rulebook": {"id"')
        assert [{**row, "id": None} for row in rows.to_pylist()] == [
            {**response_, "id": None} for response_ in further.json["responses"]
        ]


def test_a_format_that_was_said_wins_over_the_files_name(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(GOOD)
    whosees("check", "a.xml", "--format", "json", "--output", "out.parquet", cwd=tmp_path)
    assert (tmp_path / "out.parquet").read_bytes().startswith(b'{"schema"')


def test_a_table_is_converted_from_a_saved_result(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(LEAKING)
    whosees("check", "a.xml", "--format", "json", "-o", "out.json", cwd=tmp_path)
    assert whosees("convert", "out.json", "-o", "b.parquet", cwd=tmp_path).code == 0
    whosees("check", "a.xml", "-o", "a.parquet", cwd=tmp_path)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_a_table_is_no_text_for_a_terminal(tmp_path: Path) -> None:
    run = whosees("check", tmp_path, "--format", "parquet")
    assert (run.code, run.out) == (2, "")
    assert (
        run.err.splitlines()[0] == "whosees: `parquet` cannot be written to standard output; pass `-o FILE`"
    )


def test_a_table_without_pyarrow_is_refused_before_anything_is_judged(tmp_path: Path) -> None:
    """No module of that name is found where its folders are hidden."""
    program = (
        "import importlib.util as u, sys; real = u.find_spec;"
        "u.find_spec = lambda name, *rest: None if name == 'pyarrow' else real(name, *rest);"
        "from whosees.checker.cli.app import run; sys.exit(run(['check', '.', '-o', 'out.parquet']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (
        2,
        (
            "whosees: `whosees check --format parquet` needs `pyarrow`, which is not installed: "
            "pip install 'whosees[arrow]'\n"
        ),
    )
    assert list(tmp_path.iterdir()) == []


RESULT = result_of([*ALWAYS_MC, "metaData/agenda", "hostKey"], facts={"caller": "anonymous"})


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_holds_some_rows_and_no_more(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_table, "BATCH_ROWS", 50)
    monkeypatch.setattr(check_table, "BATCHES_PER_GROUP", 2)
    report = {"parquet": ParquetFormatter, "arrow": ArrowFormatter}[kind](RULEBOOK)
    report.begin()
    given = [len(report.response(RESULT)) for _ in range(1_000)]
    assert [number for number, size in enumerate(given, 1) if size] == list(range(100, 1_001, 100))
    assert report.end(summed([RESULT])) != b""


def test_an_empty_run_is_a_table_without_rows() -> None:
    report = ParquetFormatter(RULEBOOK)
    content = report.begin() + report.end(summed([]))
    rows = pq.read_table(io.BytesIO(content))
    assert (rows.num_rows, rows.schema.names) == (0, results_schema(RULEBOOK).names)


def test_half_a_character_is_written_as_the_json_has_it() -> None:
    report = ParquetFormatter(RULEBOOK)
    broken = structs.replace(RESULT, source="half \ud800")
    content = report.begin() + report.response(broken) + report.end(summed([broken]))
    assert pq.read_table(io.BytesIO(content))["source"].to_pylist() == ["half \\ud800"]


def test_no_text_of_an_element_is_in_a_table() -> None:
    texts = {path: f"secret-{number}" for number, path in enumerate(SHOWN) if path != "metaData/serviceType"}
    rows = pa.table(
        {"response": [response("MC", [*SHOWN, "programName"], {**texts, "programName": "secret-x"})]}
    )
    seen = str(check(rows).read_all().to_pylist())
    assert "programName" in seen
    assert "secret-" not in seen
