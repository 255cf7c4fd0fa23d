"""Laws of every shipped JSON rulebook, generated from its rows: "every single leak and omission is found in every context"."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest

from whosees.checker.checking.checker import Checker, Settings
from whosees.checker.recordings import Recording
from whosees.engine.context import Claim, ContextError, Precedence, context_of
from whosees.engine.expectation import Expectation
from whosees.engine.result import ResponseResult
from whosees.rules import Rulebook, load_rulebook
from whosees.rules.registry import NAMES

JSON = [name for name in NAMES if load_rulebook(name).document.wire.format == "json"]
FOUND = {Expectation.MUST: "missing", Expectation.SHOULD: "omitted", Expectation.MUST_NOT: "leaked"}


def contexts(rulebook: Rulebook) -> list[dict[str, str]]:
    """Every combination of known facts that the rulebook allows."""
    facts = {fact.id: fact.value_ids for fact in rulebook.facts}
    found = []
    for values in itertools.product(*facts.values()):
        context = dict(zip(facts, values, strict=True))
        try:
            context_of(rulebook, context)
        except ContextError:
            continue
        found.append(context)
    return found


def unit_of(paths: set[str], rulebook: Rulebook, context: dict[str, str]) -> dict[str, Any]:
    """An object with these rows, whose texts state the context where the response states it."""
    unit: dict[str, Any] = dict.fromkeys(rulebook.document.wire.recognised_by, "x")
    for path in sorted(paths):
        *above, last = path.split("/")
        place = unit
        for name in above:
            inner = place.get(name)
            place[name] = place = inner if isinstance(inner, dict) else {}
        place.setdefault(last, "x")
    for entry in rulebook.document.evidence.response:
        stated = {value: text for text, value in entry.names.items()}
        *above, last = entry.path.split("/")
        place = unit
        for name in above:
            place = place.get(name, {})
        if last in place:
            place[last] = stated[context[entry.fact]]
    return unit


@pytest.mark.parametrize("name", JSON)
def test_every_single_leak_and_omission_is_found_in_every_context(name: str) -> None:
    rulebook = load_rulebook(name)
    for context in contexts(rulebook):
        claims = tuple(Claim(fact, value, "test", Precedence.FLAG) for fact, value in context.items())
        checker = Checker(Settings(rules=name, claims=claims))
        expected = checker.evaluator.expectations(context_of(rulebook, context))
        whole = {path for path, each in expected.items() if each.is_expected}
        assert found_in(checker, whole, context) == set()
        for path, each in expected.items():
            is_mark = path in rulebook.document.wire.recognised_by  # without it, it is no message
            if each not in FOUND or rulebook.rows_below[path] or is_mark:
                continue
            changed = whole ^ {path}
            assert (FOUND[each], path) in found_in(checker, changed, context), (name, context, path)


def found_in(checker: Checker, paths: set[str], context: dict[str, str]) -> set[tuple[str, str | None]]:
    """Return what is found in a response with these rows; notes are left out."""
    unit = unit_of(paths, checker.rulebook, context)
    extra = set(checker.rulebook.document.wire.recognised_by) - paths
    content = msgspec.json.encode([unit] if checker.rulebook.document.wire.unit == "[]" else unit)
    results = list(checker.check(Recording("law", content)))
    assert all(isinstance(each, ResponseResult) and each.reason is None for each in results), results
    return {
        (finding.rule, finding.path)
        for each in results
        if isinstance(each, ResponseResult)
        for finding in each.findings
        if finding.severity != "note" and finding.path not in extra
    }
