"""Reports on several rulebooks, which keep them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ...engine.result import ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.coverage import coverage_object, coverage_of
from .base import CheckFormatter, RenderOptions
from .json import SCHEMA, encode, response_object, rulebook_identity, summary_object
from .text import TextFormatter

FORMATS = ("text", "json")
"""The formats in which a report can be on several rulebooks."""


class SeveralFormatter(CheckFormatter):
    """Sorts results by their rulebooks; those without one belong to the first."""

    def __init__(self, rulebooks: Sequence[Rulebook]) -> None:
        self._rulebooks: Mapping[str, Rulebook] = {rulebook.id: rulebook for rulebook in rulebooks}
        self._summaries = {id_: Summary() for id_ in self._rulebooks}

    def _sort(self, result: ResponseResult) -> str:
        """Count a result for its rulebook, and return that rulebook's id."""
        id_ = result.rulebook or next(iter(self._rulebooks))
        self._summaries[id_].add(result)
        return id_


class SeveralTextFormatter(SeveralFormatter):
    """Writes responses as they arrive, then the totals of each rulebook, then what was skipped."""

    def __init__(self, rulebooks: Sequence[Rulebook], options: RenderOptions) -> None:
        super().__init__(rulebooks)
        self._formatters = {rulebook.id: TextFormatter(rulebook, options) for rulebook in rulebooks}

    def begin(self) -> str:
        """Return nothing: the text starts with the first noteworthy response."""
        return ""

    def response(self, result: ResponseResult) -> str:
        """Return the text about a response if it is noteworthy."""
        return self._formatters[self._sort(result)].response(result)

    def end(self, summary: Summary) -> str:
        """Return the totals of each rulebook that judged something, and what none of them judged."""
        parts = [
            f"{id_} {rulebook.version}\n{self._formatters[id_].end(self._summaries[id_])}"
            for id_, rulebook in self._rulebooks.items()
            if self._summaries[id_].responses
        ]
        first = next(iter(self._formatters.values()))
        rest = Summary(skipped=summary.skipped, interrupted=summary.interrupted)
        rest.outcomes = summary.outcomes
        parts.append("together\n" + first.together(rest))
        return "\n".join(parts)


class SeveralJsonFormatter(SeveralFormatter):
    """Writes ``rulebooks`` in place of ``rulebook``, and the rulebook's id on each response."""

    def __init__(self, rulebooks: Sequence[Rulebook], _options: RenderOptions) -> None:
        super().__init__(rulebooks)
        self._first = True

    def begin(self) -> str:
        """Return the start of the document."""
        identities = [rulebook_identity(rulebook) for rulebook in self._rulebooks.values()]
        return f'{{"schema":"{SCHEMA}","rulebooks":{encode(identities)},\n"responses":['

    def response(self, result: ResponseResult) -> str:
        """Return one response."""
        comma, self._first = "" if self._first else ",", False
        return f"{comma}\n{encode(response_object(self._rulebooks[self._sort(result)], result))}"

    def end(self, summary: Summary) -> str:
        """Return the totals, with the coverage of each rulebook by its id."""
        coverage = {
            id_: coverage_object(rulebook, coverage_of(rulebook, self._summaries[id_]))
            for id_, rulebook in self._rulebooks.items()
        }
        alone = msgspec.structs.replace(summary, contexts=set())
        first = next(iter(self._rulebooks.values()))
        return f'\n],\n"summary":{encode(summary_object(first, alone) | {"coverage": coverage})}}}\n'


def formatter_for(rulebooks: Sequence[Rulebook], name: str, options: RenderOptions) -> CheckFormatter:
    """Return the formatter of a report on several rulebooks; ``name`` is one of `FORMATS`."""
    made = {"text": SeveralTextFormatter, "json": SeveralJsonFormatter}
    return made[name](rulebooks, options)
