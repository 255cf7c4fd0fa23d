"""Comparison of an element that is explained with what a response shows of it, in words."""

from __future__ import annotations

import msgspec

from ...rules.model import Row, Rulebook
from ...rules.names import join_words
from ...rules.paths import ANY_NAME
from ..context import Context
from ..expectation import Evaluator, Expectation
from ..near_miss import fold_name, rows_named
from ..observation import Observation
from ..places import bit_shift, row_bits

MAX_ELSEWHERE = 20
"""Other places of a row's name that an explanation lists."""

_ANY_TEXT = "any text"


class Elsewhere(msgspec.Struct, frozen=True):
    """A place in a response, other than a row's own, where an element or attribute has the row's name."""

    path: str
    lines: tuple[int, ...]


class Observed(msgspec.Struct, frozen=True):
    """The presence of an element in a response, its lines, and the other places where something has its name.

    ``is_masked`` says that it is there and withheld: only masked. ``is_exempt`` that it is absent, and nowhere expected, because its
    condition (`when`) is not met, an element in no row that would enclose it is null or has no items, or it is a member of a map.
    ``lacking_container`` is one that is there more than once, and in one of its places without the element, or what it must be in. ``absent_container`` is
    the outermost container that is not there, or has nothing in it, so that the element cannot be there either; ``container`` says
    what was seen of that.
    """

    present: bool
    lines: tuple[int, ...]
    elsewhere: tuple[Elsewhere, ...] = ()
    is_masked: bool = False
    is_exempt: bool = False
    lacking_container: str | None = None
    absent_container: str | None = None
    container: Observed | None = None


def observe(rulebook: Rulebook, path: str, observation: Observation | None) -> Observed | None:
    """Return what an observation says of the element with this path; None without an observation."""
    if observation is None:
        return None
    lines = observation.lines(path)
    seen = Observed(bool(lines), lines, _elsewhere(rulebook, path, observation))
    row = rulebook.row_by_path.get(path)
    if row is None:
        return seen
    if seen.present:
        return msgspec.structs.replace(seen, lacking_container=_lacking(rulebook, row, observation))
    return _absent(rulebook, row, observation, seen)


def observe_around(
    evaluator: Evaluator, row: Row, context: Context, observation: Observation | None
) -> Observed | None:
    """Return what an observation says of a row, which something also lacks if it lacks what the row must be in."""
    seen = observe(evaluator.rulebook, row.path, observation)
    if observation is None or seen is None or seen.lacking_container is not None:
        return seen
    if not (seen.present or seen.is_masked):
        return seen
    lacking = _lacking_around(evaluator, row, context, observation)
    return msgspec.structs.replace(seen, lacking_container=lacking)


def _lacking_around(evaluator: Evaluator, row: Row, context: Context, observation: Observation) -> str | None:
    rulebook, path = evaluator.rulebook, row.container
    while path is not None and not rulebook.row_options[row.path].when and ANY_NAME not in row.steps:
        row = rulebook.row_by_path[path]
        if rulebook.row_options[path].when or not evaluator.expectation(path, context).expects_presence:
            return None
        if lacking := _lacking(rulebook, row, observation):
            return lacking
        path = row.container
    return None


def _lacking(rulebook: Rulebook, row: Row, observation: Observation, *, masked: bool = False) -> str | None:
    """Return the container that lacks a row somewhere which is there, or there masked, elsewhere."""
    shift, bit = bit_shift(rulebook), row_bits(rulebook)[row.path]
    there = (bit << shift if masked else bit) | bit << 2 * shift  # or need not be
    lacking = [path for path, present in _states(rulebook, row, observation) if not present & there]
    return lacking[0] if lacking and not row.is_free_key else None


def _states(rulebook: Rulebook, row: Row, observation: Observation) -> list[tuple[str | None, int]]:
    """Return the containers that a row is judged in, and elements in no row that lead to it: each lacks it or not by itself."""
    around = rulebook.judged_in[row.path]
    return [
        (path, present)
        for path, _, present in observation.containers
        if path == around or (path is not None and row in rulebook.rows_through.get(path, ()))
    ]


def _absent(rulebook: Rulebook, row: Row, observation: Observation, seen: Observed) -> Observed:
    """Return what is to be said of a row of which no element with its text is there."""
    shift, bit = bit_shift(rulebook), row_bits(rulebook)[row.path]
    around = rulebook.judged_in[row.path]
    if around not in {path for path, _, _ in observation.containers}:
        container = _outermost_absent(rulebook, around, observation)
        outside = None if container is None else observe(rulebook, container, observation)
        return msgspec.structs.replace(seen, absent_container=container, container=outside)
    states = [present for _, present in _states(rulebook, row, observation)]
    is_masked = any(state >> shift & bit for state in states)
    return msgspec.structs.replace(
        seen,
        is_masked=is_masked,
        lacking_container=_lacking(rulebook, row, observation, masked=True) if is_masked else None,
        is_exempt=row.is_free_key or all(state >> 2 * shift & bit for state in states),
    )


def _outermost_absent(rulebook: Rulebook, container: str | None, observation: Observation) -> str | None:
    there = {path for path, _, _ in observation.containers}
    outermost = container
    while container is not None and container not in there:
        outermost, container = container, rulebook.judged_in[container]
    return outermost


def _elsewhere(rulebook: Rulebook, path: str, observation: Observation) -> tuple[Elsewhere, ...]:
    """Return the places of elements and attributes in no row that have the name of a row, the first ones of many."""
    if path not in rulebook.row_by_path:
        return ()
    found: dict[str, set[int]] = {}
    elements = ((place, at) for place, at in observation.unlisted if not place.is_text)
    for place, at in elements:
        if path in rows_named(rulebook).get(fold_name(place.name.removeprefix("@")), ()) and (
            place.path in found or len(found) < MAX_ELSEWHERE
        ):
            found.setdefault(place.path, set()).add(observation.line(at))
    return tuple(Elsewhere(place, tuple(sorted(lines))) for place, lines in found.items())


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
    container = seen.absent_container
    if seen.is_exempt and expectation.expects_presence and not _is_right(expectation, seen):
        return f"`{row.path}` {_place(seen)}, and need not be: {_why_exempt(evaluator.rulebook, row)}."
    if (
        container is not None
        and expectation.expects_presence
        and not is_missed(evaluator, row, context, seen)
    ):
        if seen.container is not None and (seen.container.present or seen.container.is_masked):
            return f"`{row.path}` is not in the response, because nothing is in `{container}`; otherwise it {expected}"
        return f"`{row.path}` is not in the response, because `{container}` is not; in it, it {expected}"
    if seen.lacking_container is not None and _is_shown(expectation, seen) and expectation.expects_presence:
        everywhere = f"not in every `{seen.lacking_container}`"
        return f"`{row.path}` {_place(seen)}, but {everywhere}, and {expected}"
    if seen.present and evaluator.is_masked_at_most(row, context):
        return f"`{row.path}` {_place(seen)}, not masked, but {expected}"
    link = "and" if expectation is Expectation.MAY or _is_right(expectation, seen) else "but"
    return f"`{row.path}` {_place(seen)}, {link} {expected}"


def _why_exempt(rulebook: Rulebook, row: Row) -> str:
    if row.is_free_key:
        return "`*` stands for any name, and no member is demanded"
    condition = condition_of(rulebook, row)
    return f"it is expected only if {condition}" if condition else "what it would be in is empty"


def is_missed(evaluator: Evaluator, row: Row, context: Context, seen: Observed) -> bool:
    """Return whether the absence of a row's container is wrong, and unconditionally that of all that leads from it to the row."""
    rulebook, container, path = evaluator.rulebook, seen.container, row.container
    if container is None or seen.absent_container is None or rulebook.row_options[row.path].when:
        return False
    there = rulebook.judged_in[seen.absent_container]
    if ANY_NAME in row.path.split("/")[len(there.split("/")) if there else 0 :]:
        return False  # no member of a map is demanded
    while path is not None and path != seen.absent_container:
        is_conditional = rulebook.row_options[path].when
        if is_conditional or not evaluator.expectation(path, context).expects_presence:
            return False
        path = rulebook.row_by_path[path].container
    expectation = evaluator.expectation(seen.absent_container, context)
    is_there = container.present and container.lacking_container is None  # null, or without items
    is_excused = is_there or container.is_exempt or _is_right(expectation, container)
    return expectation.expects_presence and not is_excused


def _is_right(expectation: Expectation, seen: Observed) -> bool:
    if not expectation.expects_presence:
        return not seen.present
    return _is_shown(expectation, seen) and seen.lacking_container is None


def _is_shown(expectation: Expectation, seen: Observed) -> bool:
    """Return whether an element is there somewhere as it is expected: with its text, or masked."""
    return seen.is_masked if expectation is Expectation.MASKED else seen.present


def _place(seen: Observed) -> str:
    if seen.present:
        return "is in the response"
    if seen.is_masked:
        return "is in the response, masked"
    return "is not in its place in the response" if seen.elsewhere else "is not in the response"
