"""A plan for what to record next: the cases of an existing plan whose contexts would decide something."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from ...engine.claims import Claim, Precedence, read_claims
from ...engine.context import context_of
from ...engine.learning.cells import Matrix
from ...rules.decode import quote_toml
from ...rules.files import os_error_text
from ...rules.model import Rulebook
from ..checking.http_call import open_call
from ..core.atomic_files import write_together
from ..recordings import Headers, HttpFacts
from ..service.live.cases import Case, SessionCase, cases_of
from ..service.live.http_request import outgoing_request
from ..service.live.load import load_plan, read_plan
from ..service.live.plan import Plan
from ..service.live.request_checks import is_of
from ..service.live.secrets import PlanError, Secrets
from .files import WriteError

_ANY_SERVER = "http://server.invalid"
_UNSET = "unset"
_ONLY = re.compile(r"""\s*["']?only["']?\s*=""")
_HEADER = re.compile(r"\s*\[")


Load = Callable[[Iterable[str]], Sequence[Rulebook]]
"""Loads the rulebooks that a plan names."""


def write_plan(rulebook: Rulebook, matrix: Matrix, existing: str, file: str, load: Load) -> int:
    """Write a plan with the requests or sessions, and callers, of an existing one, restricted to cases worth recording.

    Returns how many cases it has; if there are none, nothing is written. Raises WriteError.
    """
    try:
        rulebooks = (rulebook, *_others(rulebook, read_plan(existing), load))
        plan = load_plan(rulebooks, existing)
        own = [case for case in cases_of(rulebooks, plan) if case.rulebook is rulebook]
        cases = worth_recording(matrix, plan, own)
        text = Path(existing).read_text(encoding="utf-8-sig")
    except PlanError as error:
        raise WriteError(f"the plan {error}") from None
    if cases:
        names = ", ".join(quote_toml(case.id) for case in cases)
        written = f"only = [{names}]\n\n{_without_only(text)}".encode()
        contents: dict[os.PathLike[str], bytes] = {Path(file): written}
        try:
            write_together(contents)
        except OSError as error:
            raise WriteError(f"`{file}` cannot be written: {os_error_text(error)}") from None
    return len(cases)


def _without_only(text: str) -> str:
    """Return a plan without its own choice of cases; every other line stays."""
    lines = text.splitlines(keepends=True)
    for start, line in enumerate(lines):
        if _HEADER.match(line):  # what belongs to no table stands above the first one
            return text
        if _ONLY.match(line):
            end = next(end for end in range(start + 1, len(lines) + 1) if _is_toml(lines[start:end]))
            return "".join(lines[:start] + lines[end:])
    return text


def _is_toml(lines: Sequence[str]) -> bool:
    try:
        tomllib.loads("".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    return True


def _others(rulebook: Rulebook, plan: Plan, load: Load) -> list[Rulebook]:
    """Return the rulebooks that a plan names for requests of other operations than that of the one that is learnt."""
    if not plan.requests:
        return []
    others = [request for request in plan.requests if not is_of(rulebook, request)]
    return [
        each
        for each in (load(plan.rules) if plan.rules and others else ())
        if any(is_of(each, request) for request in others)
        and not any(is_of(each, request) for request in plan.requests if request not in others)
    ]


def worth_recording(matrix: Matrix, plan: Plan, cases: Sequence[Case]) -> list[Case]:
    """Return the cases whose contexts would decide something, those that decide most first."""
    by_context: dict[tuple[tuple[str, str], ...], list[Case]] = {}
    for case in cases:
        if not case.must_fail:  # what is refused shows nothing
            by_context.setdefault(_facts(matrix, _context(plan, case)), []).append(case)
    wanted = (
        _facts(matrix, {**suggestion.facts, matrix.space.column: suggestion.column})
        for suggestion in matrix.suggestions
    )
    return [case for context in wanted for case in by_context.get(context, ())]


def _context(plan: Plan, case: Case) -> dict[str, str]:
    """Return the values of the facts that are stated of a case, and of those that its request proves."""
    stated = [(fact, text, "plan") for fact, text in case.facts.items()]
    claims = [*_evident(plan, case), *read_claims(case.rulebook, stated, Precedence.SIDECAR)]
    return dict(context_of(case.rulebook, {claim.fact: claim.value for claim in claims}).items())


def _evident(plan: Plan, case: Case) -> tuple[Claim, ...]:
    """Return what the method, URL and headers of a request state; a session's call states nothing by them."""
    if isinstance(case, SessionCase):
        return ()
    request = outgoing_request(plan, case, Secrets(_Environment(os.environ), practice=False), _ANY_SERVER)
    facts = HttpFacts(request.method, request.url, request_headers=Headers.of(request.headers))
    return open_call(case.rulebook, facts).evidence.claims


class _Environment(dict[str, str]):
    """The variables of secrets, with a text for one that is not set: nothing is sent, and most often being there is what counts."""

    def get(self, name: str, default: str | None = None) -> str:  # type: ignore[override]
        return super().get(name) or default or _UNSET


def _facts(matrix: Matrix, facts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    known = (matrix.space.column, *matrix.space.facts)
    return tuple((fact, facts.get(fact, "")) for fact in known)
