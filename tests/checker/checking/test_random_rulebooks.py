"""Random rulebooks with units, masks, nulls, free keys and conditions: `check` finds what a naive reading of the reference finds."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.agreement import ROW_RULES, explain_all
from support.http_apis import checker_of, exchange
from support.json_oracle import (
    COLUMNS,
    MASK,
    Book,
    findings,
    occurrences,
    random_book,
    random_unit,
    reached,
    states_of,
    wrapped,
)
from whosees.engine.explain.observed import Observed
from whosees.engine.result import ResponseResult

SCOPES = {"user": "repo", "admin": "repo, site_admin"}


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32))
def test_check_finds_what_the_reference_says(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - it makes up texts
    book = random_book(rng)
    folder = book.write(tmp_path_factory.mktemp("rules"))
    remembering = checker_of(folder)
    for _ in range(4):
        column = rng.choice(COLUMNS)
        items = [random_unit(rng) for _ in range(rng.randrange(1, 4))]
        text = json.dumps(
            wrapped(book.unit, items, rng.choice(({}, random_unit(rng)))), indent=rng.choice((None, 0, 1))
        )
        recording = exchange(
            text.encode(), received={"X-OAuth-Scopes": SCOPES[column], "Date": str(rng.random())}
        )
        results = list(remembering.check(recording))
        assert results == list(checker_of(folder).check(recording))
        judged = items[:1] if book.unit == "" else items
        units = [each for each in results if isinstance(each, ResponseResult) and not each.failed]
        assert [found_in(each) for each in units] == [findings(book, item, column) for item in judged]


def found_in(result: ResponseResult) -> set[tuple[str, str]]:
    return {(each.rule, each.path or "") for each in result.findings if each.rule in ROW_RULES}


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32))
def test_explain_says_of_a_response_what_check_finds(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """And what it says of containers is so in the decoded values."""
    rng = random.Random(seed)  # noqa: S311 - it makes up texts
    book = random_book(rng)
    checker = checker_of(book.write(tmp_path_factory.mktemp("rules")))
    for column in COLUMNS:
        unit = random_unit(rng)
        content = json.dumps(wrapped(book.unit, [unit], {}), indent=rng.choice((None, 1))).encode()
        for _, explained in explain_all(
            checker, exchange(content, received={"X-OAuth-Scopes": SCOPES[column]})
        ):
            for explanation in explained:
                assert explanation.observed is not None
                require_true(book, unit, explanation.path, explanation.observed)


def require_true(book: Book, unit: dict[str, Any], path: str, seen: Observed) -> None:
    states = states_of(book, unit, None, path)
    assert (seen.present, seen.is_masked) == ("present" in states, "masked" in states)
    around, absent = seen.lacking_container, seen.absent_container
    if around is not None:
        lacking = [
            each
            for each in occurrences(book, unit, around)
            if "present" not in states_of(book, each, around, path)
        ]
        assert lacking
        if absent is not None:
            assert any("present" not in states_of(book, each, around, absent) for each in lacking)
    elif absent is not None:
        assert all(each in (None, [], MASK) for each in reached(book, unit, None, absent))
