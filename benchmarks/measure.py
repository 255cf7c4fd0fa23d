"""Measure times and ratios.

A ratio of two loops: both sides in one process, in turns, and the median of the rounds, so that what else the machine
does meets both. What is so short that a loop around it would count, and what is a process: by pyperf.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median

import pyperf

ROUNDS = 5


def ratio(work: Callable[[], object], baseline: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return how many times as much processor time the work takes as the baseline, both in this process."""
    return _ratio(work, baseline, rounds, time.process_time)


def wall_ratio(work: Callable[[], object], baseline: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return how many times as long the work takes as the baseline, other processes included."""
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


def each(setup: str, statement: str) -> float:
    """Return the time of a statement in microseconds, as pyperf takes it: the median over several processes."""
    return _pyperf("timeit", "--name", "each", "--setup", setup, statement) * 1e6


def of_process(command: list[str]) -> float:
    """Return the time of a command as a process in seconds, as pyperf takes it: the median of many runs."""
    return _pyperf("command", "--name", "process", "--", *command)


def _pyperf(task: str, *arguments: str) -> float:
    # An installed command is compiled, which takes a first run.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "taken.json")
        command = [sys.executable, "-m", "pyperf", task, "--fast", "--quiet", "--copy-env", "--output", file]
        subprocess.run([*command, *arguments], env=environment, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own command
        taken: float = pyperf.Benchmark.load(file).median()
    return taken


def of_check(content: bytes) -> tuple[float, float]:
    """Check a response in a process of its own; gives seconds and the most memory that it held, in MB."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "it.response.xml")
        with open(path, "wb") as stream:
            stream.write(content)
        command = [sys.executable, "-m", "benchmarks.memory", path]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    seconds, kilobytes = done.stdout.split()[-2:]
    return float(seconds), int(kilobytes) / 1024


def peak_memory(*arguments: str) -> float:
    """Run a module of this folder as a process and give the most memory that it held, in MB: it says so itself."""
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=True)  # noqa: S603 - as above
    return int(done.stdout.split()[-1]) / 1024
