"""The collected tests that judge mutants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from types import CodeType

import pytest

SUBPROCESSES = {"command", "subprocess", "Popen"}


def in_process(items: Sequence[pytest.Item]) -> list[pytest.Function]:
    """Return the tests that ask the product in this process; what runs the installed command runs it unchanged."""
    return [
        item
        for item in items
        if isinstance(item, pytest.Function)
        and "run" not in item.fixturenames
        and not SUBPROCESSES & set(_names(_code(item)))
    ]


def _code(item: pytest.Function) -> CodeType:
    hypothesis = getattr(item.function, "hypothesis", None)
    code: CodeType = (hypothesis.inner_test if hypothesis else item.function).__code__
    return code


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def thinned(items: Sequence[pytest.Function], keep_one_of: int, many: int) -> list[pytest.Function]:
    """Leave out variants of tests that have many: the first is kept, and one of so many that follow.

    A test with more than ``many`` variants goes through contexts or the like, and a few of them will do.
    """
    variants = Counter(_test(item) for item in items)
    seen: Counter[str] = Counter()
    kept = []
    for item in items:
        if variants[_test(item)] <= many or seen[_test(item)] % keep_one_of == 0:
            kept.append(item)
        seen[_test(item)] += 1
    return kept


def _test(item: pytest.Function) -> str:
    return item.nodeid.partition("[")[0]
