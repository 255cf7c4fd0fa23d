"""`whosees check` and what it cannot use: companions of a response, and what was said on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import whosees
from support.judging import RULEBOOK
from support.messages import request, response

GOOD = response("MC", [row.path for row in RULEBOOK.rows if row.cells["MC"] == "always"])

COMPANIONS = {
    "a wrong key": (
        "a.context.toml",
        b'servce = "MC"',
        "unreadable",
        "its sidecar `a.context.toml`: unknown key `servce`; did you mean `service`?",
    ),
    "a wrong value": (
        "a.context.toml",
        b'role = "hst"',
        "unreadable",
        "its sidecar `a.context.toml`: `role`: `hst` is not a known role; did you mean `host`?",
    ),
    "a value of another type": (
        "a.context.toml",
        b"role = 1",
        "unreadable",
        "its sidecar `a.context.toml`: `role`: expected `str | null`, got `int`",
    ),
    "a wrong outcome": (
        "a.context.toml",
        b'outcome = "x"',
        "unreadable",
        "its sidecar `a.context.toml`: `outcome`: it is none of `failure`, `success`",
    ),
    "facts that exclude each other": (
        "a.context.toml",
        b'caller = "anonymous"\nrole = "host"',
        "unreadable",
        "its sidecar `a.context.toml`: caller `anonymous` excludes role `host`: an anonymous caller has role none",
    ),
    "no TOML": (
        "a.context.toml",
        b"role = ",
        "unreadable",
        "its sidecar `a.context.toml`: not TOML: invalid value (at end of document)",
    ),
    "a sidecar with a key without end": (
        "a.context.toml",
        b"\n" + b"a." * 100 + b"a = 1",
        "unreadable",
        "its sidecar `a.context.toml`: line 2: a key has more than 100 parts",
    ),
    "a sidecar that is large": (
        "a.context.toml",
        b"#" * 65_537,
        "unreadable",
        "its sidecar `a.context.toml`: larger than 65,536 bytes, which no sidecar is",
    ),
    "a request that is cut off": (
        "a.request.xml",
        request()[:-9],
        "not-xml",
        "its request `a.request.xml`: at line 1, column",
    ),
    "a request that is no message": (
        "a.request.xml",
        b"<x/>",
        "not-a-message",
        "its request `a.request.xml`: its root is `x`",
    ),
    "a request with a DTD": (
        "a.request.xml",
        b"<!DOCTYPE x>" + request(),
        "unsafe-xml",
        "its request `a.request.xml`: it declares",
    ),
    "a request without body": (
        "a.request.xml",
        request().replace(b"bodyContent", b"nothing"),
        "not-a-message",
        "its request `a.request.xml`: it asks for no GetSessionInfo",
    ),
}


@pytest.mark.parametrize("case", COMPANIONS)
def test_a_companion_that_cannot_be_used_makes_its_response_unchecked(tmp_path: Path, case: str) -> None:
    name, content, reason, detail = COMPANIONS[case]
    (tmp_path / "a.response.xml").write_bytes(GOOD)
    (tmp_path / name).write_bytes(content)
    (tmp_path / "b.xml").write_bytes(GOOD)
    run = whosees("check", ".", "--format", "json", cwd=tmp_path)
    assert run.code == 3
    first, second = run.json["responses"]
    assert (first["reason"], second["outcome"]) == (reason, "conformant"), "the other inputs are judged"
    assert first["detail"].startswith(detail)


USAGE = {
    "nothing named": ([], "nothing to check; name a file, a folder, or `-` for standard input"),
    "an unknown service": (
        ["--service", "MCC", "x"],
        "`--service`: `MCC` is not a known service; did you mean `MC`?",
    ),
    "Support Center": (
        ["--service", "SupportCenter", "x"],
        "`--service`: Support Center has no column in Table 4-3; the columns are",
    ),
    "an anonymous host": (
        ["--caller", "anonymous", "--role", "host", "x"],
        "caller `anonymous` excludes role `host`: an anonymous caller has role none",
    ),
    "an unknown fact": (
        ["--fact", "rol=host", "x"],
        "`--fact rol`: there is no fact `rol`; did you mean `role`?",
    ),
    "a fact that is none": (["--fact", "role", "x"], "`--fact role` is not of the form NAME=VALUE"),
    "a fact with two values": (
        ["--fact", "role=host", "--fact", "role=none", "x"],
        "`--fact role` is given twice, with different values",
    ),
    "a list of required facts that is empty": (["--require", ",", "x"], "`--require` names no fact"),
    "an option of a fact with two values": (
        ["--caller", "anonymous", "--caller", "authenticated", "x"],
        "`--caller` is given twice, with different values",
    ),
    "a fact that two options state differently": (
        ["--password", "not-supplied", "--fact", "password=wrong", "x"],
        "`--password` and `--fact password` state different values of `password`",
    ),
    "an unknown option": (
        ["--sevice", "MC", "x"],
        "no such option `--sevice`; did you mean `--baseline` or `--service` or `--strict`?",
    ),
    "an unknown reason": (
        ["--allow-unchecked", "laziness", "x"],
        "invalid value for `--allow-unchecked`: `laziness` is not one of `unreadable`, `not-xml`, ",
    ),
    "a size that is none": (
        ["--max-size", "1X", "x"],
        "invalid value for `--max-size`: `1X` is not a size; use a number of bytes, or one with K, M or G",
    ),
    "no job": (["--jobs", "0", "x"], "invalid value for `-j` / `--jobs`: 0 is not in the range 1<=x<=256"),
    "a request that is not there": (
        ["--request", "nope.xml", "x"],
        "`--request nope.xml`: no such file or directory",
    ),
    "a rulebook that is not there": (
        ["--rules", "nope", "x"],
        "the rulebook `nope`: cannot be read: no such file or directory",
    ),
    "an output that cannot be": (
        ["-o", "no/where.txt", "x"],
        "`no/where.txt` cannot be written: no such file or directory",
    ),
}


@pytest.mark.parametrize("case", USAGE)
def test_wrong_usage_gives_one_message_and_ends_with_2(tmp_path: Path, case: str) -> None:
    arguments, message_ = USAGE[case]
    (tmp_path / "x").write_bytes(GOOD)
    run = whosees("check", *arguments, cwd=tmp_path)
    assert (run.code, run.out) == (2, "")
    first, *rest = run.err.splitlines()
    assert first.startswith(f"whosees: {message_}")
    assert rest in ([], ["try `whosees check --help`"])


def test_a_request_flag_that_is_no_request_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_bytes(GOOD)
    run = whosees("check", "x.xml", "--request", "x.xml", cwd=tmp_path)
    assert run.code == 2
    assert run.err.startswith("whosees: `--request x.xml`: it asks for no GetSessionInfo\n")
