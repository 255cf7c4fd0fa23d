"""The page judges as `check` does: the same results, in a real browser, on every kind of response."""

from __future__ import annotations

import json
import random
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from support.command import whosees
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.checking.sidecar import read_sidecar
from whosees.checker.core.errors import Reason
from whosees.checker.recordings import Recording, find_recordings
from whosees.engine.claims import Precedence, read_claim
from whosees.engine.finding_rules import rules_of
from whosees.engine.near_miss import closest_row, damerau_levenshtein
from whosees.reports.check.json import response_object

from .browsing import JUDGE, Explorer
from .cases import all_cases
from .messages import RULEBOOK, VALUE, Case, open_paths, request, response

EXAMPLES = Path(__file__).parents[3] / "examples"
Results = list[dict[str, Any]]


@cache
def checker_for(stated: tuple[tuple[str, str], ...]) -> Checker:
    claims = [read_claim(RULEBOOK, fact, value, f"--{fact}", Precedence.FLAG) for fact, value in stated]
    return Checker(Settings(claims=tuple(claims)))


def checked(case: Case) -> Results:
    """Return the results of `check` for a case, as its JSON has them."""
    checker = checker_for(tuple(case.stated.items()))
    results = []
    for result in checker.check(Recording("it", case.response, case.request)):
        assert not isinstance(result, Skipped)
        results.append(json.loads(json.dumps(response_object(RULEBOOK, result))))
    return [{key: value for key, value in result.items() if key != "source"} for result in results]


def comparable(results: Results) -> Results:
    """Leave out where and how a text is malformed: that is the parser's finding, and the browser has its own."""
    return [result | ({"detail": None} if result["reason"] == "not-xml" else {}) for result in results]


def judged(explorer: Explorer, cases: list[Case]) -> list[Results]:
    """Return the page's results for cases."""
    results: list[Results] = explorer.run(JUDGE, [case.for_page() for case in cases])
    return results


@pytest.fixture(scope="module")
def verdicts(driver: Any, page_file: Path) -> list[Results]:
    """Return the page's results for every case."""
    explorer = Explorer(driver, page_file)
    explorer.open()
    return judged(explorer, all_cases())


def test_the_page_judges_every_case_as_check_does(verdicts: list[Results]) -> None:
    cases = all_cases()
    assert len({case.name for case in cases}) == len(cases)
    differing = []
    for case, results in zip(cases, verdicts, strict=True):
        if comparable(results) != comparable(checked(case)):
            differing.append(case.name)
    assert differing == []


def test_the_cases_hold_every_rule_and_reason_that_a_page_can_meet() -> None:
    results = [result for case in all_cases() for result in checked(case)]
    rules = Counter(finding["rule"] for result in results for finding in result["findings"])
    reasons = Counter(result["reason"] for result in results)
    # They need what a page has not: a sidecar that expects a failure, a file that cannot be read, a JSON rulebook, --require.
    assert set(rules) == set(rules_of(RULEBOOK)) - {"unexpected-success", "unmasked"}
    assert set(reasons) == {None, *Reason} - {Reason.UNREADABLE, Reason.NOT_JSON, Reason.UNKNOWN_FACT}


def test_malformed_xml_is_said_in_the_words_of_check(explorer: Explorer) -> None:
    broken = {
        b"<a>": "it ends before its elements do: is it cut off?",
        b"<a><b></a></b>": "an end tag does not match its start tag",
        b"<a/><b/>": "content after the end of the document",
        b"no XML": "no XML begins there",
        b'<a b="1" b="2"/>': "an attribute that is given twice",
        b"<a><x:b/></a>": "a prefix that no namespace is declared for",
        b"<a>&nbsp;</a>": "an entity that nothing declares",
    }
    results = judged(explorer, [Case("", content) for content in broken])
    assert [result[0]["detail"].split(": ", 1)[1] for result in results] == list(broken.values())
    for content, said in broken.items():
        assert checked(Case("", content))[0]["detail"].endswith(said)


def test_limits_are_those_of_check(explorer: Explorer) -> None:
    """Each entry is where something goes into a sound message, what, and how often; so no large text is sent."""
    end = "</serv:bodyContent>"
    many = " ".join(f'a{number}=""' for number in range(101))
    beyond = [
        (end, "<ep:a/>", 200_001),
        (end, "<ep:a>", 220),
        (end, f"<ep:a {many}/>", 1),
        (end, f"<ep:{'a' * 1001}/>", 1),
        (end, " ", 16 * 1024 * 1024),
    ]
    whole = response("MC", open_paths("MC")).decode()
    closing = "<ep:a>"
    expected = []
    for before, put, times in beyond:
        closed = put * times + ("</ep:a>" * times if put == closing else "")
        expected.append(checked(Case("", whole.replace(before, closed + before).encode()))[0])
    script = """
        const [whole, cases, closing] = arguments;
        return cases.map(([before, put, times]) => {
          const closed = put.repeat(times) + (put === closing ? "</ep:a>".repeat(times) : "");
          return window.whosees.check(new TextEncoder().encode(whole.replace(before, closed + before)))[0].detail;
        });"""
    assert explorer.run(script, whole, beyond, closing) == [result["detail"] for result in expected]
    assert {result["reason"] for result in expected} == {"too-large"}
    assert len({result["detail"] for result in expected}) == len(beyond)


def test_a_reason_that_two_statements_exclude_each_other_is_given(explorer: Explorer) -> None:
    explorer.open("view=check")
    explorer.one(".stated summary").click()
    explorer.one("#stated-caller").send_keys("anonymous")
    explorer.one("#stated-role").send_keys("host")
    explorer.all(".input summary")[0].click()
    explorer.one("#response-text").send_keys("<a/>")
    assert "an anonymous caller has role none" in explorer.text("#outcome")


def recorded() -> list[tuple[Case, str]]:
    """Return the project's examples as cases: what a sidecar states is stated in the page."""
    cases = []
    for recording in find_recordings([str(EXAMPLES)]) if EXAMPLES.is_dir() else ():
        if not isinstance(recording, Recording) or not isinstance(recording.response, Path):
            continue
        sidecar = None
        if isinstance(recording.sidecar, Path):
            sidecar = read_sidecar(RULEBOOK, recording.sidecar.read_bytes())
        if sidecar is not None and sidecar.expects_failure:
            continue  # only a sidecar can say so
        stated = {claim.fact: claim.value for claim in sidecar.claims} if sidecar is not None else {}
        asked = recording.request.read_bytes() if isinstance(recording.request, Path) else None
        cases.append(
            (Case(recording.source, recording.response.read_bytes(), asked, stated), recording.source)
        )
    return cases


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="there are no examples here")
def test_the_page_judges_the_examples_as_check_does(explorer: Explorer) -> None:
    cases = [case for case, _ in recorded()]
    assert cases
    # A request that cannot be used is named by its file in a folder, and not where it is at hand.
    results = judged(explorer, cases)
    differing = [
        case.name
        for case, given in zip(cases, results, strict=True)
        if comparable(given) != comparable(checked(case))
    ]
    assert differing == []


def test_names_are_near_each_other_as_the_engine_has_it(explorer: Explorer) -> None:
    """Rows with one to three letters added, dropped, changed or swapped, in another case or another namespace."""
    chance = random.Random(7)  # noqa: S311 - not for secrets
    nodes = []
    for _ in range(1500):
        row = chance.choice(RULEBOOK.rows)
        name = row.path.rpartition("/")[2]
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(name))
            name = chance.choice(
                [
                    name[:at] + name[at + 1 :] or "x",
                    name[:at] + chance.choice("aexSU1") + name[at:],
                    name[:at] + chance.choice("aexSU1") + name[at + 1 :],
                    name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
                    name.swapcase(),
                    name[:at] + chance.choice("-_.") + name[at:],
                ]
            )
        if name[0].isdigit():
            continue
        nodes.append((row.path.rpartition("/")[0], name, chance.random() < 0.3))
    script = "return arguments[0].map(([parent, name, foreign]) => window.whosees.closestRow(parent, name, foreign))"
    expected = []
    for parent, name, foreign in nodes:
        like = closest_row(RULEBOOK, parent, name, other_namespace=foreign)
        expected.append([like.path, like.difference] if like else None)
    assert explorer.run(script, nodes) == expected
    assert 300 < sum(entry is None for entry in expected) < 1200
    assert damerau_levenshtein("status", "statsu", 2) == 1


def test_what_the_screen_shows_is_what_the_command_prints(explorer: Explorer, tmp_path: Path) -> None:
    recording = tmp_path / "webex.response.xml"
    asked = tmp_path / "webex.request.xml"
    recording.write_bytes(response("TC", open_paths("TC"), extra="<ep:islocked/><ep:hostKey/>"))
    asked.write_bytes(request(""))
    printed = " ".join(whosees("check", recording, "-v").out.split())
    explorer.open("view=check")
    explorer.give("response", recording)
    explorer.give("request", asked)
    shown = explorer.text("#outcome")
    assert shown.startswith("Result Violating")
    assert (
        "TC (response), caller anonymous (request), role none (request), password not-supplied (request)"
        in shown
    )
    explorer.run("document.querySelectorAll('#outcome details').forEach((part) => { part.open = true; })")
    findings = explorer.run(
        "return [...document.querySelectorAll('#outcome .found > li')].map((item) => [item.querySelector('code').textContent,"
        " item.querySelector('.lines').textContent])"
    )
    assert len(findings) > 5
    for path, lines in findings:
        assert f"{path} {lines}" in printed
    for ground in explorer.all("#outcome .because"):
        assert " ".join(ground.text.rstrip(".").split()).removesuffix(".").lower() in printed.lower().replace(
            "`", ""
        )


def test_no_value_of_a_response_is_ever_shown(explorer: Explorer, verdicts: list[Results]) -> None:
    """Not on the screen, in no attribute, in no result, not in the address, and not in what the browser logs."""
    assert VALUE not in json.dumps(verdicts)
    explorer.open("view=check")
    explorer.all(".input summary")[0].click()
    for content in (
        response("MC", open_paths("TC")),
        response("TC", ["status"], {"metaData/serviceType": VALUE}),
        f"<a>{VALUE}".encode(),
        f"<{VALUE}>".encode(),
    ):
        explorer.run(
            "const area = document.getElementById('response-text'); area.value = arguments[0]; area.dispatchEvent(new Event('input'))",
            content.decode(),
        )
        assert explorer.text("#outcome")
        # The text area itself holds what was pasted: its value is not in the markup.
        assert VALUE not in explorer.run("return document.documentElement.outerHTML + location.href")
    assert VALUE not in "".join(explorer.complaints())


def test_names_in_a_response_are_text_and_never_markup(explorer: Explorer) -> None:
    extra = "<ep:img.src-x_onerror/><ep:script>alert(1)</ep:script><ep:x\u00e9/>"
    results = judged(explorer, [Case("", response("MC", open_paths("MC"), extra=extra))])
    assert {"img.src-x_onerror", "script", "x\u00e9"} <= {
        finding["path"] for finding in results[0][0]["findings"]
    }
    explorer.open("view=check")
    explorer.run(
        "const area = document.getElementById('response-text'); area.value = arguments[0]; area.dispatchEvent(new Event('input'))",
        response("MC", open_paths("MC"), extra=extra).decode(),
    )
    assert explorer.run("return document.querySelectorAll('#outcome script, #outcome img').length") == 0


def test_files_that_are_dropped_find_their_place_by_what_is_in_them(explorer: Explorer) -> None:
    drop = """
    const transfer = new DataTransfer();
    arguments[0].forEach(([name, text]) => transfer.items.add(new File([text], name, {type: 'text/xml'})));
    dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, cancelable: true, bubbles: true}));
    """
    files = [["a.xml", request("").decode()], ["b.xml", response("EC", open_paths("EC")).decode()]]
    explorer.run(drop, files)
    explorer.until(lambda: explorer.text("#request-status").startswith("a.xml"))
    explorer.until(lambda: "caller anonymous (request)" in explorer.text("#outcome"))
    assert explorer.text("#response-status").startswith("b.xml")
    assert explorer.fragment().endswith("view=check")
