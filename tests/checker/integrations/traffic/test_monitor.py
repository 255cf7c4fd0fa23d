"""Judging in the background: traffic neither waits nor fails, and what is not judged is counted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

import whosees.wsgi
from support.leaking import TEXT, Exchange, case_of
from whosees.checker.integrations.options import settings_of
from whosees.checker.integrations.traffic import monitor as monitors
from whosees.checker.integrations.traffic import tally as tallies
from whosees.checker.integrations.traffic.judge import Judge
from whosees.checker.integrations.traffic.monitor import BackgroundMonitor
from whosees.checker.integrations.traffic.tally import TrafficFinding, merge
from whosees.checker.recordings import Headers, HttpFacts, Recording

CASE = case_of("github-user-authenticated")
LEAKS = list(CASE.leaks.items())


def recorded(exchange: Exchange) -> Recording:
    http = HttpFacts(exchange.method, exchange.path, 200, Headers(), Headers())
    return Recording("it", exchange.response, exchange.request, explicit=False, traffic=True, http=http)


def monitor_of(on_finding: object = print, sample: float = 1.0) -> BackgroundMonitor:
    judge = Judge(settings_of(CASE.rules, facts=CASE.facts), on_finding)  # type: ignore[arg-type]
    return BackgroundMonitor(judge, sample=sample)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """An event that lets the judging thread go on; set at the end, so that no test leaves it waiting."""
    event = threading.Event()
    yield event
    event.set()


def test_each_finding_is_told_once_and_counted() -> None:
    told: list[TrafficFinding] = []
    monitor = monitor_of(told.append)
    for _ in range(3):
        for path, leak in LEAKS[:2]:
            monitor.submit(recorded(leak))
            assert path
    assert monitor.flush(60)
    assert [finding.path for finding in told] == [path for path, _ in LEAKS[:2]]
    report = monitor.report()
    assert [finding.count for finding in report.findings] == [3, 3]
    finding = report.findings[0]
    assert finding.id == f"github-user:authenticated/no-scope/same-user/{LEAKS[0][0]}"
    assert (finding.rulebook, finding.context, finding.source) == (CASE.rules, CASE.facts, "it")
    assert str(finding).startswith(
        f"error: leaked {LEAKS[0][0]}: `{LEAKS[0][0]}` is there, and must not be: "
    )


def test_without_a_callback_findings_go_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    monitor = monitor_of(monitors.log_finding)
    monitor.submit(recorded(LEAKS[0][1]))
    assert monitor.flush(60)
    assert [(record.name, record.levelname) for record in caplog.records] == [("whosees", "WARNING")]
    assert LEAKS[0][0] in caplog.text
    assert TEXT not in caplog.text


def test_what_does_not_fit_into_the_queue_is_dropped_and_counted(
    gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitors, "MAX_WAITING", 2)
    judging = threading.Event()

    def wait(_finding: TrafficFinding) -> None:
        judging.set()
        gate.wait(60)

    monitor = monitor_of(wait)
    monitor.submit(recorded(LEAKS[0][1]))
    assert judging.wait(60)
    for _ in range(5):
        monitor.submit(recorded(CASE.clean))
    assert not monitor.flush(0)
    gate.set()
    assert monitor.flush(60)
    report = monitor.report()
    assert (report.exchanges, report.dropped, report.violating, report.conformant) == (6, 3, 1, 2)


def test_the_bytes_that_wait_are_bounded_too(gate: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitors, "MAX_WAITING_BYTES", 10)
    monitor = monitor_of()
    monitor.submit(recorded(CASE.clean))
    assert (monitor.report().dropped, monitor.flush(60)) == (1, True)
    assert not gate.is_set()


def test_a_sample_is_judged_and_the_rest_is_counted() -> None:
    none, some = monitor_of(sample=0), monitor_of(sample=0.5)
    assert not any(none.samples() for _ in range(10))
    assert none.report().not_sampled == none.report().exchanges == 10
    chosen = sum(some.samples() for _ in range(2_000))
    assert 800 < chosen < 1_200
    assert chosen + some.report().not_sampled == 2_000


@pytest.mark.parametrize("error", [RuntimeError(TEXT), SystemExit(TEXT)])
def test_errors_of_the_callback_are_counted_and_go_no_further(error: BaseException) -> None:
    def fail(_finding: TrafficFinding) -> None:
        raise error

    monitor = monitor_of(fail)
    for _, leak in LEAKS[:2]:
        monitor.submit(recorded(leak))
    assert monitor.flush(60)
    assert (monitor.report().callback_errors, len(monitor.report().findings)) == (2, 2)


def test_a_defect_is_counted_and_goes_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(TEXT)

    monkeypatch.setattr("whosees.checker.checking.checker.Checker.check", fail)
    monitor = monitor_of()
    monitor.submit(recorded(CASE.clean))
    assert monitor.flush(60)
    assert (monitor.report().internal_errors, monitor.report().conformant) == (1, 0)


def test_a_hostile_server_cannot_fill_the_memory_with_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "MAX_FINDINGS", 3)
    monitor = monitor_of(lambda _: None)
    for _, leak in LEAKS:
        monitor.submit(recorded(leak))
    assert monitor.flush(60)
    report = monitor.report()
    assert (len(report.findings), report.more_findings) == (3, len(LEAKS) - 3)


def test_warnings_leave_a_leak_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that invents names must not make the leak unsaid that comes after them."""
    monkeypatch.setattr(tallies, "MAX_FINDINGS", 3)
    told: list[TrafficFinding] = []
    monitor = monitor_of(told.append)
    invented = json.loads(CASE.clean.response) | {f"login{letter}": 1 for letter in "abcdef"}
    monitor.submit(recorded(replace(CASE.clean, response=json.dumps(invented).encode())))
    monitor.submit(recorded(replace(CASE.clean, response=json.dumps(invented | {"logins": 1}).encode())))
    monitor.submit(recorded(LEAKS[0][1]))
    assert monitor.flush(60)
    assert [(each.severity, each.path) for each in told][-1] == ("error", LEAKS[0][0])
    assert monitor.report().more_findings == 1


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_judges_and_counts_for_itself() -> None:
    monitor = monitor_of(lambda _: None)
    monitor.submit(recorded(LEAKS[0][1]))
    assert monitor.flush(60)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        monitor.submit(recorded(CASE.clean))
        monitor.flush(60)
        report = monitor.report()
        os.write(write, json.dumps([report.exchanges, report.conformant, report.violating]).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert json.loads(os.read(read, 100)) == [1, 1, 0]
    os.close(read)
    os.close(write)
    assert (monitor.report().conformant, monitor.report().violating) == (0, 1)


def test_the_last_exchanges_are_judged_before_the_program_ends() -> None:
    program = f"""
from whosees.checker.recordings import Headers, HttpFacts, Recording
from whosees.wsgi import WhoseesMiddleware
app = WhoseesMiddleware(lambda e, s: s("200 OK", []) and [] or [{LEAKS[0][1].response!r}],
    rules={CASE.rules!r}, facts={CASE.facts!r}, on_finding=lambda finding: print(finding.path))
app({{"REQUEST_METHOD": "GET", "PATH_INFO": "/user", "wsgi.input": None}}, lambda *_: None)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{LEAKS[0][0]}\n", "")


async def _on_finding(_finding: object) -> None:
    """Do nothing, in a coroutine that no thread would run."""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sample": 1.5}, "`sample` is the share of exchanges to judge, a number from 0 to 1"),
        ({"max_body": 0}, "`max_body` is a number of bytes, 1 or more"),
        ({"sample": "0.1"}, "`sample` is the share of exchanges to judge, a number from 0 to 1"),
        ({"max_body": "1M"}, "`max_body` is a number of bytes, 1 or more"),
        ({"on_finding": 3}, "`on_finding` is a function that takes a finding, and no `async` one: it is "),
        ({"on_finding": _on_finding}, "`on_finding` is a function that takes a finding, and no `async` one"),
        ({"trust_context_header": "no"}, "`trust_context_header` is True or False"),
        ({"strict": "no"}, "`strict` is True or False"),
        (
            {"unlisted": None},
            "`unlisted`: unknown value `None`; did you mean `note`?",
        ),
        ({"select": 3}, "`select` is a text or a list of texts"),
        ({"ignore": [None]}, "`ignore` is a text or a list of texts"),
        ({"facts": ["caller=host"]}, "`facts` are values by name, as in facts={"),
        (
            {"rules": []},
            "`rules` is a rulebook or a list of at least one: the name of one that is built in, ",
        ),
        ({"rules": ["github-user", 3]}, "`rules` is a rulebook or a list of at least one: the name of one "),
        ({"caller": "hots"}, "not a known caller; the values are `anonymous`"),
        ({"unlisted": "errors"}, "`unlisted`: unknown value `errors`; did you mean `error`?"),
        (
            {"rules": "github-usr"},
            "`github-usr`: cannot be read: no such file or directory; did you mean `git",
        ),
        ({"select": ["leeked"]}, "`select`: there is no rule `leeked`; did you mean `leaked`?"),
        ({"strct": True}, "there is no option `strct`; did you mean `strict`?"),
        ({"trusted": True}, "there is no option `trusted`; those of judging are `strict`, `unlisted`,"),
        (
            {"rules": "github-user", "user_scope": "no-scope"},
            "pass the fact `user_scope` in `facts`: facts={'user_scope': …}",
        ),
        ({"require": ["rol"]}, "there is no fact `rol`; did you mean `role`?"),
    ],
)
def test_wrong_options_are_refused_when_the_program_starts(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        whosees.wsgi.WhoseesMiddleware(print, **options)  # type: ignore[arg-type]
    assert str(error.value).startswith(message)


def test_what_is_no_application_is_refused_when_the_program_starts() -> None:
    with pytest.raises(ValueError, match=r"^the first argument is the application to serve$"):
        whosees.wsgi.WhoseesMiddleware("rules/tickets")  # type: ignore[arg-type]


def test_several_rulebooks_each_judge_their_own_operation() -> None:
    judge = Judge(
        settings_of(["github-user", "github-repos"], facts={"user_scope": "no-scope"}), lambda _: None
    )
    repos = case_of("github-repos-no-push")
    for exchange in (LEAKS[0][1], *repos.leaks.values(), Exchange("/other", b"{}", "application/json")):
        judge.judge(recorded(exchange))
    report = judge.report()
    assert {finding.rulebook for finding in report.findings} == {"github-user", "github-repos"}
    assert report.violating == 1 + len(repos.leaks)
    assert report.skipped == {"different operation": 1}


def test_reports_of_several_processes_add_up() -> None:
    judge = Judge(settings_of(CASE.rules, facts=CASE.facts), lambda _: None)
    judge.judge(recorded(LEAKS[0][1]))
    judge.judge(recorded(Exchange("/user", b"{", "")))
    report = judge.report()
    merged = merge([report, report])
    assert [finding.count for finding in merged.findings] == [2]
    assert (merged.violating, merged.unchecked) == (2, {"not-json": 2})
    assert repr(merged) == "<TrafficReport: 4 exchanges: 0 conformant, 2 violating, 2 unchecked; 1 error>"
