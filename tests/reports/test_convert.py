"""A saved result, read back: what `convert` writes is what `check` would have written; anything else is one error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from support.reporting import ALWAYS_MC, OPTIONS, RULEBOOK, check, rendered, samples, unchecked, written
from whosees.engine.finding import Severity
from whosees.engine.result import ResponseResult
from whosees.reports.check.decode import ResultError
from whosees.reports.check.registry import FORMATS
from whosees.reports.check.saved_result import SavedResult
from whosees.rules import load_rulebook

HIDDEN = {"service": "MC", "caller": "anonymous", "password": "not-supplied"}
PATHS = [row.path for row in RULEBOOK.rows]
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "service": st.sampled_from(["MC", "SC", "TC", "EC", "AO"]),
        "password": st.sampled_from(["supplied", "not-supplied"]),
        "role": st.sampled_from(["host", "none", "panelist"]),
    },
)


def saved(*results: ResponseResult, skipped: int = 0) -> str:
    return rendered("json", results, skipped)


def converted(format_: str, text: str) -> str:
    """Render a saved result as the command does."""
    read = SavedResult([RULEBOOK], text.encode())
    report = FORMATS[format_].make(RULEBOOK, OPTIONS)
    return "".join([report.begin(), *map(report.response, read.results()), report.end(read.summary)])


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_is_byte_for_byte_that_of_check(format_: str) -> None:
    results = samples()
    assert converted(format_, saved(*results, skipped=3)) == rendered(format_, results, skipped=3)


@pytest.mark.parametrize("format_", FORMATS)
def test_so_is_an_empty_result(format_: str) -> None:
    assert converted(format_, saved()) == rendered(format_, [])


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from([*PATHS, "hostKey", "hots"]), min_size=1), FACTS, st.booleans()),
        max_size=3,
    )
)
def test_results_come_back_as_they_were(cases: list[tuple[list[str], dict[str, str], bool]]) -> None:
    """`convert` reads JSON back into results: none of what a report can ask for is lost."""
    results = [check(paths, strict=strict, facts=facts) for paths, facts, strict in cases]
    read = list(SavedResult([RULEBOOK], saved(*results).encode()).results())
    # What contradicted a statement is a finding already, and that is all that a report shows of it.
    assert read == [structs.replace(r, resolved=structs.replace(r.resolved, conflicts=())) for r in results]


def test_a_result_that_was_laid_out_anew_is_still_one() -> None:
    text = json.dumps(json.loads(saved(*samples())), indent=2)
    assert converted("junit", text) == rendered("junit", samples())


def test_a_byte_order_mark_does_no_harm() -> None:
    content = b"\xef\xbb\xbf" + saved(LEAK).encode()
    assert list(SavedResult([RULEBOOK], content).results()) == [LEAK]


def test_what_is_added_later_is_passed_over() -> None:
    document = json.loads(saved(check(ALWAYS_MC)))
    document["later"] = document["responses"][0]["later"] = {"a": 1}
    assert converted("text", json.dumps(document)) == rendered("text", [check(ALWAYS_MC)])


def test_a_result_of_another_rulebook_names_it_and_those_that_were_given() -> None:
    user, repos = load_rulebook("github-user"), load_rulebook("github-repos")
    with pytest.raises(ResultError) as caught:
        SavedResult([user, repos], saved(check(ALWAYS_MC)).encode())
    theirs, first, second = (f"{each.id} {each.version} {each.digest}" for each in (RULEBOOK, user, repos))
    assert str(caught.value) == (
        f"it is based on the rulebook `{theirs}`, not `{first}` or `{second}`; name that rulebook with --rules"
    )
    with pytest.raises(
        ResultError, match=r"^it is based on the rulebook `x \? \?`, not `getsessioninfo 1\.0\.0 sha256:"
    ):
        SavedResult([RULEBOOK], edited("rulebook", {"id": "x"}).encode())


def test_a_saved_result_of_an_interrupted_run_says_so() -> None:
    document = json.loads(saved(check(ALWAYS_MC)))
    document["summary"]["interrupted"] = True
    assert "interrupted: the totals cover only what was judged until then\n" in converted(
        "text", json.dumps(document)
    )


LEAK = check([*ALWAYS_MC, "metaData/agenda"], facts={"caller": "anonymous", "password": "not-supplied"})


def edited(path: str, value: Any) -> str:
    """Return a saved result with one value changed."""
    document = json.loads(saved(LEAK, unchecked()))
    *steps, last = path.split(".")
    at = document
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at[step]
    at[int(last) if isinstance(at, list) else last] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("schema", "whosees/expect@1", "its schema is not `whosees/check@1`"),
        ("schema", 7, "expected `str`, got `int` - at `$.schema`"),
        (
            "rulebook.digest",
            "sha256:0",
            "it is based on the rulebook `getsessioninfo 1.0.0 sha256:0`, not `getsessio",
        ),
        ("responses", {}, "expected `array`, got `object` - at `$.responses`"),
        ("responses.0", 5, "`responses[0]`: expected `object`, got `int`"),
        ("responses.0.outcome", "fine", "`responses[0]`: invalid enum value - at `$.outcome`"),
        ("responses.0.outcome", "conformant", "`responses[0]`: outcome and findings contradict each other"),
        ("responses.0.reason", "not-xml", "`responses[0]`: outcome and reason contradict each other"),
        ("responses.1.reason", None, "`responses[1]`: outcome and reason contradict each other"),
        ("responses.0.index", -1, "`responses[0]`: expected `int` >= 0 - at `$.index`"),
        ("responses.0.context.service.value", "XY", "`responses[0]`: not a known service"),
        (
            "responses.0.context.service.value",
            "unknown",
            "`responses[0]`: outcome and service contradict each other",
        ),
        ("responses.0.context.role.value", "host", "`responses[0]`: caller `anonymous` excludes role `host`"),
        ("responses.0.context", {}, "`responses[0]`: its context lacks facts of the rulebook"),
        (
            "responses.0.findings.0.rule",
            "new",
            "`responses[0]`: unknown rule `new`; was the file written by a newer",
        ),
        (
            "responses.0.findings.0.lines",
            [0],
            "`responses[0]`: expected `int` >= 1 - at `$.findings[0].lines[0]`",
        ),
        ("responses.0.findings.0.marker", "maybe", "`responses[0]`: unknown marker `maybe`"),
        (
            "responses.0.findings.0.path",
            "x",
            "`responses[0]`: a finding has an expectation, but its path is not a row",
        ),
        (
            "responses.0.undetermined",
            ["host"],
            "`responses[0]`: undetermined and depends_on contradict each other",
        ),
        ("summary", [], "`summary`: expected `object`, got `array`"),
        ("summary.skipped", -3, "`summary`: expected `int` >= 0 - at `$.skipped`"),
        (
            "summary.violating",
            9,
            "`summary.violating` does not match the responses; was the file edited or merged?",
        ),
        ("summary.coverage.exercised", 1, "`summary.coverage` does not match the responses"),
    ],
)
def test_a_result_that_does_not_hold_together_is_one_error(path: str, value: Any, said: str) -> None:
    with pytest.raises(ResultError) as raised:
        SavedResult([RULEBOOK], edited(path, value).encode())
    assert said in str(raised.value)


def test_undetermined_rows_are_rows() -> None:
    document = json.loads(saved(check(ALWAYS_MC)))
    document["responses"][0] |= {"undetermined": ["x"], "depends_on": ["role"]}
    with pytest.raises(ResultError, match="undetermined and the table contradict each other"):
        SavedResult([RULEBOOK], json.dumps(document).encode())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON: input data was truncated"),
        (b"<html>", "not JSON: invalid character"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "expected `object`, got `array`; pass the output of `check --format json`"),
        (b"{}", "object missing required field `schema`"),
        (b'{"schema":"\xff"}', "not JSON: not UTF-8"),
        (b'{"schema":"\\ud800"}', "not JSON"),
        (b'{"schema":"whosees/check@1"}', "object missing required field `responses`"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_result_is_one_error(content: bytes, said: str) -> None:
    with pytest.raises(ResultError) as raised:
        SavedResult([RULEBOOK], content)
    assert said.lower() in str(raised.value).lower()


@given(st.integers(min_value=0))
def test_a_truncated_result_is_one_error(cut: int) -> None:
    content = saved(LEAK, unchecked()).rstrip().encode()
    with pytest.raises(ResultError):
        SavedResult([RULEBOOK], content[: cut % len(content)])


@given(st.binary(max_size=200))
def test_foreign_bytes_are_one_error(content: bytes) -> None:
    with pytest.raises(ResultError):
        SavedResult([RULEBOOK], content)


def test_an_unlisted_error_survives() -> None:
    result = check([*ALWAYS_MC, "hostKey"], unlisted=Severity.ERROR)
    report = FORMATS["text"].make(RULEBOOK, OPTIONS)
    assert converted("text", saved(result)) == written(report, [result])


@pytest.mark.parametrize("format_", FORMATS)
def test_what_a_failed_call_shows_is_converted_as_such(format_: str) -> None:
    """Nothing is expected of a failed call, or of what surrounds the items of a list: no row passes, and none is exercised."""
    results = [structs.replace(check(["accessControl/sessionPassword"], facts=HIDDEN), failed=True)]
    assert results[0].outcome == "violating"
    assert converted(format_, saved(*results)) == rendered(format_, results)
