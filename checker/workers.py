"""Checking many recordings, with one process or several; results come in the order of the recordings."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from ..engine.result import ResponseResult
from .check import Checker, Settings, Skipped
from .recordings import STDIN, Recording, Stray
from .refusal import Reason, Refusal
from .signals import leave_to_parent

Result = ResponseResult | Skipped
Chunk = list[Recording | Stray]

CHUNK = 32
"""Recordings that a worker takes at a time."""

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
        yield from _check_in_processes(settings, iter(recordings), jobs)


def _check_in_processes(
    settings: Settings, recordings: Iterator[Recording | Stray], jobs: int
) -> Iterator[Result]:
    here = Checker(settings)
    pool = ProcessPoolExecutor(jobs, initializer=_start, initargs=(settings,))
    waiting: deque[tuple[Chunk, Future[list[Result]]]] = deque()
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
                    yield from _check_one_by_one(settings, here, entry)
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


def _check_one_by_one(settings: Settings, here: Checker, chunk: Chunk) -> Iterator[Result]:
    """Judge a chunk again after a worker died over it or beside it: what ends a worker again is not judged."""
    for recording in chunk:
        with ProcessPoolExecutor(1, initializer=_start, initargs=(settings,)) as pool:
            try:
                yield from pool.submit(_check_chunk, [recording]).result()
            except BrokenProcessPool:
                refusal = Refusal(Reason.UNREADABLE, "judging it ended the worker process; is memory short?")
                yield here.unchecked(recording.source, 0, refusal)


def _done(checker: Checker, chunk: Chunk) -> Future[list[Result]]:
    future: Future[list[Result]] = Future()
    future.set_result([result for recording in chunk for result in checker.check(recording)])
    return future


def _start(settings: Settings) -> None:
    leave_to_parent()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _checker  # noqa: PLW0603 - a worker process has one checker, made once
    _checker = Checker(settings)


def _end_with_parent() -> None:
    """End this worker where the process that started it was killed: nobody else would, and its output stays open."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _check_chunk(chunk: Chunk) -> list[Result]:
    return [result for recording in chunk for result in _checker.check(recording)]
