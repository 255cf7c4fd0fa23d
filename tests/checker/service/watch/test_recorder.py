"""A recording has no text, and `check` judges it as the proxy did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec import structs

from support.command import whosees
from support.messages import response
from support.traffic import ASKED, GOOD, OTHER_REQUEST, OTHER_RESPONSE, PASSWORD, SHOWN
from whosees.checker.checking.dispatch import open_checker
from whosees.checker.checking.settings import Settings
from whosees.checker.service.watch import recorder
from whosees.checker.service.watch.copies import ExchangeCopy, HeaderList, MessageCopy
from whosees.checker.service.watch.judging import ExchangeJudge
from whosees.checker.service.watch.log import TrafficLog
from whosees.checker.service.watch.recorder import TrafficRecorder
from whosees.engine.result import Outcome

LEAKING = response("MC", [*SHOWN, "accessControl/sessionPassword"])
LACKING = response("MC", [path for path in SHOWN if path != "status"])
FAILURE = GOOD.replace(b"SUCCESS", b"FAILURE")


def soap(content: bytes, request: bytes = ASKED, *, sent: HeaderList | None = None) -> ExchangeCopy:
    answer = MessageCopy([(b"Content-Type", b"text/xml")], content)
    return ExchangeCopy(1, b"POST", b"/WBXService/XMLService", MessageCopy(sent or [], request), 200, answer)


def user(name: str, token: str = "", **members: object) -> ExchangeCopy:
    headers = [(b"Authorization", f"Bearer {token}".encode())] if token else []
    body = json.dumps({"login": name, "id": 1, "email": None, **members}).encode()
    answer = MessageCopy([(b"Content-Type", b"application/json")], body)
    return ExchangeCopy(2, b"GET", f"/users/{name}".encode(), MessageCopy(headers), 200, answer)


def recorded(
    folder: Path, *copies: ExchangeCopy, rules: tuple[str, ...] = ()
) -> tuple[TrafficLog, TrafficRecorder]:
    """Judge and record exchanges as the command does."""
    first, *others = rules or (None,)
    checker = open_checker(Settings(rules=first, others=tuple(Settings(rules=each) for each in others)))
    judge, log = ExchangeJudge(checker, trusts_header=True), TrafficLog(checker)
    written = TrafficRecorder(checker, str(folder))
    for copy in copies:
        recording = judge.recording(copy)
        results = judge.check(recording)
        for result in results:
            log.add(result)
        written.record(recording, results)
    return log, written


RULES = ("getsessioninfo", "github-user")


def test_check_judges_what_was_recorded_as_the_proxy_did(tmp_path: Path) -> None:
    stated = [(b"X-Whosees-Context", b"role=host; caller=authenticated; outcome=failure")]
    copies = [
        soap(LEAKING),
        soap(GOOD),
        soap(GOOD, PASSWORD),
        soap(LACKING),
        soap(GOOD, b"XML=" + ASKED),
        soap(FAILURE, sent=stated),
        user("octocat"),
        user("octocat", private_gists=3),
    ]
    log, written = recorded(tmp_path / "r", *copies, rules=RULES)
    assert (written.recorded, written.left_out) == (len(list(log.results())), 0)
    run = whosees(
        "check",
        "r",
        *(word for each in RULES for word in ("--rules", each)),
        "--format",
        "json",
        cwd=tmp_path,
    )
    found = [
        (each["outcome"], each["reason"], {(f["rule"], f["id"]) for f in each["findings"]})
        for each in run.json["responses"]
    ]
    for result in log.results():
        findings = {(finding.rule, finding.id) for finding in result.findings}
        assert (result.outcome, result.reason, findings) in found
    assert len(found) == written.recorded
    assert run.json["summary"]["skipped"] == 0


def test_one_is_recorded_of_each_kind_and_shape_and_a_bounded_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, written = recorded(tmp_path / "a", *[soap(GOOD)] * 3, soap(OTHER_RESPONSE, OTHER_REQUEST))
    assert written.recorded == 1
    assert len(list((tmp_path / "a").rglob("*.response.http"))) == 1
    folder = tmp_path / "a" / "getsessioninfo" / "MC" / "anonymous" / "not-supplied"
    assert sorted(each.name.partition(".")[2] for each in folder.iterdir()) == [
        "context.toml",
        "request.http",
        "response.http",
    ]
    _, again = recorded(tmp_path / "a", soap(GOOD))
    assert again.recorded == 0, "it is there already"
    monkeypatch.setattr(recorder, "MAX_RECORDINGS", 1)
    monkeypatch.setattr(recorder, "RESERVED", 0)
    _, bounded = recorded(tmp_path / "b", soap(GOOD), soap(LEAKING))
    assert bounded.recorded == 1


def test_what_conforms_leaves_a_leak_its_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MAX_RECORDINGS", 2)
    monkeypatch.setattr(recorder, "RESERVED", 1)
    log, written = recorded(tmp_path, soap(GOOD), soap(GOOD, PASSWORD), soap(LEAKING))
    assert (log.outcomes[Outcome.VIOLATING], written.recorded) == (1, 2)
    assert whosees("check", tmp_path).code == 1


def test_what_would_be_judged_otherwise_is_left_out_and_counted(tmp_path: Path) -> None:
    """A namespace that is not known is a text, so it is replaced; and with it what the verdict rests on."""
    log, written = recorded(tmp_path, soap(b"<a>" + GOOD), soap(GOOD.replace(b"MeetingCenter", b"Zq7")))
    assert [each.outcome.value for each in log.results()] == ["unchecked", "unchecked"]
    kept = b"".join(each.read_bytes() for each in tmp_path.rglob("*.*"))
    assert b"Zq7" not in kept
    assert written.recorded + written.left_out == 2


def test_what_is_left_out_is_remembered_within_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = MessageCopy([(b"Content-Encoding", b"compress")], b"\x1f\x9d")
    unread = [structs.replace(soap(GOOD, sent), response=answer) for sent in (ASKED, PASSWORD)]
    assert recorded(tmp_path, *unread)[1].left_out == 2
    monkeypatch.setattr(recorder, "MAX_LEFT_OUT", 1)
    assert recorded(tmp_path, *unread)[1].left_out == 1
