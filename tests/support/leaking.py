"""Exchanges of any built-in rulebook that leak a single row, for the kill rate of every door."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from support import messages
from whosees.engine.context import Context, all_contexts
from whosees.engine.expectation import Evaluator, Expectation
from whosees.rules import Rulebook, load_rulebook
from whosees.rules.registry import NAMES

SERVICE_PATH = "/WBXService/XMLService"
TEXT = "planted-secret"
"""The text of every element without evidence; no door may show it."""


@dataclass(frozen=True)
class Exchange:
    """A call and its answer; the request is evidence of nothing, so that facts have to be stated."""

    path: str
    response: bytes
    content_type: str
    method: str = "GET"
    request: bytes = b""


@dataclass(frozen=True)
class Case:
    """The responses of one context: what it should see, and that with each row that it must not see."""

    rulebook: Rulebook
    context: Context
    clean: Exchange
    leaks: dict[str, Exchange] = field(repr=False)

    @property
    def rules(self) -> str:
        return self.rulebook.id

    @property
    def facts(self) -> dict[str, str]:
        return dict(self.context.known())

    @property
    def exchanges(self) -> Iterator[Exchange]:
        yield from (self.clean, *self.leaks.values())

    def __str__(self) -> str:
        return f"{self.rules}-{self.context[self.rulebook.column_fact]}"


@functools.cache
def cases() -> tuple[Case, ...]:
    """A case for each column of each built-in rulebook, in the context that must not see the most of it."""
    made = []
    for name in NAMES:
        rulebook = load_rulebook(name)
        evaluator = Evaluator(rulebook)
        for column in rulebook.columns:
            contexts = [c for c in all_contexts(rulebook) if c[rulebook.column_fact] == column.id]
            made.append(_case(evaluator, max(contexts, key=lambda each: len(_forbidden(evaluator, each)))))
    return tuple(made)


def _forbidden(evaluator: Evaluator, context: Context) -> list[str]:
    expected = evaluator.expectations(context)
    return [path for path, each in expected.items() if each is Expectation.MUST_NOT]


def _case(evaluator: Evaluator, context: Context) -> Case:
    rulebook = evaluator.rulebook
    shown = [path for path, each in evaluator.expectations(context).items() if each.is_expected]
    leaks = {path: exchange_of(rulebook, context, [*shown, path]) for path in _forbidden(evaluator, context)}
    return Case(rulebook, context, exchange_of(rulebook, context, shown), leaks)


def exchange_of(rulebook: Rulebook, context: Context, paths: Iterable[str]) -> Exchange:
    """Return an exchange whose response shows exactly these rows."""
    texts = _evidence(rulebook, context)
    if rulebook.document.wire.format == "xml":
        content = messages.response(context["service"], paths, dict.fromkeys(paths, TEXT) | texts)
        return Exchange(SERVICE_PATH, content, "text/xml", "POST", messages.request())
    tree: dict[str, Any] = {
        name: TEXT for name in rulebook.document.wire.recognised_by if name not in rulebook.row_by_path
    }
    for path in paths:
        *above, name = path.split("/")
        level = tree
        for step in above:
            level = level.setdefault(step, {})
        level.setdefault(name, {} if rulebook.rows_below[path] else json.loads(texts.get(path, f'"{TEXT}"')))
    body: Any = [tree] if rulebook.document.wire.unit == "[]" else tree
    return Exchange(_path(rulebook, context), json.dumps(body).encode(), "application/json")


def _evidence(rulebook: Rulebook, context: Context) -> dict[str, str]:
    """Return the texts of elements that tell facts, as they are in this context."""
    texts = {}
    for evidence in rulebook.document.evidence.response:
        names = [name for name, value in evidence.names.items() if value == context[evidence.fact]]
        if names:
            texts[evidence.path] = names[0]
    return texts


def _path(rulebook: Rulebook, context: Context) -> str:
    """Return a path of the operation; that with parameters unless the column says that there are none."""
    request = rulebook.document.wire.request
    assert request is not None
    whole = [path for path in request.paths if "{" not in path]
    chosen = whole[0] if "authenticated" in context.known().values() and whole else request.paths[-1]
    return re.sub(r"\{\w+\}", "one", chosen)
