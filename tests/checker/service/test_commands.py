"""`whosees live` and `whosees emulate` as a user calls them, in two processes over a real connection."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from support.practice import EXAMPLE, Practice
from support.servers import WHOSEES, RawServer, emulating, http
from whosees.checker.service.emulate.http import LIMITS

Servers = Callable[..., RawServer]
Whosees = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[3]
DEFAULT_URL = "http://127.0.0.1:8765/WBXService/XMLService"


def test_against_the_emulator_every_case_conforms_and_every_obligation_is_exercised(
    whosees: Whosees, tmp_path: Path
) -> None:
    with emulating() as (url, said):
        done = whosees("live", "--plan", str(EXAMPLE), "--url", url, "--record", str(tmp_path / "r"))
    assert (done.returncode, done.stderr) == (0, "whosees: recorded 90\n")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["case", "verdict", "time", "findings"]
    assert (
        len([line for line in lines if re.match(r"(MC|SC|TC|EC|AO)/.* conformant.* \d+\.\d\d s  -$", line)])
        == 90
    )
    assert "90 responses: 90 conformant" in lines
    assert "coverage of obligations: 351 of 351 (MC 71 of 71" in done.stdout
    assert said == [f"whosees: answering at {url}\n"]
    checked = whosees("check", str(tmp_path / "r"), "--format", "json")
    assert checked.returncode == 0
    assert json.loads(checked.stdout)["summary"]["conformant"] == 90


SAMPLE = {
    "leak:telephony@MC/anonymous/not-supplied": ("MC/anonymous/not-supplied", "leaked", ["telephony"]),
    "omit:status@TC/authenticated/host/supplied": ("TC/authenticated/host/supplied", "missing", ["status"]),
    "omit:material@EC/anonymous/supplied": (
        "EC/anonymous/supplied",
        "missing omitted",
        ["material", "material.imageURL", *(f"material.document{x}" for x in ("", ".name", ".URL", ".size"))],
    ),
    "leak:test/title@AO/authenticated/none/not-supplied": (
        "AO/authenticated/none/not-supplied",
        "leaked",
        ["test", "test.title"],
    ),
}


def test_a_sample_of_faults_over_a_real_connection(whosees: Whosees) -> None:
    faults = [word for fault in SAMPLE for word in ("--fault", fault)]
    with emulating("-v", *faults) as (url, said):
        done = whosees(
            "live", "--plan", str(EXAMPLE), "--url", url, "--format", "json", "--unlisted", "ignore"
        )
    assert done.returncode == 1
    assert done.stderr == "whosees: coverage: 351 of 351 obligations exercised\n"
    report = json.loads(done.stdout)
    assert report["schema"] == "whosees/check@1"
    assert len(report["responses"]) == 90
    found = {
        r["source"]: {(f["rule"], f["id"]) for f in r["findings"]}
        for r in report["responses"]
        if r["findings"]
    }
    assert set(found) == {case for case, _, _ in SAMPLE.values()}
    for case, rules, rows in SAMPLE.values():
        assert {identity for _, identity in found[case]} == {f"getsessioninfo:{case}/{row}" for row in rows}
        assert {rule for rule, _ in found[case]} == set(rules.split())
    assert {r["context"]["role"]["from"] for r in report["responses"]} == {"plan"}
    assert len(said) == 91
    # Calls are answered side by side, so their order is not theirs.
    assert any(re.fullmatch(r"MC/anonymous/supplied: HTTP 200, [\d,]+ bytes\n", line) for line in said)


def test_transport_faults_end_as_unchecked_with_their_reason(whosees: Whosees) -> None:
    faults = ("status:500@MC", "truncate@SC", "garbage@TC", "failure:000015@EC", "slow:30@AO")
    with emulating(*(word for fault in faults for word in ("--fault", fault))) as (url, _):
        done = whosees(
            *("live", "--plan", str(EXAMPLE), "--url", url, "--only", "*/anonymous/not-supplied"),
            *("--read-timeout", "0.5", "--connect-timeout", "0.5"),
        )
    assert done.returncode == 3
    verdicts = re.findall(r"^(\w\w)/anonymous/not-supplied +(unchecked: .*?)  ", done.stdout, re.MULTILINE)
    assert dict(verdicts) == {
        "MC": "unchecked: HTTP 500",
        "SC": "unchecked: not-xml",
        "TC": "unchecked: not-xml",
        "EC": "unchecked: not found",
        "AO": "unchecked: time-out",
    }


def test_nobody_there(whosees: Whosees) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    arguments = ("live", "--url", url, "--site", "s", "--session-key", "1", "--retries", "0")
    done = whosees(*arguments)
    assert (done.returncode, done.stderr) == (3, "")
    assert "unknown/anonymous/not-supplied  unchecked: connection refused" in done.stdout
    assert whosees(*arguments, "--allow-unchecked", "unreadable").returncode == 0


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    """The URL of an emulator without faults, for several tests."""
    with emulating() as (url, said):
        yield url
    assert len(said) == 1


def test_without_a_plan_the_anonymous_cases_are_run(whosees: Whosees, emulator: str) -> None:
    short = (
        "live",
        "--url",
        emulator,
        "--site",
        "practice",
        "--session-key",
        "100000003",
        "--format",
        "json",
    )
    done = whosees(*short)
    more = whosees(*short, "--service", "TC", "--session-password-env", "P", P="practice-tc")
    missing = whosees(*short, "--session-password-env", "WHOSEES_NOT_SET")
    assert [r["context"]["service"] for r in json.loads(done.stdout)["responses"]] == [
        {"value": "TC", "from": "response"}
    ]
    assert [r["source"] for r in json.loads(more.stdout)["responses"]] == [
        "TC/anonymous/supplied",
        "TC/anonymous/not-supplied",
        "TC/anonymous/wrong",
    ]
    assert (done.returncode, more.returncode, missing.returncode) == (0, 0, 2)
    assert missing.stderr.startswith("whosees: the environment variable `WHOSEES_NOT_SET` is not set\n")


def test_broken_off_it_reports_what_was_judged(practice: Practice, raw_server: Servers) -> None:
    handler, hanging, count = practice.handler(), threading.Event(), [0]

    def reply(request: bytes) -> bytes | None:
        count[0] += 1
        if count[0] > 2:
            hanging.set()
            return None
        return http(handler.handle(request).body)

    url = raw_server(reply).url()
    arguments = ["live", "--plan", str(EXAMPLE), "--url", url, "--concurrency", "1", "--format", "json"]
    process = subprocess.Popen(
        [WHOSEES, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert hanging.wait(60)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "whosees: interrupted; the report covers what was judged until then\n" in err
    report = json.loads(out)
    assert [r["source"] for r in report["responses"]] == [
        "MC/anonymous/supplied",
        "MC/anonymous/not-supplied",
    ]
    assert report["summary"]["conformant"] == 2


def test_an_answer_with_two_bodies_has_two_lines(
    practice: Practice, raw_server: Servers, whosees: Whosees
) -> None:
    handler = practice.handler("leak:telephony@SC")

    def twice(request: bytes) -> bytes:
        start, end = b"<serv:bodyContent", b"</serv:bodyContent>"
        answer = handler.handle(request).body
        one = answer[answer.index(start) : answer.index(end) + len(end)]
        other = handler.handle(request.replace(b"100000001", b"100000002")).body
        return http(answer.replace(one, one + other[other.index(start) : other.index(end) + len(end)]))

    arguments = ("--url", raw_server(twice).url(), "--site", "practice", "--session-key", "100000001")
    done = whosees("live", *arguments)
    assert done.returncode == 1
    lines = re.findall(r"^unknown/anonymous/not-supplied.*  .*$", done.stdout, re.MULTILINE)
    assert len(lines) == 2
    assert lines[0].split()[1] == "conformant"
    assert lines[1].startswith("unknown/anonymous/not-supplied, body 2  violating")


def test_an_xml_service_is_emulated_beside_json_operations() -> None:
    rules = ("--rules", "webex-rest-meeting", "--rules", "getsessioninfo")
    request = (ROOT / "examples" / "published" / "published.request.xml").read_bytes()
    with emulating(*rules, "--fact", "view=user") as (url, said), httpx.Client(trust_env=False) as client:
        site = url.partition("/WBXService")[0]
        answers = (
            client.post(f"{site}/WBXService/XMLService", content=request),
            client.get(f"{site}/meetings/1"),
            client.get(f"{site}/meetings"),
        )
    assert [(each.status_code, each.headers["content-type"].partition(";")[0]) for each in answers] == [
        *((200, "text/xml"), (200, "application/json"), (404, "text/plain"))
    ]
    assert (
        answers[2].text
        == "there is nothing here; operations are at /WBXService/XMLService, /meetings/{meetingId}\n"
    )
    assert said[1:] == [f"whosees: and at {site}/meetings/{{meetingId}}\n"]


def test_hostile_and_oversized_bodies_are_refused_over_a_connection(emulator: str) -> None:
    bodies = {b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>': 400, b" " * (LIMITS.size + 1): 413, b"\x00": 400}
    with httpx.Client(trust_env=False) as client:
        for body, status in bodies.items():
            answer = client.post(emulator, content=body)
            assert (answer.status_code, answer.text[:9]) == (status, "refused: ")


def test_listening_to_others_is_warned_of() -> None:
    # This is 127.0.0.1, spelt so that nobody can be sure of it.
    with emulating("--host", "127.1") as (url, said):
        assert url.startswith("http://127.1:")
    assert said[0] == "whosees: warning: anyone who can reach this machine can call this server\n"


def test_calling_in_the_clear_is_warned_of(whosees: Whosees) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.1:{listener.getsockname()[1]}/"  # this machine, spelt so that nobody can be sure of it
    arguments = ("--url", url, "--site", "s", "--session-key", "1", "--retries", "0")
    done = whosees("live", *arguments, NO_PROXY="*")
    assert done.stderr == (
        "whosees: warning: the server is called without TLS; anyone on the network can read the calls\n"
    )
    assert done.returncode == 3


def test_a_recording_that_cannot_be_written(whosees: Whosees, tmp_path: Path, emulator: str) -> None:
    (tmp_path / "file").write_text("")
    done = whosees("live", "--plan", str(EXAMPLE), "--url", emulator, "--record", str(tmp_path / "file"))
    assert done.returncode == 2
    assert done.stderr.endswith("whosees: `--record`: a recording cannot be written: not a directory\n")


def test_the_load_of_the_benchmarks_meets_no_error() -> None:
    """Twenty callers for a second, as proof that it runs; by itself it takes two hundred for ten."""
    script = Path(__file__).parents[3] / "benchmarks" / "emulate_load.py"
    command = [sys.executable, str(script), "--callers", "20", "--seconds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("20 callers for 1 s: ")
    assert lines[1].startswith("HTTP 200: ")
    assert lines[-1] == "the emulator said: nothing; it ended with 0"


def test_quiet_shows_only_what_is_wrong(whosees: Whosees) -> None:
    with emulating("--fault", "omit:status@MC/anonymous/supplied") as (url, _):
        done = whosees("live", "--plan", str(EXAMPLE), "--url", url, "--only", "MC/anonymous/*", "-q")
    assert done.returncode == 1
    table = done.stdout[done.stdout.index("case ") :].splitlines()
    assert [line.split()[:2] for line in table[2:3]] == [["MC/anonymous/supplied", "violating"]]
    assert table[3] == ""
    assert "3 responses: 2 conformant, 1 violating" in done.stdout
