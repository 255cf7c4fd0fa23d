"""Recordings of a ground truth: objects with fields unset at random, seen by callers, some of them wrongly."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whosees.engine.context import Context, all_contexts
from whosees.engine.expectation import Evaluator, Expectation
from whosees.engine.learning.evidence import Presence
from whosees.rules.model import UNKNOWN, Rulebook

UNSET = (0.05, 0.35)


@dataclass(frozen=True, slots=True)
class Sample:
    """A recording; ``leaked`` names the elements that it wrongly shows, ``lost`` those that it wrongly lacks."""

    presence: Presence
    leaked: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def known_contexts(rulebook: Rulebook) -> list[Context]:
    """Return the contexts all of whose facts are known."""
    return [context for context in all_contexts(rulebook) if UNKNOWN not in context.values]


class Server:
    """Shows objects of a ground truth to callers."""

    def __init__(self, rulebook: Rulebook, seed: int) -> None:
        self.rulebook = rulebook
        self._evaluator = Evaluator(rulebook)
        self._rng = random.Random(seed)  # noqa: S311 - it makes up recordings
        self._number = 0
        markers = rulebook.markers
        self._optional = {
            row.path: self._rng.uniform(*UNSET)
            for row in rulebook.rows
            if any(markers[marker].when_granted in ("should", "may") for marker in row.cells.values())
        }

    def object(self) -> tuple[int, frozenset[str]]:
        """Make up an object: its key, and the optional elements that it lacks."""
        self._number += 1
        lacking = {path for path, share in self._optional.items() if self._rng.random() < share}
        return self._number, frozenset(lacking)

    def show(
        self, context: Context, made: tuple[int, frozenset[str]], *, wrong: bool = False, keyed: bool = True
    ) -> Sample:
        """Record what a caller is shown of an object; a ``wrong`` recording shows or lacks an element too many."""
        key, lacking = made
        expected = self._evaluator.expectations(context)
        shown: list[str] = []
        for row in self.rulebook.rows:
            expectation = expected[row.path]
            there = expectation is Expectation.MUST or (
                expectation in (Expectation.SHOULD, Expectation.MAY) and row.path not in lacking
            )
            if there and (row.container is None or row.container in shown):
                shown.append(row.path)
        leaked: tuple[str, ...] = ()
        lost: tuple[str, ...] = ()
        if wrong:
            shown, leaked, lost = self._spoilt(shown, expected)
        present = _with_parents(shown)
        self._number_of_recording = getattr(self, "_number_of_recording", 0) + 1
        source = f"r{self._number_of_recording}"
        facts = {fact: value for fact, value in context.items() if value != UNKNOWN}
        return Sample(Presence(source, key if keyed else None, facts, present), leaked, lost)

    def _spoilt(
        self, shown: list[str], expected: dict[str, Expectation]
    ) -> tuple[list[str], tuple[str, ...], tuple[str, ...]]:
        hidden = [
            row.path
            for row in self.rulebook.rows
            if expected[row.path] is Expectation.MUST_NOT
            and (row.container is None or row.container in shown)
        ]
        if hidden and self._rng.random() < 0.8:  # noqa: PLR2004
            leaked = self._rng.sample(hidden, min(len(hidden), self._rng.choice((1, 1, 2, 5))))
            paths = [row.path for row in self.rulebook.rows if row.path in shown or row.path in leaked]
            return paths, tuple(leaked), ()
        required = [path for path in shown if expected[path] is Expectation.MUST and path != "id"]
        lost = self._rng.sample(required, min(1, len(required)))
        return [path for path in shown if not _is_within(path, lost)], (), tuple(lost)


def _is_within(path: str, others: Sequence[str]) -> bool:
    return any(path == other or path.startswith(f"{other}/") for other in others)


def _with_parents(paths: Sequence[str]) -> list[str]:
    present: dict[str, None] = {}
    for path in paths:
        names = path.split("/")
        for length in range(1, len(names) + 1):
            present.setdefault("/".join(names[:length]))
    return list(present)


def recordings(
    server: Server,
    *,
    share: float = 1.0,
    objects: int = 3,
    noise: float = 0.0,
    shared: bool = False,
    keyed: bool = True,
    seed: int = 0,
) -> Iterator[Sample]:
    """Record a share of all contexts, each with so many objects, fresh ones or (``shared``) the same for all of a column."""
    rng = random.Random(seed)  # noqa: S311 - it chooses contexts
    contexts = known_contexts(server.rulebook)
    chosen = rng.sample(contexts, max(1, round(share * len(contexts))))
    of_column: dict[str, list[tuple[int, frozenset[str]]]] = {}
    for context in chosen:
        column = context[server.rulebook.column_fact]
        if shared and column not in of_column:
            of_column[column] = [server.object() for _ in range(objects)]
        for made in of_column[column] if shared else [server.object() for _ in range(objects)]:
            yield server.show(context, made, wrong=rng.random() < noise, keyed=keyed)
