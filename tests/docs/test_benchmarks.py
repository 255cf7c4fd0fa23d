"""The corpus that ratios are taken on is what it is said to be."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.messages.xml.encoding import to_utf_8
from whosees.checker.messages.xml.markup import cut
from whosees.checker.recordings import Recording
from whosees.engine.result import ResponseResult

ROOT = Path(__file__).parents[2]


@pytest.fixture
def corpus(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.corpus")


def templates(made: list[Any]) -> set[tuple[bytes, ...]]:
    return {tuple(cut(to_utf_8(entry.response)[0])[::2]) for entry in made}


def test_it_covers_services_and_callers_and_a_hundredth_of_it_violates(corpus: Any) -> None:
    checker = Checker(Settings())
    contexts, outcomes = set(), Counter[tuple[str, bool]]()
    made = list(corpus.recordings(1, 3000))
    for entry in made:
        (result,) = checker.check(Recording("it", entry.response, entry.request, entry.sidecar))
        assert isinstance(result, ResponseResult)
        contexts.add(result.resolved.context)
        outcomes[result.outcome, entry.conformant] += 1
    assert contexts == set(corpus.contexts())
    assert set(outcomes) == {("conformant", True), ("violating", False)}
    assert 15 <= outcomes["violating", False] <= 45
    assert len(templates(made)) <= 1000


@pytest.mark.parametrize("shapes", ["ORDER", "UNLISTED"])
def test_its_shapes_are_new_each_time_where_that_is_asked_for(corpus: Any, shapes: str) -> None:
    made = list(corpus.recordings(1, 500, shapes=corpus.Shapes[shapes]))
    assert len(templates(made)) == len(made)


def test_it_is_the_same_for_the_same_seed(corpus: Any) -> None:
    assert list(corpus.recordings(7, 50)) == list(corpus.recordings(7, 50))
    assert list(corpus.recordings(7, 50)) != list(corpus.recordings(8, 50))


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(("made", "rules"), [("users", "github-user"), ("repositories", "github-repos")])
def test_responses_of_github_conform_with_the_headers_that_it_sends(made: str, rules: str) -> None:
    github = importlib.import_module("benchmarks.github")
    for new in (False, True):
        checker = Checker(Settings(rules=rules))
        recorded = list(getattr(github, made)(1, 60, new=new))
        assert recorded == list(getattr(github, made)(1, 60, new=new))
        results = [result for each in recorded for result in checker.check(each)]
        assert {result.outcome for result in results if isinstance(result, ResponseResult)} == {"conformant"}
        contexts = {result.resolved.context for result in results if isinstance(result, ResponseResult)}
        assert len(contexts) == {"github-user": 4, "github-repos": 2}[rules]
