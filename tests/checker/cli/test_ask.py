"""`whosees explain`, `expect`, `matrix` and `rules lint` as a user calls them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from support.command import whosees
from support.judging import RULEBOOK
from support.messages import request, response
from whosees.rules.registry import BUILTINS, DEFAULT, SKELETON

ALWAYS = [row.path for row in RULEBOOK.rows if row.cells["MC"] == "always"]
HERE = ("--service", "MC", "--caller", "anonymous", "--password", "not-supplied")


def test_explain_agenda_says_why_and_what_would_change_it() -> None:
    run = whosees("explain", "agenda", *HERE)
    assert (run.code, run.err) == (0, "")
    text = " ".join(run.out.split())
    for said in (
        "metaData/agenda, row 19 of Table 4-3",
        (
            "`metaData/agenda` must not be there: Table 4-3 has PW for MC (Meeting Center), the caller is "
            "anonymous and the meeting password was not supplied."
        ),
        "[Table 4-3, row 19, column MC]",
        (
            "‘PW’ means that an element that is returned only if the meeting password has been supplied; or if "
            "the caller is the session host, an invited attendee, a panelist or a presenter."
        ),
        "- supply the meeting password (password=supplied): should",
        "- sign in and be the session host (caller=authenticated, role=host): should",
        "- sign in and be an invited attendee (caller=authenticated, role=invited-attendee): should",
        "- sign in and be a panelist (caller=authenticated, role=panelist): should",
        "- sign in and be a presenter (caller=authenticated, role=presenter): should",
    ):
        assert said in text
    assert max(map(len, run.out.splitlines())) <= 80


def test_explain_for_a_service_that_never_returns_it() -> None:
    text = " ".join(whosees("explain", "agenda", "--service", "EC").out.split())
    assert "no change by the caller would make it appear" in text
    assert (
        "another service shows it after any of these changes: Meeting Center, Sales Center or Training Center"
        in text
    )
    text = " ".join(whosees("explain", "description", "--service", "MC").out.split())
    assert "another service shows it: Training Center or Event Center other services:" in text
    assert "it already appears; nothing has to change" in whosees("explain", "host", "--service", "MC").out


def test_explain_names_the_column_alone_if_a_rulebook_has_no_other_fact(tmp_path: Path) -> None:
    shutil.copytree(SKELETON, tmp_path / "own")
    (tmp_path / "own" / "table.csv").write_text("element,path,A,B\nid,id,always,never\n")
    text = (tmp_path / "own" / "rulebook.toml").read_text("utf-8")
    for begin, end in (
        ('[[statements]]\nid = "owner"', "# ----"),
        ('[[facts]]\nid = "role"', "# ----"),
        ('[[markers]]\nid = "owner"', "# ----"),
        ("[[interpretations]]", "# ----"),
        ("[[evidence.request]]", "# Elements"),
    ):
        before, _, rest = text.partition(begin)
        text = before + rest[rest.index(end) :]
    (tmp_path / "own" / "rulebook.toml").write_text(text, "utf-8")
    one = whosees("explain", "id", "--fact", "version=A", "--rules", "own", cwd=tmp_path)
    assert (one.code, one.out.splitlines()[1]) == (0, "  for version A (A): must")
    each = whosees("explain", "id", "--rules", "own", cwd=tmp_path).out.splitlines()
    assert each[1:3] == ["  A    must      always: always returned", "  B    must-not  never: never returned"]


def test_explain_status_answers_for_both_rows_and_each_service() -> None:
    run = whosees("explain", "status", "--format", "json")
    assert run.json["schema"] == "whosees/explain@1"
    assert [(m["path"], m["context"]["service"]) for m in run.json["matches"]] == [
        (path, service) for path in ("status", "test/status") for service in ("MC", "SC", "TC", "EC", "AO")
    ]
    text = whosees("explain", "status").out
    assert "status, row 1 of Table 4-3" in text
    assert "test/status, row 43 of Table 4-3" in text
    assert "whosees explain test/status --service NAME" in text


def test_the_json_of_explain_is_as_designed() -> None:
    (match,) = whosees("explain", "agenda", *HERE, "--format", "json").json["matches"]
    assert {key: match[key] for key in ("path", "element", "expectation", "marker", "observed")} == {
        "path": "metaData/agenda",
        "element": "agenda",
        "expectation": "must-not",
        "marker": "pw",
        "observed": None,
    }
    assert match["context"] == {
        "service": "MC",
        "caller": "anonymous",
        "role": "none",
        "password": "not-supplied",
    }
    assert all(set(reason) == {"text", "cite"} for reason in match["because"])
    assert {"I5", "I10", "I11"} <= {reason["cite"] for reason in match["because"]}
    assert match["would_appear_if"][0] == {
        "changes": {"password": "supplied"},
        "expectation": "should",
        "caller_can": True,
        "text": "supply the meeting password",
    }


def test_explain_with_a_response_says_what_was_seen(tmp_path: Path) -> None:
    (tmp_path / "a.response.xml").write_bytes(response("MC", [*ALWAYS, "metaData/agenda", "odd/one"]))
    (tmp_path / "a.request.xml").write_bytes(request())
    (match,) = whosees("explain", "agenda", "a.response.xml", "--format", "json", cwd=tmp_path).json[
        "matches"
    ]
    assert match["context"]["caller"] == "anonymous"
    assert match["observed"] == {"present": True, "lines": [14], "elsewhere": []}
    assert (
        "It is on line 14 of the response."
        in whosees("explain", "agenda", "a.response.xml", cwd=tmp_path).out
    )
    (match,) = whosees("explain", "telephony", "a.response.xml", "--format", "json", cwd=tmp_path).json[
        "matches"
    ]
    assert match["observed"] == {"present": False, "lines": [], "elsewhere": []}
    (match,) = whosees("explain", "odd/one", "a.response.xml", "--format", "json", cwd=tmp_path).json[
        "matches"
    ]
    assert (match["expectation"], match["observed"]["present"]) == (None, True)


def test_explain_with_a_response_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"x")
    run = whosees("explain", "agenda", "a.xml", cwd=tmp_path)
    assert (run.code, run.out) == (3, "")
    assert run.err == "whosees: `a.xml`: not-xml: at line 1, column 1: no XML begins there\n"
    run = whosees("explain", "agenda", "nope.xml", cwd=tmp_path)
    assert run.err == "whosees: `nope.xml`: unreadable: it cannot be read: no such file or directory\n"


def test_explain_what_is_known_and_not_listed() -> None:
    run = whosees("explain", "hostKey")
    assert run.code == 0
    assert "`hostKey` is not judged: Table 4-3 does not list it" in run.out
    (match,) = whosees("explain", "hostKey", "--format", "json").json["matches"]
    assert (match["expectation"], match["marker"], match["would_appear_if"]) == (None, None, [])


def test_explain_a_rule() -> None:
    run = whosees("explain", "pair-mismatch")
    assert run.out.startswith("pair-mismatch (warning): request and response name different sessions\n")
    said = whosees("explain", "leaked", "--format", "json").json
    assert (said["matches"], said["rule"]["id"], said["rule"]["severity"]) == ([], "leaked", "error")


UNKNOWN = {
    "agneda": "`agneda` is not an element of Table 4-3; did you mean `agenda`?",
    "xyzzy": "`xyzzy` is not an element of Table 4-3; `whosees matrix` lists the elements, and a path such as `host/email` works too",
    "": "`` is not an element of Table 4-3",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_element_is_wrong_usage(name: str) -> None:
    run = whosees("explain", name)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"whosees: {UNKNOWN[name]}")


def test_expect_lists_every_element_in_printed_order() -> None:
    said = whosees("expect", *HERE, "--format", "json").json
    assert said["schema"] == "whosees/expect@1"
    assert said["context"] == {
        "service": "MC",
        "caller": "anonymous",
        "role": "none",
        "password": "not-supplied",
    }
    assert [(e["path"], e["element"]) for e in said["elements"]] == [
        (r.path, r.element) for r in RULEBOOK.rows
    ]
    assert said["elements"][18] == {
        "path": "metaData/agenda",
        "element": "agenda",
        "marker": "pw",
        "expectation": "must-not",
    }


def test_expect_as_a_table() -> None:
    run = whosees("expect", "--service", "MC")
    assert "19   metaData/agenda                                 PW    may\n" in run.out
    assert run.out.endswith(
        "23 must, 0 should, 14 may, 20 must-not\nmay: undecided because role and password are unknown; pass --role or --password\n  to decide them\n"
    )
    assert max(map(len, run.out.splitlines())) <= 80


def test_expect_versus_shows_what_would_change() -> None:
    run = whosees("expect", *HERE, "--versus", "password=supplied")
    assert run.code == 0
    assert "metaData/agenda                    must-not  should\n" in run.out
    assert run.out.endswith("14 of 57 elements change\n")
    said = whosees(
        "expect", *HERE, "--versus", "role=host", "--versus", "service=TC", "--format", "json"
    ).json
    assert said["versus"] == {
        "service": "TC",
        "caller": "unknown",
        "role": "host",
        "password": "not-supplied",
    }
    assert {"path": "test/title", "element": "title", "before": "must-not", "after": "should"} in said[
        "changes"
    ]
    assert whosees("expect", *HERE, "--versus", "caller=anonymous").out.endswith("no element changes\n")


def test_expect_reads_a_request(tmp_path: Path) -> None:
    (tmp_path / "r.xml").write_bytes(request(content="<sessionPassword>x</sessionPassword>"))
    said = whosees("expect", "--service", "mc", "--request", "r.xml", "--format", "json", cwd=tmp_path).json
    assert said["context"] == {"service": "MC", "caller": "anonymous", "role": "none", "password": "supplied"}


def test_a_change_that_changes_the_caller_says_so() -> None:
    """An anonymous caller has role none, so that nobody is both anonymous and the host."""
    run = whosees("expect", *HERE, "--versus", "role=host")
    assert (run.code, run.err) == (
        0,
        "whosees: `caller` changes from `anonymous` to `unknown`, since `anonymous` contradicts `--versus`\n",
    )
    assert whosees("expect", *HERE, "--versus", "password=supplied").err == ""


EXPECT_USAGE = {
    "no service": ([], "pass `--service` to choose a column: one of MC, SC, TC, EC, AO"),
    "a change that is none": (
        ["--service", "MC", "--versus", "password"],
        "`password` is not of the form NAME=VALUE",
    ),
    "a change to nothing": (
        ["--service", "MC", "--versus", "password=maybe"],
        "`--versus password`: not a known password; the values are `supplied`, `not-supplied`, `unknown`",
    ),
    "a change of no fact": (
        ["--service", "MC", "--versus", "pasword=supplied"],
        "`--versus pasword`: there is no fact `pasword`; did you mean `password`?",
    ),
    "a change to no column": (
        ["--service", "MC", "--versus", "service=unknown"],
        "`--versus service=unknown`: there is no column to look in; name one",
    ),
}


@pytest.mark.parametrize("case", EXPECT_USAGE)
def test_wrong_usage_of_expect(case: str) -> None:
    arguments, message = EXPECT_USAGE[case]
    run = whosees("expect", *arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"whosees: {message}")


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
    (tmp_path / "x.xml").write_bytes(response("MC", ALWAYS))
    run = whosees("check", "x.xml", "--rules", copy, "--format", "json", cwd=tmp_path)
    assert run.code == 1
    (finding,) = run.json["responses"][0]["findings"]
    assert finding["explain"].endswith(f"--rules '{copy}'")


COMMANDS = {
    (),
    *((command,) for command in ("check", "explain", "expect", "matrix", "explore", "convert")),
    *((command,) for command in ("live", "watch", "emulate", "scan", "rules")),
    *(("rules", command) for command in ("lint", "diff", "show", "new", "schema")),
}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_help_text_fits_a_terminal_and_shows_an_example(command: tuple[str, ...]) -> None:
    """Users have the help and not the repository: a path of the repository would lead nowhere."""
    run = whosees(*command, "--help")
    words = " ".join(("whosees", *command))
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"Usage: {words} ")
    assert max(map(len, run.out.splitlines())) <= 80
    assert not re.search(r"docs/|examples/", run.out)
    assert re.search(rf"^  Examples?:\n(    .*\n)*    {words}", run.out, re.MULTILINE)


def test_version_and_commands_that_there_are_not() -> None:
    assert whosees("--version").out == "whosees 0.1.0\n"
    bare = whosees()
    assert bare.code == 2
    assert "Commands:" in bare.out
    run = whosees("chek")
    assert (run.code, run.err.splitlines()[0]) == (
        2,
        "whosees: no such command `chek`; did you mean `check`?",
    )


def test_output_survives_a_terminal_that_knows_no_such_letters() -> None:
    run = whosees("matrix", PYTHONIOENCODING="ascii")
    assert run.code == 0
    assert "\\u2713" in run.out
