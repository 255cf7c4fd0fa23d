"""Cost grows with what was read, not with what it is multiplied by: findings and memory of hostile responses."""

from __future__ import annotations

import json
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from support.judging import check_one
from support.messages import body, failure, message
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.claims import Claim, Precedence
from whosees.engine.places import MAX_PATH
from whosees.engine.result import ResponseResult
from whosees.engine.unlisted_findings import MAX_UNLISTED

SERVICE = "<ep:metaData><ep:serviceType>MeetingCenter</ep:serviceType></ep:metaData>"


def deep(leaf: str) -> str:
    """Elements of long names in one another, and as many leaves in the innermost as make 300 kB."""
    names = [f"ep:{'n' * 990}{number:03}" for number in range(150)]
    begin, end = "".join(f"<{name}>" for name in names), "".join(f"</{name}>" for name in reversed(names))
    return begin + "".join(leaf.replace("#", f"{number:x}") for number in range(50_000 // len(leaf))) + end


XML: dict[str, Callable[[], bytes]] = {
    "long names, deep nesting, thousands of unlisted leaves": lambda: message(
        body(SERVICE + deep("<ep:l#/>"))
    ),
    "the same leaf thousands of times": lambda: message(body(SERVICE + deep("<ep:leaf/>"))),
    "10,000 unlisted names": lambda: message(
        body(SERVICE + "".join(f"<ep:u{number:x}/>" for number in range(10_000)))
    ),
    "10,000 near misses": lambda: message(body(SERVICE + "<ep:statsu/><ep:Hostt/><ep:sessionkez/>" * 3_334)),
    "10,000 rows in another place": lambda: message(
        body(SERVICE + "<ep:novel>" + "<ep:sessionkey/><ep:hostKey/>" * 5_000 + "</ep:novel>")
    ),
    "10,000 names beside the body": lambda: message(
        body(SERVICE), header="".join(f"<u{number:x}/>" for number in range(10_000))
    ),
    "6,000 attributes with names of rows": lambda: message(
        body(SERVICE + "".join(f"<ep:u hostEmail='{number}' email='x'/>" for number in range(3_000)))
    ),
    "10,000 leaks": lambda: message(body(SERVICE + "<ep:presenter/>" * 10_000)),
    "a container 5,000 times": lambda: message(
        body(SERVICE + "<ep:material><ep:document/></ep:material>" * 5_000)
    ),
}


def judged(checker: Checker, content: bytes) -> tuple[ResponseResult, float]:
    """Return the result of a message, and the most memory that judging it took, in MB."""
    tracemalloc.start()
    try:
        [result] = checker.check(Recording("it", content, explicit=True))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(result, ResponseResult)
    return result, peak / 1e6


def hold_bounds(result: ResponseResult, peak: float) -> None:
    about_unlisted = [
        found for found in result.findings if found.rule in ("unlisted", "near-miss", "misplaced")
    ]
    named = [found for found in about_unlisted if found.path is not None]
    assert len(named) <= MAX_UNLISTED
    assert len(about_unlisted) <= MAX_UNLISTED + 1
    assert all(len(found.path or "") <= MAX_PATH for found in result.findings)
    assert peak <= 70


@pytest.mark.parametrize("case", XML)
def test_a_hostile_response_has_bounded_findings_and_takes_bounded_memory(case: str) -> None:
    """Findings about elements in no row are at most 100 a response, then one that says how many more."""
    hold_bounds(*judged(Checker(Settings()), XML[case]()))


def test_what_is_beyond_the_bound_is_counted() -> None:
    content = message(body(SERVICE + "".join(f"<ep:u{number:x}/>" for number in range(5_000))))
    result, _ = judged(Checker(Settings()), content)
    [more] = [found for found in result.findings if found.rule == "unlisted" and found.path is None]
    assert more.message == "4,900 more elements are in no row of Table 4-3"


JSON: dict[str, Callable[[], object]] = {
    "10,000 unlisted names": lambda: {f"u{number:x}": 0 for number in range(10_000)},
    "10,000 unlisted names in lists": lambda: {"x": [{"y": number} for number in range(5_000)]},
    "long names, deep nesting, thousands of leaves": lambda: nested(
        150, {f"leaf{number}": 1 for number in range(5_000)}
    ),
    "a list of 10,000 items": lambda: {"telephony": [None] * 10_000},
    "10,000 containers without what they must have": lambda: {"telephony": [{"x": 1}] * 5_000},
}


def nested(levels: int, value: object) -> object:
    for number in range(levels):
        value = {f"{'n' * 990}{number}": value}
    return value


@pytest.mark.parametrize("case", JSON)
def test_a_hostile_response_in_json_has_bounded_findings_and_takes_bounded_memory(case: str) -> None:
    members = JSON[case]()
    assert isinstance(members, dict)
    rules = "webex-rest-meeting"
    fact = Checker(Settings(rules=rules)).rulebook.column_fact
    column = Checker(Settings(rules=rules)).rulebook.columns[0].id
    claims = (Claim(fact, column, f"--{fact}", Precedence.FLAG),)
    content = json.dumps({"id": "x", **members}).encode()
    result, peak = judged(Checker(Settings(rules=rules, claims=claims)), content)
    assert result.outcome != "unchecked"
    hold_bounds(result, peak)


AUDIO_ONLY = "<ep:isAudioOnly>true</ep:isAudioOnly>"
REPEATED: dict[str, tuple[str, str]] = {
    "a container that lacks a row below an element in no row": (AUDIO_ONLY, "<ep:telephony/>"),
    "such an element without that row": (AUDIO_ONLY, "<ep:telephony><ep:labels/><ep:labels/></ep:telephony>"),
    "a container that lacks its rows": (SERVICE, "<ep:host/>"),
    "containers in a container": (SERVICE, "<ep:material><ep:document/><ep:document/></ep:material>"),
    "leaks": (SERVICE, "<ep:test><ep:title/></ep:test>"),
    "undecided rows": (SERVICE, "<ep:hostKey/><ep:accessControl><ep:sessionPassword/></ep:accessControl>"),
    "a service that is said again": (SERVICE, SERVICE),
    "hosts": (SERVICE, "<ep:host><ep:webExId>x</ep:webExId></ep:host>"),
    "unlisted elements": (SERVICE, "<ep:one><ep:two/></ep:one>"),
}


def steps_of(content: bytes, facts: dict[str, str]) -> int:
    """Return how many lines of code judging a message takes, each turn of a loop counted."""
    steps, before = 0, sys.gettrace()

    def count(_frame: object, event: str, _argument: object) -> Any:
        nonlocal steps
        steps += event == "line"
        return count

    sys.settrace(count)
    try:
        check_one(content, facts=facts)
    finally:
        sys.settrace(before)
    return steps


@pytest.mark.parametrize("case", REPEATED)
def test_twice_as_much_takes_no_more_than_twice_the_work(case: str) -> None:
    """“Cost grows with what was read, not with what it is multiplied by.”"""
    service, repeated = REPEATED[case]
    facts = {"role": "host"} if service is AUDIO_ONLY else {}
    _first, once, twice, fourfold = (  # the first one learns what rests on the rulebook alone
        steps_of(message(body(service + repeated * number)), facts) for number in (40, 40, 80, 160)
    )
    assert fourfold - twice <= 2.2 * (twice - once)


@pytest.mark.parametrize("inside", ["<!---->", "<![CDATA[]]>", "<?p?>", "<ep:a/>", "<!-- > --><?p?>"])
def test_a_failure_is_looked_through_once(inside: str) -> None:
    """Markup between texts multiplies nothing: no text is put together anew for each part of it."""
    calls = 0
    content = message(body(inside * 5_000), header=failure())

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    checker = Checker(Settings())
    sys.setprofile(count)
    try:
        results = list(checker.check(Recording("it", content, explicit=True)))
    finally:
        sys.setprofile(None)
    assert results
    assert calls < 100 * 5_000
