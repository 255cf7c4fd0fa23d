"""Measure how many recordings leave nothing open: of the suggested contexts, and of random ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from whosees.engine.context import Context
from whosees.engine.learning.cells import Matrix
from whosees.engine.learning.evidence import Evidence
from whosees.engine.learning.learn import learn
from whosees.engine.learning.policy import Policy
from whosees.rules.model import Rulebook

from .score import space_of
from .traffic import Server, known_contexts

CAP = 10
"""Recordings for each context after which a run is given up."""

HALF = 0.5

PIECES = 10
"""Parts of all contexts that are recorded before it is learnt again."""


@dataclass(slots=True)
class Run:
    """A run in the making: what was recorded, and the share of cells that are open after each batch."""

    server: Server
    seed: int
    recordings: int = 0
    curve: list[tuple[int, float]] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)
    objects: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)

    def record(self, context: Context, like: str | None = None) -> None:
        """Record a context, of an object that was seen before or of a new one."""
        made = self.objects[like] if like else self.server.object()
        presence = self.server.show(context, made).presence
        self.objects[presence.source] = made
        self.columns[presence.source] = context[self.server.rulebook.column_fact]
        self.evidence.add(presence)
        self.recordings += 1


Choose = Callable[[Run, Matrix, list[Context], random.Random], Iterator[tuple[Context, str | None]]]


def suggested(
    run: Run, matrix: Matrix, contexts: list[Context], rng: random.Random
) -> Iterator[tuple[Context, str | None]]:
    """Record what is suggested, the best first."""
    del run, rng
    by_facts = {tuple(sorted(dict(context.items()).items())): context for context in contexts}
    for each in matrix.suggestions:
        facts = tuple(sorted({**each.facts, matrix.space.column: each.column}.items()))
        yield by_facts[facts], each.like


def at_random(
    run: Run, matrix: Matrix, contexts: list[Context], rng: random.Random
) -> Iterator[tuple[Context, str | None]]:
    """Record any context, half of the time of an object that was seen before in its column."""
    of_column: dict[str, list[str]] = {}
    for source, column in run.columns.items():
        of_column.setdefault(column, []).append(source)
    while True:
        context = rng.choice(contexts)
        seen = of_column.get(context[matrix.space.column])
        yield context, rng.choice(seen) if seen and rng.random() < HALF else None


def converge(truth: Rulebook, choose: Choose, seed: int) -> Run:
    """Record batch by batch until nothing is open; the curve ends with what was open at the end."""
    rng = random.Random(seed)  # noqa: S311 - it chooses contexts
    contexts, space = known_contexts(truth), space_of(truth)
    run = Run(Server(truth, seed), seed)
    size = max(1, len(contexts) // PIECES)
    for context in rng.sample(contexts, size):
        run.record(context)
    while True:
        matrix = learn(run.evidence, space, Policy())
        open_ = sum(cell.unknown.bit_count() for cell in matrix.cells.values())
        all_ = sum(cell.possible.bit_count() for cell in matrix.cells.values())
        run.curve.append((run.recordings, open_ / all_))
        if not open_ or run.recordings >= CAP * len(contexts):
            return run
        batch = max(size, run.recordings // PIECES)
        for _, (context, like) in zip(range(batch), choose(run, matrix, contexts, rng), strict=False):
            run.record(context, like)
