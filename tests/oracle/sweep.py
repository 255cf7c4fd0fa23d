"""The campaign of `make mutants`: every mutant in every family of ways by itself, and in drawn mixtures of them.

Run as ``python -m oracle.sweep [--mixtures N] [--seed TEXT]`` in tests/; prints what was done, and each disagreement
with what it takes to draw it again. Its exit code is 1 where there was any.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from .mutants import MUTANTS, Mutant, compare, draw_case
from .variants import Family, drawing

SHOWN = 10
"""Disagreements of a round that are shown: the first few tell what it is."""


@dataclass
class Tally:
    """The result of one round."""

    messages: int = 0
    bodies: int = 0
    findings: int = 0
    disagreements: int = 0


def rounds(mixtures: int) -> Iterator[str]:
    """The names of the rounds: no family at all, each by itself, all together, and mixtures."""
    yield from ("plain", *Family, "all")
    yield from (f"mixture {number}" for number in range(1, mixtures + 1))


def families_of(name: str, seed: str) -> Collection[Family]:
    """The families of a round, for one mutant."""
    if name.startswith("mixture"):
        draw = drawing(f"families {seed}")
        return [family for family in Family if draw.random() < 0.5]
    return {"plain": (), "all": tuple(Family)}[name] if name in ("plain", "all") else (Family(name),)


def run_round(name: str, seed: str, mutants: Collection[Mutant] = MUTANTS) -> Tally:
    """Write and compare every mutant once."""
    tally = Tally()
    for mutant in mutants:
        own = f"{seed} {name} {'-'.join(mutant.context)} {mutant.path}"
        case = draw_case(mutant, families_of(name, own), drawing(own))
        tally.messages += 1
        tally.bodies += len(case.bodies)
        try:
            tally.findings += compare(case)
        except AssertionError:
            tally.disagreements += 1
            if tally.disagreements <= SHOWN:
                sys.stdout.write(f"disagrees: {own}\n")
    return tally


def main(arguments: list[str] | None = None) -> int:
    """Run all rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mixtures", type=int, default=3)
    parser.add_argument("--seed", default="1")
    options = parser.parse_args(arguments)
    total = Tally()
    begun = time.process_time()
    for name in rounds(options.mixtures):
        tally = run_round(name, options.seed)
        for field in ("messages", "bodies", "findings", "disagreements"):
            setattr(total, field, getattr(total, field) + getattr(tally, field))
        _say(name, tally)
    _say("total", total)
    sys.stdout.write(f"{time.process_time() - begun:.0f} s of CPU, seed {options.seed}\n")
    return 1 if total.disagreements else 0


def _say(name: str, tally: Tally) -> None:
    sys.stdout.write(
        f"{name:20} {tally.messages:7} messages {tally.bodies:7} bodies {tally.findings:8} findings "
        f"{tally.disagreements:4} disagreements\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
