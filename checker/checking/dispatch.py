"""Checking against several rulebooks: each exchange is judged by the rulebook whose operation it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from msgspec import structs

from ...engine.result import Outcome, ResponseResult
from ...rules.model import Rulebook
from ...rules.names import join_names
from ..core.errors import Reason, UncheckedError
from ..recordings import Recording, SkippedFile
from .checker import Checker
from .http_call import Operation, most_specific_rulebooks, open_call
from .operation_filter import is_named_as_message
from .results import Result, Skipped
from .settings import Settings

OTHER_OPERATION = "it is of no operation of these rulebooks"


class Dispatcher:
    """Checks recordings against several rulebooks."""

    def __init__(self, settings: Settings) -> None:
        """Load the rulebooks; raises as `Checker` does, and ValueError if two have one id."""
        self.settings = settings
        first = replace(settings, others=())
        self._checkers = tuple(Checker(each) for each in (first, *settings.others))
        self.rulebook = self._checkers[0].rulebook
        ids = [each.rulebook.id for each in self._checkers]
        if len(set(ids)) < len(ids):
            raise ValueError(f"two of the rulebooks have one id: {join_names(ids)}")

    @property
    def rulebooks(self) -> tuple[Rulebook, ...]:
        """The rulebooks, in the order in which they were given."""
        return tuple(each.rulebook for each in self._checkers)

    def check(self, recording: Recording | SkippedFile) -> Iterator[Result]:
        """Judge a recording as `Checker.check` does, by the rulebook whose operation it is."""
        if isinstance(recording, SkippedFile):
            yield from self._checkers[0].check(recording)
            return
        results = self._results(recording)
        for checker, found in results[:1] if len(results) == 1 else ():
            yield from (_with_rulebook(result, checker.rulebook) for result in found)
        if len(results) > 1:
            yield self.unchecked(recording.source, 0, _conflict([each for each, _ in results]))
        elif not results and recording.explicit:
            error = UncheckedError(Reason.OTHER_OPERATION, OTHER_OPERATION)
            yield self.unchecked(recording.source, 0, error)
        elif not results:
            yield Skipped(recording.source, OTHER_OPERATION)

    def _results(self, recording: Recording) -> list[tuple[Checker, list[Result]]]:
        """Return the checkers whose operation an exchange is, each with its results.

        Method and URL decide, and of two path templates the one that writes more of the path out; without them an exchange is of the operation as whose answer it can be judged.
        """
        operations = {each: open_call(each.rulebook, recording.http).operation for each in self._checkers}
        matching = [each for each in self._checkers if operations[each] is Operation.THIS]
        if len(matching) > 1:
            kept = most_specific_rulebooks([each.rulebook for each in matching], recording.http.url)
            matching = [each for each in matching if each.rulebook in kept]
        if len(matching) > 1:
            return [(each, []) for each in matching]
        if matching:
            return [(matching[0], list(matching[0].check(recording)))]
        unnamed = structs.replace(recording, explicit=False, traffic=True)
        possible = [each for each in self._checkers if operations[each] is Operation.UNKNOWN]
        found = [(each, list(each.check(unnamed))) for each in possible]
        ours = [(each, results) for each, results in found if not all(map(_is_skipped, results))]
        judged = [(each, results) for each, results in ours if any(map(_is_judged, results))]
        return judged or ours[:1] or self._named_as_theirs(possible, recording)

    def _named_as_theirs(
        self, possible: list[Checker], recording: Recording
    ) -> list[tuple[Checker, list[Result]]]:
        """Return the first of the checkers that cannot skip a file of a folder whose name says that it is a message."""
        if recording.explicit or recording.traffic:
            return []
        named = [each for each in possible if is_named_as_message(each.rulebook, recording)]
        found = ((each, list(each.check(recording))) for each in named)
        return [(each, results) for each, results in found if not all(map(_is_skipped, results))][:1]

    def unchecked(self, source: str, index: int, error: UncheckedError) -> ResponseResult:
        """Return the result of something that could not be judged."""
        return self._checkers[0].unchecked(source, index, error)


def open_checker(settings: Settings) -> Checker | Dispatcher:
    """Return the checker of one rulebook, or of several; raises as they do."""
    return Dispatcher(settings) if settings.others else Checker(settings)


def _with_rulebook(result: Result, rulebook: Rulebook) -> Result:
    return result if isinstance(result, Skipped) else structs.replace(result, rulebook=rulebook.id)


def _is_skipped(result: Result) -> bool:
    return isinstance(result, Skipped)


def _is_judged(result: Result) -> bool:
    return not isinstance(result, Skipped) and result.outcome is not Outcome.UNCHECKED


def _conflict(checkers: list[Checker]) -> UncheckedError:
    ids = join_names([each.rulebook.id for each in checkers])
    detail = f"it is of the operation of several rulebooks: {ids}; narrow `wire.request` of one, or pass one of them"
    return UncheckedError(Reason.OTHER_OPERATION, detail)
