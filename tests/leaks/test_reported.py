"""Leaks that were once called conformant, each as it was reported."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from support.command import Run, whosees
from support.judging import ALWAYS_MC, broken, check, check_one
from support.messages import SUCCESS, body, elements, failure, message, request, response
from support.rulebooks import Variant
from support.traffic import Call, har, json_lines, meeting, raw_http
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.result import ResponseResult

CONTENT = elements(ALWAYS_MC, {"metaData/serviceType": "MeetingCenter"})
GOOD = response("MC", ALWAYS_MC)
PASSWORD = "<ep:sessionPassword>Grüße &amp; 秘密</ep:sessionPassword>"
ANONYMOUS = request()
REST = Path(__file__).parents[2] / "examples" / "rest"


@pytest.mark.parametrize(
    ("shown", "path"),
    [
        (PASSWORD, "sessionPassword"),
        (f"<ep:metaData>{PASSWORD}</ep:metaData>", "metaData/sessionPassword"),
        (f"<ep:attendeeOptions><ep:telephony>{PASSWORD}</ep:telephony></ep:attendeeOptions>",
         "attendeeOptions/telephony/sessionPassword"),
        (f"<ep:extra>{PASSWORD}</ep:extra>", "extra/sessionPassword"),
        (f"<serv:bodyContent>{PASSWORD}</serv:bodyContent>", "bodyContent/sessionPassword"),
        ('<ep:extra sessionPassword="x"/>', "extra/@sessionPassword"),
        ('<ep:extra ep:sessionPassword="x"/>', "extra/@sessionPassword"),
    ],
)  # fmt: skip
def test_1_the_secret_in_another_place(shown: str, path: str) -> None:
    result = check_one(message(body(CONTENT + shown)), ANONYMOUS)
    assert result.outcome == "violating"
    assert ("misplaced", path) in broken(result)


@pytest.mark.parametrize("prefix", ["ep", "serv"])
def test_2_the_secret_beside_the_body(prefix: str) -> None:
    secret = PASSWORD.replace("ep:", f"{prefix}:")
    header = message(body(CONTENT), header=SUCCESS.replace("</serv:response>", f"{secret}</serv:response>"))
    assert broken(check_one(header, ANONYMOUS)) == [("misplaced", "/message/header/response/sessionPassword")]
    beside = message(body(CONTENT), secret)
    assert broken(check_one(beside, ANONYMOUS)) == [("misplaced", "/message/body/sessionPassword")]


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [
        (message(body(f"hostKey: {PASSWORD}"), header=failure()), "violating"),
        (message(body(""), PASSWORD, header=failure()), "violating"),
        (message(body("sessionPassword: x"), header=failure()), "unchecked"),
        (message(body(""), header=failure()), "conformant"),
    ],
)
def test_2_the_secret_in_a_failure_that_is_expected(refusal: bytes, outcome: str) -> None:
    assert check_one(refusal, ANONYMOUS, b'outcome = "failure"').outcome == outcome


@pytest.mark.parametrize(
    "name", ["ep:SESSIONPASSWORD", "ep:session-password", "ep:session_password", "serv:sessionPassword"]
)
def test_3_another_spelling(name: str) -> None:
    content = CONTENT.replace("<ep:accessControl>", f"<ep:accessControl><{name}>x</{name}>")
    result = check_one(message(body(content)), ANONYMOUS)
    assert [rule for rule, _ in broken(result)] == ["near-miss"]
    assert result.outcome == "violating"


def test_3_two_letters_off_stay_a_warning() -> None:
    content = CONTENT.replace("<ep:accessControl>", "<ep:accessControl><ep:sesionPasword/>")
    result = check_one(message(body(content)), ANONYMOUS)
    assert (result.outcome, [rule for rule, _ in broken(result)]) == ("conformant", ["near-miss"])


@pytest.mark.parametrize("kind", ["ep:GetSessionInfoResponse", "serv:getSessionInfoResponse", "zz:x", ""])
def test_4_a_second_body_whose_type_is_slightly_off(kind: str) -> None:
    leaking = body(CONTENT + PASSWORD, kind).replace(' xsi:type=""', "")
    recording = Recording("call", message(body(CONTENT), leaking), ANONYMOUS, explicit=False)
    results = list(Checker(Settings()).check(recording))
    assert [getattr(result, "outcome", "skipped") for result in results] == ["conformant", "unchecked"]


@pytest.mark.parametrize("way", ["references", "UTF-7"])
def test_5_traffic_without_a_request(way: str) -> None:
    content = message(body(CONTENT + PASSWORD)).decode()
    if way == "references":
        written = content.replace("www.webex", "www.&#119;ebex").encode()
    else:
        written = b'<?xml version="1.0" encoding="UTF-7"?>' + content.encode("utf-7")
    (result,) = Checker(Settings()).check(Recording("call", written, explicit=False, traffic=True))
    assert isinstance(result, ResponseResult)
    assert (result.outcome == "unchecked") == (way == "UTF-7")
    assert way == "UTF-7" or ("misplaced", "sessionPassword") in broken(result)


@pytest.mark.parametrize(
    ("written", "header"),
    [
        (gzip.compress(GOOD) + gzip.compress(message(body(PASSWORD))), b"Content-Encoding: gzip\r\n"),
        (
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD), GOOD) + message(body(PASSWORD)),
            b"Transfer-Encoding: chunked\r\n",
        ),
    ],
    ids=["gzip", "chunks"],
)
def test_6_bytes_after_the_first_member_or_the_last_chunk(
    written: bytes, header: bytes, tmp_path: Path
) -> None:
    (tmp_path / "a.response.http").write_bytes(raw_http(Call(written), header))
    assert judged(tmp_path).code == 3


@pytest.mark.parametrize("pack", [json_lines, har], ids=["JSON Lines", "HAR"])
def test_8_an_envelope_is_not_judged_as_if_it_were_the_message(
    pack: Callable[[list[Call]], bytes], tmp_path: Path
) -> None:
    leaking = (REST / "admin-leak.response.json").read_bytes()
    (tmp_path / "recording").write_bytes(pack([meeting(leaking)]))
    run = judged(tmp_path, "--rules", "webex-rest-meeting", "--fact", "view=admin")
    (result,) = run.json["responses"]
    assert (run.code, result["outcome"]) == (1, "violating")


def test_9_items_of_an_array_that_disagree_leave_the_fact_unknown(variant: Variant) -> None:
    rulebook = variant(
        of="webex-rest-meeting",
        more='[[evidence.response]]\nfact = "view"\npath = "items/view"\nnames = { user = "user", admin = "admin" }',
    )
    items = [{"view": "user"}, {"view": "admin", "hostKey": "x"}]
    content = json.dumps({"id": 1, "items": items}).encode()
    (result,) = Checker(Settings(str(rulebook))).check(Recording("call", content))
    assert isinstance(result, ResponseResult)
    assert (result.outcome, result.reason) == ("unchecked", "unknown-service")
    assert result.detail == "the response contradicts itself about the view; say it with --fact view=NAME"


@pytest.mark.parametrize("word", ["wrong", "refused"])
def test_11_a_wrong_password_that_is_accepted(word: str) -> None:
    """A sidecar or a flag says it, and no sidecar needs to expect a failure."""
    sidecar = f'password = "{word}"\n'.encode()
    for result in (
        check_one(GOOD, ANONYMOUS, sidecar),
        check_one(GOOD, ANONYMOUS, facts={"password": word}),
    ):
        assert (result.outcome, broken(result)) == ("violating", [("password-not-enforced", None)])


@pytest.mark.parametrize(
    "shown",
    [
        "<ep:metaData><ep:serviceType>TrainingCenter</ep:serviceType></ep:metaData>",
        "<ep:isAudioOnly>false</ep:isAudioOnly><ep:isAudioOnly>true</ep:isAudioOnly>",
        "<ep:isAudioOnly>maybe</ep:isAudioOnly>",
    ],
)
def test_12_contradictory_evidence_is_not_settled_silently(shown: str) -> None:
    assert check_one(message(body(CONTENT + shown)), ANONYMOUS).reason == "unknown-service"
    stated = check_one(message(body(CONTENT + shown)), ANONYMOUS, facts={"service": "MC"})
    assert "context-conflict" in {rule for rule, _ in broken(stated)}


def test_12_a_status_of_another_namespace_is_none() -> None:
    forged = SUCCESS.replace("</serv:response>", "<ep:result>FAILURE</ep:result></serv:response>")
    (result,) = check(message(body(CONTENT + PASSWORD), header=forged), ANONYMOUS)
    assert (result.outcome, result.failed) == ("violating", False)


def test_14_an_empty_array_or_a_null_lacks_no_children(variant: Variant) -> None:
    rulebook = variant(
        ("telephony.accessCode,", "telephony,telephony,shown,left-out\ntelephony.accessCode,"),
        of="webex-rest-meeting",
    )
    facts = b'view = "user"\nrole = "host"\n'
    document = json.loads((REST / "user-host.response.json").read_bytes())
    values: tuple[object, ...] = ([], None, {})
    for value in values:
        content = json.dumps({**document, "telephony": value, "registration": None}).encode()
        (result,) = Checker(Settings(str(rulebook))).check(Recording("call", content, None, facts))
        assert isinstance(result, ResponseResult)
        expected = [("omitted", "telephony/accessCode")] if value == {} else []
        assert broken(result) == expected


def judged(folder: Path, *options: str) -> Run:
    return whosees("check", folder, "--no-config", "--format", "json", *options)
