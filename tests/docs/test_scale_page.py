"""docs/scale.md: its programs are written out and its commands run, and what comes out is what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from support.judging import RULEBOOK
from whosees.checker.batch.checkpoint import COMMIT
from whosees.checker.recordings.formats.arrow_rows import KNOWN
from whosees.reports.check import table as check_table

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "scale.md").read_text("utf-8")
PROGRAM = re.compile(r"`(\w+\.py)`[^`]*:\n\n```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_what_the_page_shows_is_what_comes_out(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for name, program in PROGRAM.findall(PAGE):
        (tmp_path / name).write_text(program, "utf-8")
    shown = ran = ""
    for block in CONSOLE.findall(PAGE):
        shown += block
        for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
            said = re.search(rf"^\$ {re.escape(command)}\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
            assert said is not None
            done = subprocess.run(  # noqa: S602 - as a reader pastes it
                command,
                shell=True,
                cwd=tmp_path,
                env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
                capture_output=True,
                text=True,
                check=False,
            )
            out = (done.stdout + done.stderr).replace("\n\n", "\n")  # DuckDB ends with an empty line
            ran += f"$ {command}\n" + (
                out[: len(said[1])] if command.endswith("check calls.parquet") else out
            )
    assert ran == shown
    assert shown.count("$ ") == 7


def test_the_page_names_every_column_and_bound() -> None:
    for column in (*KNOWN, *check_table.results_schema(RULEBOOK).names):
        assert f"`{column}`" in PAGE, column
    for field in check_table.FINDING:
        assert f"`{field.name}`" in PAGE, field
    assert f"row groups of\n{check_table.BATCH_ROWS * check_table.BATCHES_PER_GROUP:,}" in PAGE
    assert f"the last {COMMIT} recordings" in PAGE
