"""`whosees check` as a user calls it: what is read, what is said, and how it ends."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from support.check_folder import ANONYMOUS, GOOD, LEAKING, OTHER, REFUSED, outcomes
from support.command import whosees
from support.judging import RULEBOOK
from support.messages import request


def test_a_folder_is_read_by_name_and_pairs_come_together(folder: Path) -> None:
    run = whosees("check", ".", "--format", "json", cwd=folder)
    assert run.code == 1
    assert outcomes(run.out) == [
        ("./a.xml", 0, "conformant", None),
        ("./b.response.xml", 0, "violating", None),
        ("./sub/c.response.xml", 0, "conformant", None),
    ]
    second, third = run.json["responses"][1:]
    assert second["context"]["caller"] == {"value": "anonymous", "from": "request"}
    assert third["context"]["role"] == {"value": "none", "from": "sidecar"}
    assert third["context"]["caller"] == {"value": "authenticated", "from": "sidecar"}


def test_the_json_is_as_designed(folder: Path) -> None:
    run = whosees("check", "b.response.xml", "--format", "json", cwd=folder)
    result = run.json
    assert result["schema"] == "whosees/check@1"
    assert result["rulebook"] == {"id": "getsessioninfo", "version": "1.0.0", "digest": RULEBOOK.digest}
    summary = {
        key: result["summary"][key]
        for key in ("responses", "conformant", "violating", "unchecked", "skipped")
    }
    assert summary == {"responses": 1, "conformant": 0, "violating": 1, "unchecked": 0, "skipped": 0}
    assert result["summary"]["findings"] == {"error": 1, "warning": 0, "note": 0}
    (finding,) = result["responses"][0]["findings"]
    assert finding == {
        "rule": "leaked",
        "severity": "error",
        "path": "accessControl/sessionPassword",
        "element": "sessionPassword",
        "expectation": "must-not",
        "marker": "pw",
        "lines": [9],
        "cause": None,
        "message": "`accessControl/sessionPassword` is there, and must not be: Table 4-3 has PW for MC "
        "(Meeting Center), the caller is anonymous and the meeting password was not supplied",
        "because": "Table 4-3 has PW for MC (Meeting Center), the caller is anonymous and the meeting password "
        "was not supplied",
        "explains": "accessControl/sessionPassword",
        "id": "getsessioninfo:MC/anonymous/not-supplied/accessControl.sessionPassword",
        "explain": "whosees explain accessControl/sessionPassword --service MC --caller anonymous "
        "--password not-supplied",
        "baselined": False,
        "baseline": None,
    }


def test_every_explain_command_of_a_finding_can_be_pasted(folder: Path) -> None:
    spoilt = LEAKING.replace(b"status>", b"Status>").replace(b"<ep:host>", b"<ep:hostKey/><ep:odd/><ep:host>")
    (folder / "b.response.xml").write_bytes(spoilt)
    run = whosees("check", "b.response.xml", "--format", "json", "--role", "none", cwd=folder)
    commands = {finding["explain"] for finding in run.json["responses"][0]["findings"]}
    assert len(commands) == 4
    for command in commands:
        name, *words = shlex.split(command)  # as a shell splits it
        done = whosees(*words)
        assert (name, done.code) == ("whosees", 0), (command, done.err)


def test_standard_input_is_a_recording(folder: Path) -> None:
    run = whosees("check", "-", *ANONYMOUS, "--format", "json", stdin=LEAKING)
    assert (run.code, outcomes(run.out)) == (1, [("-", 0, "violating", None)])
    run = whosees("check", "-", "--request", folder / "b.request.xml", "--format", "json", stdin=GOOD)
    assert run.json["responses"][0]["context"]["caller"] == {"value": "anonymous", "from": "request"}
    assert run.code == 0


CODES = {
    "all conforms": ([GOOD], [], 0),
    "an error": ([GOOD, LEAKING], [*ANONYMOUS], 1),
    "an error and something unchecked": ([b"x", LEAKING], [*ANONYMOUS], 1),
    "something unchecked": ([GOOD, b"x"], [], 3),
    "something unchecked that is allowed": ([GOOD, b"x"], ["--allow-unchecked", "not-xml"], 0),
    "something unchecked for another reason": ([GOOD, REFUSED], ["--allow-unchecked", "not-xml"], 3),
    "two reasons, both allowed": (
        [b"x", REFUSED],
        ["--allow-unchecked", "not-xml", "--allow-unchecked", "failure-response"],
        0,
    ),
    "an error that is not to count": ([LEAKING], [*ANONYMOUS, "--exit-zero"], 0),
    "unchecked that is not to count": ([b"x"], ["--exit-zero"], 0),
    "an omission": ([GOOD], ["--role", "host"], 0),
    "an omission, strictly": ([GOOD], ["--role", "host", "--strict"], 1),
    "an unlisted element as an error": (
        [GOOD.replace(b"<ep:host>", b"<ep:hostKey/><ep:host>")],
        ["--unlisted", "error"],
        1,
    ),
    "an unlisted element ignored": (
        [GOOD.replace(b"<ep:host>", b"<ep:hostKey/><ep:host>")],
        ["--unlisted", "ignore"],
        0,
    ),
    "another operation, named": ([OTHER], [], 3),
}


@pytest.mark.parametrize("format_", ["text", "json"])
@pytest.mark.parametrize("case", CODES)
def test_it_ends_as_designed_in_every_format(tmp_path: Path, case: str, format_: str) -> None:
    contents, options, code = CODES[case]
    for number, content in enumerate(contents):
        (tmp_path / f"{number}.xml").write_bytes(content)
    names = [f"{number}.xml" for number in range(len(contents))]
    run = whosees("check", *names, *options, "--format", format_, cwd=tmp_path)
    assert run.code == code, run.out
    assert run.err == ""


def test_an_empty_folder_is_nothing_to_check(tmp_path: Path) -> None:
    run = whosees("check", ".", cwd=tmp_path)
    assert (run.code, run.out) == (3, "0 responses\nnothing to check: no response was found\n")


def test_in_a_folder_other_operations_are_skipped_and_counted(tmp_path: Path) -> None:
    (tmp_path / "good.xml").write_bytes(GOOD)
    (tmp_path / "other.xml").write_bytes(OTHER)
    (tmp_path / "request.xml").write_bytes(request())
    (tmp_path / "lonely.request.xml").write_bytes(request())
    (tmp_path / "lonely.context.toml").write_text("")
    run = whosees("check", ".", "--format", "json", cwd=tmp_path)
    assert (run.code, outcomes(run.out)) == (0, [("./good.xml", 0, "conformant", None)])
    assert run.json["summary"]["skipped"] == 4
    assert run.json["summary"]["skipped_by_kind"] == {"different operation": 2, "no response beside it": 2}
    text = " ".join(whosees("check", ".", cwd=tmp_path).out.split())
    assert "skipped 4 messages (2 no response beside it, 2 different operation)" in text
    named = whosees("check", "other.xml", "request.xml", "--format", "json", cwd=tmp_path)
    assert named.code == 3
    assert [reason for *_, reason in outcomes(named.out)] == ["other-operation", "other-operation"]


def test_a_foreign_answer_to_our_request_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.response.xml").write_bytes(OTHER)
    (tmp_path / "a.request.xml").write_bytes(request())
    run = whosees("check", ".", "--format", "json", cwd=tmp_path)
    assert (run.code, outcomes(run.out)) == (3, [("./a.response.xml", 0, "unchecked", "other-operation")])
    (tmp_path / "a.request.xml").write_bytes(request().replace(b"ep.GetSessionInfo", b"meeting.GetMeeting"))
    run = whosees("check", ".", "--format", "json", cwd=tmp_path)
    assert (run.code, run.json["summary"]["skipped"]) == (3, 1)
    (tmp_path / "a.response.xml").write_bytes(REFUSED)
    assert whosees("check", ".", "--format", "json", cwd=tmp_path).json["summary"]["skipped"] == 1
    (tmp_path / "a.response.xml").write_bytes(GOOD)
    run = whosees("check", ".", "--format", "json", cwd=tmp_path)
    assert outcomes(run.out) == [("./a.response.xml", 0, "unchecked", "other-operation")]
    assert run.json["responses"][0]["detail"] == "its request `a.request.xml`: it asks for no GetSessionInfo"


def test_what_cannot_be_read_is_named_and_the_rest_is_judged(tmp_path: Path) -> None:
    (tmp_path / "good.xml").write_bytes(GOOD)
    run = whosees("check", "missing.xml", "good.xml", cwd=tmp_path)
    assert run.code == 3
    assert "missing.xml: unchecked (unreadable)" in run.out
    assert "it cannot be read: no such file or directory" in run.out
    assert "2 responses: 1 conformant, 1 unchecked" in run.out


def test_a_shell_wildcard_may_name_a_pairs_request_too(tmp_path: Path) -> None:
    (tmp_path / "a.response.xml").write_bytes(GOOD)
    (tmp_path / "a.request.xml").write_bytes(request())
    run = whosees("check", "a.request.xml", "a.response.xml", "--format", "json", cwd=tmp_path)
    assert (run.code, outcomes(run.out)) == (0, [("a.response.xml", 0, "conformant", None)])
    alone = whosees("check", "a.request.xml", "--format", "json", cwd=tmp_path)
    assert (alone.code, outcomes(alone.out)) == (3, [("a.request.xml", 0, "unchecked", "other-operation")])


def test_the_largest_size_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_bytes(GOOD)
    run = whosees("check", "x.xml", "--max-size", "1k", "--format", "json", cwd=tmp_path)
    assert run.json["responses"][0]["detail"] == "larger than 1,024 bytes; --max-size allows more"
    assert whosees("check", "x.xml", "--max-size", "1M", cwd=tmp_path).code == 0


def test_an_output_file_is_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_bytes(LEAKING)
    out = tmp_path / "out.json"
    out.write_text("before")
    run = whosees("check", "x.xml", *ANONYMOUS, "--format", "json", "-o", "out.json", cwd=tmp_path)
    assert (run.code, run.out) == (1, "")
    assert json.loads(out.read_text())["summary"]["violating"] == 1
    out.write_text("before")
    assert whosees("check", "x.xml", "--service", "no", "-o", "out.json", cwd=tmp_path).code == 2
    assert out.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "x.xml"]
    assert whosees("check", "x.xml", "-o", "/dev/null", cwd=tmp_path).code == 0


@pytest.mark.processes
def test_several_jobs_say_the_same_as_one(folder: Path) -> None:
    for number in range(80):
        (folder / f"n{number:03}.xml").write_bytes(GOOD if number % 7 else b"x")
    one = whosees("check", ".", "-", *ANONYMOUS, "--format", "json", cwd=folder, stdin=LEAKING)
    two = whosees("check", ".", "-", *ANONYMOUS, "--format", "json", "--jobs", "2", cwd=folder, stdin=LEAKING)
    assert one.code == two.code == 1
    assert one.out == two.out
    assert len(outcomes(one.out)) == 84
