"""Running the tests once per mutant of the rulebook, each time in a process that is forked when all is imported.

The tests are collected once. For each mutant a child is forked, in which the built-in rulebook is the mutant; it runs
the tests of each jury in turn until one fails, and says which.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from whosees.rules import RulebookError, builtin_rulebook, registry

from .children import first_failure, in_a_child
from .mutant import Mutant

REFUSED = "refused by loading"
SECONDS = 600
"""More than all tests need together on a busy machine; a mutant that takes longer hangs."""

Juries = Mapping[str, Sequence[pytest.Item]]
"""Tests by the name that they are counted under; each jury judges by itself."""


@dataclass(frozen=True)
class Fate:
    """The fate of a mutant: for each jury the test that failed on it, REFUSED, or "" if it survived."""

    mutant: Mutant
    by: Mapping[str, str]

    @property
    def refused(self) -> bool:
        """True if no test was needed."""
        return REFUSED in self.by.values()

    @property
    def survived(self) -> bool:
        """True if no jury noticed it."""
        return not any(self.by.values())


def fates(mutants: Iterable[Mutant], juries: Callable[[Mutant], Juries]) -> Iterator[Fate]:
    """Run the tests of its juries on each mutant."""
    if builtin_rulebook.cache_info().currsize:
        raise RuntimeError(
            "the rulebook was loaded while the tests were collected, so no mutant can take its place"
        )
    with tempfile.TemporaryDirectory() as folder:
        for mutant in mutants:
            mutant.source.write(Path(folder))
            yield Fate(mutant, _fate(juries(mutant), folder))


def _fate(juries: Juries, folder: str) -> dict[str, str]:
    def work() -> str:
        registry.BUILTINS = {**registry.BUILTINS, registry.DEFAULT: str(folder)}
        try:
            builtin_rulebook()
        except RulebookError:
            return json.dumps(dict.fromkeys(juries, REFUSED))
        return json.dumps({jury: first_failure(items) for jury, items in juries.items()})

    said = in_a_child(work, SECONDS)
    by: dict[str, str] = json.loads(said) if said.startswith("{") else dict.fromkeys(juries, said)
    return by
