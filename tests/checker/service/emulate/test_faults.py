"""Faults of the emulator: each is in its case and in no other, and is found."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from support.http_apis import write_example
from support.messages import request
from support.practice import Practice
from whosees.checker.service.emulate.app import Emulator
from whosees.checker.service.emulate.faults import FaultError, Faults, read_fault
from whosees.checker.service.emulate.json_response import unit_objects
from whosees.checker.service.endpoint import SERVICE_PATH
from whosees.checker.service.live.cases import SessionCase
from whosees.engine.context import context_of
from whosees.engine.coverage import obligations
from whosees.engine.expectation import Evaluator
from whosees.rules.load import builtin_rulebook, load_rulebook

RULEBOOK = builtin_rulebook()

FAULTS = {
    "status:503": (
        "unchecked",
        "unreadable",
        "HTTP 503: not a response of the service, which answers with 200",
    ),
    "truncate": ("unchecked", "not-xml", "it ends before its elements do"),
    "garbage": ("unchecked", "not-xml", "at line 1"),
    "failure:000015": (
        "unchecked",
        "failure-response",
        "not found: the service answered FAILURE, exceptionID 000015",
    ),
    "failure:123456": (
        "unchecked",
        "failure-response",
        "failed: the service answered FAILURE, exceptionID 123456",
    ),
    "wrong-namespace": ("violating", None, ""),
    "slow:2.5": ("conformant", None, ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_in_its_case_and_in_no_other(practice: Practice, fault: str) -> None:
    results = practice.run(f"{fault}@EC/authenticated/*/supplied", only=("EC",))
    outcome, reason, detail = FAULTS[fault]
    for case, one in results.items():
        if case.startswith("EC/authenticated/") and case.endswith("/supplied"):
            assert (one.result.outcome, one.result.reason) == (outcome, reason)
            assert detail in (one.result.detail or "")
            # The plan says what was called, whatever came back.
            assert isinstance(one.case, SessionCase)
            assert one.result.resolved.context == one.case.context
        else:
            assert one.result.outcome == "conformant"


def test_another_namespace_makes_every_row_a_near_miss(practice: Practice) -> None:
    result = practice.run("wrong-namespace", only=("MC/anonymous/not-supplied",))[
        "MC/anonymous/not-supplied"
    ].result
    assert {f.rule for f in result.findings} == {"missing", "misplaced", "near-miss", "unlisted"}


def test_a_slow_answer_is_held_back(practice: Practice) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def call() -> None:
        app = Emulator(practice.handler("slow:2.5@MC/anonymous"), sleep=sleep)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport) as client:
            for key in ("100000001", "100000002"):
                body = request("<siteName>practice</siteName>", f"<sessionKey>{key}</sessionKey>")
                await client.post(f"http://127.0.0.1{SERVICE_PATH}", content=body)

    asyncio.run(call())
    assert waited == [2.5]


def test_a_password_that_is_not_enforced_is_a_finding(practice: Practice) -> None:
    """A wrong password that is answered with success is a finding, whatever the answer shows."""
    for fault, leaks in (("ignore-password", False), ("accept-password", True)):
        case = "MC/anonymous/wrong"
        one = practice.run(fault, only=(case,))[case]
        errors = {f.rule for f in one.result.findings if f.severity == "error"}
        assert errors == {"password-not-enforced", *(["leaked"] if leaks else [])}
        assert "getsessioninfo:MC/anonymous/not-supplied#password-not-enforced" in {
            f.id for f in one.result.findings
        }
        assert one.verdict == "violating"


BAD_FAULTS = {
    "leek:agenda": "`leek:agenda`: unknown fault `leek`; did you mean `leak`?",
    "x": "`x`: unknown fault `x`; known are `leak`, `omit`",
    "leak:agendum": "`leak:agendum`: unknown element `agendum`; did you mean `agenda`?",
    "leak:zzz": "`leak:zzz`: unknown element `zzz`; `whosees matrix` lists the elements",
    "omit:name@": "`omit:name@`: `@` needs a case after it, such as `MC/anonymous/supplied`",
    "leak:": "`leak:`: it needs the path of an element, as in `leak:status`",
    "omit": "`omit`: it needs the path of an element, as in `leak:status`",
    "omit:host@ZZ/*": "`omit:host@ZZ/*`: no case matches `ZZ/*`; cases are named as in `MC/anonymous/supplied`",
    "truncate@MC/anonymus": "`truncate@MC/anonymus`: no case matches `MC/anonymus`; did you mean `anonymous`?",
    "truncate@MC/anonymous/host": "`truncate@MC/anonymous/host`: no case matches `MC/anonymous/host`; cases are",
    "leak:Status": "`leak:Status`: `Status` is ambiguous: `status`, `test/status`; give the path",
    "status:99": "`status:99`: `status:` needs an HTTP status such as 500",
    "slow:long": "`slow:long`: `slow:` needs seconds",
    "failure:1": "`failure:1`: `failure:` needs an exceptionID of six digits",
    "garbage:1": "`garbage:1`: `garbage` takes no argument, only `@CASE`",
}


@pytest.mark.parametrize("text", BAD_FAULTS)
def test_faults_that_cannot_be_asked_for(text: str) -> None:
    with pytest.raises(FaultError) as error:
        read_fault(RULEBOOK, text)
    assert str(error.value).startswith(BAD_FAULTS[text])


def test_a_member_of_a_map_is_not_omitted(tmp_path: Path) -> None:
    """A response without it is right, so nothing would find the fault; what must be in it can be left out."""
    company = "company,owner/company,o,o"
    folder = write_example(tmp_path, (company, f"{company}\nmember,files/*,+,+\nx,files/*/content,+,+"))
    rulebook = load_rulebook(folder)
    with pytest.raises(FaultError) as error:
        read_fault(rulebook, "omit:files/*")
    assert str(error.value) == (
        "`omit:files/*`: `*` stands for any name, and no member is demanded, so none is missing"
    )
    assert read_fault(rulebook, "leak:files/*").argument == "files/*"
    assert read_fault(rulebook, "omit:files/*/content").argument == "files/*/content"
    broken = {each.expectation.value for each in obligations(rulebook) if each.path == "files/*"}
    assert broken == set()


def test_nothing_is_shown_in_what_is_masked(tmp_path: Path) -> None:
    """A container with a mask for a text contains nothing, whatever may be in it."""
    rows = (
        ("name,name,+,+", "name,name,+,+\nowner,owner,mask,+"),
        ("phone,owner/phone,mask,+", "phone,owner/phone,o,o"),
        ('"permissions/push", "owner"]', '"permissions/push"]'),
    )
    rulebook = load_rulebook(write_example(tmp_path, *rows))
    evaluator = Evaluator(rulebook)
    for site, owner in (("user", "***"), ("admin", {"phone": "practice", "company": "practice"})):
        context = context_of(rulebook, {"site": site, "push": "yes"})
        assert next(unit_objects(evaluator, context, Faults(), {}))["owner"] == owner


def test_an_element_can_have_an_at_sign_in_its_name(tmp_path: Path) -> None:
    """JSON-LD has `@type`, and XML as JSON has `@lang`."""
    company = "company,owner/company,o,o"
    folder = write_example(tmp_path, (company, f"{company}\n@type,owner/@type,+,o\nx,files/*,o,o"))
    rulebook = load_rulebook(folder)
    texts = (
        "omit:owner/@type",
        "omit:owner/@type@admin",
        "omit:@type@user/*",
        "leak:files/*@user/no",
        "leak:name@user",
    )
    faults = [read_fault(rulebook, text) for text in texts]
    assert [(each.argument, each.case) for each in faults] == [
        ("owner/@type", None),
        ("owner/@type", "admin"),
        ("owner/@type", "user/*"),
        ("files/*", "user/no"),
        ("name", "user"),
    ]


def test_elements_are_meant_by_path_or_by_a_name_of_their_own() -> None:
    assert read_fault(RULEBOOK, "leak:test.status@MC").argument == "test/status"
    assert read_fault(RULEBOOK, "leak:status").argument == "status"
    assert read_fault(RULEBOOK, "leak:title").argument == "test/title"
    with pytest.raises(FaultError, match=r"^`omit:toll`: unknown element `toll`"):
        read_fault(RULEBOOK, "omit:toll")
