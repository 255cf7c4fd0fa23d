"""Every single leak and omission in every context, and each of them in a drawn form."""

from __future__ import annotations

from collections.abc import Collection
from random import Random
from typing import NamedTuple

from whosees.engine.result import ResponseResult

from . import tool
from .invented import STRANGE, with_strangers, with_unlisted
from .messages import AUDIO_FLAG, sidecar
from .reading import (
    CONTEXTS,
    MAY,
    MUST_NOT,
    ROW,
    UNKNOWN_CALLERS,
    Context,
    Response,
    ancestors,
    closed,
    expected,
    ideal,
    parent,
    plain,
)
from .repeated import judge_each, noted_places
from .variants import Family, draw_style
from .writing import BETWEEN, Written, lines_of, write


class Mutant(NamedTuple):
    """A response that differs from what its context should see by one row."""

    context: Context
    path: str

    @property
    def leaks(self) -> bool:
        """True if the row is one too many; else it is one that is not there."""
        return expected(self.context, self.path) == MUST_NOT


def mutants_of(context: Context) -> list[Mutant]:
    """The mutants of one context: a row that may be there is neither a leak nor an omission."""
    return [Mutant(context, path) for path in ROW if expected(context, path) != MAY]


MUTANTS = tuple(mutant for context in (*CONTEXTS, *UNKNOWN_CALLERS) for mutant in mutants_of(context))


class Case(NamedTuple):
    """A mutant in a drawn form: the bodies of a message, of which one is the mutant, and the message."""

    mutant: Mutant
    bodies: tuple[Response, ...]
    written: Written


def draw_case(mutant: Mutant, families: Collection[Family], draw: Random) -> Case:
    """Write a mutant in one way of these families."""
    style = draw_style(families, draw)
    places = mutated(mutant, draw if Family.REPEATED in families else None)
    if Family.UNLISTED in families:
        places = with_unlisted(places, draw, wide=style.encoding.codec != "ascii")
    if Family.STRANGE in families:
        places = with_strangers(places, draw)
    bodies = [places]
    if Family.ENVELOPE in families:
        whole = ideal(mutant.context) | {AUDIO_FLAG}
        others = draw.choice((0, 0, 1, 2))
        bodies = [whole] * others
        bodies.insert(draw.randint(0, others), places)
    return Case(mutant, tuple(bodies), write(bodies, mutant.context.service, style, draw))


def mutated(mutant: Mutant, draw: Random | None) -> Response:
    """The mutant's places; with a random source, containers repeat, and the mutant is in one of them."""
    context, path = mutant
    above = ancestors(path)
    sound = ideal(context) | closed(above[:1]) | {AUDIO_FLAG}
    at = path
    if draw is not None:
        if above:
            again = draw.choice(above)
            sound = _again(sound, again, draw.randint(1, 2))
            at = draw.choice(_numbered(sound, again)) + path[len(again) :]
        containers = {each for each in sound if plain(each) in _CONTAINERS and plain(each) != path}
        sound = _again(sound, draw.choice(sorted(containers)), 1)
    if mutant.leaks:
        twice = draw is not None and draw.random() < 0.3
        return sound | closed([at, f"{at}[2]"] if twice else [at])
    return frozenset(place for place in sound if at not in (place, *ancestors(place)))


_CONTAINERS = frozenset(above for path in ROW for above in ancestors(path))


def _numbered(places: Response, place: str) -> list[str]:
    """The places of the same name in the same container."""
    return sorted(each for each in places if plain(each) == plain(place) and parent(each) == parent(place))


def _again(places: Response, place: str, times: int) -> Response:
    """Repeat a place with all that stands in it."""
    subtree = [each for each in places if each == place or each.startswith(f"{place}/")]
    first = len(_numbered(places, place)) + 1
    base = f"{parent(place)}/" * bool(parent(place)) + plain(place).rpartition("/")[2]
    copies = {
        f"{base}[{number}]{each[len(place) :]}" for number in range(first, first + times) for each in subtree
    }
    return places | copies


def compare(case: Case) -> int:
    """Check that the tool finds in a case exactly what the reading finds; return the number of findings."""
    context = case.mutant.context
    stated = sidecar(context)
    if all("metaData/serviceType" in places for places in case.bodies):
        stated = stated.split(b"\n", 1)[1]  # the service is what the response says
    results = tool.check_bodies(case.written.content, sidecar=stated)
    assert len(results) == len(case.bodies)
    bodies = zip(case.bodies, case.written.lines, results, strict=True)
    return sum(_compare_body(context, *each) for each in bodies)


def _compare_body(context: Context, places: Response, where: dict[str, int], result: ResponseResult) -> int:
    wrong = judge_each(places, context)
    noted = noted_places(places, context)
    lines = {path: lines_of(each, where) for path, each in noted.items()}
    strange = {path for path in lines if path.endswith(STRANGE)}
    alike = {path: path.removesuffix(STRANGE) for path in strange}
    denied = {path for path, row in alike.items() if expected(context, row) == MUST_NOT}
    assert tool.found(result) == {
        (each.rule, tool.SEVERITY[each.rule], each.path, each.cause, lines_of(each.places, where))
        for each in wrong
    } | {
        ("near-miss", "error" if path in denied else "warning", alike[path], None, lines[path])
        for path in strange
    }
    texts = _texts_between(context, where)
    assert tool.noted_lines(result) == {path: lines[path] for path in lines.keys() - strange} | texts
    undecided = {found.path for found in result.findings if found.rule == "undecided"}
    assert undecided == {
        plain(place) for place in places if plain(place) in ROW and expected(context, plain(place)) == MAY
    }
    assert len(result.findings) == len(wrong) + len(noted) + len(texts) + len(undecided)
    errors = bool(denied) or any(tool.SEVERITY[each.rule] == "error" for each in wrong)
    assert result.outcome.value == ("violating" if errors else "conformant")
    assert tuple(result.resolved.context[fact] for fact in context._fields) == context
    return len(result.findings)


def _texts_between(context: Context, where: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """The lines of each text in a row that rows are in; one in a leak belongs to that."""
    texts: dict[str, set[str]] = {}
    for place in where:
        path = plain(place.removesuffix(BETWEEN))
        around = [each for each in (path, *ancestors(path)) if each in ROW]
        if place.endswith(BETWEEN) and path in _CONTAINERS & ROW.keys() and not _leaks(context, around):
            texts.setdefault(path + BETWEEN, set()).add(place)
    return {path: lines_of(places, where) for path, places in texts.items()}


def _leaks(context: Context, paths: Collection[str]) -> bool:
    return any(expected(context, path) == MUST_NOT for path in paths)
