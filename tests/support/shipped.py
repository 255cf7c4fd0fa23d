"""The shipped rulebooks: the contexts that a call of each can have, and responses made of its rows."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from support import messages
from support.by_hand import known_contexts
from support.traffic import Call
from whosees.checker.checking.evidence import claims_of
from whosees.checker.checking.http_call import open_call
from whosees.checker.recordings import Headers, HttpFacts
from whosees.rules import Rulebook
from whosees.rules.load import load_rulebook
from whosees.rules.registry import NAMES

SHIPPED = {name: load_rulebook(name) for name in NAMES}


class Situation(NamedTuple):
    """A context in which all is known, with method and URL of a call that can have it."""

    context: Mapping[str, str]
    method: str
    url: str


@functools.cache
def situations(name: str) -> tuple[Situation, ...]:
    """Return each context that a request of the rulebook's operation can have."""
    rulebook = SHIPPED[name]
    operation = rulebook.document.wire.request
    if operation is None:
        return tuple(Situation(each, "POST", "https://a.test/x") for each in known_contexts(rulebook))
    found = {}
    method = operation.methods[0]
    for path in operation.paths:
        url = "https://a.test" + path.replace("{", "").replace("}", "")
        call = open_call(rulebook, HttpFacts(method, url, request_headers=Headers()))
        proved = {each.fact: each.value for each in claims_of(rulebook, None, None, call).claims}
        for context in known_contexts(rulebook):
            if context.items() >= proved.items():
                found[tuple(context.items())] = Situation(context, method, url)
    return tuple(found.values())


def call_showing(rulebook: Rulebook, paths: Collection[str], situation: Situation, text: str = "x") -> Call:
    """Return a call whose response shows exactly these rows, and states the context as far as it can.

    ``text`` is that of every element that states nothing.
    """
    if rulebook.document.wire.format == "xml":
        stating = {entry.path for entry in rulebook.document.evidence.response}
        texts = {path: text for path in paths if path not in stating}
        body = messages.response(situation.context[rulebook.column_fact], paths, texts)
    else:
        unit = _unit(rulebook, paths, situation.context, text)
        body = json.dumps([unit] if rulebook.document.wire.unit else unit).encode()
    return Call(body, b"", method=situation.method, url=situation.url)


def _unit(
    rulebook: Rulebook, paths: Collection[str], context: Mapping[str, str], text: str
) -> dict[str, Any]:
    marks = [name for name in rulebook.document.wire.recognised_by if name not in rulebook.row_by_path]
    unit: dict[str, Any] = dict.fromkeys(marks, text)
    stated = {
        entry.path: next(name for name, value in entry.names.items() if value == context[entry.fact])
        for entry in rulebook.document.evidence.response
    }
    for path in paths:
        *above, last = path.split("/")
        place = unit
        for name in above:
            inner = place.get(name)
            place[name] = place = inner if isinstance(inner, dict) else {}
        place.setdefault(last, stated.get(path, text))
    return unit
