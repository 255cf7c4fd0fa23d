"""Recordings: `check` reads them back to the same verdict, and nothing that anybody wrote is in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from support.judging import verdict
from support.practice import Practice
from support.servers import RawServer, http
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import find_recordings
from whosees.checker.service.live.client import Target
from whosees.checker.service.live.recorder import Recorder
from whosees.checker.service.live.run import ClientOptions
from whosees.checker.service.live.runner import CallPolicy, CompletedCall
from whosees.checker.service.live.scrub import Scrubber

EP = "http://www.webex.com/schemas/2002/06/service/ep"
Servers = Callable[..., RawServer]


def recorded(made: list[CompletedCall], folder: Path) -> Recorder:
    recorder = Recorder(str(folder), Limits())
    for each in made:
        recorder.record(each)
    return recorder


def read_back(folder: Path) -> dict[str, list[object]]:
    results: dict[str, list[object]] = {}
    for recording in find_recordings([str(folder)]):
        for result in Checker(Settings()).check(recording):
            assert not isinstance(result, Skipped)
            name = result.source.removeprefix(f"{folder}/").removesuffix(".response.xml")
            results.setdefault(name, []).append(verdict(result))
    return results


FAULTS = [
    (),
    ("accept-password", "leak:host/alternateHost@TC"),
    ("ignore-password",),
    ("truncate@*/wrong", "wrong-namespace@EC", "empty:host@MC"),
    ("failure:000045@MC", "failure:060001@SC", "failure:030002@TC", "failure:987654@EC", "garbage@AO"),
    ("omit:metaData/serviceType", "omit:sessionkey@EC"),
]


@pytest.mark.parametrize("faults", FAULTS, ids=", ".join)
def test_recordings_are_read_back_to_the_same_verdict(
    practice: Practice, tmp_path: Path, faults: tuple[str, ...]
) -> None:
    wire = ClientOptions(
        Target(practice.plan.url), CallPolicy(retries=0), transport=practice.transport(*faults)
    )
    made = practice.exchanges(wire)
    recorder = recorded(made, tmp_path)
    assert (recorder.recorded, recorder.left_out) == (90, 0)
    live = {case: [verdict(one.result)] for case, one in practice.judged(made).items()}
    assert read_back(tmp_path) == live


ANSWERS = {
    "a document type": b"<!DOCTYPE a><a/>",
    "another message": b"<a>secret-word</a>",
    "a message without body": b'<m:message xmlns:m="http://www.webex.com/schemas/2002/06/service"/>',
    "another operation": (
        b'<m:message xmlns:m="http://www.webex.com/schemas/2002/06/service" xmlns:e="urn:e" '
        b'xmlns:x="http://www.w3.org/2001/XMLSchema-instance"><m:body note="secret-word"><m:bodyContent '
        b'x:type="e:lstResponse"><e:a>secret-word</e:a>secret-word</m:bodyContent></m:body></m:message>'
    ),
    "a type that is none": (
        b'<m:message xmlns:m="http://www.webex.com/schemas/2002/06/service" '
        b'xmlns:x="http://www.w3.org/2001/XMLSchema-instance"><m:body><m:bodyContent '
        b'x:type="secret-word!"/></m:body></m:message>'
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_that_are_something_else_are_read_back_too(
    practice: Practice, raw_server: Servers, tmp_path: Path, name: str
) -> None:
    made = practice.exchanges(
        ClientOptions(Target(raw_server(lambda _: http(ANSWERS[name])).url())), "MC/anonymous/not-supplied"
    )
    assert recorded(made, tmp_path).recorded == 1
    one = practice.judged(made)["MC/anonymous/not-supplied"]
    assert one.result.outcome == "unchecked"
    assert read_back(tmp_path) == {"MC/anonymous/not-supplied": [verdict(one.result)]}
    for file in tmp_path.rglob("*.*"):
        assert b"secret-word" not in file.read_bytes()


def test_without_an_answer_nothing_is_recorded_and_nothing_old_is_left(
    practice: Practice, raw_server: Servers, tmp_path: Path
) -> None:
    case = "MC/anonymous/not-supplied"
    wire = ClientOptions(Target(practice.plan.url), transport=practice.transport())
    recorded(practice.exchanges(wire, case), tmp_path)
    assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == 3
    lost = practice.exchanges(
        ClientOptions(Target(raw_server(lambda _: b"").url()), CallPolicy(retries=0)), case
    )
    recorder = recorded(lost, tmp_path)
    assert (recorder.recorded, recorder.left_out) == (0, 1)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
    deep = b"<a>" * 300 + b"</a>" * 300
    made = practice.exchanges(ClientOptions(Target(raw_server(lambda _: http(deep)).url())), case)
    assert recorded(made, tmp_path).left_out == 1


def scrubbed(practice: Practice, content: str, request: bytes | None = None) -> etree._Element:
    message = (
        '<s:message xmlns:s="http://www.webex.com/schemas/2002/06/service" xmlns:ep="' + EP + '" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:body><s:bodyContent '
        f'xsi:type="ep:getSessionInfoResponse">{content}</s:bodyContent></s:body></s:message>'
    )
    pair = Scrubber(practice.rulebook, Limits()).exchange(
        request or practice.calls("MC")[0][1].body, message.encode()
    )
    assert pair is not None
    return etree.fromstring(pair[1])[0][0]


TEXTS = [
    ("<ep:metaData><ep:serviceType>SalesCenter</ep:serviceType></ep:metaData>", "SalesCenter"),
    ("<ep:metaData><ep:serviceType>SupportCenter</ep:serviceType></ep:metaData>", "SupportCenter"),
    ("<ep:metaData><ep:serviceType>Secret</ep:serviceType></ep:metaData>", "scrubbed"),
    ("<ep:isAudioOnly>TRUE</ep:isAudioOnly>", "TRUE"),
    ("<ep:isAudioOnly>false</ep:isAudioOnly>", "false"),
    ("<ep:isLocked>true</ep:isLocked>", "true"),
    ("<ep:hostKey>true</ep:hostKey>", "scrubbed"),
    ("<ep:telephony><ep:voip>true</ep:voip></ep:telephony>", "scrubbed"),
    ("<ep:somethingNew>true</ep:somethingNew>", "scrubbed"),
    ("<ep:confID>1\n2\n3</ep:confID>", "scrubbed\n\n"),
    ("<ep:confID> \n </ep:confID>", " \n "),
    ("<ep:confID/>", None),
    (
        "<ep:telephony><ep:globalCallInNumbersURL>x/%TollNum%?c=%ParticipantCode%&amp;p=secret</ep:globalCallInNumbersURL></ep:telephony>",
        "%TollNum% %ParticipantCode%",
    ),
    (
        "<ep:telephony><ep:globalCallinNumbersURL>%TollNumCC%</ep:globalCallinNumbersURL></ep:telephony>",
        "%TollNumCC%",
    ),
]


@pytest.mark.parametrize(("content", "kept"), TEXTS)
def test_which_texts_are_kept(practice: Practice, content: str, kept: str | None) -> None:
    leaf = list(scrubbed(practice, content).iter())[-1]
    assert leaf.text == kept


def test_what_was_the_same_stays_the_same_and_what_was_not_does_not(practice: Practice) -> None:
    request = practice.calls("MC/authenticated/host/supplied")[0][1].body
    host = "<ep:host><ep:email>{}</ep:email><ep:webExId>{}</ep:webExId></ep:host><ep:sessionkey>{}</ep:sessionkey>"
    same = scrubbed(practice, host.format("a@b.invalid", "helen", "100000001"), request)
    assert [e.text for e in same.iter() if e.text] == ["person-1@scrubbed.invalid", "person-1", "1"]
    other = scrubbed(practice, host.format("a@b.invalid", "Helen", "7"), request)
    assert [e.text for e in other.iter() if e.text] == ["person-1@scrubbed.invalid", "person-2", "2"]


def test_the_request_keeps_who_by_stand_in_and_that_a_password_was_sent(practice: Practice) -> None:
    made = practice.exchanges(
        ClientOptions(Target(practice.plan.url), transport=practice.transport()),
        "MC/authenticated/panelist/wrong",
    )
    assert not isinstance(made[0].response, Exception)
    pair = Scrubber(practice.rulebook, Limits()).exchange(made[0].request.body, made[0].response.body)
    assert pair is not None
    texts = {etree.QName(e).localname: e.text for e in etree.fromstring(pair[0]).iter() if not len(e)}
    assert texts == {
        "siteName": "practice",
        "webExID": "person-1",
        "sessionTicket": "scrubbed",
        "sessionKey": "1",
        "sessionPassword": "scrubbed",
    }
