"""JUnit XML: what Jenkins' xUnit plugin takes, and what its schema (tests/data/junit-10.xsd) does not say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from support.judging import check_one
from support.messages import body, elements, failure, message
from support.reporting import (
    ALWAYS_MC,
    HOSTILE,
    RULEBOOK,
    check,
    hostile,
    hostile_reason,
    rendered,
    samples,
    unchecked,
)
from whosees.engine.finding import Severity, finding_id
from whosees.engine.policy import Policy
from whosees.engine.result import ResponseResult

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[1] / "data" / "junit-10.xsd"))
ANONYMOUS = {"caller": "anonymous", "password": "not-supplied"}


def junit(*results: ResponseResult) -> etree._Element:
    """Render, validate and parse."""
    root = etree.fromstring(rendered("junit", results).encode())
    SCHEMA.assertValid(root)
    return root


def suite(*results: ResponseResult) -> etree._Element:
    return junit(*results)[0]


def test_every_kind_of_response_is_valid() -> None:
    root = junit(*samples())
    assert [element.get("name") for element in root][:3] == [
        "night/fine.response.xml",
        "night/leak.response.xml",
        "night/bad.xml",
    ]


def test_no_response_at_all_is_valid() -> None:
    assert [element.get("tests") for element in junit()] == ["0"]


def test_a_judged_response_has_a_case_for_each_of_the_57_rows_by_identity() -> None:
    result = check(ALWAYS_MC, facts=ANONYMOUS)
    names = [case.get("name") for case in suite(result).iter("testcase")]
    assert names == [finding_id(RULEBOOK, result.resolved.context, row.path) for row in RULEBOOK.rows]
    assert len(names) == 57


def test_class_file_and_time() -> None:
    element = suite(check(ALWAYS_MC, "night/a.response.xml", facts=ANONYMOUS))
    assert element.get("file") == "tests/night/a.response.xml"
    assert {case.get("classname") for case in element.iter("testcase")} == {"night/a.response.xml"}
    assert {case.get("time") for case in element.iter("testcase")} == {"0"}


def test_counts_are_those_of_the_cases() -> None:
    for element in junit(*samples()):
        kinds = Counter(child.tag for case in element.iter("testcase") for child in case)
        assert element.get("tests") == str(len(list(element.iter("testcase"))))
        for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert element.get(attribute) == str(kinds[kind])


def test_names_are_unique_even_for_a_source_that_is_named_twice() -> None:
    result = check(ALWAYS_MC, facts=ANONYMOUS)
    root = junit(result, result, *samples(), result)
    cases = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(cases) == len(set(cases))
    assert [element.get("name") for element in root][1] == "night/a.response.xml (2)"


def test_an_error_fails_and_says_where_and_why() -> None:
    element = suite(check([*ALWAYS_MC, "metaData/agenda"], facts=ANONYMOUS))
    (failure,) = element.iter("failure")
    assert failure.get("type") == "leaked"
    assert "must not be" in (failure.get("message") or "")
    assert "why: whosees explain metaData/agenda --service MC" in (failure.text or "")
    case = failure.getparent()
    assert case is not None
    assert case.get("name") == "getsessioninfo:MC/anonymous/not-supplied/metaData.agenda"


def test_a_warning_is_told_and_does_not_fail_unless_strict() -> None:
    facts = {"caller": "authenticated", "role": "host", "password": "supplied"}
    lenient, strict = suite(check(ALWAYS_MC, facts=facts)), suite(check(ALWAYS_MC, strict=True, facts=facts))
    outputs = [case.findtext("system-out") or "" for case in lenient.iter("testcase")]
    assert lenient.get("failures") == "0"
    assert any(text.startswith("warning: omitted: `metaData/agenda`") for text in outputs)
    assert int(strict.get("failures") or 0) == sum(text.startswith("warning") for text in outputs)


def test_undecided_rows_are_skipped_and_name_the_unknown_facts() -> None:
    result = check(ALWAYS_MC)
    skipped = list(suite(result).iter("skipped"))
    assert len(skipped) == sum(row.cells["MC"] == "pw" for row in RULEBOOK.rows) > 0
    assert result.undetermined == ()
    assert {element.get("message") for element in skipped} == {
        "undecided because role and password are unknown"
    }


def test_unchecked_is_an_error() -> None:
    element = suite(unchecked())
    (error,) = element.iter("error")
    assert (element.get("tests"), element.get("errors"), error.get("type")) == ("1", "1", "not-xml")


def test_what_is_no_row_is_in_the_suites_output() -> None:
    element = suite(check([*ALWAYS_MC, "hostKey"], facts=ANONYMOUS))
    assert "note: unlisted: `hostKey`" in (element.findtext("system-out") or "")


def test_an_error_that_is_no_row_is_a_failing_case_of_its_own() -> None:
    element = suite(check([*ALWAYS_MC, "hostKey"], unlisted=Severity.ERROR, facts=ANONYMOUS))
    assert (element.get("tests"), element.get("failures")) == ("58", "1")
    assert element.find("system-out") is None


def test_coverage_is_the_last_suite() -> None:
    last = junit(*samples())[-1]
    values = {element.get("name"): element.get("value") or "" for element in last.iter("property")}
    assert values["coverage"].endswith("of 351")
    assert list(values)[-5:] == [f"coverage.{column.id}" for column in RULEBOOK.columns]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str) -> None:
    root = junit(hostile(name))
    assert [child.tag for child in root] == ["testsuite", "testsuite"]
    root = junit(hostile_reason(name))
    assert all((value or "").isprintable() for element in root.iter() for value in element.attrib.values())


def test_a_response_is_written_when_it_comes() -> None:
    from whosees.reports.check.base import RenderOptions
    from whosees.reports.check.junit import JunitFormatter

    report = JunitFormatter(RULEBOOK, RenderOptions())
    report.begin()
    assert report.response(check(ALWAYS_MC)).count("<testcase ") == 57


def test_an_error_in_a_failure_without_a_column_is_a_case() -> None:
    """Nothing is expected of a failed call, so that no row of it is undecided either."""
    policy = Policy(unlisted=Severity.ERROR)
    result = check_one(message(body("<ep:odd/>"), header=failure()), policy=policy)
    found = suite(result)
    assert (result.outcome, found.get("failures"), found.get("skipped")) == ("violating", "1", "0")


def test_a_failed_call_has_no_case_but_for_what_it_shows() -> None:
    """No element was judged, so that none has passed; 57 passed cases would say that all were."""
    leaks = ["accessControl/sessionPassword", "telephony/callInNum"]
    result = check_one(message(body(elements(leaks)), header=failure()), facts={"service": "MC", **ANONYMOUS})
    found = suite(result)
    assert (result.outcome, result.failed) == ("violating", True)
    assert found.get("tests") == found.get("failures") == str(len(result.findings))
    names = [case.get("name") or "" for case in found.iter("testcase")]
    assert names == [finding.id for finding in result.findings]
