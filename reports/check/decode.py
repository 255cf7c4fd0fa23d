"""Reading the JSON of `check` back: the results that it was written from."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from ...engine.baseline import BaselineMatch, BaselineSummary, Entry, EntryStatus
from ...engine.context import Context, ContextError, ResolvedContext, context_of
from ...engine.expectation import Expectation
from ...engine.finding import RULES, Finding, Severity
from ...engine.result import Outcome, ResponseResult, Summary, outcome_of
from ...rules.model import UNKNOWN, Rulebook
from ...rules.names import lower_first
from .json import SCHEMA, rulebook_identity, summary_object

T = TypeVar("T")

_VALUE = re.compile(r"^Invalid enum value .*?(?=( - at `|$))", re.DOTALL)
"""What the decoder would quote: a value that somebody else's file holds."""

Line = Annotated[int, Meta(ge=1)]
Count = Annotated[int, Meta(ge=0)]


class ResultError(ValueError):
    """Something is no result of `check`, or none that this rulebook can explain; the text says what is wrong."""


class _Fact(Struct, frozen=True, rename={"from_": "from"}):
    value: str
    from_: str


class _Entry(Struct, frozen=True):
    rule: str
    id: str
    reason: str
    ticket: str
    first_seen: date | None
    expires: date | None

    def entry(self) -> Entry:
        return Entry(**{name: getattr(self, name) for name in _Entry.__struct_fields__})


class _Baselined(_Entry, frozen=True):
    status: EntryStatus


class _Stale(_Entry, frozen=True):
    context_judged: bool


class _BaselineUse(Struct, frozen=True):
    accepted: Count
    expired: tuple[_Entry, ...]
    incomplete: tuple[_Entry, ...]
    added: tuple[_Entry, ...]
    stale: tuple[_Stale, ...]

    def use(self) -> BaselineSummary:
        return BaselineSummary(
            accepted=self.accepted,
            expired=tuple(said.entry() for said in self.expired),
            incomplete=tuple(said.entry() for said in self.incomplete),
            added=tuple(said.entry() for said in self.added),
            stale=tuple(said.entry() for said in self.stale if said.context_judged),
            unjudged=tuple(said.entry() for said in self.stale if not said.context_judged),
        )


class _Finding(Struct, frozen=True):
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
    baseline: _Baselined | None = None


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


class _Totals(Struct, frozen=True):
    skipped: Count
    baseline: _BaselineUse | None = None


class _Document(Struct, frozen=True):
    schema: str
    rulebook: dict[str, str]
    responses: list[msgspec.Raw]
    summary: msgspec.Raw


class _Schema(Struct, frozen=True):
    schema: str


class SavedResult:
    """A JSON result of `check`. Responses are decoded as they are asked for, so only its bytes are held."""

    def __init__(self, rulebook: Rulebook, content: bytes) -> None:
        """Read a result and see that all of it holds together; raises ResultError."""
        self._rulebook = rulebook
        self._responses = self._open(content.removeprefix(BOM_UTF8))
        self.summary = Summary()
        for result in self.results():
            self.summary.add(result)
        self._add_totals()
        stated = _decode(self._totals, dict[str, Any], "`summary`")
        counted = msgspec.to_builtins(summary_object(rulebook, self.summary))
        for key, value in counted.items():
            if stated.get(key) != value:
                raise ResultError(
                    f"`summary.{key}` is not what its responses come to; was it edited or joined?"
                )

    def results(self) -> Iterator[ResponseResult]:
        """Give the responses in their order; raises ResultError for one that cannot be read."""
        decoder = ResponseDecoder(self._rulebook)
        for number, raw in enumerate(self._responses):
            yield decoder.result(raw, f"`responses[{number}]`")

    def _open(self, content: bytes) -> list[msgspec.Raw]:
        schema = _decode(content, _Schema, "").schema
        if schema != SCHEMA:
            raise ResultError(f"its schema is not `{SCHEMA}`: give the output of `check --format json`")
        document = _decode(content, _Document, "")
        identity = rulebook_identity(self._rulebook)
        if document.rulebook != identity:
            told = " ".join(str(document.rulebook.get(key, "?"))[:80] for key in identity)
            ours = " ".join(identity.values())
            raise ResultError(
                f"it rests on the rulebook `{told}`, not `{ours}`: name the one it rests on with --rules"
            )
        self._totals = document.summary
        return document.responses

    def _add_totals(self) -> None:
        totals = _decode(self._totals, _Totals, "`summary`")
        if totals.skipped:
            self.summary.skipped["skipped"] = totals.skipped
        if totals.baseline is not None:
            self.summary.baseline = totals.baseline.use()


class ResponseDecoder:
    """Reads single responses back, as `check_json.response_object` gives them."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook

    def result(self, content: bytes | msgspec.Raw, where: str) -> ResponseResult:
        """Read the result that a response was written from; ``where`` names it in a ResultError."""
        try:
            return self._result(_decode(content, _Response, where))
        except ContextError as error:
            raise ResultError(f"{where}: {error}") from None

    def _result(self, response: _Response) -> ResponseResult:
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
        facts = {fact: said.value for fact, said in response.context.items()}
        context = context_of(self._rulebook, facts)
        if dict(context.items()) != facts:
            raise ContextError("its context lacks facts of the rulebook, or what follows from them")
        return context

    def _finding(self, said: _Finding) -> Finding:
        if said.rule not in RULES:
            raise ContextError(f"there is no rule `{said.rule[:80]}`; was it written by a newer Whosees?")
        if said.marker is not None and said.marker not in self._rulebook.markers:
            raise ContextError(f"there is no marker `{said.marker[:80]}`")
        if said.expectation is not None and said.path not in self._rulebook.row_by_path:
            raise ContextError("a finding has an expectation and is about no row of the table")
        fields = {name: getattr(said, name) for name in said.__struct_fields__ if name != "baseline"}
        known = said.baseline
        return Finding(
            **fields, baseline=None if known is None else BaselineMatch(known.status, known.entry())
        )


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ContextError(f"{what} do not go together; was it edited?")


def _decode(content: bytes | msgspec.Raw, kind: type[T], where: str) -> T:
    """Decode a part of the document; raises ResultError with where it does not fit."""
    at = f"{where}: " if where else ""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise ResultError(f"{at}{lower_first(_VALUE.sub('invalid enum value', str(error)))}") from None
    except msgspec.DecodeError as error:
        raise ResultError(
            f"{at}it is no JSON: {lower_first(str(error).removeprefix('JSON is malformed: '))}"
        ) from None
    except UnicodeDecodeError:
        raise ResultError(f"{at}it is no JSON: it is not UTF-8") from None
    except RecursionError:
        raise ResultError(f"{at}it is nested too deeply to be read") from None
