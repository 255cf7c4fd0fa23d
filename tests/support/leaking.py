"""Exchanges of any shipped rulebook that leak a single row, for the kill rate of every integration."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from support import messages
from support.shipped import SHIPPED, Situation, call_showing, situations
from whosees.engine.context import context_of
from whosees.engine.expectation import Evaluator, Expectation
from whosees.rules import Rulebook

TEXT = "planted-secret"
"""The text of every element without evidence; no integration may show it."""


@dataclass(frozen=True)
class Exchange:
    """A call and its answer."""

    path: str
    response: bytes
    content_type: str
    method: str = "GET"
    request: bytes = b""


@dataclass(frozen=True)
class Case:
    """The responses of one context: what it should see, and that with each row that it must not see."""

    rulebook: Rulebook
    facts: dict[str, str]
    clean: Exchange
    leaks: dict[str, Exchange] = field(repr=False)

    @property
    def rules(self) -> str:
        return self.rulebook.id

    @property
    def exchanges(self) -> Iterator[Exchange]:
        yield from (self.clean, *self.leaks.values())

    def __str__(self) -> str:
        return f"{self.rules}-{self.facts[self.rulebook.column_fact]}"


@functools.cache
def cases() -> tuple[Case, ...]:
    """A case for each column of each shipped rulebook, in the context that must not see the most of it."""
    made = []
    for name, rulebook in SHIPPED.items():
        evaluator = Evaluator(rulebook)
        for column in rulebook.columns:
            possible = [s for s in situations(name) if s.context[rulebook.column_fact] == column.id]
            made.append(_case(evaluator, max(possible, key=lambda each: len(_forbidden(evaluator, each)))))
    return tuple(made)


def case_of(name: str) -> Case:
    """The case with this name: the rulebook and the column, such as ``github-user-by-name``."""
    (found,) = [case for case in cases() if str(case) == name]
    return found


def _case(evaluator: Evaluator, situation: Situation) -> Case:
    rulebook = evaluator.rulebook
    expected = evaluator.expectations(context_of(rulebook, situation.context))
    shown = [path for path, each in expected.items() if each.is_expected]
    leaks = {
        path: _exchange(rulebook, situation, [*shown, path]) for path in _forbidden(evaluator, situation)
    }
    return Case(rulebook, dict(situation.context), _exchange(rulebook, situation, shown), leaks)


def _forbidden(evaluator: Evaluator, situation: Situation) -> list[str]:
    expected = evaluator.expectations(context_of(evaluator.rulebook, situation.context))
    return [path for path, each in expected.items() if each is Expectation.MUST_NOT]


def _exchange(rulebook: Rulebook, situation: Situation, paths: Collection[str]) -> Exchange:
    call = call_showing(rulebook, paths, situation, TEXT)
    is_xml = rulebook.document.wire.format == "xml"
    return Exchange(
        urlsplit(situation.url).path,
        call.response,
        "text/xml" if is_xml else "application/json",
        situation.method,
        messages.request() if is_xml else b"",
    )
