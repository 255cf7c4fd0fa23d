"""What a worker process answers: its results, of which each verdict is sent once, and then by its number."""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Iterable, Iterator

import msgspec

from ...engine.result import ResponseResult
from ..checking.checker import Result, Skipped
from ..recordings import Batch

REMEMBERED = 512
"""Verdicts that both sides remember; beyond, they begin anew."""

_OTHER = -1


class Answer(msgspec.Struct, frozen=True):
    """The results of a chunk.

    ``sender`` names the worker, ``begins`` says that it counts verdicts anew, ``verdicts`` are those that it has not
    sent yet. ``sources`` and ``numbers`` have an entry a result: its source, and the number of its verdict; -1 where it
    is the next of the ``others``. ``lengths`` says how many results each entry of the chunk has.
    """

    sender: str
    begins: bool
    verdicts: list[ResponseResult]
    sources: list[str]
    numbers: list[int]
    others: list[Skipped | Batch]
    lengths: list[int]


class Sender:
    """The worker's side."""

    def __init__(self) -> None:
        self._name = secrets.token_hex(8)
        self._known: dict[Hashable, tuple[int, ResponseResult]] = {}

    def answer(self, entries: Iterable[Iterable[Result | Batch]]) -> Answer:
        """Give the answer that sends the results of each entry of a chunk."""
        begins = not self._known or len(self._known) >= REMEMBERED
        if begins:
            self._known.clear()
        answer = Answer(self._name, begins, [], [], [], [], [])
        for results in entries:
            before = len(answer.numbers)
            for result in results:
                if isinstance(result, ResponseResult):
                    answer.sources.append(result.source)
                    answer.numbers.append(self._number(result, answer.verdicts))
                else:
                    answer.sources.append("")
                    answer.numbers.append(_OTHER)
                    answer.others.append(result)
            answer.lengths.append(len(answer.numbers) - before)
        return answer

    def _number(self, result: ResponseResult, unsent: list[ResponseResult]) -> int:
        dedup_key = result.dedup_key()
        known = self._known.get(dedup_key)
        if known is None:
            known = self._known[dedup_key] = len(self._known), result
            unsent.append(result.of(""))
        return known[0]


class Receiver:
    """The other side. The answers of one worker have to come in the order in which it gave them."""

    def __init__(self) -> None:
        self._verdicts: dict[str, list[ResponseResult]] = {}

    def results(self, answer: Answer) -> Iterator[list[Result | Batch]]:
        """Give the results of each entry of a chunk."""
        verdicts = self._verdicts.setdefault(answer.sender, [])
        if answer.begins:
            verdicts.clear()
        verdicts += answer.verdicts
        others = iter(answer.others)
        results = [
            next(others) if number == _OTHER else verdicts[number].of(source)
            for number, source in zip(answer.numbers, answer.sources, strict=True)
        ]
        begin = 0
        for length in answer.lengths:
            yield results[begin : begin + length]
            begin += length
