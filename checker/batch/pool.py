"""Checking many recordings, with one process or several; results come in the order of the recordings."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain

from ...engine.result import ResponseResult
from ..checking.checker import Checker, Result, Settings, Skipped
from ..core.errors import Reason, UncheckedError
from ..core.signals import ignore_sigint_in_worker
from ..recordings import BATCH_SIZE, STDIN, Batch, Discovered, Recording, SkippedFile, read_all
from .result_codec import Answer, Receiver, Sender

Entry = Discovered | Batch
Chunk = list[Entry]
Judged = list[Result | Batch]
"""What an entry comes to; a lot stands for what is in it, and is still to be judged."""

Awaited = Callable[[], Iterator[Judged]]
"""Waits for what the entries of a chunk come to; raises BrokenProcessPool."""

CHUNK = BATCH_SIZE
"""Recordings that a worker takes at a time."""

CHUNK_BYTES = 4 * 1024 * 1024
"""Bytes of recordings at hand that make a chunk full before it has as many as that."""

AHEAD = 2
"""Chunks a worker that are handed out before the first is asked for: enough to keep them busy, and bounded."""

_checker: Checker
_sender: Sender


def check_all(settings: Settings, recordings: Iterable[Entry], jobs: int) -> Iterator[Result]:
    """Judge recordings in their order; with several jobs, in as many processes."""
    if jobs == 1:
        checker = Checker(settings)
        for recording in read_all(recordings):
            yield from checker.check(recording)
    else:
        yield from chain.from_iterable(_check_in_processes(settings, iter(recordings), jobs))


def check_each(settings: Settings, recordings: Iterable[Discovered], jobs: int) -> Iterator[list[Result]]:
    """Judge recordings as `check_all` does, and give the results of each by themselves, an entry a recording."""
    if jobs == 1:
        checker = Checker(settings)
        for recording in recordings:
            yield list(checker.check(recording))
    else:
        yield from map(list, _check_in_processes(settings, iter(recordings), jobs))


class _Pool:
    """Processes that judge chunks."""

    def __init__(self, settings: Settings, jobs: int) -> None:
        self._executor = ProcessPoolExecutor(jobs, initializer=_start, initargs=(settings,))
        self._receiver = Receiver()

    def submit(self, chunk: Chunk) -> Awaited:
        """Hand a chunk out; gives what waits for the results of its entries.

        The results have to be asked for in the order in which the chunks were handed out.
        """
        future = self._executor.submit(_check_chunk, chunk)
        return lambda: self._receiver.results(future.result())

    def end(self, *, wait: bool = True) -> None:
        """End the processes; what was handed out and not begun is not judged."""
        self._executor.shutdown(wait=wait, cancel_futures=True)


def _check_in_processes(
    settings: Settings, entries: Iterator[Entry], jobs: int
) -> Iterator[Iterable[Result]]:
    here = Checker(settings)
    pool = _Pool(settings, jobs)
    waiting: deque[tuple[Chunk, Awaited]] = deque()
    try:
        while True:
            while len(waiting) < jobs * AHEAD and (chunk := _next_chunk(entries)):
                # Standard input belongs to this process alone.
                local = any(isinstance(entry, Recording) and entry.source == STDIN for entry in chunk)
                waiting.append((chunk, _done(here, chunk) if local else pool.submit(chunk)))
            if not waiting:
                return
            chunk, answered = waiting.popleft()
            try:
                results = answered()
            except BrokenProcessPool:
                lost = [chunk, *(entry for entry, _ in waiting)]
                waiting.clear()
                pool.end(wait=False)
                for entry in lost:
                    yield from _with_lots(here, _check_again(settings, here, entry))
                pool = _Pool(settings, jobs)
            else:
                yield from _with_lots(here, results)
    finally:
        pool.end()


def _next_chunk(entries: Iterator[Entry]) -> Chunk:
    """Take recordings until they are as many as a chunk has, or as large: what waits for a worker is bounded."""
    chunk: Chunk = []
    number = size = 0
    while number < CHUNK and size < CHUNK_BYTES and (entry := next(entries, None)) is not None:
        chunk.append(entry)
        number += 1 if isinstance(entry, (Recording, SkippedFile)) else len(entry)
        size += entry.size_in_memory if isinstance(entry, Recording) else 0
    return chunk


def _check_again(settings: Settings, here: Checker, chunk: Chunk) -> Iterator[Judged]:
    """Judge a chunk again after a worker died over it or beside it: in halves, until what ends a worker is by itself."""
    pool = _Pool(settings, 1)
    try:
        results = pool.submit(chunk)()
    except BrokenProcessPool:
        first, second = _halves(chunk)
        if not second:
            refusal = UncheckedError(
                Reason.UNREADABLE, "judging it ended the worker process; is memory short?"
            )
            yield [here.unchecked(chunk[0].source, 0, refusal)]
            return
        yield from _check_again(settings, here, first)
        yield from _check_again(settings, here, second)
    else:
        yield from results
    finally:
        pool.end()


def _halves(chunk: Chunk) -> tuple[Chunk, Chunk]:
    """Give a chunk in two; the second is empty where it is one recording."""
    half = (len(chunk) + 1) // 2
    if half < len(chunk):
        return chunk[:half], chunk[half:]
    (entry,) = chunk
    halves = None if isinstance(entry, (Recording, SkippedFile)) else entry.split()
    return (chunk, []) if halves is None else ([halves[0]], [halves[1]])


def _with_lots(here: Checker, entries: Iterable[Judged]) -> Iterator[Iterable[Result]]:
    """Judge here, as they are read, what workers gave back as lots, since it may hold any number of recordings."""
    for results in entries:
        judged = [result for result in results if isinstance(result, (ResponseResult, Skipped))]
        yield judged if len(judged) == len(results) else _with_what_lots_hold(here, results)


def _with_what_lots_hold(here: Checker, results: Judged) -> Iterator[Result]:
    for result in results:
        if isinstance(result, (ResponseResult, Skipped)):
            yield result
        else:
            for recording in read_all([result]):
                yield from here.check(recording)


def _done(here: Checker, chunk: Chunk) -> Awaited:
    results: list[Judged] = [list(_check(here, entry)) for entry in chunk]
    return lambda: iter(results)


def _check(checker: Checker, entry: Entry) -> Iterator[Result | Batch]:
    """Judge an entry of a chunk; what may hold any number of recordings is given back as it is."""
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
    global _checker, _sender
    _checker, _sender = Checker(settings), Sender()


def _check_chunk(chunk: Chunk) -> Answer:
    return _sender.answer(_check(_checker, entry) for entry in chunk)


def _end_with_parent() -> None:
    """End this worker where the process that started it was killed: nobody else would, and its output stays open."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
