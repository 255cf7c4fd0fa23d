"""Decoding of the JSON of `check` into the results that it was written from."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from ...engine.baseline import BaselineMatch, BaselineSummary, Entry, EntryStatus
from ...engine.context import Context, ContextError, ResolvedContext, context_of
from ...engine.expectation import Expectation
from ...engine.finding import Finding, Severity
from ...engine.finding_rules import rules_of
from ...engine.result import Outcome, ResponseResult, Summary, UnrecordedFact, outcome_of
from ...rules.model import UNKNOWN, Rulebook
from ...rules.names import lower_first
from .json import SCHEMA, rulebook_identity, summary_object

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


class _Entry(Struct, frozen=True):
    rule: str
    id: str
    reason: str
    ticket: str
    first_seen: date | None
    expires: date | None

    def entry(self) -> Entry:
        return Entry(**{name: getattr(self, name) for name in _Entry.__struct_fields__})


class _BaselineMatch(_Entry, frozen=True, rename={"status": "standing"}):
    status: EntryStatus


class _Stale(_Entry, frozen=True):
    context_judged: bool


class _BaselineTotals(Struct, frozen=True):
    accepted: Count
    expired: tuple[_Entry, ...]
    incomplete: tuple[_Entry, ...]
    added: tuple[_Entry, ...]
    stale: tuple[_Stale, ...]

    def summary(self) -> BaselineSummary:
        return BaselineSummary(
            accepted=self.accepted,
            expired=tuple(entry.entry() for entry in self.expired),
            incomplete=tuple(entry.entry() for entry in self.incomplete),
            added=tuple(entry.entry() for entry in self.added),
            stale=tuple(entry.entry() for entry in self.stale if entry.context_judged),
            unjudged=tuple(entry.entry() for entry in self.stale if not entry.context_judged),
        )


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
    unrecorded: tuple[UnrecordedFact, ...] = ()


class _Totals(Struct, frozen=True):
    skipped: Count
    skipped_by_kind: dict[str, Count] = {}
    baseline: _BaselineTotals | None = None
    interrupted: bool = False


class _Document(Struct, frozen=True):
    schema: str
    rulebook: dict[str, str]
    responses: list[msgspec.Raw]
    summary: msgspec.Raw


class _Schema(Struct, frozen=True):
    schema: str
    rulebooks: msgspec.Raw | UnsetType = UNSET


class SavedResult:
    """A JSON result of `check`; responses are decoded on demand, so that only the bytes are kept."""

    def __init__(self, rulebook: Rulebook, content: bytes) -> None:
        """Read a result and verify that all of it is consistent; raises ResultError."""
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
                    f"`summary.{key}` does not match the responses; was the file edited or merged?"
                )

    def results(self) -> Iterator[ResponseResult]:
        """Yield the responses in their order; raises ResultError for one that cannot be read."""
        decoder = ResponseDecoder(self._rulebook)
        for number, raw in enumerate(self._responses):
            yield decoder.result(raw, f"`responses[{number}]`")

    def _open(self, content: bytes) -> list[msgspec.Raw]:
        head = _decode(content, _Schema, "")
        if head.schema != SCHEMA:
            raise ResultError(f"its schema is not `{SCHEMA}`; pass the output of `check --format json`")
        if head.rulebooks is not UNSET:
            raise ResultError(
                "it is a result of several rulebooks, and those of one are converted; "
                "let `check` write the reports, with `--report FORMAT=FILE`"
            )
        document = _decode(content, _Document, "")
        identity = rulebook_identity(self._rulebook)
        if document.rulebook != identity:
            theirs = " ".join(str(document.rulebook.get(key, "?"))[:80] for key in identity)
            ours = " ".join(identity.values())
            raise ResultError(
                f"it is based on the rulebook `{theirs}`, not `{ours}`; name that rulebook with --rules"
            )
        self._totals = document.summary
        return document.responses

    def _add_totals(self) -> None:
        totals = _decode(self._totals, _Totals, "`summary`")
        self.summary.skipped.update(totals.skipped_by_kind)
        self.summary.interrupted = totals.interrupted
        if totals.baseline is not None:
            self.summary.baseline = totals.baseline.summary()


class ResponseDecoder:
    """Decoder of single responses, as `json.response_object` returns them."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._rules = rules_of(rulebook)

    def result(self, content: bytes | msgspec.Raw, where: str) -> ResponseResult:
        """Return the result that a response was written from; ``where`` names it in a ResultError."""
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
            failed=response.failed,
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


def _decode(content: bytes | msgspec.Raw, kind: type[T], where: str) -> T:
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
