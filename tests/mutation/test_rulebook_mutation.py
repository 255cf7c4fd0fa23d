"""The mutation of the rulebook is itself tried: what is planted is noticed, and what is unchanged is not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from .equivalent import EQUIVALENT
from .rulebook_campaign import all_mutants
from .rulebook_table import CELL, KINDS
from .rulebook_text import built_in

TESTS = Path(__file__).parents[1]

TRIAL = """
import json, sys
from mutation.mutant import Mutant
from mutation.rulebook_campaign import run
from mutation.rulebook_text import built_in

source = built_in()
planted, broken = source.copy(), source.copy()
cell = next(row for row in planted.table if row[1] == "metaData/agenda")
cell[2] = "X"
broken.document["columns"]["fact"] = "nothing"
unnamed = source.copy()
unnamed.document["facts"][2]["values"][0]["names"].remove("session host")
mutants = [
    Mutant("cell changed", "planted", planted, "MC"),
    Mutant("path swapped", "planted too", planted),
    Mutant("fact", "refused", broken),
    Mutant("fact", "unnamed", unnamed),
    Mutant("fact", "unchanged", source),
]
found = run(mutants, "few")
json.dump([[fate.mutant.name, fate.refused, fate.survived, dict(fate.by)] for fate in found], sys.stdout)
"""


def test_what_is_planted_is_noticed_and_what_is_unchanged_is_not() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRIAL], cwd=TESTS, capture_output=True, text=True, check=False, timeout=1200
    )
    assert done.returncode == 0, done.stderr
    found = {
        name: (refused, survived, by)
        for name, refused, survived, by in json.loads(done.stdout.splitlines()[-1])
    }
    planted = found["planted"][2]
    assert {jury: by.split("::")[0].rpartition("/")[2] for jury, by in planted.items()} == {
        "expect": "test_expect.py",
        "check": "test_check.py",
        "explain": "test_explain.py",
    }
    assert "test_the_matrix_has_every_cell_of_the_page" in found["planted too"][2]["all"]
    assert found["refused"] == (True, False, {"all": "refused by loading"})
    assert "test_a_value_has_these_names_in_any_letter_case[role]" in found["unnamed"][2]["all"]
    assert found["unchanged"] == (False, True, {"all": ""})


def test_every_small_change_is_tried_once_and_leaves_the_rulebook_as_it_is() -> None:
    before = built_in().copy()
    names: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for mutant in all_mutants():
        names[str(mutant)] += 1
        kinds[mutant.kind] += 1
        assert mutant.source != before
    assert built_in() == before
    assert [name for name, times in names.items() if times > 1] == []
    assert kinds[CELL] == 285 * 2
    assert kinds["row removed"] == 57
    assert kinds["path swapped"] == 57 * 56 // 2
    assert set(KINDS) < set(kinds)
    assert EQUIVALENT.keys() <= names.keys()


@pytest.mark.parametrize("name", sorted(EQUIVALENT))
def test_a_survivor_has_a_proof(name: str) -> None:
    assert len(EQUIVALENT[name]) > 40
