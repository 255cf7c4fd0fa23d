"""The Python API: the words, results and JSON of the command line."""

from __future__ import annotations

import doctest
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import whosees
from support.command import whosees as command
from whosees.checker.integrations import api, api_results, rulebooks

ROOT = Path(__file__).parents[3]
SYNTHETIC = ROOT / "examples" / "synthetic"
LEAK = SYNTHETIC / "violating" / "mc-anonymous-leak.response.xml"
REQUEST = SYNTHETIC / "violating" / "mc-anonymous-leak.request.xml"
GOOD = SYNTHETIC / "conformant" / "mc-anonymous.response.xml"


@pytest.mark.parametrize("module", [whosees, api, api_results, rulebooks], ids=lambda module: module.__name__)
def test_the_examples_of_the_docstrings_are_true(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testmod(module)
    assert failed == 0
    assert tried or module is api_results


def test_importing_it_loads_nothing_and_it_lists_what_it_has() -> None:
    code = (
        "import sys; before = set(sys.modules); import whosees;"
        "print(sorted(m for m in set(sys.modules) - before if m.startswith('whosees') or m in ('lxml', 'msgspec')));"
        "print(dir(whosees) == sorted(dir(whosees)) and set(whosees.__all__) <= set(dir(whosees)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['whosees']\nTrue\n"
    with pytest.raises(AttributeError, match="module 'whosees' has no attribute 'chek'"):
        whosees.chek  # type: ignore[attr-defined]  # noqa: B018 - that there is none is what is tested
    for name in whosees.__all__:
        assert getattr(whosees, name).__doc__


SAME = {
    "expect --service MC --caller anonymous --password supplied": lambda: whosees.expect(
        service="MC", caller="anonymous", password="supplied"
    ),
    "expect --service $C --versus role=host": lambda: whosees.expect(service="$C", versus={"role": "host"}),
    "expect --rules webex-rest-meeting --fact view=admin": lambda: whosees.expect(
        rules="webex-rest-meeting", facts={"view": "admin"}
    ),
    f"expect --service EC --request {REQUEST}": lambda: whosees.expect(
        service="EC", request=REQUEST.read_bytes()
    ),
    "explain status --service TC": lambda: whosees.explain("status", service="TC"),
    "explain hostKey": lambda: whosees.explain("hostKey"),
    f"explain agenda {LEAK}": lambda: whosees.explain("agenda", LEAK),
    "matrix": whosees.matrix,
    "matrix --rules webex-rest-meeting": lambda: whosees.matrix(rules="webex-rest-meeting"),
    f"check {LEAK} --role none --strict": lambda: whosees.check(LEAK, role="none", strict=True),
    f"check {SYNTHETIC} --unlisted ignore --empty-as absent": lambda: whosees.check(
        SYNTHETIC, unlisted="ignore", empty_as="absent"
    ),
    f"check {GOOD} --service EC": lambda: whosees.check(GOOD, service="EC"),
}


@pytest.mark.parametrize("line", SAME)
def test_results_are_the_json_of_the_command(line: str) -> None:
    ask: Callable[[], Any] = SAME[line]
    assert ask().to_dict() == command(*line.split(), "--format", "json").json


def test_a_message_at_hand_is_judged_like_its_recording() -> None:
    at_hand = whosees.check(LEAK.read_bytes(), request=REQUEST.read_bytes(), name=str(LEAK))
    assert at_hand == whosees.check(LEAK)
    assert [finding.path for finding in at_hand.errors][:1] == ["accessControl/sessionPassword"]
    assert not at_hand.conformant
    assert whosees.check(GOOD.read_bytes()).conformant
    assert whosees.explain("agenda", LEAK.read_bytes()).matches[0].observed is not None


def test_what_was_not_checked_is_not_conformant(tmp_path: Path) -> None:
    unread = whosees.check(b"<")
    assert (unread.responses[0].outcome, unread.responses[0].reason) == ("unchecked", "not-xml")
    assert not unread.conformant
    assert not whosees.check(tmp_path).conformant


FIELDS: dict[type, str] = {whosees.Rulebook: "model", whosees.CheckResult: "responses"}


def test_results_are_frozen_and_show_no_value() -> None:
    text = GOOD.read_text().replace("<ep:confName>", "<ep:confName>planted")
    for result in (
        whosees.check(text.replace("<ep:host>", "<ep:hots>").replace("</ep:host>", "</ep:hots>")),
        whosees.explain("confName", text),
        whosees.expect(service="MC"),
        whosees.matrix(),
        whosees.rulebook(),
    ):
        assert "planted" not in repr(result) + str(vars(type(result))) + json.dumps(result.to_dict())
        assert len(repr(result)) < 150
        assert pickle.loads(pickle.dumps(whosees.matrix())) == whosees.matrix()  # noqa: S301 - our own
        with pytest.raises(AttributeError):
            setattr(result, FIELDS.get(type(result), "json"), None)


WRONG = {
    "`service` is needed: it is the column to look in, one of MC, SC, TC, EC, AO": whosees.expect,
    "`hots` is not a known role; did you mean `host`?": lambda: whosees.expect(service="MC", role="hots"),
    "there is no fact `rol`; did you mean `role`?": lambda: whosees.expect(
        service="MC", facts={"rol": "host"}
    ),
    "`role` is given twice, with different values": lambda: whosees.check(
        GOOD, role="host", facts={"role": "none"}
    ),
    "`agendum` is no element of Table 4-3; did you mean `agenda`?": lambda: whosees.explain("agendum"),
    "`unlisted`: unknown value `errors`; did you mean `error`?": lambda: whosees.check(
        b"",
        unlisted="errors",  # type: ignore[arg-type]
    ),
    "`getsesioninfo`: cannot be read: no such file or directory; did you mean": lambda: whosees.rulebook(
        "getsesioninfo"
    ),
    "the response is unchecked (not-xml): ": lambda: whosees.explain("agenda", b"<"),
    "the request is unchecked (not-xml): ": lambda: whosees.expect(service="MC", request=b"<"),
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong_use_is_a_value_error_that_says_what_to_do(message: str) -> None:
    ask: Callable[[], Any] = WRONG[message]
    with pytest.raises(ValueError, match=r".") as error:
        ask()
    assert str(error.value).startswith(message)


def test_a_rulebook_is_loaded_once_and_passed_on() -> None:
    book = (
        whosees.rulebook(ROOT / "rules" / "webex-rest-meeting")
        if (ROOT / "rules").is_dir()
        else whosees.rulebook()
    )
    assert whosees.rulebook(book) is book
    assert book.to_dict() == whosees.matrix(rules=book).to_dict()["rulebook"]
    assert len(book.elements) == len(whosees.matrix(rules=book).rows)
    assert set(book.facts) == set(whosees.explain(book.elements[0], rules=book).matches[0].context)
