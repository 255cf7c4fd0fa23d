"""Decoding of single responses in the JSON of `check` into the results that they were written from."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from ...engine.baseline import BaselineMatch, Entry, EntryStatus
from ...engine.claims import ResolvedContext
from ...engine.context import Context, ContextError, context_of
from ...engine.expectation import Expectation
from ...engine.finding import Finding, Severity
from ...engine.finding_rules import rules_of
from ...engine.result import Outcome, ResponseResult, UnrecordedFact, outcome_of
from ...rules.model import UNKNOWN, Rulebook
from ...rules.names import lower_first

T = TypeVar("T")

_QUOTED_VALUE = re.compile(r"^Invalid enum value .*?(?=( - at `|$))", re.DOTALL)
"""Part of a decoder's message that quotes a value of the file."""

Line = Annotated[int, Meta(ge=1)]
Count = Annotated[int, Meta(ge=0)]


class ResultError(ValueError):
    """The input is not a result of `check`, or not one of this rulebook; the text says what is wrong."""


class _Fact(Struct, frozen=True, rename={"from_": "from"}):
    value: str
    from_: str


class SavedEntry(Struct, frozen=True):
    """An entry of a baseline."""

    rule: str
    id: str
    reason: str
    ticket: str
    first_seen: date | None
    expires: date | None

    def entry(self) -> Entry:
        """Return the entry that it was written from."""
        return Entry(**{name: getattr(self, name) for name in SavedEntry.__struct_fields__})


class _BaselineMatch(SavedEntry, frozen=True, rename={"status": "standing"}):
    status: EntryStatus


class _Finding(Struct, frozen=True, rename={"explain_target": "explains"}):
    rule: str
    severity: Severity
    path: str | None
    element: str | None
    expectation: Expectation | None
    marker: str | None
    lines: tuple[Line, ...]
    cause: str | None
    message: str
    because: str
    id: str
    explain_target: str
    baseline: _BaselineMatch | None = None


class _Response(Struct, frozen=True):
    source: str
    index: Count
    outcome: Outcome
    reason: str | None
    detail: str | None
    context: dict[str, _Fact]
    findings: tuple[_Finding, ...]
    undetermined: tuple[str, ...]
    depends_on: tuple[str, ...]
    expected_failure: bool
    failed: bool = False
    if_accepted: str | None = None
    rulebook: str = ""
    unrecorded: tuple[UnrecordedFact, ...] = ()


class ResponseDecoder:
    """Decoder of single responses, as `json.response_object` returns them, of one rulebook or of several."""

    def __init__(self, *rulebooks: Rulebook) -> None:
        self._by_id = {rulebook.id: _DecoderOfOne(rulebook) for rulebook in rulebooks}
        self._first = rulebooks[0].id

    def result(self, content: bytes | msgspec.Raw, where: str) -> ResponseResult:
        """Return the result that a response was written from; ``where`` names it in a ResultError."""
        response = decode(content, _Response, where)
        id_ = response.rulebook if len(self._by_id) > 1 else ""
        decoder = self._by_id.get(id_ or self._first)
        if decoder is None:
            raise ResultError(f"{where}: its rulebook `{id_[:80]}` is not one of the result")
        try:
            return msgspec.structs.replace(decoder.result(response), rulebook=id_)
        except ContextError as error:
            raise ResultError(f"{where}: {error}") from None


class _DecoderOfOne:
    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._rules = rules_of(rulebook)

    def result(self, response: _Response) -> ResponseResult:
        context = self._context(response)
        findings = tuple(map(self._finding, response.findings))
        result = ResponseResult(
            source=response.source,
            index=response.index,
            outcome=response.outcome,
            resolved=ResolvedContext(context, tuple(response.context[fact].from_ for fact in context.facts)),
            reason=response.reason,
            detail=response.detail,
            findings=findings,
            undetermined=response.undetermined,
            depends_on=response.depends_on,
            expected_failure=response.expected_failure,
            failed=response.failed,
            if_accepted=response.if_accepted,
            unrecorded=response.unrecorded,
        )
        _require(
            (response.reason is None) is (response.outcome is not Outcome.UNCHECKED), "outcome and reason"
        )
        if result.judged:
            _require(outcome_of(findings) is response.outcome, "outcome and findings")
            _require(
                context[self._rulebook.column_fact] != UNKNOWN, f"outcome and {self._rulebook.column_fact}"
            )
        _require(bool(response.undetermined) is bool(response.depends_on), "undetermined and depends_on")
        _require(
            set(response.undetermined) <= self._rulebook.row_by_path.keys(), "undetermined and the table"
        )
        return result

    def _context(self, response: _Response) -> Context:
        facts = {fact: entry.value for fact, entry in response.context.items()}
        context = context_of(self._rulebook, facts)
        if dict(context.items()) != facts:
            raise ContextError("its context lacks facts of the rulebook, or facts that they imply")
        return context

    def _finding(self, finding: _Finding) -> Finding:
        if finding.rule not in self._rules:
            raise ContextError(
                f"unknown rule `{finding.rule[:80]}`; was the file written by a newer Whosees?"
            )
        if finding.marker is not None and finding.marker not in self._rulebook.markers:
            raise ContextError(f"unknown marker `{finding.marker[:80]}`")
        if finding.expectation is not None and finding.path not in self._rulebook.row_by_path:
            raise ContextError("a finding has an expectation, but its path is not a row of the table")
        fields = {name: getattr(finding, name) for name in finding.__struct_fields__ if name != "baseline"}
        match = finding.baseline
        return Finding(
            **fields, baseline=None if match is None else BaselineMatch(match.status, match.entry())
        )


def _require(consistent: bool, parts: str) -> None:
    if not consistent:
        raise ContextError(f"{parts} contradict each other; was the file edited?")


def decode(content: bytes | msgspec.Raw, kind: type[T], where: str) -> T:
    """Decode a part of the document; raises ResultError that says where it is invalid."""
    at = f"{where}: " if where else ""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise ResultError(f"{at}{lower_first(_QUOTED_VALUE.sub('invalid enum value', str(error)))}") from None
    except msgspec.DecodeError as error:
        raise ResultError(
            f"{at}not JSON: {lower_first(str(error).removeprefix('JSON is malformed: '))}"
        ) from None
    except UnicodeDecodeError:
        raise ResultError(f"{at}not JSON: not UTF-8") from None
    except RecursionError:
        raise ResultError(f"{at}nested too deeply to be read") from None
