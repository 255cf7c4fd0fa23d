"""Random rulebooks with units, masks, nulls, free keys and conditions: `check` finds what a naive reading of the reference finds."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.http_apis import checker_of, exchange
from support.json_oracle import COLUMNS, findings, random_book, random_unit, wrapped
from whosees.engine.expectation import Evaluator
from whosees.engine.explain.explain import explain
from whosees.engine.result import ResponseResult

ROW_RULES = ("leaked", "unmasked", "undecided", "missing", "omitted")
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
    """An element that is not as it should be is explained with a "but", every other one without."""
    rng = random.Random(seed)  # noqa: S311 - it makes up texts
    book = random_book(rng)
    checker = checker_of(book.write(tmp_path_factory.mktemp("rules")))
    rulebook = checker.rulebook
    content = json.dumps(wrapped(book.unit, [random_unit(rng)], {})).encode()
    recording = exchange(content, received={"X-OAuth-Scopes": SCOPES[rng.choice(COLUMNS)]})
    results = [each for each in checker.check(recording) if isinstance(each, ResponseResult)]
    for parsed, result in zip(checker.parse(recording), results, strict=False):
        if isinstance(parsed, Exception) or result.failed:
            continue
        found = found_in(result)
        for row in rulebook.rows:
            said = explain(Evaluator(rulebook), row, parsed.resolved.context, parsed.observation)
            assert said.observed is not None
            wrong = {rule for rule, path in found if path == row.path} - {"undecided"}
            assert (", but " in said.summary) == bool(wrong), (said.summary, found)
