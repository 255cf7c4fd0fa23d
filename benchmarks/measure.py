"""How a ratio is taken: both sides in one process, in turns, and the median of the rounds."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

ROUNDS = 7


def ratio(work: Callable[[], object], baseline: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give how many times as much processor time the work takes as the baseline, both in this process."""
    return _ratio(work, baseline, rounds, time.process_time)


def wall_ratio(work: Callable[[], object], baseline: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give how many times as long the work takes as the baseline, other processes included."""
    return _ratio(work, baseline, rounds, time.perf_counter)


def _ratio(
    work: Callable[[], object], baseline: Callable[[], object], rounds: int, clock: Callable[[], float]
) -> float:
    ratios = []
    for _ in range(rounds):
        begin = clock()
        baseline()
        between = clock()
        work()
        ratios.append((clock() - between) / (between - begin))
    return median(ratios)


def each(work: Callable[[], object], times: int = 20_000, rounds: int = ROUNDS) -> float:
    """Give the processor time of one call in microseconds: the median of rounds, the loop around it included."""
    taken = []
    for _ in range(rounds):
        begin = time.process_time()
        for _ in range(times):
            work()
        taken.append((time.process_time() - begin) / times * 1e6)
    return median(taken)


def processor_time(command: list[str], rounds: int = ROUNDS) -> Callable[[], float]:
    """Give a measurement of the processor time that a command takes as a process."""

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own command
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return lambda: median(once() for _ in range(rounds))


def peak_memory(*arguments: str) -> float:
    """Run a module of this folder as a process and give the most memory that it held, in MB: it says so itself."""
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=True)  # noqa: S603 - as above
    return int(done.stdout.split()[-1]) / 1024
