"""The Python API, which the package `whosees` exports: the questions of the command line as functions."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, Unpack

from ...engine.claims import Claim, resolve_changes, resolve_claims
from ...engine.expectation import Evaluator
from ...engine.explain.contexts import ObservedContext, explain_each, observed_paths, unobserved_contexts
from ...engine.explain.lookup import known_names, matching_paths
from ...engine.result import ResponseResult
from ...reports.commands.expect import expect_json
from ...reports.commands.explain import explain_json
from ...reports.commands.matrix import matrix_json
from ...rules import model
from ...rules.model import UNKNOWN
from ...rules.names import did_you_mean
from ..checking.checker import Checker
from ..checking.request_claims import request_claims
from ..checking.results import Result, Skipped
from ..checking.settings import Settings
from ..core.errors import UncheckedError
from ..recordings import Discovered, Recording, find_recordings
from .api_results import CheckResult, Expectations, Explanations, Matrix
from .captured import capture, message_bytes
from .options import CallFacts, SeverityName, all_facts, settings_of, stated_claims
from .rulebooks import BoundSettings, Rulebook, RulebookSource, checker_for, load

__all__ = [
    "CallFacts",
    "CheckResult",
    "Expectations",
    "Explanations",
    "Matrix",
    "Rulebook",
    "RulebookSource",
    "check",
    "expect",
    "explain",
    "matrix",
    "rulebook",
]


def rulebook(source: RulebookSource = None) -> Rulebook:
    """Load a rulebook by the name of a built-in one, or from a folder or file.

    Raises ValueError if it is missing or not valid; the message names the file and the line or key.

    >>> import whosees
    >>> whosees.rulebook().facts["password"]
    ('supplied', 'not-supplied')
    """
    return source if isinstance(source, Rulebook) else Rulebook(load(source))


def matrix(*, rules: RulebookSource = None) -> Matrix:
    """Return the table of a rulebook, as `whosees matrix` does.

    >>> import whosees
    >>> whosees.matrix().rows[0].cells
    {'MC': 'always', 'SC': 'always', 'TC': 'always', 'EC': 'always', 'AO': 'never'}
    """
    return Matrix.parse(matrix_json(rulebook(rules).model))


def expect(
    *,
    request: object = None,
    rules: RulebookSource = None,
    facts: Mapping[str, str] | None = None,
    versus: Mapping[str, str] | None = None,
    **call: Unpack[CallFacts],
) -> Expectations:
    """Return what a caller should see of every element, as `whosees expect` does.

    What is not stated, and not shown by the ``request``, is unknown; the column fact is required. With ``versus``, facts
    to change, the result also lists what changes. Raises ValueError for unknown facts and values.

    >>> import whosees
    >>> whosees.expect(service="MC", caller="anonymous", password="not-supplied")
    <Expectations of service MC, caller anonymous, role none, password not-supplied: 57 elements>
    >>> [change.path for change in whosees.expect(service="EC", versus={"role": "host"}).changes]
    ['material/document', 'material/document/name', 'material/document/URL', 'material/document/size']
    """
    book = rulebook(rules).model
    claims = _claims(book, all_facts(call, facts), request)
    resolved = resolve_claims(book, claims)
    if resolved.context[book.column_fact] == UNKNOWN:
        known = ", ".join(column.id for column in book.columns)
        raise ValueError(f"`{book.column_fact}` is needed: it is the column to look in, one of {known}")
    other = None
    if versus is not None:
        other = resolve_changes(book, claims, stated_claims(book, versus, "--versus "))
    return Expectations.parse(expect_json(Evaluator(book), resolved, other))


def explain(
    element: str,
    response: object = None,
    *,
    request: object = None,
    rules: RulebookSource = None,
    facts: Mapping[str, str] | None = None,
    **call: Unpack[CallFacts],
) -> Explanations:
    """Explain why an element is returned or not, in a response or in general, as `whosees explain` does.

    ``element`` is a printed or wire name, or a path. Without a response, and without the column fact, each column is
    explained. Raises ValueError for an unknown element, and for a response that cannot be read.

    >>> import whosees
    >>> answer = whosees.explain("agenda", service="MC", caller="anonymous", password="not-supplied").matches[0]
    >>> answer.expectation, answer.because[0].cite
    ('must-not', 'Table 4-3, row 19, column MC')
    """
    book = rulebook(rules).model
    stated = all_facts(call, facts)
    if response is None:
        seen = unobserved_contexts(book, _claims(book, stated, request))
    else:
        seen = list(_observe(book, stated, response, request))
    paths = matching_paths(book, element) or observed_paths(element, seen)
    if not paths:
        hint = did_you_mean(element, known_names(book)) or "; `whosees.matrix()` has the elements"
        raise ValueError(f"`{element}` is no element of {book.table_title}{hint}")
    return Explanations.parse(explain_json(book, list(explain_each(book, paths, seen))))


def check(  # noqa: PLR0913 - one for each option of the command
    response: object,
    *,
    request: object = None,
    rules: RulebookSource = None,
    facts: Mapping[str, str] | None = None,
    strict: bool = False,
    unlisted: SeverityName = "note",
    undecided: SeverityName = "note",
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    require: Sequence[str] = (),
    empty_as: Literal["present", "absent"] = "present",
    name: str = "response",
    **call: Unpack[CallFacts],
) -> CheckResult:
    """Judge a response, as `whosees check` does.

    ``response`` is bytes, text, decoded JSON, a response of httpx, requests, aiohttp, Django, Flask or Starlette, or a
    `pathlib.Path` of recordings: a file, folder or archive. ``request`` is its request in any of these forms, by
    default the one that a response object keeps. A response is unchecked if a fact in ``require`` is unknown; ``select`` and
    ``ignore`` name rules, or ``RULE:PATH``. Raises TypeError for other objects, ValueError for unknown facts, values and
    rules, and OSError never: what cannot be read is unchecked.

    >>> import pathlib, whosees
    >>> result = whosees.check(pathlib.Path("examples/synthetic/violating/mc-anonymous-leak.response.xml"))
    >>> result
    <CheckResult: 1 violating; 5 errors>
    >>> result.errors[0].path, result.errors[0].lines
    ('accessControl/sessionPassword', (19,))
    """
    settings = settings_of(
        rules,
        strict=strict,
        unlisted=unlisted,
        undecided=undecided,
        select=select,
        ignore=ignore,
        empty_as=empty_as,
        require=require,
        facts=all_facts(call, facts),
    )
    checker, found = _open(settings, response, request, name)
    return _collect(checker.rulebook, (result for recording in found for result in checker.check(recording)))


def _collect(book: model.Rulebook, results: Iterable[Result]) -> CheckResult:
    """Return the results of a run as one object."""
    judged: list[ResponseResult] = []
    skipped: Counter[str] = Counter()
    for result in results:
        if isinstance(result, Skipped):
            skipped[result.why] += 1
        else:
            judged.append(result)
    return CheckResult.of(book, tuple(judged), skipped)


def _open(
    settings: Settings, response: object, request: object, name: str = "response"
) -> tuple[Checker, Iterable[Discovered]]:
    """Return a checker, and what it has to check: recordings at a path, or a message."""
    if isinstance(response, os.PathLike):
        if request is not None:
            settings = replace(settings, request=message_bytes("request", request))
        wire = settings.rulebook().document.wire.format
        return checker_for(settings), find_recordings([os.fspath(response)], wire=wire)
    return checker_for(settings), [capture(response, request).recording(name, settings.limits)]


def _observe(
    book: model.Rulebook, stated: Mapping[str, object], response: object, request: object
) -> Iterator[ObservedContext]:
    """Yield the context, the observation and the name of each body of a response; raises ValueError if it cannot be read."""
    settings = BoundSettings(rules=book.location, claims=stated_claims(book, stated), bound=book)
    checker, found = _open(settings, response, request)
    for recording in found:
        if not isinstance(recording, Recording):
            continue
        for parsed in checker.parse(recording):
            if not isinstance(parsed, UncheckedError):
                yield parsed.resolved.context, parsed.observation, parsed.source
            elif recording.explicit or not parsed.foreign:
                raise ValueError(f"the response is unchecked ({parsed.reason}): {parsed.detail}")


def _claims(book: model.Rulebook, stated: Mapping[str, object], request: object) -> list[Claim]:
    """Return what is stated of a call, and what its request shows."""
    claims = list(stated_claims(book, stated))
    if request is None:
        return claims
    try:
        return [*claims, *request_claims(book, message_bytes("request", request))]
    except UncheckedError as error:
        raise ValueError(f"the request is unchecked ({error.reason}): {error.detail}") from None
