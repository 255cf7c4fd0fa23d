"""Gathering evidence with one process or several; what workers read is put together in the order of the recordings."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import islice

from ..core.signals import ignore_sigint_in_worker
from ..core.worker_pool import WorkerPool
from ..recordings import Discovered
from .reading import EvidenceBatch, EvidenceReader, Source

CHUNK = 256
"""Recordings that a worker takes at a time."""

AHEAD = 3
"""Chunks a worker that are handed out before the first is asked for."""


def gather(
    source: Source,
    found: Iterable[Discovered],
    jobs: int,
    require: Callable[[EvidenceBatch], None] = lambda _: None,
) -> EvidenceBatch:
    """Read recordings as evidence; ``require`` is given the batch as it grows, and ends the reading by what it raises."""
    chunks = _chunks(iter(found))
    batch = EvidenceBatch()
    if jobs == 1:
        reader = EvidenceReader(source)
        for chunk in chunks:
            batch = reader.read_all(chunk)
            require(batch)
        return batch
    for part in _in_processes(source, chunks, jobs):
        batch.merge(part)
        require(batch)
    return batch


def _chunks(found: Iterator[Discovered]) -> Iterator[list[Discovered]]:
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _in_processes(source: Source, chunks: Iterator[list[Discovered]], jobs: int) -> Iterator[EvidenceBatch]:
    waiting: deque[Future[EvidenceBatch]] = deque()
    with WorkerPool(jobs, initializer=ignore_sigint_in_worker) as pool:
        for chunk in chunks:
            waiting.append(pool.submit(_gather_chunk, source, chunk))
            if len(waiting) >= jobs * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _gather_chunk(source: Source, chunk: list[Discovered]) -> EvidenceBatch:
    return EvidenceReader(source).read_all(chunk)
