"""The checker's verdict on a planted leak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random
from typing import NamedTuple

from whosees.checker.checking.results import Result
from whosees.checker.recordings import Recording
from whosees.engine.finding import Severity
from whosees.engine.result import Outcome, ResponseResult

from .corpus import Case
from .transformations import Transformation

VERDICTS = ("violating", "unchecked", "warned", "silent")


class Plant(NamedTuple):
    """A row that is leaked, in a response, in a way."""

    case: Case
    path: str
    way: Transformation

    def __str__(self) -> str:
        return f"{self.way.group}, {self.way.name}: {self.path} in {self.case.name}"

    def verdict(self) -> str | None:
        """Return the verdict on it; None if it cannot be planted in this response."""
        recording = self.recording()
        return None if recording is None else verdict(self.case.checker.check(recording))

    def recording(self) -> Recording | None:
        """Return it as it is recorded; None if it cannot be planted in this response."""
        written = self.way.write(self.case.response.decode(), self.path, self.path.rpartition("/")[2])
        if written is None:
            return None
        content = written if isinstance(written, bytes) else written.encode()
        sidecar = self.case.sidecar + b'outcome = "failure"\n' * self.way.is_failure
        request = None if self.way.without_request else self.case.request
        return Recording(
            str(self), content, request, sidecar, explicit=False, traffic=self.way.without_request
        )


def plants(cases: Iterable[Case], ways: Iterable[Transformation]) -> Iterator[Plant]:
    """Yield every row that a response must not show, in every way."""
    return (Plant(case, path, way) for way in ways for case in cases for path in case.hidden)


def sample(cases: Iterable[Case], ways: Iterable[Transformation], each: int) -> Iterator[Plant]:
    """Yield some plants of each way, drawn in the same manner whenever it is called."""
    pairs = [(case, path) for case in cases for path in case.hidden]
    for way in ways:
        drawn = Random(f"{way.group} {way.name}").sample(pairs, each)  # noqa: S311 - nothing is secret
        yield from (Plant(case, path, way) for case, path in drawn)


def verdict(results: Iterable[Result]) -> str:
    """Return what the results of one recording say at worst; a response that is passed over says nothing."""
    judged = [result for result in results if isinstance(result, ResponseResult)]
    if any(result.outcome is Outcome.VIOLATING for result in judged):
        return "violating"
    if any(result.outcome is Outcome.UNCHECKED for result in judged):
        return "unchecked"
    warned = any(found.severity is not Severity.NOTE for result in judged for found in result.findings)
    return "warned" if warned else "silent"
