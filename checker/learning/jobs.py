"""Gathering evidence with one process or several; what workers read is put together in the order of the recordings."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice

from ..core.signals import ignore_sigint_in_worker
from ..recordings import Discovered
from .reading import EvidenceBatch, EvidenceReader, Source

CHUNK = 256
"""Recordings that a worker takes at a time."""

AHEAD = 3
"""Chunks a worker that are handed out before the first is asked for."""


def gather(source: Source, found: Iterable[Discovered], jobs: int) -> EvidenceBatch:
    """Read recordings as evidence."""
    if jobs == 1:
        reader = EvidenceReader(source)
        for recording in found:
            reader.read(recording)
        return reader.finish()
    batch = EvidenceBatch()
    for part in _in_processes(source, iter(found), jobs):
        batch.merge(part)
    return batch


def _in_processes(source: Source, found: Iterator[Discovered], jobs: int) -> Iterator[EvidenceBatch]:
    waiting: deque[Future[EvidenceBatch]] = deque()
    with ProcessPoolExecutor(jobs, initializer=ignore_sigint_in_worker) as pool:
        while chunk := list(islice(found, CHUNK)):
            waiting.append(pool.submit(_gather_chunk, source, chunk))
            if len(waiting) >= jobs * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _gather_chunk(source: Source, chunk: list[Discovered]) -> EvidenceBatch:
    reader = EvidenceReader(source)
    for recording in chunk:
        reader.read(recording)
    return reader.finish()
