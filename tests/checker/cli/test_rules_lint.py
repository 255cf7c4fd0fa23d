"""`whosees rules lint` as a user calls it."""

from __future__ import annotations

import shutil
from pathlib import Path

from support.command import whosees
from whosees.rules.registry import BUILTINS, DEFAULT


def test_rules_lint(tmp_path: Path) -> None:
    run = whosees("rules", "lint")
    assert run.code == 0
    assert "57 rows, 5 columns, 285 cells, 17 interpretations\n" in run.out
    copy = Path(shutil.copytree(BUILTINS[DEFAULT], tmp_path / "copy"))
    table = copy / "table-4-3.csv"
    table.write_text(
        table.read_text().replace("telephony/telephonySupport,PW", "telephony/telephonySupport,✓")
    )
    run = whosees("rules", "lint", copy)
    assert run.code == 1
    assert "error: contradictory: `telephony/telephonySupport` is `must`, but" in " ".join(run.out.split())
    said = whosees("rules", "lint", "--rules", copy, "--format", "json").json
    assert said["remarks"][0]["witness"].startswith("MC/")
    (copy / "rulebook.toml").write_text("x = 1")
    run = whosees("rules", "lint", copy)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"whosees: the rulebook `{copy}/rulebook.toml`: unknown key `x`")
