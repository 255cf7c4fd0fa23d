"""`whosees watch` as a user runs it, in front of a server that leaks."""

from __future__ import annotations

import json
import os
import re
import select
import signal
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from support.command import whosees
from support.messages import response
from support.relaying import TIMEOUT
from support.servers import RawServer, Watching, http, watching
from support.traffic import ASKED, GOOD, PASSWORD, SHOWN

Servers = Callable[..., RawServer]
LEAK = "getsessioninfo:MC/anonymous/not-supplied/accessControl.sessionPassword"
LINE = f"error leaked: accessControl/sessionPassword in exchange-1 [{LEAK}]"
LEAKING = response("MC", [*SHOWN, "accessControl/sessionPassword"])
XML = {"Content-Type": "text/xml"}


def call(watch: Watching, content: bytes = ASKED, context: str = "") -> httpx.Response:
    headers = {"X-Whosees-Context": context} if context else {}
    url = f"http://127.0.0.1:{watch.port}/WBXService/XMLService"
    return httpx.post(url, content=content, headers={**XML, **headers}, timeout=60, trust_env=False)


def leaky(raw_server: Servers) -> str:
    """A server that leaks unless the meeting password is supplied."""
    server = raw_server(lambda sent: http(GOOD if b"sessionPassword" in sent else LEAKING))
    return f"http://127.0.0.1:{server.port}"


def processes_of(watch: Watching) -> tuple[int, int]:
    """Return the processes that judge and that pass on, in which order they start; a third one is Python's own."""
    children = Path(f"/proc/{watch.process.pid}/task/{watch.process.pid}/children").read_text().split()
    found = [each for each in children if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]
    judge, relay = sorted(map(int, found))
    return judge, relay


def relay_of(watch: Watching) -> int:
    return processes_of(watch)[1]


def test_a_leak_is_shown_once_and_is_in_report_events_and_exit_code(
    raw_server: Servers, tmp_path: Path
) -> None:
    report, events = tmp_path / "w.json", tmp_path / "events.jsonl"
    events.write_text("earlier\n")
    with watching(leaky(raw_server), "--report", f"json={report}", "--events", str(events), "-q") as watch:
        assert call(watch).content == LEAKING
        assert watch.read_line() == f"whosees: {LINE}\n", "shown while the proxy runs"
        assert call(watch).content == LEAKING
        assert call(watch, PASSWORD).content == GOOD
        watch.end()
    assert watch.code == 1
    said = watch.err.splitlines()[1:]
    assert said[0] == f"whosees: {LINE}"
    assert "whosees: watched 3 exchanges: 1 conformant, 2 violating" in said
    assert f"whosees: 2 times: {LINE}" in said
    assert "whosees: the report counts responses that are alike once: 2 of 3" in said
    assert sum(line.endswith(f"exchange-1 [{LEAK}]") for line in said) == 2, (
        "once when found, once in the end"
    )
    assert watch.out.startswith("exchange-1 and 1 like it: violating\n")
    saved = json.loads(report.read_text())
    assert [each["source"] for each in saved["responses"]] == ["exchange-1 and 1 like it", "exchange-3"]
    assert saved["summary"]["responses"] == 2
    first, *lines = events.read_text().splitlines()
    assert first == "earlier", "events are appended"
    found = [json.loads(line) for line in lines]
    assert {each["schema"] for each in found} == {"whosees/watch-event@1"}
    (leak,) = [each for each in found if each.get("rule") == "leaked" and each["id"] == LEAK]
    assert (leak["event"], leak["source"], leak["path"]) == (
        "finding",
        "exchange-1",
        "accessControl/sessionPassword",
    )
    assert (found[-1]["event"], found[-1]["findings"][f"leaked {LEAK}"]) == ("totals", 2)
    assert whosees("convert", report).code == 0, "the report is complete and does not contradict itself"


def test_the_end_says_what_could_not_be_checked(raw_server: Servers) -> None:
    server = raw_server(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    with watching(f"http://127.0.0.1:{server.port}") as watch:
        with pytest.raises(httpx.RemoteProtocolError):
            call(watch)
        watch.end(signal.SIGTERM)
    assert watch.code == 3
    assert "the connection ended before the response was complete" in watch.out
    with watching(f"http://127.0.0.1:{server.port}") as watch:
        watch.end()
    assert watch.code == 3, "nothing was judged"
    assert watch.err.splitlines()[-1] == "whosees: watched 0 exchanges"


def test_reports_are_written_on_sighup_and_survive_a_kill(raw_server: Servers, tmp_path: Path) -> None:
    """And the relay, which does not see the kill, ends as well."""
    report, events = tmp_path / "w.json", tmp_path / "events"
    os.mkfifo(events)
    descriptor = os.open(events, os.O_RDWR)  # so that nobody waits for the other to open it
    with (
        open(descriptor, "rb", buffering=0) as lines,
        watching(leaky(raw_server), "--report", f"json={report}", "--events", str(events)) as watch,
    ):
        call(watch)
        watch.read_line()
        relay = os.pidfd_open(relay_of(watch))
        watch.process.send_signal(signal.SIGHUP)
        while json.loads(lines.readline())["event"] != "totals":
            pass
        watch.process.kill()
        watch.process.wait()
        ended, _, _ = select.select([relay], [], [], TIMEOUT)
        os.close(relay)
    assert ended
    assert [each["outcome"] for each in json.loads(report.read_text())["responses"]] == ["violating"]


def test_a_relay_that_dies_is_an_error_and_the_report_is_written(raw_server: Servers) -> None:
    with watching(leaky(raw_server)) as watch:
        call(watch)
        watch.read_line()
        os.kill(relay_of(watch), signal.SIGKILL)
        watch.end(0)
    assert watch.code == 2
    assert watch.out.startswith("exchange-1: violating\n")
    last = "whosees: the proxy ended unexpectedly; the reports cover what was judged until then"
    assert watch.err.splitlines()[-1] == last


def test_traffic_goes_on_while_the_judging_process_dies_and_its_copies_are_counted(
    raw_server: Servers,
) -> None:
    with watching(leaky(raw_server)) as watch:
        call(watch)
        watch.read_line()
        os.kill(processes_of(watch)[0], signal.SIGKILL)
        assert call(watch).content == LEAKING
        assert watch.read_line() == (
            "whosees: the judging process ended, and is started again; the copies that it had are not judged\n"
        )
        watch.end()
    assert watch.code == 1
    assert watch.out.startswith("exchange-1: violating\n")
    assert "1 not judged: unchecked (unreadable)" in watch.out
    assert "1 copies" not in watch.err


def test_the_admin_port_serves_totals_as_a_page_as_json_and_as_metrics(raw_server: Servers) -> None:
    with watching(leaky(raw_server), "--admin", "127.0.0.1:0") as watch:
        call(watch)
        watch.read_line()
        page = httpx.get(watch.admin, trust_env=False)
        totals = httpx.get(f"{watch.admin}.json", trust_env=False).json()
        metrics = httpx.get(f"{watch.admin}/metrics", trust_env=False)
        missing = httpx.get(watch.admin.replace("whosees", "Zq7"), trust_env=False)
        assert httpx.head(watch.admin, trust_env=False).content == b""
        watch.end()
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "accessControl/sessionPassword" in page.text
    assert 'name="viewport" content="width=device-width, initial-scale=1"' in page.text
    assert "prefers-color-scheme: dark" in page.text
    assert totals["schema"] == "whosees/watch@1"
    assert (totals["violating"], totals["conformant"]) == (1, 0)
    (leak,) = [each for each in totals["findings"] if each["id"] == LEAK and each["rule"] == "leaked"]
    assert (leak["times"], leak["first"]) == (1, "exchange-1")
    assert (
        'whosees_watch_findings_total{element="accessControl/sessionPassword",rule="leaked",severity="error"} 1.0'
        in metrics.text
    )
    assert 'whosees_watch_responses_total{outcome="violating"} 1.0' in metrics.text
    assert 'whosees_watch_not_copied_total{why="dropped"} 0.0' in metrics.text
    assert re.search(r'whosees_watch_added_seconds_bucket\{le="\+Inf"\} \d', metrics.text)
    assert metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert (missing.status_code, missing.text) == (404, "there is nothing here; see /-/whosees\n")


def test_stated_facts_are_used_if_the_header_is_trusted(raw_server: Servers) -> None:
    server = raw_server(lambda _: http(LEAKING))
    with watching(f"http://127.0.0.1:{server.port}", "--trust-context-header", "--format", "json") as watch:
        call(watch, context="password=supplied")
        watch.end()
    (response,) = json.loads(watch.out)["responses"]
    assert response["context"]["password"] == {"value": "supplied", "from": "X-Whosees-Context"}
    assert "accessControl/sessionPassword" not in {each["path"] for each in response["findings"]}


WRONG = {
    "no scheme": (
        ("--upstream", "127.0.0.1:80"),
        "`--upstream` must begin with http:// or https:// and name a host",
    ),
    "a password": (
        ("--upstream", "http://u:Zq7@h"),
        "`--upstream` must not contain a user or password; clients send their own",
    ),
    "a path": (("--upstream", "http://h/Zq7"), "`--upstream` must not have a path: requests keep their own"),
    "a port": (("--upstream", "http://h:x"), "`--upstream` is not a URL"),
    "no port to listen on": (
        ("--upstream", "http://h", "--listen", "here"),
        "invalid value for `--listen`: `here` is not of the form HOST:PORT, such as 127.0.0.1:8766",
    ),
    "a key alone": (("--upstream", "http://h", "--tls-key", "k"), "`--tls-key` needs `--tls-cert`"),
    "a certificate that is none": (
        ("--upstream", "http://h", "--tls-cert", __file__),
        f"`--tls-cert {__file__}`: it is not a certificate in PEM",
    ),
    "an option for one rulebook": (
        ("--upstream", "http://h", "--rules", "github-user", "--rules", "github-repos", "--coverage"),
        "`--coverage` takes one rulebook; run `watch` once for each",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage_is_explained(name: str) -> None:
    arguments, message = WRONG[name]
    run = whosees("watch", *arguments)
    assert run.code == 2
    assert run.err.splitlines()[0] == f"whosees: {message}"
