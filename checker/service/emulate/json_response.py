"""Responses in JSON: the rows that a caller is shown, in the place where the rulebook has its units."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ....engine.context import Context
from ....engine.expectation import Evaluator, Expectation
from ....engine.places import row_at
from ....rules.model import Rulebook
from ....rules.paths import ANY_NAME
from ...messages.json.places import member_name
from .faults import FaultKind, Faults
from .stated_texts import NEUTRAL, stated_texts
from .visible import ancestors, visible_rows

_JSON = {"true": True, "false": False}


def unit_objects(
    evaluator: Evaluator, context: Context, faults: Faults, given: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield what units show in a context: their rows, and what states their facts; ``given`` are texts by path.

    Of rows whose conditions exclude each other each is expected in one of them.
    """
    texts = {**stated_texts(evaluator.rulebook, context), **given}
    for chosen in _condition_texts(evaluator.rulebook, texts):
        yield _unit_object(evaluator, context, faults, {**chosen, **texts})


def _unit_object(
    evaluator: Evaluator, context: Context, faults: Faults, texts: Mapping[str, str]
) -> dict[str, Any]:
    rulebook = evaluator.rulebook
    rows = list(visible_rows(evaluator, context, faults))
    leaked = faults.paths(FaultKind.LEAK)
    there = {path for path in texts if path in rows or path not in rulebook.row_by_path}
    rows = [path for path in rows if path in leaked or _is_met(rulebook, path, texts, there)]
    root: dict[str, Any] = {}
    for path in (*_unlisted_paths(rulebook, texts, rows), *rows):
        mask = None
        if path in rows and path not in leaked and evaluator.expectation(path, context) is Expectation.MASKED:
            mask = next(iter(rulebook.row_options[path].masks or ()))
        for member in _members(rulebook, path, texts):
            _put(root, member, _value(rulebook, path, mask or texts.get(member, texts.get(path))))
    for path in _members_that_lack(rulebook, faults, rows):
        _put(root, path, {})
    for path in faults.paths(FaultKind.EMPTY) & set(rows):
        for member in _members(rulebook, path, texts):
            _put(root, member, {} if rulebook.rows_below[path] else "")
    return root


def in_units(rulebook: Rulebook, units: Sequence[dict[str, Any]]) -> bytes:
    """Return a response with these units; there is one if the rulebook has no lists."""
    unit = rulebook.document.wire.unit
    content: Any = list(units) if unit else units[0]
    for name in reversed(unit.removesuffix("[]").split("/") if unit not in ("", "[]") else ()):
        content = {name: content}
    return _bytes(content)


def failure_object(rulebook: Rulebook, text: str) -> bytes:
    """Return the response to a failed call."""
    members = rulebook.document.wire.failure_members or ("message",)
    return _bytes(dict.fromkeys(members, text))


def _bytes(content: Any) -> bytes:
    return json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"


def _condition_texts(rulebook: Rulebook, texts: Mapping[str, str]) -> list[dict[str, str]]:
    """Return texts of the elements that conditional rows ask for, in as few units as have each row that is possible."""
    units: list[dict[str, str]] = []
    for when in (options.when for options in rulebook.row_options.values() if options.when):
        wanted = {path: texts.get(path) or next(iter(values), NEUTRAL) for path, values in when.items()}
        if not _fits(when, wanted):
            continue  # what states a fact excludes it
        unit = next((each for each in units if _fits(when, {**wanted, **each})), None)
        if unit is None:
            units.append(wanted)
        else:
            unit |= {**wanted, **unit}
    return units or [{}]


def _fits(when: Mapping[str, Sequence[str]], texts: Mapping[str, str]) -> bool:
    return all(not values or texts[path] in values for path, values in when.items())


def _is_met(rulebook: Rulebook, row: str, texts: Mapping[str, str], there: set[str]) -> bool:
    """Return whether the condition of a row fits the texts of the elements that are there."""
    when = rulebook.row_options[row].when
    return there >= when.keys() and _fits(when, texts)


def _unlisted_paths(rulebook: Rulebook, texts: Mapping[str, str], rows: Sequence[str]) -> Iterable[str]:
    """Yield elements in no row that state something, or by which the response is recognized."""
    listed = rulebook.row_by_path
    for path in texts:
        rows_around = {row_at(rulebook, outer) for outer in (path, *ancestors(path))} - {None}
        if path not in listed and rows_around.issubset(rows):
            yield path
    recognised = rulebook.document.wire.recognised_by
    there = {outer for path in (*rows, *texts) for outer in (path, *ancestors(path))}
    if there.isdisjoint(recognised):
        yield from [name for name in recognised if name not in listed][:1]


def _members(rulebook: Rulebook, path: str, texts: Iterable[str]) -> Iterator[str]:
    """Yield the path of an element in each member of a map: in one of any name, and in those that texts name."""
    names = path.split("/")
    if ANY_NAME not in names:
        yield path
        return
    at = names.index(ANY_NAME)
    steps = [text.split("/") for text in texts]
    named = {each[at]: None for each in steps if len(each) > at and each[:at] == names[:at]}
    for name in (NEUTRAL, *(named.keys() - {ANY_NAME, NEUTRAL})):
        member = "/".join([*names[:at], name, *names[at + 1 :]])
        if name == NEUTRAL or row_at(rulebook, member) == row_at(rulebook, path):
            yield from _members(rulebook, member, texts)


def _members_that_lack(rulebook: Rulebook, faults: Faults, rows: Sequence[str]) -> Iterator[str]:
    """Yield the members of maps that an omitted element would be in: without a member nothing would be missing."""
    for path in faults.paths(FaultKind.OMIT):
        names = path.split("/")
        around = {row_at(rulebook, outer) for outer in ancestors(path)} - {None}
        if ANY_NAME in names and around.issubset(rows):
            last = len(names) - names[::-1].index(ANY_NAME)
            yield "/".join(NEUTRAL if name == ANY_NAME else name for name in names[:last])


def _value(rulebook: Rulebook, path: str, text: str | None) -> Any:
    if text is None and rulebook.rows_below.get(path):
        return {}
    return _JSON.get(text, text) if text is not None else NEUTRAL


def _put(root: dict[str, Any], path: str, value: Any) -> None:
    *above, last = map(member_name, path.split("/"))
    at = root
    for name in above:
        inner = at.get(name)
        at[name] = at = inner if isinstance(inner, dict) else {}
    if not (value == {} and isinstance(at.get(last), dict)):
        at[last] = value
