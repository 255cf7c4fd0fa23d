"""Judging against the reading: in every context what it should see, and every response that differs from it by one row."""

from __future__ import annotations

from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import examples

from . import messages, tool
from .messages import STYLES, Style
from .reading import (
    CONTEXTS,
    MAY,
    MUST,
    MUST_NOT,
    ROW,
    SHOULD,
    UNKNOWN_CALLERS,
    Context,
    Finding,
    Response,
    ancestors,
    closed,
    expected,
    ideal,
    judge,
    unlisted,
)
from .strategies import responses

in_every_context = pytest.mark.parametrize("context", CONTEXTS, ids="-".join)


def _compare(places: Response, context: Context, style: Style) -> set[Finding]:
    """Check that the tool finds what the reading finds, and return it."""
    message = messages.response(places, context.service, style)
    result = tool.check(message.content, sidecar=messages.sidecar(context))
    wrong = judge(places, context)
    assert tool.found(result) == tool.finding_lines(wrong, message), (context, sorted(places))
    errors = any(tool.SEVERITY[finding.rule] == "error" for finding in wrong)
    assert result.outcome.value == ("violating" if errors else "conformant")
    return wrong


def _rules_and_paths(findings: set[Finding]) -> set[tuple[str, str]]:
    return {(finding.rule, finding.path) for finding in findings}


def _rows(context: Context, *expectations: str) -> list[str]:
    return [path for path in ROW if expected(context, path) in expectations]


@pytest.mark.parametrize("context", [*CONTEXTS, *UNKNOWN_CALLERS], ids="-".join)
def test_exactly_what_a_context_should_see_is_conformant(context: Context) -> None:
    for style in STYLES:
        assert not _compare(ideal(context), context, style)


@in_every_context
def test_an_element_that_is_in_no_row_is_a_note_and_no_more(context: Context) -> None:
    places = ideal(context) | {messages.AUDIO_FLAG}
    message = messages.response(places, context.service)
    result = tool.check(message.content, sidecar=messages.sidecar(context))
    assert tool.noted(result) == {("unlisted", path) for path in unlisted(places)}


@in_every_context
def test_what_is_in_no_row_belongs_to_the_leak_that_it_stands_in(context: Context) -> None:
    """labels is in no row, and stands in telephony."""
    message = messages.response(ideal(context) | closed(["telephony/labels"]), context.service)
    noted = {("unlisted", messages.AUDIO_FLAG)}
    if expected(context, "telephony") != MUST_NOT:
        noted |= {("unlisted", "telephony/labels")}
    if expected(context, "telephony") == MAY:
        noted |= {("undecided", "telephony")}
    assert tool.noted(tool.check(message.content, sidecar=messages.sidecar(context))) == noted


@in_every_context
def test_one_element_that_may_be_there_changes_nothing(context: Context) -> None:
    for path, style in zip(_rows(context, MAY), cycle(STYLES), strict=False):
        assert not _compare(ideal(context) | closed([path]), context, style)


@in_every_context
def test_one_element_too_many_is_that_leak(context: Context) -> None:
    """‘X’ means that the element that is never returned.

    What is added stands in its container, which leaks too where it must not be there either.
    """
    for path, style in zip(_rows(context, MUST_NOT), cycle(STYLES), strict=False):
        wrong = _compare(ideal(context) | closed([path]), context, style)
        leaking = [
            above for above in ancestors(path) if above in ROW and expected(context, above) == MUST_NOT
        ]
        assert _rules_and_paths(wrong) == {("leaked", each) for each in (path, *leaking)}
        assert {finding.cause for finding in wrong if finding.path == path} == {(*leaking, None)[0]}


def _falls_with(path: str, context: Context) -> set[tuple[str, str]]:
    rules = {MUST: "missing", SHOULD: "omitted"}
    fallen = [each for each in ROW if path in (each, *ancestors(each))]
    return {(rules[what], each) for each in fallen if (what := expected(context, each)) in rules}


@in_every_context
@pytest.mark.parametrize("what", [MUST, SHOULD])
def test_one_element_too_few_is_missing_or_omitted_with_what_it_holds(what: str, context: Context) -> None:
    """‘✓’ means that the element is always returned; ‘PW’ […] is returned only if […]."""
    for path, style in zip(_rows(context, what), cycle(STYLES), strict=False):
        whole = ideal(context)
        left = frozenset(place for place in whole if path not in (place, *ancestors(place)))
        wrong = _compare(left, context, style)
        assert _rules_and_paths(wrong) == _falls_with(path, context)
        assert {finding.path for finding in wrong if finding.cause is None} == {path}


@in_every_context
def test_the_container_that_no_row_lists_is_no_cause(context: Context) -> None:
    """participantLimitedAccessLabel stands in labels, which the table does not list: it falls by itself."""
    label = "telephony/labels/participantLimitedAccessLabel"
    left = ideal(context) - {label, "telephony/labels"}
    wrong = _compare(left, context, STYLES[0])
    assert {(finding.path, finding.cause) for finding in wrong} <= {(label, None)}


@settings(max_examples=examples(4), deadline=None, derandomize=True)
@given(
    places=responses(),
    context=st.sampled_from([*CONTEXTS, *UNKNOWN_CALLERS]),
    style=st.sampled_from(STYLES),
)
def test_whatever_is_there_is_judged_as_the_reading_judges_it(
    places: Response, context: Context, style: Style
) -> None:
    _compare(places, context, style)


@settings(max_examples=examples(2), deadline=None, derandomize=True)
@given(places=responses(), context=st.sampled_from(CONTEXTS), style=st.sampled_from(STYLES))
def test_a_complete_response_with_repeated_containers_is_judged_place_by_place(
    places: Response, context: Context, style: Style
) -> None:
    """The second document without size is a finding at its line."""
    _compare(ideal(context) | places, context, style)


def test_the_responses_that_differ_by_one_row_are_5721() -> None:
    """Each decision that is no ‘may’ has one: 2,274 leaks, and 2,457 and 990 absences."""
    counted = [len(_rows(context, MUST_NOT, MUST, SHOULD)) for context in CONTEXTS]
    assert sum(counted) == 5721
