"""Checking of many recordings in one process or several, with results in the order of the recordings."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from itertools import chain

from ...engine.result import ResponseResult
from ..checking.checker import Checker
from ..checking.dispatch import Dispatcher, open_checker
from ..checking.results import Result, Skipped
from ..checking.settings import Settings
from ..core.errors import Reason, UncheckedError
from ..core.signals import ignore_sigint_in_worker
from ..core.worker_pool import WorkerPool
from ..recordings import BATCH_SIZE, STDIN, Batch, Discovered, Recording, SkippedFile, read_all
from .result_codec import ChunkResults, ResultDecoder, ResultEncoder

AnyChecker = Checker | Dispatcher
Entry = Discovered | Batch
Chunk = list[Entry]
Judged = list[Result | Batch]
"""The results of an entry; a batch stands for its contents, which are still to be judged."""

PendingResults = Callable[[], Iterator[Judged]]
"""Waits for the results of a chunk's entries; raises BrokenProcessPool."""

CHUNK = BATCH_SIZE
"""Recordings in a chunk, which a worker takes at a time."""

CHUNK_BYTES = 4 * 1024 * 1024
"""Bytes of recordings in memory that fill a chunk before it has as many recordings as that."""

AHEAD = 2
"""Chunks per worker that are submitted ahead: enough to keep it busy, and bounded."""

_checker: AnyChecker
_encoder: ResultEncoder


def check_all(settings: Settings, recordings: Iterable[Entry], jobs: int) -> Iterator[Result]:
    """Judge recordings in order; with several jobs, in as many processes."""
    if jobs == 1:
        checker = open_checker(settings)
        for recording in read_all(recordings):
            yield from checker.check(recording)
    else:
        yield from chain.from_iterable(_check_in_processes(settings, iter(recordings), jobs))


def check_each(settings: Settings, recordings: Iterable[Discovered], jobs: int) -> Iterator[list[Result]]:
    """Judge recordings as `check_all` does, and yield the results of each recording as a list."""
    if jobs == 1:
        checker = open_checker(settings)
        for recording in recordings:
            yield list(checker.check(recording))
    else:
        yield from map(list, _check_in_processes(settings, iter(recordings), jobs))


class _Pool:
    """Worker processes that judge chunks."""

    def __init__(self, settings: Settings, jobs: int) -> None:
        self._executor = WorkerPool(jobs, initializer=_start, initargs=(settings,))
        self._decoder = ResultDecoder()

    def submit(self, chunk: Chunk) -> PendingResults:
        """Submit a chunk, and return a function that waits for the results of its entries.

        These functions have to be called in the order in which the chunks were submitted.
        """
        future = self._executor.submit(_check_chunk, chunk)
        return lambda: self._decoder.decode(future.result())

    def shut_down(self, *, wait: bool = True) -> None:
        """End the processes; chunks that no process has begun are dropped."""
        self._executor.shutdown(wait=wait, cancel_futures=True)


def _check_in_processes(
    settings: Settings, entries: Iterator[Entry], jobs: int
) -> Iterator[Iterable[Result]]:
    here = open_checker(settings)
    pool = _Pool(settings, jobs)
    waiting: deque[tuple[Chunk, PendingResults]] = deque()
    try:
        while True:
            while len(waiting) < jobs * AHEAD and (chunk := _next_chunk(entries)):
                # Standard input belongs to this process alone.
                local = any(isinstance(entry, Recording) and entry.source == STDIN for entry in chunk)
                waiting.append((chunk, _judge_locally(here, chunk) if local else pool.submit(chunk)))
            if not waiting:
                return
            chunk, pending = waiting.popleft()
            try:
                results = pending()
            except BrokenProcessPool:
                lost = [chunk, *(entry for entry, _ in waiting)]
                waiting.clear()
                pool.shut_down(wait=False)
                for entry in lost:
                    yield from _judge_returned_batches(here, _check_again(settings, here, entry))
                pool = _Pool(settings, jobs)
            else:
                yield from _judge_returned_batches(here, results)
    finally:
        pool.shut_down()


def _next_chunk(entries: Iterator[Entry]) -> Chunk:
    """Take recordings until a chunk is full by number or size, so that what waits for a worker is bounded."""
    chunk: Chunk = []
    number = size = 0
    while number < CHUNK and size < CHUNK_BYTES and (entry := next(entries, None)) is not None:
        chunk.append(entry)
        number += 1 if isinstance(entry, (Recording, SkippedFile)) else len(entry)
        size += entry.size_in_memory if isinstance(entry, Recording) else 0
    return chunk


def _check_again(settings: Settings, here: AnyChecker, chunk: Chunk) -> Iterator[Judged]:
    """Judge a chunk again after a worker died, in halves until the recording that kills workers is alone."""
    pool = _Pool(settings, 1)
    try:
        results = pool.submit(chunk)()
    except BrokenProcessPool:
        first, second = _split(chunk)
        if not second:
            error = UncheckedError(Reason.UNREADABLE, "judging it ended the worker process; is memory short?")
            yield [here.unchecked(chunk[0].source, 0, error)]
            return
        yield from _check_again(settings, here, first)
        yield from _check_again(settings, here, second)
    else:
        yield from results
    finally:
        pool.shut_down()


def _split(chunk: Chunk) -> tuple[Chunk, Chunk]:
    """Split a chunk in two; the second half is empty for a single recording."""
    half = (len(chunk) + 1) // 2
    if half < len(chunk):
        return chunk[:half], chunk[half:]
    (entry,) = chunk
    halves = None if isinstance(entry, (Recording, SkippedFile)) else entry.split()
    return (chunk, []) if halves is None else ([halves[0]], [halves[1]])


def _judge_returned_batches(here: AnyChecker, entries: Iterable[Judged]) -> Iterator[Iterable[Result]]:
    """Judge the batches that workers returned here, as they are read: each can hold any number of recordings."""
    for results in entries:
        judged = [result for result in results if isinstance(result, (ResponseResult, Skipped))]
        yield judged if len(judged) == len(results) else _expand_batches(here, results)


def _expand_batches(here: AnyChecker, results: Judged) -> Iterator[Result]:
    for result in results:
        if isinstance(result, (ResponseResult, Skipped)):
            yield result
        else:
            for recording in read_all([result]):
                yield from here.check(recording)


def _judge_locally(here: AnyChecker, chunk: Chunk) -> PendingResults:
    results: list[Judged] = [list(_check(here, entry)) for entry in chunk]
    return lambda: iter(results)


def _check(checker: AnyChecker, entry: Entry) -> Iterator[Result | Batch]:
    """Judge an entry of a chunk; what can hold any number of recordings is returned as it is."""
    if isinstance(entry, (Recording, SkippedFile)):
        yield from checker.check(entry)
        return
    for found in entry.read():
        if isinstance(found, (Recording, SkippedFile)):
            yield from checker.check(found)
        else:
            yield found


def _start(settings: Settings) -> None:
    ignore_sigint_in_worker()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _checker, _encoder
    _checker, _encoder = open_checker(settings), ResultEncoder()


def _check_chunk(chunk: Chunk) -> ChunkResults:
    return _encoder.encode(_check(_checker, entry) for entry in chunk)


def _end_with_parent() -> None:
    """End this worker if its parent was killed: nothing else would, and it keeps the parent's output open."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
