"""“Whatever begins as XML (or JSON) is parsed before it is passed over.”"""

from __future__ import annotations

from support.messages import body, message
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.result import ResponseResult


def test_traffic_in_ebcdic_is_unchecked_and_not_passed_over() -> None:
    text = '<?xml version="1.0" encoding="cp037"?>' + message(body("<ep:status>x</ep:status>")).decode()
    recording = Recording("call", text.encode("cp037"), explicit=False, traffic=True)
    (result,) = Checker(Settings()).check(recording)
    assert isinstance(result, ResponseResult)
    assert (result.outcome, result.reason) == ("unchecked", "not-xml")
