"""Copies are judged as recordings are, and what a client states of its call counts only if it is trusted."""

from __future__ import annotations

import gzip
from unittest import mock

import brotli
import pytest
import zstandard

from support.traffic import ASKED, GOOD, LEAKING, OTHER_REQUEST, OTHER_RESPONSE
from whosees.checker.checking.dispatch import open_checker
from whosees.checker.checking.results import Result, Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.core.limits import Limits
from whosees.checker.service.watch.copies import (
    BodyState,
    ExchangeCopy,
    Frame,
    FrameDecoder,
    HeaderList,
    LostKind,
    MessageCopy,
    RelayCounts,
    encode_frame,
)
from whosees.checker.service.watch.judging import ExchangeJudge
from whosees.checker.service.watch.log import TrafficLog
from whosees.engine.result import Outcome, ResponseResult

XML: HeaderList = [(b"Content-Type", b"text/xml")]


def exchange(
    response: bytes = LEAKING,
    request: bytes = ASKED,
    *,
    sent: HeaderList = XML,
    received: HeaderList = XML,
    state: BodyState = BodyState.COMPLETE,
    number: int = 1,
) -> ExchangeCopy:
    return ExchangeCopy(
        number,
        b"POST",
        b"/WBXService/XMLService",
        MessageCopy(sent, request),
        200,
        MessageCopy(received, response if state is BodyState.COMPLETE else b"", state),
    )


def judge(*, trusted: bool = False, others: tuple[Settings, ...] = ()) -> ExchangeJudge:
    return ExchangeJudge(open_checker(Settings(limits=Limits(), others=others)), trusts_header=trusted)


def judged(copy: ExchangeCopy, by: ExchangeJudge | None = None) -> list[Result]:
    judging = by or judge()
    return judging.check(judging.recording(copy))


def only(results: list[Result]) -> ResponseResult:
    (result,) = results
    assert isinstance(result, ResponseResult)
    return result


CODINGS = {b"gzip": gzip.compress, b"br": brotli.compress, b"zstd": zstandard.compress}


@pytest.mark.parametrize("coding", CODINGS)
def test_a_compressed_copy_is_judged_like_the_same_response_without(coding: bytes) -> None:
    plain = only(judged(exchange()))
    packed = exchange(CODINGS[coding](LEAKING), received=[(b"content-encoding", coding)])
    assert only(judged(packed)) == plain
    assert plain.outcome is Outcome.VIOLATING


INCOMPLETE = {
    BodyState.TOO_LARGE: (
        "too-large",
        "the response is larger than 16,777,216 bytes; --max-size allows more",
    ),
    BodyState.CUT_OFF: ("unreadable", "the connection ended before the response was complete"),
    BodyState.BROKEN: ("unreadable", "the chunks of the response are broken"),
}


@pytest.mark.parametrize("state", INCOMPLETE)
def test_an_incomplete_response_is_unchecked_if_its_call_is_of_the_operation(state: BodyState) -> None:
    result = only(judged(exchange(state=state)))
    assert (result.reason, result.detail) == INCOMPLETE[state]
    (other,) = judged(exchange(request=OTHER_REQUEST, state=state))
    assert isinstance(other, Skipped)


STATED: HeaderList = [
    (b"x-whosees-context", b"role=host; caller = authenticated;"),
    (b"X-Whosees-Context", b"password=not-supplied"),
]


def test_stated_facts_count_like_a_sidecar_if_the_header_is_trusted() -> None:
    ignored = only(judged(exchange(sent=STATED)))
    assert ignored.resolved.context["caller"] == "anonymous"
    stated = only(judged(exchange(sent=STATED), judge(trusted=True)))
    facts = dict(zip(stated.resolved.context.facts, stated.resolved.sources, strict=True))
    assert stated.resolved.context["role"] == "host"
    assert facts["role"] == "X-Whosees-Context"
    assert {each.rule for each in stated.findings} >= {"context-conflict"}, "the request shows another caller"


UNUSABLE = {
    b"Zq7": "is not of the form FACT=VALUE; FACT=VALUE",
    b"caller=": "is not of the form FACT=VALUE; FACT=VALUE",
    b'caller="Zq7"': "is not of the form FACT=VALUE; FACT=VALUE",
    b"callr=anonymous": "states a fact that no rulebook here has; did you mean `caller`?",
    b"Zq7=Zq7": "states a fact that no rulebook here has",
    b"caller=anonymous; caller=Zq7": "states `caller` twice",
}


@pytest.mark.parametrize("value", UNUSABLE)
def test_stated_facts_that_cannot_be_used_leave_the_exchange_unchecked_and_are_not_quoted(
    value: bytes,
) -> None:
    copy = exchange(sent=[(b"X-Whosees-Context", value)])
    result = only(judged(copy, judge(trusted=True)))
    assert result.reason == "unreadable"
    assert result.detail == f"its sidecar: the request header X-Whosees-Context {UNUSABLE[value]}"


def test_an_unknown_value_of_a_stated_fact_is_not_quoted() -> None:
    copy = exchange(sent=[(b"X-Whosees-Context", b"caller=Zq7Zq7Zq7")])
    result = only(judged(copy, judge(trusted=True)))
    assert result.reason == "unreadable"
    assert "Zq7" not in (result.detail or "")


def test_exchanges_are_judged_by_the_rulebook_whose_operation_they_are() -> None:
    several = judge(others=(Settings(rules="github-user"),))
    body = b'{"login":"octocat","id":1}'
    profile = ExchangeCopy(
        2,
        b"GET",
        b"/users/octocat",
        MessageCopy([]),
        200,
        MessageCopy([(b"Content-Type", b"application/json")], body),
    )
    assert only(judged(exchange(), several)).rulebook == "getsessioninfo"
    found = only(judged(profile, several))
    assert found.rulebook == "github-user"
    assert found.resolved.context["profile"] == "by-name"


def test_frames_survive_being_delivered_byte_by_byte() -> None:
    frames: list[Frame] = [
        exchange(),
        RelayCounts(exchanges=1, lost={LostKind.DROPPED: 2}),
        exchange(GOOD, number=2),
    ]
    decoder = FrameDecoder()
    stream = b"".join(encode_frame(frame) for frame in frames)
    assert [frame for byte in stream for frame in decoder.feed(bytes([byte]))] == frames


def logged(*copies: ExchangeCopy) -> TrafficLog:
    judging = judge()
    log = TrafficLog(judging.checker)
    for copy in copies:
        for result in judged(copy, judging):
            log.add(result)
    return log


def test_each_kind_of_response_is_listed_once_and_counted() -> None:
    other = exchange(OTHER_RESPONSE, OTHER_REQUEST)
    log = logged(exchange(number=1), exchange(number=2), exchange(GOOD, number=3), exchange(number=4), other)
    assert [result.source for result in log.results()] == ["exchange-1 and 2 like it", "exchange-3"]
    assert log.outcomes == {Outcome.VIOLATING: 3, Outcome.CONFORMANT: 1}
    assert log.skipped.total() == 1
    leaked = [seen for seen in log.findings.values() if seen.finding.path == "accessControl/sessionPassword"]
    assert [(seen.times, seen.result.source) for seen in leaked] == [(3, "exchange-1")]


def test_what_was_not_copied_is_unchecked_or_skipped_and_never_silent() -> None:
    log = logged(exchange(GOOD))
    log.count_relay(RelayCounts(lost=dict.fromkeys(LostKind, 2)))
    unchecked = [(each.source, each.reason, each.detail) for each in log.results() if each.reason]
    assert unchecked == [
        (
            "2 not copied",
            "unreadable",
            "judging could not keep up with the traffic, and the copies were dropped",
        ),
        (
            "2 not copied",
            "unreadable",
            "what passed is not HTTP/1.1, or a response without the end of its header",
        ),
        ("2 not copied", "unreadable", "the upstream sent a response before a request"),
        ("2 not copied", "unreadable", "an internal error: this is a defect of the proxy"),
        ("2 not judged", "unreadable", "the judging process ended before it had judged them"),
    ]
    assert log.all_skipped() == {
        "connection that changed its protocol": 2,
        "request without a response": 2,
        "connection that the upstream did not accept": 2,
    }


def test_a_log_does_not_grow_with_the_traffic_and_says_what_it_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("whosees.checker.service.watch.log.MAX_RESPONSES", 1)
    monkeypatch.setattr("whosees.checker.service.watch.log.MAX_FINDINGS", 30)
    log = logged(exchange(GOOD), exchange(number=2), exchange(state=BodyState.BROKEN, number=3))
    assert len(log.findings) <= 30
    assert [each.source for each in log.results()] == [
        "exchange-1",
        "exchange-2",
        "1 further responses",
    ]
    for why in "abc":
        log.add(Skipped("x", why))
    assert log.skipped == {"different operation": 3}


def test_notes_leave_a_leak_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whosees.checker.service.watch.log.MAX_RESPONSES", 1)
    monkeypatch.setattr("whosees.checker.service.watch.log.MAX_FINDINGS", 9)
    invented = "".join(f"<ep:invented{number}/>" for number in range(20)).encode()
    log = logged(exchange(GOOD.replace(b"</serv:bodyContent>", invented + b"</serv:bodyContent>")))
    new = log.add(only(judged(exchange(number=2))))
    assert {seen.finding.rule for seen in new} == {"leaked"}
    assert [each.outcome for each in log.results()] == [Outcome.CONFORMANT, Outcome.VIOLATING]


def test_a_defect_of_the_judge_leaves_the_exchange_unchecked_and_the_proxy_running(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crashes: list[Exception] = []
    judging = ExchangeJudge(open_checker(Settings()), on_crash=crashes.append)
    monkeypatch.setattr(judging.checker, "check", mock.Mock(side_effect=KeyError("Zq7")))
    result = only(judged(exchange(), judging))
    assert (result.reason, result.detail) == (
        "unreadable",
        "an internal error: this is a defect of the checker",
    )
    assert len(crashes) == 1
