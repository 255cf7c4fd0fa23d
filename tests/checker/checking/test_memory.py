"""“MemoryError becomes too-large for that response alone, whatever else is in the run.”"""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from support.http_apis import checker_of, exchange
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


def test_what_is_remembered_rests_on_what_path_and_response_say_together(tmp_path: Path) -> None:
    """“equality between an HTTP fact and an element”: messages of one shape differ in whose they are."""
    entry = '[[evidence.match]]\nfact = "caller"\npart = "path"\nrequest = "username"\nresponse = "login"\nas = "same-user"\n'
    folder = shutil.copytree(Path(str(files("whosees.rules") / "github-user")), tmp_path / "mine")
    book = folder / "rulebook.toml"
    book.write_text(book.read_text().replace("[unlisted]", f"{entry}\n[unlisted]"))
    remembering = checker_of(folder)
    for login, name in [("mona", "mona"), ("mona", "other"), ("other", "mona"), ("other", "other")] * 3:
        recording = exchange({"login": login, "private_gists": 1}, f"/users/{name}", received={})
        (result,) = remembering.check(recording)
        assert (result,) == tuple(checker_of(folder).check(recording))
        assert isinstance(result, ResponseResult)
        assert result.resolved.context["caller"] == ("same-user" if login == name else "unknown")
