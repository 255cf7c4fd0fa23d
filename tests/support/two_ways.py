"""The two ways to a verdict, held against each other: recalled by shape, and judged in full."""

from __future__ import annotations

import re
from functools import cache

from whosees.checker.checking.checker import Checker, Settings, Skipped
from whosees.checker.core.limits import Limits
from whosees.checker.recall import Memory
from whosees.checker.recordings import Recording
from whosees.engine.judge import Policy
from whosees.engine.result import ResponseResult

from .judging import RULEBOOK
from .messages import response

SHOWN = {
    column.id: [row.path for row in RULEBOOK.rows if row.cells[column.id] != "never"]
    for column in RULEBOOK.columns
}
"""The paths that each service can show."""
MC = response("MC", SHOWN["MC"])
PLACE = re.compile(rb">x<")
"""A text of a made-up response."""

Results = list[ResponseResult | Skipped]


def verdicts(
    checker: Checker, content: bytes, request: bytes | None = None, sidecar: bytes | None = None
) -> Results:
    """What a checker says of a message."""
    return list(checker.check(Recording("it", content, request, sidecar)))


class TwoWays:
    """A checker that recalls and one that does not, with the same settings."""

    def __init__(self, policy: Policy | None = None, limits: Limits | None = None) -> None:
        policy, limits = policy or Policy(), limits or Limits()
        self.fast = Checker(Settings(policy=policy, limits=limits))
        self.full = Checker(Settings(policy=policy, limits=limits, fast_path=False))

    def agree(self, content: bytes, request: bytes | None = None, sidecar: bytes | None = None) -> Results:
        """Judge a message in full and, three times over, by what is remembered; both have to say the same."""
        full = verdicts(self.full, content, request, sidecar)
        for _ in range(3):
            assert verdicts(self.fast, content, request, sidecar) == full
        return full


@cache
def _experienced() -> TwoWays:
    both = TwoWays()
    for column, paths in SHOWN.items():
        both.agree(response(column, paths))
    return both


def one(data: bytes) -> None:
    """Hold the two ways against each other for any bytes: for a fuzzer to call.

    The first byte says how much of the rest is the request; without one there is none.
    """
    length = data[0] * 8 if data else 0
    request, content = data[1 : 1 + length], data[1 + length :]
    _experienced().agree(content, request or None)


class Counting(Memory):
    """A memory that tells how often it was of use."""

    recalled = 0

    def recall(self, *arguments: object) -> object:  # type: ignore[override]  # it only counts what passes through
        result = super().recall(*arguments)  # type: ignore[arg-type]  # as above
        self.recalled += result is not None
        return result


def recalls(contents: list[bytes], limits: Limits | None = None, asked: bytes | None = None) -> int:
    """Count how many of these, judged one after the other, were not parsed again."""
    checker = Checker(Settings(limits=limits or Limits()))
    checker._memory = memory = Counting(checker.evaluator, Policy(), limits or Limits())
    for content in contents:
        verdicts(checker, content, asked)
    return memory.recalled
