"""A plan for what to record next: the cases of an existing plan whose contexts would decide something."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...engine.claims import Precedence, read_claims
from ...engine.context import context_of
from ...engine.learning.cells import Matrix
from ...rules.decode import quote_toml
from ...rules.files import os_error_text
from ...rules.model import Rulebook
from ..core.atomic_files import write_together
from ..service.live.cases import Case, cases_of
from ..service.live.load import load_plan
from ..service.live.secrets import PlanError
from .files import WriteError

_ONLY = re.compile(r"""\s*["']?only["']?\s*=""")
_HEADER = re.compile(r"\s*\[")


def write_plan(rulebook: Rulebook, matrix: Matrix, existing: str, file: str) -> int:
    """Write a plan with the requests or sessions, and callers, of an existing one, restricted to cases worth recording.

    Returns how many cases it has; if there are none, nothing is written. Raises WriteError.
    """
    try:
        cases = worth_recording(matrix, cases_of((rulebook,), load_plan((rulebook,), existing)))
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


def worth_recording(matrix: Matrix, cases: Sequence[Case]) -> list[Case]:
    """Return the cases whose contexts would decide something, those that decide most first."""
    by_context: dict[tuple[tuple[str, str], ...], list[Case]] = {}
    for case in cases:
        if not case.must_fail:  # what is refused shows nothing
            by_context.setdefault(_facts(matrix, _context(case)), []).append(case)
    wanted = (
        _facts(matrix, {**suggestion.facts, matrix.space.column: suggestion.column})
        for suggestion in matrix.suggestions
    )
    return [case for context in wanted for case in by_context.get(context, ())]


def _context(case: Case) -> dict[str, str]:
    """Return the values of the facts that are stated of a case."""
    stated = [(fact, text, "plan") for fact, text in case.facts.items()]
    claims = read_claims(case.rulebook, stated, Precedence.SIDECAR)
    return dict(context_of(case.rulebook, {claim.fact: claim.value for claim in claims}).items())


def _facts(matrix: Matrix, facts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    known = (matrix.space.column, *matrix.space.facts)
    return tuple((fact, facts.get(fact, "")) for fact in known)
