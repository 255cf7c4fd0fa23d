"""Encoding of a worker process's results: each verdict is sent once, and by its number after that."""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Iterable, Iterator

import msgspec

from ...engine.result import ResponseResult
from ..checking.results import Result, Skipped
from ..recordings import Batch

MAX_VERDICTS = 512
"""Verdicts that both sides remember before they start over."""

_OTHER = -1


class ChunkResults(msgspec.Struct, frozen=True):
    """The encoded results of a chunk of recordings.

    ``encoder`` names the worker. ``restarts`` means that it numbers verdicts from 0 again, and ``verdicts`` are those
    that it has not sent before. ``sources`` and ``numbers`` have an entry for each result: its source, and the number
    of its verdict, or -1 for the next of the ``others``. ``lengths`` is the number of results of each entry of the
    chunk.
    """

    encoder: str
    restarts: bool
    verdicts: list[ResponseResult]
    sources: list[str]
    numbers: list[int]
    others: list[Skipped | Batch]
    lengths: list[int]


class ResultEncoder:
    """The worker's side."""

    def __init__(self) -> None:
        self._name = secrets.token_hex(8)
        self._known: dict[Hashable, tuple[int, ResponseResult]] = {}

    def encode(self, entries: Iterable[Iterable[Result | Batch]]) -> ChunkResults:
        """Return the results of each entry of a chunk, encoded."""
        restarts = not self._known or len(self._known) >= MAX_VERDICTS
        if restarts:
            self._known.clear()
        encoded = ChunkResults(self._name, restarts, [], [], [], [], [])
        for results in entries:
            before = len(encoded.numbers)
            for result in results:
                if isinstance(result, ResponseResult):
                    encoded.sources.append(result.source)
                    encoded.numbers.append(self._number(result, encoded.verdicts))
                else:
                    encoded.sources.append("")
                    encoded.numbers.append(_OTHER)
                    encoded.others.append(result)
            encoded.lengths.append(len(encoded.numbers) - before)
        return encoded

    def _number(self, result: ResponseResult, unsent: list[ResponseResult]) -> int:
        dedup_key = result.dedup_key()
        known = self._known.get(dedup_key)
        if known is None:
            known = self._known[dedup_key] = len(self._known), result
            unsent.append(result.of(""))
        return known[0]


class ResultDecoder:
    """The parent's side. The results of one worker have to be decoded in the order in which it encoded them."""

    def __init__(self) -> None:
        self._verdicts: dict[str, list[ResponseResult]] = {}

    def decode(self, encoded: ChunkResults) -> Iterator[list[Result | Batch]]:
        """Yield the results of each entry of a chunk."""
        verdicts = self._verdicts.setdefault(encoded.encoder, [])
        if encoded.restarts:
            verdicts.clear()
        verdicts += encoded.verdicts
        others = iter(encoded.others)
        results = [
            next(others) if number == _OTHER else verdicts[number].of(source)
            for number, source in zip(encoded.numbers, encoded.sources, strict=True)
        ]
        begin = 0
        for length in encoded.lengths:
            yield results[begin : begin + length]
            begin += length
