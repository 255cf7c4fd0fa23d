"""Every legitimate variation of a conformant message is free of errors, and of warnings if nothing is odd about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from whosees.checker.recordings import Recording
from whosees.engine.finding import Severity
from whosees.engine.result import ResponseResult

from .containers import CONTAINERS, TWO_IN_ONE, recorded_verdicts
from .corpus import Case, examples, generated, json_documents
from .variations import JSON_VARIATIONS, XML_ODDITIES, XML_VARIATIONS, Vary


def severities(case: Case, vary: Vary) -> set[Severity]:
    """Return the severities of findings of a varied message, notes aside."""
    written = vary(case.response.decode())
    content = written if isinstance(written, bytes) else written.encode()
    results = list(case.checker.check(Recording(case.name, content, case.request, case.sidecar)))
    assert results
    found = set()
    for result in results:
        assert isinstance(result, ResponseResult)
        assert result.outcome == "conformant", (case.name, result.detail, result.findings)
        found |= {each.severity for each in result.findings}
    return found - {Severity.NOTE}


def test_each_variation_changes_some_message() -> None:
    for cases, variations in ((xml_cases(), XML_VARIATIONS), (json_documents(), JSON_VARIATIONS)):
        unchanged = {
            name
            for name, vary in variations.items()
            if all(vary(case.response.decode()) == case.response.decode() for case in cases)
        }
        assert unchanged == {"as it is"}


def xml_cases() -> tuple[Case, ...]:
    return (*examples(), *generated())


@pytest.mark.parametrize("name", XML_VARIATIONS)
def test_a_variation_of_a_message_is_no_alarm(name: str) -> None:
    assert [case.name for case in xml_cases() if severities(case, XML_VARIATIONS[name])] == []


@pytest.mark.parametrize("name", XML_ODDITIES)
def test_a_common_name_in_an_unknown_element_is_at_most_a_warning(name: str) -> None:
    """A name that occurs everywhere in such services says little of what it shows."""
    for case in xml_cases():
        assert severities(case, XML_ODDITIES[name]) <= {Severity.WARNING}


@pytest.mark.parametrize("name", JSON_VARIATIONS)
def test_a_variation_of_a_document_is_no_alarm(name: str) -> None:
    assert [case.name for case in json_documents() if severities(case, JSON_VARIATIONS[name])] == []


@pytest.mark.parametrize("name", [name for name in CONTAINERS if name not in TWO_IN_ONE])
@pytest.mark.parametrize("case", [examples()[0], json_documents()[0]], ids=["XML", "JSON"])
def test_a_recording_of_any_format_is_no_alarm(name: str, case: Case, tmp_path: Path) -> None:
    """There is nothing to find, so that what planted leaks are found by is the leak."""
    assert recorded_verdicts(name, case, [case.response], tmp_path) == ["silent"]


def without_optional(case: Case, path: str) -> bytes:
    """Return a message without an element."""
    name = path.rpartition("/")[2]
    head, _, rest = case.response.partition(f"<ep:{name}>".encode())
    return head + rest.partition(f"</ep:{name}>".encode())[2] if rest else case.response


@pytest.mark.parametrize("corpus", [generated, examples])
def test_a_message_that_leaves_out_what_it_may_is_no_alarm(corpus: Callable[[], tuple[Case, ...]]) -> None:
    """“Returned only if” allows absence: what should be there can be missing, with a warning at most."""
    left_out = 0
    for case in corpus():
        facts = case.checker.evaluator.expectations
        (result,) = case.checker.check(Recording(case.name, case.response, case.request, case.sidecar))
        assert isinstance(result, ResponseResult)
        for path, expected in facts(result.resolved.context).items():
            if expected in ("should", "may") and path.count("/") == 0:
                content = without_optional(case, path)
                (again,) = case.checker.check(Recording(path, content, case.request, case.sidecar))
                assert isinstance(again, ResponseResult)
                assert again.outcome == "conformant", (case.name, path, again.findings)
                left_out += content != case.response
    assert left_out >= 5
