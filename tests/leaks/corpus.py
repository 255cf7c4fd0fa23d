"""Conformant responses in which leaks are planted: the synthetic examples, and one that is generated for every context."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from oracle import messages, reading

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.context import all_contexts
from whosees.engine.expectation import Expectation
from whosees.engine.result import ResponseResult

XML = Checker(Settings())
JSON = Checker(Settings("webex-rest-meeting"))
KNOWN_PATHS = frozenset({row.path for row in XML.rulebook.rows} | set(XML.rulebook.document.unlisted.paths))
_EXAMPLES = Path(__file__).parents[2] / "examples" / "synthetic" / "conformant"


class Case(NamedTuple):
    """A conformant response, with its request, the facts of its context, and the rows that it must not show."""

    name: str
    response: bytes
    request: bytes | None
    facts: dict[str, str]
    hidden: tuple[str, ...]
    checker: Checker = XML

    @property
    def sidecar(self) -> bytes:
        """A sidecar that states the whole context."""
        return "".join(f'{fact} = "{value}"\n' for fact, value in self.facts.items()).encode()


@cache
def examples() -> tuple[Case, ...]:
    """Return the synthetic examples of successful calls."""
    cases = []
    for path in sorted(_EXAMPLES.glob("*.response.xml")):
        response = path.read_bytes()
        if b"<serv:result>FAILURE" in response:
            continue
        request = path.with_name(path.name.replace(".response.", ".request.")).read_bytes()
        stated = path.with_name(path.name.replace(".response.xml", ".context.toml"))
        cases.append(_case(path.name, response, request, stated.read_bytes() if stated.exists() else None))
    return tuple(cases)


@cache
def generated() -> tuple[Case, ...]:
    """Return responses that show exactly what they should: one for all of the 105 contexts that expect the same."""
    alike = {
        (context.service, reading.ideal(context), _hidden(context)): context for context in reading.CONTEXTS
    }
    return tuple(
        _case(
            "-".join(context),
            messages.response(reading.ideal(context), context.service).content,
            None,
            messages.sidecar(context),
        )
        for context in alike.values()
    )


def _hidden(context: reading.Context) -> frozenset[str]:
    return frozenset(path for path in reading.ROW if reading.expected(context, path) == reading.MUST_NOT)


@cache
def json_documents() -> tuple[Case, ...]:
    """Return meetings as the REST service shows them: one for all contexts that expect the same."""
    cases: dict[tuple[bytes, tuple[str, ...]], Case] = {}
    for context in all_contexts(JSON.rulebook):
        expected = JSON.evaluator.expectations(context)
        document: dict[str, object] = {
            "id": "made-up", "title": "Größe & 会議", "state": "active", "invitees": [], "start": None,
            "links": [{"rel": "self", "method": "GET"}, {"rel": "next", "method": "GET"}],
        }  # fmt: skip
        for path in (path for path, each in expected.items() if each is Expectation.SHOULD):
            container, _, name = path.rpartition("/")
            document.update({container: {name: "made up"}} if container else {name: "made up"})
        sidecar = "".join(f'{fact} = "{value}"\n' for fact, value in context.items()).encode()
        case = _case("-".join(dict(context.items()).values()), _dumped(document), None, sidecar, JSON)
        if case.hidden:
            cases[case.response, case.hidden] = case
    return tuple(cases.values())


def _dumped(document: dict[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _case(
    name: str, response: bytes, request: bytes | None, sidecar: bytes | None, checker: Checker = XML
) -> Case:
    (result,) = checker.check(Recording(name, response, request, sidecar))
    assert isinstance(result, ResponseResult)
    assert result.outcome == "conformant", name
    expected = checker.evaluator.expectations(result.resolved.context)
    hidden = tuple(path for path, each in expected.items() if each is Expectation.MUST_NOT)
    return Case(name, response, request, dict(result.resolved.context.items()), hidden, checker)
