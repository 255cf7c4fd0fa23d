"""Elements that hold nothing, left out of a message with several bodies."""

from __future__ import annotations

from support.messages import body, message
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.policy import Policy
from whosees.engine.result import ResponseResult

SHOWN = (
    "<ep:metaData><ep:serviceType>MeetingCenter</ep:serviceType></ep:metaData><ep:presenter>x</ep:presenter>"
)


def leaks(results: list[object]) -> list[list[str | None]]:
    return [
        [found.path for found in result.findings if found.rule == "leaked"]
        for result in results
        if isinstance(result, ResponseResult)
    ]


def test_an_empty_body_hides_nothing_of_those_beside_it() -> None:
    content = message(body(SHOWN) + "<serv:bodyContent/>" + body(SHOWN))
    checker = Checker(Settings(policy=Policy(empty_is_absent=True)))
    assert leaks(list(checker.check(Recording("it", content)))) == [["presenter"], [], ["presenter"]]
