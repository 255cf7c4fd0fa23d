"""`whosees matrix` as a user calls it, and any command with another rulebook."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from support.command import whosees
from support.judging import ALWAYS_MC
from support.messages import response
from whosees.rules.registry import BUILTINS, DEFAULT


def test_the_matrix_as_encoded() -> None:
    said = whosees("matrix", "--format", "json").json
    assert said["schema"] == "whosees/matrix@1"
    assert len(said["rows"]) == 57
    assert said["rows"][20] == {
        "path": "metaData/account",
        "element": "account",
        "cells": {"MC": "never", "SC": "pw", "TC": "never", "EC": "never", "AO": "never"},
    }
    text = whosees("matrix").out
    assert "21   metaData/account                                X   PW  X   X   X\n" in text
    assert "✓: always returned (117 cells)\nX: never returned (102 cells)\n" in text
    assert "row 6 is printed sessionKey\n" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_legend_counts_cells(tmp_path: Path) -> None:
    assert whosees("rules", "new", tmp_path / "own").code == 0
    assert "never: never returned (1 cell)\n" in whosees("matrix", "--rules", tmp_path / "own").out


def test_a_rulebook_of_ones_own_is_asked_everywhere(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(BUILTINS[DEFAULT], tmp_path / "own rules"))
    table = copy / "table-4-3.csv"
    table.write_text(table.read_text().replace("metaData/agenda,PW", "metaData/agenda,✓"))
    for command in (["expect", "--service", "MC"], ["explain", "agenda", "--service", "MC"], ["matrix"]):
        text = json.dumps(whosees(*command, "--rules", copy, "--format", "json").json)
        assert "always" in text
    (match,) = whosees("explain", "agenda", "--service", "MC", "--rules", copy, "--format", "json").json[
        "matches"
    ]
    assert match["expectation"] == "must"
    (tmp_path / "x.xml").write_bytes(response("MC", ALWAYS_MC))
    run = whosees("check", "x.xml", "--rules", copy, "--format", "json", cwd=tmp_path)
    assert run.code == 1
    (finding,) = run.json["responses"][0]["findings"]
    assert finding["explain"].endswith(f"--rules '{copy}'")
