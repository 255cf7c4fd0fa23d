"""Measure learning: ``python -m benchmarks.learning`` writes RESULTS.md and the plot of docs/guides."""

from __future__ import annotations

import argparse
import platform
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from whosees.engine.context import all_contexts
from whosees.engine.expectation import Evaluator
from whosees.engine.learning.draft import draft
from whosees.engine.learning.evidence import Evidence, Facts
from whosees.engine.learning.learn import learn
from whosees.engine.learning.rulebook import as_rulebook
from whosees.rules import builtin_rulebook, load_rulebook
from whosees.rules.model import UNKNOWN, Rulebook
from whosees.rules.registry import BUILTINS

from .converge import at_random, converge, suggested
from .plot import Line, Panel, svg
from .scale import Cost, measure
from .score import Score, score, space_of
from .traffic import Server, known_contexts, recordings
from .truths import random_rulebook

HERE = Path(__file__).parent
PLOT = HERE.parents[1] / "docs" / "guides" / "infer.svg"
SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
NOISES = (0.0, 0.05)
CONVERGING = (4, 22, 31)
TIMES = 10
"""Times that each rulebook that ships is learnt, from other recordings each time: some have few contexts."""


@dataclass(slots=True)
class Results:
    """The tables of the report, and what the plot shows."""

    lines: list[str] = field(default_factory=list)
    abstained: dict[float, list[tuple[float, float]]] = field(default_factory=dict)
    right: list[tuple[float, float]] = field(default_factory=list)
    curves: dict[str, list[tuple[int, float]]] = field(default_factory=dict)


Task = tuple[Rulebook, int, float, float]
"""A ground truth, a seed, the share of contexts that is recorded, and the share of wrong recordings."""


def run(task: Task, objects: int = 3) -> Score:
    """Make recordings of a ground truth, learn from them, and hold what was learnt against it."""
    truth, seed, share, noise = task
    server = Server(truth, seed)
    made = list(recordings(server, share=share, noise=noise, objects=objects, seed=seed))
    evidence = Evidence()
    for recording in made:
        evidence.add(recording.presence)
    return score(truth, learn(evidence, space_of(truth)), made)


def main() -> None:
    """Run everything and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rulebooks", type=int, default=50, help="made-up rulebooks")
    parser.add_argument("--recordings", type=int, default=100_000, help="recordings for time and memory")
    parser.add_argument(
        "--jobs", type=int, default=1, help="processes; time and memory are taken in one of them"
    )
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md")
    parser.add_argument("--plot", type=Path, default=PLOT)
    options = parser.parse_args()
    results = Results()
    started = time.perf_counter()
    shipped = {name: load_rulebook(name) for name in BUILTINS}
    made_up = {f"random {n}": random_rulebook(options.seed * 1000 + n) for n in range(options.rulebooks)}
    with ProcessPoolExecutor(options.jobs) as pool:
        cost = pool.submit(measure, options.recordings, options.seed)
        runs = _converging(pool, options.seed)
        _table(results, builtin_rulebook(), options.seed)
        _accuracy(results, shipped, made_up, options.seed, pool)
        _convergence(results, runs)
        _cost(results, options.recordings, *cost.result())
    minutes = (time.perf_counter() - started) / 60
    head = _head(options.seed, options.rulebooks, minutes)
    options.out.write_text("\n".join([*head, *results.lines]) + "\n", encoding="utf-8")
    options.plot.parent.mkdir(parents=True, exist_ok=True)
    options.plot.write_text(_plot(results), encoding="utf-8")


def _head(seed: int, rulebooks: int, minutes: float) -> Iterator[str]:
    yield "# How well rulebooks are learnt\n"
    yield f"Written by `python -m benchmarks.learning --seed {seed} --rulebooks {rulebooks}` in {minutes:.0f} minutes, with"
    yield f"Python {platform.python_version()} on {platform.machine()}. Recordings are made from a ground truth: three objects in each"
    yield "recorded context, whose optional elements are unset with a probability of 5 to 35 %. A wrong recording shows one to five"
    yield "elements that it must not, or lacks one that it must have. Decisions are counted over all contexts, recorded or not.\n"


def _accuracy(
    results: Results,
    shipped: dict[str, Rulebook],
    made_up: dict[str, Rulebook],
    seed: int,
    pool: ProcessPoolExecutor,
) -> None:
    results.lines += [
        "\n## Decisions\n",
        "Over-permission: decisions that must not be shown and were learnt as allowed. Precision and recall of cells: of those that",
        "were decided in every context, and of all, the share that allows and hides as the truth does. Abstained: decisions left open.",
        f"Rulebooks that ship are learnt {TIMES} times, each time from other recordings.\n",
        "| ground truth | contexts | wrong | precision | recall | right | abstained | over-permission | under | leaks named |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    groups = {
        **{name: [truth] * TIMES for name, truth in shipped.items()},
        f"{len(made_up)} made up": [*made_up.values()],
    }
    for name, truths in groups.items():
        for noise in NOISES:
            for share in SHARES:
                tasks = [(truth, seed + number, share, noise) for number, truth in enumerate(truths)]
                total = Score()
                for found in pool.map(run, tasks):
                    total.add(found)
                results.lines.append(_row(name, share, noise, total))
                if name not in shipped:
                    results.abstained.setdefault(noise, []).append((share, total.abstained / total.decisions))
                    if not noise:
                        results.right.append((share, total.right / total.decisions))


def _row(name: str, share: float, noise: float, total: Score) -> str:
    precision = total.cells_right / total.cells_decided if total.cells_decided else 1.0
    named = f"{total.named} of {total.leaks}" if total.leaks else "–"
    return (
        f"| {name} | {share:.0%} | {noise:.0%} | {precision:.2%} | {total.cells_right / total.cells:.1%} "
        f"| {total.right / total.decisions:.1%} | {total.abstained / total.decisions:.1%} "
        f"| {total.over} of {total.hidden:,} ({total.over / total.hidden:.2%}) "
        f"| {total.under} | {named} |"
    )


def _table(results: Results, truth: Rulebook, seed: int) -> None:
    """Compare a learnt rulebook with its truth in all contexts, those with unknown facts too."""
    results.lines += [
        f"\n## Every decision of `{truth.id}`\n",
        "All contexts recorded, nothing wrong. The learnt rulebook is evaluated in all 105 contexts, those with an unknown role or password",
        "among them. `should → may`: no recording of the context shows the element, so that nobody can tell; those that a recording",
        "shows are counted, and so are contexts with unknown facts that rest on them.\n",
        "| objects in each context | decisions | equal | should → may | of them shown | facts unknown | other |",
        "|---|---|---|---|---|---|---|",
    ]
    for objects in (3, 6, 12):
        server, evidence = Server(truth, seed), Evidence()
        shown: set[tuple[Facts, str]] = set()
        for made in recordings(server, objects=objects, seed=seed):
            evidence.add(made.presence)
            facts = tuple(sorted(made.presence.facts.items()))
            shown |= {(facts, path) for path in made.presence.paths}
        rows = draft(learn(evidence, space_of(truth)), truth)
        learnt = as_rulebook(rows, truth.document, evidence.recordings, learnt_alone=False)
        found = Counter(_differences(truth, learnt, shown))
        total, equal = sum(found.values()), found["equal"]
        kinds = ("", ", shown", ", facts unknown")
        unseen, told, unknown = (found[f"should → may{kind}"] for kind in kinds)
        open_ = unseen + told + unknown
        results.lines.append(
            f"| {objects} | {total:,} | {equal:,} | {open_:,} | {told:,} | {unknown:,} | {total - equal - open_:,} |"
        )


def _differences(truth: Rulebook, learnt: Rulebook, shown: set[tuple[Facts, str]]) -> Iterator[str]:
    wanted, got = Evaluator(truth), Evaluator(learnt)
    for context in all_contexts(truth):
        if context["caller"] == UNKNOWN:
            continue
        decided = got.expectations(context)
        for path, expectation in wanted.expectations(context).items():
            found = decided.get(path)
            if found is expectation:
                yield "equal"
                continue
            facts = tuple(sorted((fact, value) for fact, value in context.items() if value != UNKNOWN))
            kind = ", shown" if (facts, path) in shown else ""
            yield f"{expectation} → {found}{', facts unknown' if UNKNOWN in context.values else kind}"


Curve = list[tuple[int, float]]


def _curve(truth: Rulebook, strategy: str, seed: int) -> Curve:
    choose = {"suggested": suggested, "random": at_random}[strategy]
    return converge(truth, choose, seed).curve


def _converging(pool: ProcessPoolExecutor, seed: int) -> dict[tuple[str, int], dict[str, Future[Curve]]]:
    """Begin the runs; they are named by their ground truth and its number of contexts."""
    truths = {"getsessioninfo": builtin_rulebook()}
    truths |= {f"random {number}": random_rulebook(number) for number in CONVERGING}
    return {
        (name, len(known_contexts(truth))): {
            strategy: pool.submit(_curve, truth, strategy, seed) for strategy in ("suggested", "random")
        }
        for name, truth in truths.items()
    }


def _convergence(results: Results, runs: dict[tuple[str, int], dict[str, Future[Curve]]]) -> None:
    results.lines += [
        "\n## Recordings until nothing is open\n",
        "A tenth of the contexts is recorded at random, then batches of a tenth: those that are suggested, with the objects that are",
        "suggested, or random ones, half of them of objects seen before. Random runs end after 10 recordings for each context.\n",
        "| ground truth | contexts | suggested | random | open after random | ratio |",
        "|---|---|---|---|---|---|",
    ]
    for (name, contexts), futures in runs.items():
        curves = {strategy: future.result() for strategy, future in futures.items()}
        best, other = curves["suggested"][-1], curves["random"][-1]
        results.lines.append(
            f"| {name} | {contexts} | {best[0]}{_note(best)} | {other[0]}{_note(other)} | {other[1]:.1%} "
            f"| {best[0] / other[0]:.2f} |"
        )
        if not results.curves:
            results.curves = curves


def _note(end: tuple[int, float]) -> str:
    return " and more" if end[1] else ""


def _cost(results: Results, number: int, check: Cost, infer: Cost) -> None:
    results.lines += [
        "\n## Time and memory\n",
        f"On {number:,} recordings of Table 4-3 in JSON Lines, each of another object, as whole processes.\n",
        "| | seconds | MB |",
        "|---|---|---|",
        f"| `check` | {check.seconds:.1f} | {check.megabytes:.0f} |",
        f"| `rules infer` | {infer.seconds:.1f} | {infer.megabytes:.0f} |",
        f"| ratio | {infer.seconds / check.seconds:.1f} | {infer.megabytes / check.megabytes:.1f} |",
    ]


def _plot(results: Results) -> str:
    def clipped(curve: Sequence[tuple[int, float]]) -> list[tuple[float, float]]:
        most = 4 * results.curves["suggested"][-1][0]
        return [(float(x), y) for x, y in curve if x <= most]

    decisions = [Line("right, no noise", results.right)]
    decisions += [Line(f"open, {noise:.0%} wrong", points) for noise, points in results.abstained.items()]
    return svg(
        [
            Panel("Made-up rulebooks, 3 objects each", "contexts recorded", "decisions", decisions),
            Panel(
                "Table 4-3: what is left open",
                "recordings",
                "decisions open",
                [Line(name, clipped(curve)) for name, curve in results.curves.items()],
            ),
        ]
    )


if __name__ == "__main__":
    main()
