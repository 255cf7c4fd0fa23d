"""`whosees rules lint` as a user calls it."""

from __future__ import annotations

import re
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
    # What its container forbids does not appear, so a way out is one after which both are there.
    context = ("--service", "MC", "--caller", "anonymous", "--password", "not-supplied", "--rules", copy)
    explained = whosees("explain", "telephonySupport", *context, "--format", "json").json["matches"][0]
    assert explained["expectation"] == "must"
    assert explained["summary"].endswith(
        " But `telephony`, which encloses it, must not be there: the table contradicts itself."
    )
    assert "It is in telephony, which must not be there." in [each["text"] for each in explained["because"]]
    assert explained["would_appear_if"][0]["changes"] == {"password": "supplied"}
    table.write_text(re.sub("telephony,telephony,.*", "telephony,telephony,X,X,X,X,X,", table.read_text()))
    assert (
        "no change would make it appear, in any service"
        in whosees("explain", "telephonySupport", *context).out
    )
    said = whosees("rules", "lint", "--rules", copy, "--format", "json").json
    assert said["remarks"][0]["witness"].startswith("MC/")
    (copy / "rulebook.toml").write_text("x = 1")
    run = whosees("rules", "lint", copy)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"whosees: the rulebook `{copy}/rulebook.toml`: unknown key `x`")
