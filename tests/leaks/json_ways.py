"""The ways in which a server can leak a member in a JSON document. A new one is one entry."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .planting import SECRET
from .transformations import Transformation, Write

_Document = dict[str, Any]


def _changed(change: Callable[[_Document, str], _Document]) -> Write:
    """Return a way that changes the decoded document."""
    return lambda message, _, name: json.dumps(change(json.loads(message), name))


def _planted(
    value: Any = SECRET, spell: Callable[[str], str] = str, write: Callable[[str], str | bytes] = str
) -> Write:
    """Return a way to plant a member in its own place: with a value, under another name, or with the whole written otherwise."""

    def plant(message: str, path: str, name: str) -> str | bytes:
        document = json.loads(message)
        *above, _ = path.split("/")
        container = document
        for step in above:
            container = container.setdefault(step, {})
        container[spell(name)] = value
        return write(json.dumps(document))

    return plant


def _separated(by: str) -> Callable[[str], str]:
    return lambda name: re.sub(r"(?<=[a-z])(?=[A-Z])", by, name) if name != name.lower() else f"{name}{by}"


def _with_escapes(message: str) -> str:
    """Write the first letter of every name as an escape."""
    return re.sub(r'"(\w)(\w*)":', lambda found: f'"\\u{ord(found[1]):04x}{found[2]}":', message)


def _nested(levels: int, member: _Document) -> _Document:
    for _ in range(levels):
        member = {"a": member}
    return member


_ERRORS = [{"description": "made up"}]

PLACES: dict[str, Write] = {
    "in an unknown object": _changed(lambda d, name: {**d, "meeting": {name: SECRET}}),
    "in an unknown array": _changed(lambda d, name: {**d, "items": [{name: SECRET}]}),
    "in the last of an array's objects": _changed(lambda d, name: {**d, "items": [{"x": 1}, {name: SECRET}]}),
    "in an array of arrays": _changed(lambda d, name: {**d, "items": [[], [[{name: SECRET}]]]}),
    "in two arrays side by side": _changed(lambda d, name: {**d, "a": [{"x": 1}], "b": [{name: SECRET}]}),
    "in an object of telephony": _changed(lambda d, name: {**d, "telephony": {"callIn": {name: SECRET}}}),
    "30 levels down": _changed(lambda d, name: {**d, **_nested(30, {name: SECRET})}),
    "as the name of an unknown object's array": _changed(lambda d, name: {**d, "extra": {name: [SECRET]}}),
}

VALUES: dict[str, Write] = {
    "text": _planted(),
    "null": _planted(None),
    "false": _planted(value=False),
    "zero": _planted(0),
    "empty text": _planted(""),
    "empty array": _planted([]),
    "empty object": _planted({}),
    "array": _planted([SECRET]),
    "object": _planted({"value": SECRET}),
}

PLAIN_JSON = VALUES["text"]

SPELLINGS: dict[str, Write] = {
    "capitals": _planted(spell=str.upper),
    "capitalised": _planted(spell=lambda name: name[:1].swapcase() + name[1:]),
    "kebab-case": _planted(spell=_separated("-")),
    "snake_case": _planted(spell=_separated("_")),
    "dots": _planted(spell=_separated(".")),
    "spaces": _planted(spell=_separated(" ")),
}

WRITING: dict[str, Write] = {
    "escaped names": _planted(write=_with_escapes),
    "mark of UTF-8": _planted(write=lambda message: message.encode("utf-8-sig")),
    "UTF-16": _planted(write=lambda message: message.encode("utf-16")),
    "UTF-32": _planted(write=lambda message: message.encode("utf-32")),
    "white space before colons": _planted(write=lambda message: message.replace(":", " :\t")),
    "a second document": lambda message, _, name: f'{message}\n{{"{name}": "{SECRET}"}}',
    "a member that comes twice": lambda m, _, name: f'{m.rstrip()[:-1]}, "x": {{"{name}": 1}}, "x": {{}}}}',
    "in an array at the root": lambda message, _, name: f'[{message}, {{"{name}": "{SECRET}"}}]',
}

FAILURES: dict[str, Write] = {
    "beside errors": _changed(lambda _, name: {"errors": _ERRORS, name: SECRET}),
    "in errors": _changed(lambda _, name: {"errors": [*_ERRORS, {name: SECRET}]}),
    "in an unknown object": _changed(lambda _, name: {"errors": _ERRORS, "data": {name: SECRET}}),
    "with the whole meeting": _changed(lambda d, name: {**d, "trackingId": "x", name: SECRET}),
    "null": _changed(lambda _, name: {"errors": _ERRORS, name: None}),
}

JSON_WAYS = (
    *(Transformation("JSON, place", *entry) for entry in PLACES.items()),
    *(Transformation("JSON, value", *entry) for entry in VALUES.items()),
    *(Transformation("JSON, spelling", *entry) for entry in SPELLINGS.items()),
    *(Transformation("JSON, writing", *entry) for entry in WRITING.items()),
    *(Transformation("JSON, failure", *entry, is_failure=True) for entry in FAILURES.items()),
)
