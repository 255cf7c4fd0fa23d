"""“MemoryError becomes too-large for that response alone, whatever else is in the run.”"""

from __future__ import annotations

import pytest

from support.judging import RULEBOOK
from support.messages import response
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.messages.xml.document import DocumentReader
from whosees.checker.recordings import Recording
from whosees.engine.result import ResponseResult

GOOD = response("MC", [row.path for row in RULEBOOK.rows if row.cells["MC"] == "always"])


def test_a_response_for_which_there_is_no_memory_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    read = DocumentReader.read

    def read_or_fail(reader: DocumentReader, content: bytes) -> object:
        if content == b"<huge/>":
            raise MemoryError
        return read(reader, content)

    monkeypatch.setattr(DocumentReader, "read", read_or_fail)
    checker = Checker(Settings())
    huge, good = (
        [*checker.check(Recording(name, content))] for name, content in (("huge", b"<huge/>"), ("good", GOOD))
    )
    assert isinstance(huge[0], ResponseResult)
    assert isinstance(good[0], ResponseResult)
    assert (huge[0].source, huge[0].outcome, huge[0].reason) == ("huge", "unchecked", "too-large")
    assert huge[0].detail == "there is not enough memory to judge it"
    assert good[0].outcome == "conformant"
