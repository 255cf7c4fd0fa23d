"""Time and memory of learning, against those of `check` on the same recordings, as whole processes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from whosees.rules import builtin_rulebook

from .files import write_lines
from .traffic import Server, known_contexts

COMMAND = Path(sys.executable).parent / "whosees"
KEY = "sessionkey"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of a process, and the most memory that it had, in MB."""

    seconds: float
    megabytes: float


def measure(recordings: int, seed: int) -> tuple[Cost, Cost]:
    """Return what `check` and `rules infer` cost on so many recordings of the default rulebook."""
    truth = builtin_rulebook()
    server, contexts = Server(truth, seed), known_contexts(truth)
    made = (server.show(contexts[number % len(contexts)], server.object()) for number in range(recordings))
    with tempfile.TemporaryDirectory(prefix="whosees-bench-") as folder:
        file = Path(folder, "log.jsonl")
        write_lines(truth, made, file, KEY)
        check = _cost("check", str(file), "--format", "json", "-o", os.devnull)
        infer = _cost(
            "rules",
            "infer",
            str(file),
            "--rules",
            truth.id,
            "-o",
            str(Path(folder, "learnt")),
            "--report",
            os.devnull,
        )
    return check, infer


def _cost(*arguments: str) -> Cost:
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return Cost(time.perf_counter() - started, _megabytes(usage))


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024
