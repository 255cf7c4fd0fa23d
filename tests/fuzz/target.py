"""Targets of the fuzzer, and laws that several of them hold."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.core.errors import Reason
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import Recording, SkippedFile
from whosees.engine.observation import Observation
from whosees.engine.result import Outcome, ResponseResult

LIMITS = Limits(
    size=1 << 18,
    elements=2_000,
    unpacked_size=1 << 22,
    compression_ratio=50,
    ratio_free_bytes=1 << 18,
    members=100,
    buffered=1 << 19,
    nodes=2_000,
    levels=30,
)
"""Bounds that small inputs can reach, so that both sides of each are tried."""


@dataclass(frozen=True, slots=True)
class Target:
    """A reader to be fuzzed.

    ``run`` reads an input: it returns where the reader gives something or refuses as its documentation says, and
    raises for anything else. ``seeds`` are inputs to begin with, ``words`` names dictionaries, ``longest`` bounds an
    input in bytes.
    """

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    words: Sequence[str]
    longest: int = 2048


def hold_observation(seen: Observation) -> None:
    """An observation has names, and positions whose lines ascend from 1; the body itself ends last."""
    assert seen.containers[-1][0] is None
    positions = [at for _, at in seen.located_unlisted()]
    lines = [seen.line(at) for at in positions]
    assert all(line >= 1 for line in lines)
    assert all(place.name and place.path for place in seen.unlisted)
    paths = {path for path, _, _ in seen.containers if path is not None}
    found = seen.find(frozenset(paths))
    assert set(found) <= paths
    for path, at, _ in seen.containers:
        assert path is None or at in found[path]


def hold_results(checker: Checker, found: Recording | SkippedFile) -> list[ResponseResult]:
    """Judging raises nothing, says why where it does not judge, and says the same twice."""
    results = list(checker.check(found))
    assert results
    judged = [result for result in results if isinstance(result, ResponseResult)]
    for result in judged:
        hold_result(result)
    if any(result.judged for result in judged):
        assert list(checker.check(found)) == results
    assert all(result.why for result in results if isinstance(result, Skipped))
    return judged


def hold_result(result: ResponseResult) -> None:
    """A result is judged with findings that have places, or is not and says why."""
    if result.outcome is Outcome.UNCHECKED:
        assert result.reason in set(Reason)
        assert result.detail
        assert not result.findings
    assert result.source
    for finding in result.findings:
        assert finding.message
        assert finding.path is None or finding.path
        assert all(line >= 1 for line in finding.lines)
        assert list(finding.lines) == sorted(set(finding.lines))


SCRATCH = "WHOSEES_FUZZ_SCRATCH"
"""The variable that names the folder of `scratch`: a process that libFuzzer ends cleans nothing up."""


def in_memory() -> Path | None:
    """Return a folder for files that is in memory; None, for the usual one, if there is no such folder."""
    memory = Path("/dev/shm")  # noqa: S108 - folders of our own are made in it
    return memory if memory.is_dir() else None


@functools.cache
def scratch() -> Path:
    """Return a folder for readers that insist on files: the one that was named, or one that goes with the process."""
    if SCRATCH in os.environ:
        return Path(os.environ[SCRATCH])
    folder = tempfile.mkdtemp(prefix="whosees-fuzz-", dir=in_memory())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
