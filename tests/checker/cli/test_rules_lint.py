"""`whosees rules lint` as a user calls it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from support.command import whosees
from support.http_apis import write_example
from whosees.rules.registry import BUILTINS, DEFAULT


def test_many_notes_of_one_kind_are_told_together(tmp_path: Path) -> None:
    """A draft of hundreds of rows stays readable; `--verbose` and JSON list every note."""
    company = "company,owner/company,o,o"
    names = [f"name{number}" for number in range(7)]
    rows = [f"{name},{outer}/{name},+,+" for name in names for outer in ("one", "other")]
    rules = write_example(tmp_path, (company, "\n".join([company, *rows, "x,one/*,o,o", "y,other/*,o,o"])))
    text = " ".join(whosees("rules", "lint", rules).out.split())
    assert (
        "note: ambiguous-name: the name `name0` matches 2 rows; the name `name1` matches 2 rows; "
        "the name `name2` matches 2 rows; and 4 more (-v lists them) valid, with 7 notes" in text
    )
    every = " ".join(whosees("rules", "lint", rules, "--verbose").out.split())
    each = [f"the name `{name}` matches 2 rows (explain {name}: one/{name}, other/{name})" for name in names]
    assert all(f"note: ambiguous-name: {text}" in every for text in each)
    assert len(whosees("rules", "lint", rules, "--format", "json").json["remarks"]) == 7


@pytest.mark.parametrize(
    "command",
    [
        ("rules", "lint"),
        ("rules", "show"),
        ("rules", "show", "--format", "markdown"),
        ("matrix", "--rules"),
        ("expect", "--fact", "site=user", "--rules"),
        ("explain", "id", "--fact", "site=user", "--rules"),
    ],
    ids=" ".join,
)
def test_what_would_steer_a_terminal_in_texts_of_a_rulebook_is_escaped(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    """A title can come from a schema that somebody else wrote, by `rules new`."""
    hidden = "\\u202Eusers\\u001B[8m\\u0007"
    rules = write_example(
        tmp_path, ('title = "users"', f'title = "{hidden}"'), ("A list of repositories", hidden)
    )
    shown = whosees(*command, rules).out
    assert not set("\u202e\x1b\x07") & set(shown)
    assert "\\u202eusers\\x1b" in shown or command[0] == "expect"


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
