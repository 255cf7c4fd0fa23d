"""Gathering evidence with one process or several; what workers gathered is put together in the order of the recordings."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice

from ..core.signals import ignore_sigint_in_worker
from ..recordings import Discovered
from .reading import EvidenceReader, Gathered, Source

CHUNK = 256
"""Recordings that a worker takes at a time."""

AHEAD = 3
"""Chunks a worker that are handed out before the first is asked for."""


def gather(source: Source, found: Iterable[Discovered], jobs: int) -> Gathered:
    """Read recordings as evidence."""
    if jobs == 1:
        reader = EvidenceReader(source)
        for recording in found:
            reader.read(recording)
        return reader.finish()
    gathered = Gathered()
    for part in _in_processes(source, iter(found), jobs):
        gathered.merge(part)
    return gathered


def _in_processes(source: Source, found: Iterator[Discovered], jobs: int) -> Iterator[Gathered]:
    waiting: deque[Future[Gathered]] = deque()
    with ProcessPoolExecutor(jobs, initializer=ignore_sigint_in_worker) as pool:
        while chunk := list(islice(found, CHUNK)):
            waiting.append(pool.submit(_gather_chunk, source, chunk))
            if len(waiting) >= jobs * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _gather_chunk(source: Source, chunk: list[Discovered]) -> Gathered:
    reader = EvidenceReader(source)
    for recording in chunk:
        reader.read(recording)
    return reader.finish()
