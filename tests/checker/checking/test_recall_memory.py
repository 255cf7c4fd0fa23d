"""What is remembered of responses is bounded, and holds no text of an element."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import pairwise
from types import FunctionType, ModuleType

import pytest

from support.messages import request
from support.two_ways import MC, PLACE, TwoWays, verdicts
from whosees.checker.checking.checker import Checker, Settings
from whosees.checker.recall import grammar, shelf
from whosees.checker.recall import memory as remembered


def test_a_shape_is_held_at_once_while_few_are_and_then_when_it_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held: shelf.Shelf[int] = shelf.Shelf()
    assert held.get(b"a") == (None, True)
    monkeypatch.setattr(shelf, "EAGER", 0)
    assert [held.get(b"b"), held.get(b"b")] == [(None, False), (None, True)]
    held.put(b"b", 1)
    assert held.get(b"b") == (1, True)


def everything(thing: object, seen: set[int] | None = None) -> Iterator[object]:
    """All that can be reached from an object of the checker's, by whatever it holds."""
    seen = set() if seen is None else seen
    if id(thing) in seen or isinstance(thing, type | ModuleType | FunctionType):
        return
    seen.add(id(thing))
    yield thing
    for inside in gc.get_referents(thing):
        yield from everything(inside, seen)


def test_no_text_of_an_element_is_remembered() -> None:
    """Save for the names by which the rulebook knows a service."""
    checker = Checker(Settings())
    secret = PLACE.sub(b">confidential<", MC)
    for content in [secret] * 4 + [secret.replace(b"confidential", b"more\nconfidential", 1)] * 4:
        verdicts(checker, content, request("<webExID>confidential</webExID>"))
    assert checker._memory is not None
    held = [thing for thing in everything(checker._memory) if isinstance(thing, bytes | str)]
    assert any("webExID" in str(text) for text in held)
    assert not any("confidential" in str(text) for text in held)


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "HELD", 3)
    monkeypatch.setattr(shelf, "EAGER", 1)
    monkeypatch.setattr(shelf, "SEEN", 4)
    monkeypatch.setattr(remembered, "VERDICTS", 2)
    monkeypatch.setattr(remembered, "SETTLED", 2)
    checker = Checker(Settings())
    memory = checker._memory
    assert memory is not None
    for number in range(8):
        for _ in range(3):
            verdicts(checker, MC + b"\n" * number)
    assert len(memory._shelf._held) == 3
    assert len(memory._shelf._seen) <= 4
    for role in (b"host", b"panelist", b"presenter"):
        verdicts(checker, MC + b"\n" * 7, sidecar=b'role = "' + role + b'"')
    shape = memory._shelf._held[next(reversed(memory._shelf._held))]
    assert len(shape.verdicts) <= 2
    assert len(memory._known) <= 2
    monkeypatch.setattr(shelf, "KEPT", 1)
    for _ in range(3):
        verdicts(checker, MC + b" ")
    assert (len(memory._shelf._held), memory._shelf._size) == (0, 0)


def test_what_is_known_of_pieces_is_bounded_and_learnt_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "KNOWN", 200_000)
    both = TwoWays()
    memory = both.fast._memory
    assert memory is not None
    sizes = []
    for number in range(40):
        both.agree(MC.replace(b"\n", b"\n" + b" " * number))
        sizes.append(memory._grammar._size)
    assert max(sizes) < 300_000
    assert any(after < before for before, after in pairwise(sizes))


def test_nothing_more_is_learnt_where_it_was_of_no_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "TRIALS", 3)
    checker = Checker(Settings())
    memory = checker._memory
    assert memory is not None
    for number in range(9):
        verdicts(checker, MC.replace(b"\n", b"\n" + b" " * number))
    assert memory._grammar._lessons < 9
