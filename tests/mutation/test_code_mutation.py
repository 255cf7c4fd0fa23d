"""The mutation of the code is itself tried: a mutant is what runs, in its child alone, and only what is reached is run."""

from __future__ import annotations

from operator import attrgetter

import pytest

pytest.importorskip("mutmut", reason="mutmut is installed by `make assure-code`")

from whosees.engine import near_miss
from whosees.engine.expectation import Expectation
from whosees.engine.near_miss import damerau_levenshtein
from whosees.engine.places import row_bits
from whosees.rules import builtin_rulebook

from .children import in_a_child
from .code_campaign import MODULES, Campaign, _file, _in_turn, _reaching
from .code_mutants import CodeMutant, of_module, put_in_place


def _mutant(module: str, change: str) -> CodeMutant:
    [mutant] = [mutant for mutant in of_module(module) if mutant.change == change]
    return mutant


def test_a_mutant_is_what_runs_in_its_child_alone() -> None:
    mutant = _mutant("whosees.engine.near_miss", "-return limit + 1 +return limit + 2")

    def work() -> str:
        put_in_place(mutant)
        return str(damerau_levenshtein("abcdef", "a", 1))

    assert damerau_levenshtein("abcdef", "a", 1) == 2
    assert in_a_child(work, 60) == "3"
    assert damerau_levenshtein("abcdef", "a", 1) == 2


def test_a_property_is_mutated_too() -> None:
    mutants = [
        each for each in of_module("whosees.engine.expectation") if each.function == "Expectation.is_expected"
    ]

    def work() -> str:
        put_in_place(mutants[0])
        return str([each.is_expected for each in Expectation])

    assert mutants
    assert in_a_child(work, 60) != str([each.is_expected for each in Expectation])


def test_a_child_that_hangs_is_ended() -> None:
    def work() -> str:
        while True:
            pass

    assert in_a_child(work, 1) == "ended by signal 14"


def test_nothing_is_remembered_from_one_test_to_the_next() -> None:
    """Else a test would not be seen to reach what an earlier one had computed, and would not notice a mutant of it."""
    row_bits(builtin_rulebook())
    assert row_bits.cache_info().currsize
    Campaign([], budget=1).pytest_runtest_setup()
    assert not row_bits.cache_info().currsize


def test_every_mutant_is_one_change_and_has_its_line() -> None:
    for mutant in of_module("whosees.engine.near_miss"):
        assert callable(attrgetter(mutant.function)(near_miss))
        compile(mutant.text, "mutant", "exec")
    assert len(set(MODULES)) == len(MODULES)


def test_a_mutant_is_run_against_the_tests_that_reach_its_line() -> None:
    mutant = _mutant("whosees.engine.near_miss", "-return limit + 1 +return limit + 2")
    line = mutant.line
    reached = {_file(mutant.module): {line - 2: ["before"], line: ["there", ""], line + 1: ["after"]}}
    assert _reaching(mutant, reached) == {"there"}
    assert _reaching(mutant, {}) == set()


def test_quick_and_different_tests_come_first_and_the_budget_ends_them() -> None:
    seconds = {"a[1]": 0.01, "a[2]": 0.02, "b": 0.03, "c[1]": 2.0, "c[2]": 2.0}
    assert _in_turn(seconds, seconds, 100) == ["a[1]", "b", "a[2]", "c[1]", "c[2]"]
    assert _in_turn(seconds, seconds, 1) == ["a[1]", "b", "a[2]"]
    assert _in_turn(["c[1]"], seconds, 1) == ["c[1]"]
