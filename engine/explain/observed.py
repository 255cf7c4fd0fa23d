"""Comparison of an element that is explained with what a response shows of it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ...rules.model import Row, Rulebook
from ...rules.names import join_words
from ..context import Context
from ..expectation import Evaluator, Expectation
from ..finding import Finding, Severity
from ..near_miss import NearMiss, fold_name, rows_named
from ..observation import Observation
from ..places import Place, bit_shift, row_bits

if TYPE_CHECKING:
    from ..judge import Judge

MAX_ELSEWHERE = 20
"""Other places of a row's name, and names like it, that an explanation lists."""

_ANY_TEXT = "any text"


class Elsewhere(msgspec.Struct, frozen=True):
    """A place in a response, other than a row's own, where an element or attribute has the row's name."""

    path: str
    lines: tuple[int, ...]


class SimilarName(msgspec.Struct, frozen=True):
    """An element in no row that stands beside where a row's would, and in what its name differs from the row's."""

    path: str
    lines: tuple[int, ...]
    difference: str


class Observed(msgspec.Struct, frozen=True):
    """The presence of an element in a response, its lines, and the other places where something has its name.

    ``near_misses`` are in its place and have nearly its name. ``findings`` are what `check` finds about the element. ``is_masked`` says that it is there and withheld: only masked. ``is_exempt``
    that it is absent, and nowhere expected, because its condition (`when`) is not met, an element in no row that would enclose it is
    null or has no items, or it is a member of a map. ``lacking_container`` is one in some of whose occurrences the element is missing
    although it is there elsewhere. ``absent_container`` is the outermost container that is not there, or has nothing in it, so that the
    element cannot be there either: nowhere, or in that ``lacking_container``; ``is_emptied`` says that it is there with nothing in it.
    """

    present: bool
    lines: tuple[int, ...]
    elsewhere: tuple[Elsewhere, ...] = ()
    near_misses: tuple[SimilarName, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_masked: bool = False
    is_exempt: bool = False
    lacking_container: str | None = None
    absent_container: str | None = None
    is_emptied: bool = False

    @property
    def absences(self) -> tuple[Finding, ...]:
        """The findings that say that it is missing or omitted somewhere."""
        return tuple(finding for finding in self.findings if finding.rule in _ABSENCES)


_ABSENCES = ("missing", "omitted")


def observe_unlisted(path: str, observation: Observation | None) -> Observed | None:
    """Return what an observation says of an element in no row; None without an observation."""
    if observation is None:
        return None
    lines = observation.lines(path)
    return Observed(bool(lines), lines)


def observe(
    evaluator: Evaluator, row: Row, context: Context, observation: Observation | None
) -> Observed | None:
    """Return what an observation says of a row's element; None without an observation."""
    if observation is None:
        return None
    from ..judge import judge_for  # imported here: without a response nothing is judged

    judge = judge_for(evaluator, context)
    rulebook, lines = evaluator.rulebook, observation.lines(row.path)
    about = judge.findings_about(row, observation)
    lacking = [hit.lacking_container for finding, hit in about if finding.rule in _ABSENCES]
    shift, bit = bit_shift(rulebook), row_bits(rulebook)[row.path]
    states = _states(rulebook, row, observation)
    seen = Observed(
        present=bool(lines),
        lines=lines,
        elsewhere=_elsewhere(judge, row, observation),
        near_misses=_near_misses(judge, row, observation),
        findings=tuple(finding for finding, _ in about),
        is_masked=any(state >> shift & bit for state in states),
    )
    if lacking and (seen.present or seen.is_masked):
        absent = _outermost_below(rulebook, row, lacking[0])
        return msgspec.structs.replace(seen, lacking_container=lacking[0], absent_container=absent)
    if seen.present:
        return seen
    if states:
        is_exempt = not lacking and (row.is_free_key or all(state >> 2 * shift & bit for state in states))
        return msgspec.structs.replace(seen, is_exempt=is_exempt)
    container = _outermost_absent(rulebook, rulebook.judged_in[row.path], observation)
    return msgspec.structs.replace(
        seen,
        absent_container=container,
        is_emptied=container is not None and _is_there(rulebook, container, observation),
    )


def _states(rulebook: Rulebook, row: Row, observation: Observation) -> list[int]:
    """Return the bits of the containers that a row is judged in, and of elements in no row that lead to it."""
    around = rulebook.judged_in[row.path]
    return [
        present
        for path, _, present in observation.containers
        if path == around or (path is not None and row in rulebook.rows_through.get(path, ()))
    ]


def _outermost_below(rulebook: Rulebook, row: Row, around: str | None) -> str | None:
    """Return the outermost container that a row is in below another one; None if the row is directly in that."""
    outermost, container = None, rulebook.judged_in[row.path]
    while container is not None and (around is None or container.startswith(f"{around}/")):
        outermost, container = container, rulebook.judged_in[container]
    return outermost


def _outermost_absent(rulebook: Rulebook, container: str | None, observation: Observation) -> str | None:
    there = {path for path, _, _ in observation.containers}
    outermost = container
    while container is not None and container not in there:
        if not rulebook.rows_judged_in[container] and observation.lines(container):
            break  # a map, of which it is not noted what is in it
        outermost, container = container, rulebook.judged_in[container]
    return outermost


def _is_there(rulebook: Rulebook, container: str, observation: Observation) -> bool:
    """Return whether a container in which no rows are judged is there all the same: null, masked, or without items."""
    row = rulebook.row_by_path.get(container)
    masked = row_bits(rulebook)[container] << bit_shift(rulebook) if row is not None else 0
    states = _states(rulebook, row, observation) if row is not None else []
    return bool(observation.lines(container)) or any(state & masked for state in states)


def _elsewhere(judge: Judge, row: Row, observation: Observation) -> tuple[Elsewhere, ...]:
    """Return the places of elements and attributes in no row that have the name of a row, the first ones of many."""
    found: dict[str, set[int]] = {}
    elements = ((place, at) for place, at in observation.located_unlisted() if not place.is_text)
    for place, at in elements:
        named = rows_named(judge.rulebook).get(fold_name(place.name.removeprefix("@")), ())
        bears_name = row.path in named or (not named and row.path in judge.misplaced(place))
        is_new = place.path not in found
        if (
            bears_name
            and (not is_new or len(found) < MAX_ELSEWHERE)
            and _near_miss(judge, row, place) is None
        ):
            found.setdefault(place.path, set()).add(observation.line(at))
    return tuple(Elsewhere(place, tuple(sorted(lines))) for place, lines in found.items())


def _near_misses(judge: Judge, row: Row, observation: Observation) -> tuple[SimilarName, ...]:
    """Return the elements that `check` calls near misses of a row, the first ones of many."""
    found: dict[str, tuple[str, set[int]]] = {}
    for place, at in observation.located_unlisted():
        near = _near_miss(judge, row, place)
        if near is not None and (place.path in found or len(found) < MAX_ELSEWHERE):
            found.setdefault(place.path, (near.difference, set()))[1].add(observation.line(at))
    return tuple(SimilarName(path, tuple(sorted(lines)), why) for path, (why, lines) in found.items())


def _near_miss(judge: Judge, row: Row, place: Place) -> NearMiss | None:
    """Return in what an element differs from a row's that it is a near miss of; None if it is none."""
    if place.parent is None or place.parent.path != row.path.rpartition("/")[0]:
        return None
    near = judge.near_miss(place)
    return None if near is None or near.path != row.path or judge.misplaced(place) else near


def condition_of(rulebook: Rulebook, row: Row) -> str:
    """Return the condition (`when`) on which an element is expected, as a phrase; empty if there is none."""
    return join_words(
        [
            f"`{path}` is {' or '.join(texts) if texts else _ANY_TEXT}"
            for path, texts in rulebook.row_options[row.path].when.items()
        ]
    )


def compare(evaluator: Evaluator, row: Row, context: Context, expected: str, seen: Observed) -> str:
    """Return a sentence that holds what was seen against what is expected, which ``expected`` says with its grounds."""
    expectation = evaluator.expectation(row.path, context)
    is_masked_as_it_must_be = seen.is_masked and expectation is Expectation.MASKED
    if expectation.expects_presence and not (seen.present or seen.absences or is_masked_as_it_must_be):
        if seen.is_exempt:
            return f"`{row.path}` {_place(seen)}, and need not be: {_why_exempt(evaluator.rulebook, row)}."
        if seen.is_emptied:
            return f"`{row.path}` is not in the response, because nothing is in `{seen.absent_container}`; otherwise it {expected}"
        return f"`{row.path}` is not in the response, because `{seen.absent_container}` is not; in it, it {expected}"
    if seen.lacking_container is not None and (seen.present or is_masked_as_it_must_be):
        because = f", because `{seen.absent_container}` is not" if seen.absent_container is not None else ""
        everywhere = f"not in every `{seen.lacking_container}`{because}"
        return f"`{row.path}` {_place(seen)}, but {everywhere}, and {expected}"
    is_wrong = any(finding.severity is not Severity.NOTE for finding in seen.findings)
    return f"`{row.path}` {_place(seen)}, {'but' if is_wrong else 'and'} {expected}"


def _why_exempt(rulebook: Rulebook, row: Row) -> str:
    if row.is_free_key:
        return "`*` stands for any name, and no member is demanded"
    condition = condition_of(rulebook, row)
    return f"it is expected only if {condition}" if condition else "what it would be in is empty"


def _place(seen: Observed) -> str:
    if seen.present:
        is_unmasked = any(finding.rule == "unmasked" for finding in seen.findings)
        return f"is in the response{', not masked' if is_unmasked else ''}"
    if seen.is_masked:
        return "is in the response, masked"
    return "is not in its place in the response" if seen.elsewhere else "is not in the response"
