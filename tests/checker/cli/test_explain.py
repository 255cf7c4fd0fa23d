"""`whosees explain` as a user calls it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.command import whosees
from support.http_apis import write_example
from whosees.rules.registry import SKELETON

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


@pytest.mark.parametrize(
    ("element", "title"),
    [("phone", ""), ("owner/phone", ""), ("owner.phone", " (owner.phone as printed)")],
)
def test_the_printed_name_is_told_unless_the_path_says_it(element: str, title: str, tmp_path: Path) -> None:
    rules = write_example(tmp_path, ("phone,owner/phone", f"{element},owner/phone"))
    run = whosees("explain", "owner/phone", "--rules", str(rules), "--fact", "site=admin")
    assert run.out.splitlines()[0] == f"owner/phone{title}, row 4 of the repository table"


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
    assert said["rule"]["because"] == []


def test_explain_a_rule_quotes_what_its_findings_rest_on() -> None:
    run = whosees("explain", "misplaced")
    assert "so what it says of a name" in run.out
    assert "[I17]\n  What to do: " in run.out
    said = whosees("explain", "misplaced", "--format", "json").json
    assert [reason["cite"] for reason in said["rule"]["because"]] == ["I16", "I17"]


UNKNOWN = {
    "agneda": "`agneda` is not an element of Table 4-3; did you mean `agenda`?",
    "leeked": "`leeked` is not an element of Table 4-3; did you mean `leaked`?",
    "xyzzy": "`xyzzy` is not an element of Table 4-3; `whosees matrix` lists the elements, and a path such as `host/email` works too",
    "": "`` is not an element of Table 4-3",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_element_is_wrong_usage(name: str) -> None:
    run = whosees("explain", name)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"whosees: {UNKNOWN[name]}")
