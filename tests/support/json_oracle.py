"""Random rulebooks for JSON, and a naive reading of docs/reference/http-rulebooks.md that says what each response comes to.

It works on decoded values, element by element, and shares no code with the product.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.http_apis import write_example

MASK = "***"
COLUMNS = ("user", "admin")
MARKERS = ("+", "push", "mask", "o", "s", "-")
UNITS = ("", "[]", "items[]", "data/search/edges[]", "groups/members[]")
"""In the last one ``groups`` is an array too."""
PATHS = (
    *("alpha", "beta", "box", "box/inner", "box/other", "box/deep", "box/deep/leaf"),
    *("map", "map/*", "map/*/value", "map/*/flag", "map/fixed/value", "shelf/book"),
)
CONDITIONS: dict[str, dict[str, list[str]]] = {
    "alpha": {"kind": ["x", "7"]},
    "box/inner": {"box/kind": ["x"]},
    "box/other": {"kind": []},
    "shelf/book": {"box/kind": ["true"]},
    "map/*/value": {"map/*/flag": ["x", "text"]},
}
_MORE_MARKERS = """
[[markers]]
id = "usual"
printed = "s"
statement = "all"
meaning = "usually returned"
granted = "should"

[[markers]]
id = "never"
printed = "-"
statement = "all"
meaning = "never returned"
granted = "must-not"
"""


@dataclass
class Book:
    """A rulebook: the cells of its rows by path, and how nulls, masks and conditions count."""

    unit: str
    cells: dict[str, tuple[str, str]]
    nulls: dict[str, str] = field(default_factory=dict)
    unmasked: frozenset[str] = frozenset()
    when: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write its files."""
        rows = "\n".join(f"{path},{path},{','.join(cells)}" for path, cells in self.cells.items())
        old = "id,id,+,+\nname,name,+,+\nallow_merge,allow_merge,push,+\nphone,owner/phone,mask,+\ncompany,owner/company,o,o"
        more = _MORE_MARKERS
        for path in self.cells:
            options = [f'nulls = "{self.nulls[path]}"'] if path in self.nulls else []
            options += ["masks = []"] if path in self.unmasked else []
            options += [f"when = {{ {', '.join(_toml(self.when[path]))} }}"] if path in self.when else []
            more += "\n".join(["", f'[rows."{path}"]', *options, ""]) if options else ""
        return write_example(
            folder,
            (old, rows),
            ('unit = "items[]"', f'unit = "{self.unit}"'),
            ('[rows."owner/company"]\nnulls = "absent"\n', ""),
            ('common = ["name", "id"]\n', ""),
            more=more,
        )


def _toml(when: dict[str, list[str]]) -> list[str]:
    return [f'"{path}" = {texts}' for path, texts in when.items()]


def random_book(rng: random.Random) -> Book:
    """Return a rulebook."""
    paths = [path for path in PATHS if rng.random() < 0.6] or ["alpha"]
    cells = {path: (_marker(rng), _marker(rng)) for path in paths}
    demands_masks = {path for path, both in cells.items() if "mask" in both}
    return Book(
        unit=rng.choice(UNITS),
        cells=cells,
        nulls={path: rng.choice(("absent", "present")) for path in paths if rng.random() < 0.5},
        unmasked=frozenset(path for path in paths if path not in demands_masks and rng.random() < 0.2),
        when={path: when for path, when in CONDITIONS.items() if path in cells and rng.random() < 0.5},
    )


def _marker(rng: random.Random) -> str:
    return rng.choice(MARKERS)


def random_unit(rng: random.Random) -> dict[str, Any]:
    """Return an object of which results are about."""
    members: dict[str, Any] = {
        "alpha": _leaf(rng),
        "beta": _leaf(rng),
        "kind": _leaf(rng),
        "box": _several(rng, _box),
        "map": _several(rng, _map),
        "shelf": _several(rng, lambda rng: {"book": _leaf(rng)}),
        "zzz": {"alpha": _leaf(rng), "book": 1},
    }
    kept = [name for name in members if rng.random() < 0.8]
    rng.shuffle(kept)
    permissions = rng.choice(({"push": True}, {"push": False}, {}, None))
    return {name: members[name] for name in kept} | (
        {} if permissions is None else {"permissions": permissions}
    )


def _box(rng: random.Random) -> dict[str, Any]:
    members = {
        "inner": _leaf(rng),
        "other": _leaf(rng),
        "kind": _leaf(rng),
        "deep": _several(rng, lambda rng: {"leaf": _leaf(rng)}),
    }
    return {name: value for name, value in members.items() if rng.random() < 0.7}


def _map(rng: random.Random) -> dict[str, Any]:
    keys = [key for key in ("k1", "k2", "fixed") if rng.random() < 0.5]
    return {key: _several(rng, lambda rng: {"value": _leaf(rng), "flag": _leaf(rng)}) for key in keys}


def _several(rng: random.Random, make: Any) -> Any:
    """Return an object, or what can stand in its place."""
    kind = rng.randrange(9)
    if kind < 5:
        return make(rng)
    return (
        [make(rng), make(rng)],
        [make(rng), None],
        [],
        rng.choice((None, MASK, 5, "text", [[make(rng)]])),
    )[kind - 5]


def _leaf(rng: random.Random) -> Any:
    return rng.choice(
        (None, MASK, "x", "text", "", 7, 1.5, True, [], ["x", None], {}, {"zz": 1}, [MASK, "y"])
    )


def wrapped(unit: str, items: list[Any], beside: dict[str, Any]) -> Any:
    """Return a response with these units, and with other members beside them; of a rulebook without a list it is the first."""
    if not unit:
        return items[0]
    half = len(items) // 2
    return {
        "[]": items,
        "items[]": {"total": len(items), "items": items, **beside},
        "data/search/edges[]": {"data": {"search": {"edges": items, "count": 2}}, **beside},
        "groups/members[]": {"groups": [{"members": items[:half]}, {"members": items[half:], **beside}]},
    }[unit]


Found = set[tuple[str, str]]
"""Rules and paths."""


def findings(book: Book, unit: dict[str, Any], column: str) -> Found:
    """Return the findings about rows in a unit."""
    push = unit.get("permissions", {}).get("push")
    expected = {path: _expectation(cells[COLUMNS.index(column)], push) for path, cells in book.cells.items()}
    found: Found = set()
    for container in _containers(book):
        below = [path for path in book.cells if container in (_container(book, path), *_ways(book, path))]
        for occurrence in occurrences(book, unit, container):
            for path in below:
                states = states_of(book, occurrence, container, path)
                is_masked = expected[path] == "masked" and "masked" in states
                if "present" in states:
                    rule = {"must-not": "leaked", "masked": "unmasked", "undecided": "undecided"}.get(
                        expected[path]
                    )
                    found |= {(rule, path)} if rule else set()
                elif (
                    not is_masked
                    and not path.endswith("*")
                    and not _is_in_nothing(book, occurrence, container, path)
                    and _is_met(book, path, unit, container, occurrence)
                ):
                    found |= set(_absences(book, expected, path, required=True))
    return found


def _expectation(cell: str, push: object) -> str:
    if cell == "push":
        return (
            {True: "must", False: "must-not"}.get(push, "undecided")
            if isinstance(push, bool)
            else "undecided"
        )
    return {"+": "must", "mask": "masked", "o": "may", "s": "should", "-": "must-not"}[cell]


def _absences(
    book: Book, expected: dict[str, str], path: str, *, required: bool
) -> Iterator[tuple[str, str]]:
    """Yield the finding about a row that is not there, and those about what would be in it."""
    if expected[path] not in ("must", "masked", "should"):
        return
    required = required and expected[path] != "should"
    yield ("missing" if required else "omitted"), path
    for below in book.cells:
        if _container(book, below) == path and below not in book.when and not below.endswith("*"):
            yield from _absences(book, expected, below, required=required)


def _container(book: Book, path: str) -> str | None:
    """Return the nearest element around a path that is a row, or that has a free key: each member of a map is looked into."""
    steps = path.split("/")
    above = ["/".join(steps[:length]) for length in range(len(steps) - 1, 0, -1)]
    return next((each for each in above if each in book.cells or each.endswith("*")), None)


def _ways(book: Book, path: str) -> list[str]:
    """Return the elements in no row that lead from its container to an element."""
    names, container = path.split("/"), _container(book, path)
    return [
        "/".join(names[:length]) for length in range(container.count("/") + 2 if container else 1, len(names))
    ]


def _containers(book: Book) -> set[str | None]:
    """Return the elements each of whose occurrences is looked into."""
    ways = {way for path in book.cells for way in _ways(book, path)}
    return {None, *book.cells, *(_container(book, path) for path in book.cells), *ways}


def occurrences(book: Book, unit: dict[str, Any], container: str | None) -> list[Any]:
    """Return the occurrences of a container that are there; a null, and an array without items, lack nothing."""
    if container is None:
        return [unit]
    values = [each for each in reached(book, unit, None, container) if each is not None and each != []]
    is_way = any(container in _ways(book, path) for path in book.cells)
    return values if is_way else [each for each in values if _state(book, container, each) == "present"]


def _is_in_nothing(book: Book, occurrence: Any, container: str | None, path: str) -> bool:
    """Return whether an element on the way to one is a null, or an array without items, which have no children to miss."""
    names = path.split("/")
    way = range(len(container.split("/")) + 1 if container else 1, len(names))
    around = [reached(book, occurrence, container, "/".join(names[:length])) for length in way]
    return any(value is None or value == [] for values in around for value in values)


def reached(book: Book, value: Any, start: str | None, path: str) -> list[Any]:
    """Return the elements with a path, from an occurrence of a container on."""
    values, names = _flat(value), path.split("/")
    for at in range(len(start.split("/")) if start else 0, len(names)):
        before = "/".join(names[:at])
        values = [
            inner
            for each in values
            if isinstance(each, dict)
            for name, item in each.items()
            if _matches(book, name, names[at], before)
            for inner in _flat(item)
        ]
    return values


def _matches(book: Book, name: str, wanted: str, before: str) -> bool:
    """Return whether a member is one of a path; a row with the name itself takes precedence over one with ``*``."""
    is_named = any(path.startswith(f"{before}/{name}/") for path in book.cells)
    return name == wanted or (wanted == "*" and not is_named)


def _flat(value: Any) -> list[Any]:
    """Return the elements that a value is: the items of an array, and of arrays in it; an array without items is one."""
    if isinstance(value, list) and value:
        return [each for item in value for each in _flat(item)]
    return [value]


def states_of(book: Book, value: Any, start: str | None, path: str) -> set[str]:
    """Return the states of the elements with a path in an occurrence of a container: present, masked, absent."""
    return {_state(book, path, each) for each in reached(book, value, start, path)}


def _state(book: Book, path: str, value: Any) -> str:
    if value is None:
        return "absent" if book.nulls.get(path, "present") == "absent" else "present"
    return "masked" if value == MASK and path not in book.unmasked else "present"


def _is_met(book: Book, path: str, unit: Any, container: str | None, occurrence: Any) -> bool:
    for other, texts in book.when.get(path, {}).items():
        around = container
        while around is not None and not (around in _containers(book) and other.startswith(f"{around}/")):
            around = around.rpartition("/")[0] or None
        # The occurrence of the nearest container around both that the row's own is in, by identity: values may be equal.
        start = (
            unit
            if around is None
            else next(
                each
                for each in occurrences(book, unit, around)
                if any(inner is occurrence for inner in reached(book, each, around, container or ""))
            )
        )
        values = reached(book, start, around, other)
        found = [
            _text(value)
            for value in values
            if not isinstance(value, (dict, list)) and _state(book, other, value) != "absent"
        ]
        if not (set(found) & set(texts) if texts else found):
            return False
    return True


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
