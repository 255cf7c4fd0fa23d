"""Checking many recordings, with one process or several; results come in the order of the recordings."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain

from ..engine.result import ResponseResult
from .check import Checker, Settings, Skipped
from .recordings import STDIN, Recording, Stray
from .refusal import Reason, Refusal
from .signals import leave_to_parent

Result = ResponseResult | Skipped
Chunk = list[Recording | Stray]

CHUNK = 64
"""Recordings that a worker takes at a time: so many that what their results share is sent once for all of them."""

CHUNK_BYTES = 4 * 1024 * 1024
"""Bytes of recordings at hand that make a chunk full before it has as many as that."""

AHEAD = 4
"""Chunks a worker that are handed out before the first is asked for: enough to keep them busy, and bounded."""

_checker: Checker


def check_all(settings: Settings, recordings: Iterable[Recording | Stray], jobs: int) -> Iterator[Result]:
    """Judge recordings in their order; with several jobs, in as many processes."""
    if jobs == 1:
        checker = Checker(settings)
        for recording in recordings:
            yield from checker.check(recording)
    else:
        yield from chain.from_iterable(_check_in_processes(settings, iter(recordings), jobs))


def check_each(
    settings: Settings, recordings: Iterable[Recording | Stray], jobs: int
) -> Iterator[list[Result]]:
    """Judge recordings as `check_all` does, and give the results of each by themselves, an entry a recording."""
    if jobs == 1:
        checker = Checker(settings)
        for recording in recordings:
            yield list(checker.check(recording))
    else:
        yield from _check_in_processes(settings, iter(recordings), jobs)


def _check_in_processes(
    settings: Settings, recordings: Iterator[Recording | Stray], jobs: int
) -> Iterator[list[Result]]:
    here = Checker(settings)
    pool = ProcessPoolExecutor(jobs, initializer=_start, initargs=(settings,))
    waiting: deque[tuple[Chunk, Future[list[list[Result]]]]] = deque()
    try:
        while True:
            while len(waiting) < jobs * AHEAD and (chunk := _next_chunk(recordings)):
                # Standard input belongs to this process alone.
                local = any(isinstance(entry, Recording) and entry.source == STDIN for entry in chunk)
                waiting.append((chunk, _done(here, chunk) if local else pool.submit(_check_chunk, chunk)))
            if not waiting:
                return
            chunk, future = waiting.popleft()
            try:
                yield from future.result()
            except BrokenProcessPool:
                lost = [chunk, *(entry for entry, _ in waiting)]
                waiting.clear()
                pool.shutdown(wait=False, cancel_futures=True)
                for entry in lost:
                    yield from _check_again(settings, here, entry)
                pool = ProcessPoolExecutor(jobs, initializer=_start, initargs=(settings,))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _next_chunk(recordings: Iterator[Recording | Stray]) -> Chunk:
    """Take recordings until they are as many as a chunk has, or as large: what waits for a worker is bounded."""
    chunk: Chunk = []
    size = 0
    while len(chunk) < CHUNK and size < CHUNK_BYTES and (entry := next(recordings, None)) is not None:
        chunk.append(entry)
        size += entry.at_hand if isinstance(entry, Recording) else 0
    return chunk


def _check_again(settings: Settings, here: Checker, chunk: Chunk) -> Iterator[list[Result]]:
    """Judge a chunk again after a worker died over it or beside it: in halves, until what ends a worker is by itself."""
    try:
        with ProcessPoolExecutor(1, initializer=_start, initargs=(settings,)) as pool:
            results = pool.submit(_check_chunk, chunk).result()
    except BrokenProcessPool:
        if len(chunk) == 1:
            refusal = Refusal(Reason.UNREADABLE, "judging it ended the worker process; is memory short?")
            yield [here.unchecked(chunk[0].source, 0, refusal)]
            return
        for half in (chunk[: len(chunk) // 2], chunk[len(chunk) // 2 :]):
            yield from _check_again(settings, here, half)
    else:
        yield from results


def _done(checker: Checker, chunk: Chunk) -> Future[list[list[Result]]]:
    future: Future[list[list[Result]]] = Future()
    future.set_result([list(checker.check(recording)) for recording in chunk])
    return future


def _start(settings: Settings) -> None:
    leave_to_parent()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _checker  # noqa: PLW0603 - a worker process has one checker, made once
    _checker = Checker(settings)


def _check_chunk(chunk: Chunk) -> list[list[Result]]:
    return [list(_checker.check(recording)) for recording in chunk]


def _end_with_parent() -> None:
    """End this worker where the process that started it was killed: nobody else would, and its output stays open."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
