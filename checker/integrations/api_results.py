"""Results of the Python API: typed, frozen, and with the command's own JSON in `to_dict`.

The types are those of the versioned JSON schemas, from which they are built: fields may be added, none change meaning.
None of them contains a text that was read from a message.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import msgspec

from ...engine import result
from ...reports.check.json import JsonFormatter, response_object
from ...reports.text.style import count
from ...rules import model


class ElementExpectation(msgspec.Struct, frozen=True):
    """The expectation of one element: ``expectation`` is must, should, may or must-not."""

    path: str
    element: str
    marker: str
    expectation: str


class Change(msgspec.Struct, frozen=True):
    """An element of which another context should see something else."""

    path: str
    element: str
    before: str
    after: str


class Reason(msgspec.Struct, frozen=True):
    """A reason for a decision, and the source or interpretation that it cites."""

    text: str
    cite: str


class Remedy(msgspec.Struct, frozen=True):
    """Facts that would make an element appear, and whether the caller can change them."""

    changes: dict[str, str]
    expectation: str
    caller_can: bool


class NearMiss(msgspec.Struct, frozen=True):
    """An element in the response that stands where the element would and has nearly its name: its lines, and in what the names differ."""

    path: str
    lines: tuple[int, ...]
    difference: str


class Elsewhere(msgspec.Struct, frozen=True):
    """Another place in the response where something has the element's name, and its lines."""

    path: str
    lines: tuple[int, ...]


class ObservedFinding(msgspec.Struct, frozen=True):
    """The rule of a finding about the element, and its lines; an element that is missing is so from those that begin there."""

    rule: str
    lines: tuple[int, ...]


class Observed(msgspec.Struct, frozen=True):
    """The presence of an element in the response, its lines, and the other places that have its name.

    ``near_misses`` are in its place and have nearly its name. ``masked`` says that it is there, but only masked. ``findings`` are what `check` finds about it. ``lacking_container`` is the path of
    a container that lacks it in some of its occurrences, although it is there in others; ``absent_container`` that of the outermost
    container that is not there or empty, so that the element cannot be there. ``exempt`` says that it is absent and need not be there.
    """

    present: bool
    lines: tuple[int, ...]
    elsewhere: tuple[Elsewhere, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    masked: bool = False
    findings: tuple[ObservedFinding, ...] = ()
    lacking_container: str | None = None
    absent_container: str | None = None
    exempt: bool = False


class Explanation(msgspec.Struct, frozen=True):
    """The reasons why an element is returned or not in a context; ``expectation`` is None for one that no row lists.

    ``source`` is the name of the response that it is about, empty without one.
    """

    path: str
    element: str
    context: dict[str, str]
    expectation: str | None
    marker: str | None
    summary: str
    because: tuple[Reason, ...]
    would_appear_if: tuple[Remedy, ...]
    observed: Observed | None = None
    source: str = ""


class MatrixRow(msgspec.Struct, frozen=True):
    """A row of the table: a marker for each column."""

    path: str
    element: str
    cells: dict[str, str]


class Finding(msgspec.Struct, frozen=True):
    """Something that a response does wrong, or that is worth a note."""

    rule: str
    severity: str
    path: str | None
    element: str | None
    expectation: str | None
    marker: str | None
    lines: tuple[int, ...]
    cause: str | None
    message: str
    id: str
    explain: str


class KnownFact(msgspec.Struct, frozen=True, rename={"source": "from"}):
    """The value of a fact, and its source."""

    value: str
    source: str


class ResponseResult(msgspec.Struct, frozen=True):
    """The result of one response: ``outcome`` is conformant, violating or unchecked, the last for a ``reason``."""

    source: str
    index: int
    outcome: str
    reason: str | None
    detail: str | None
    context: dict[str, KnownFact]
    findings: tuple[Finding, ...]
    undetermined: tuple[str, ...] = ()


class _Result(msgspec.Struct, frozen=True, kw_only=True):
    """The common part of all results: the JSON that they are built from."""

    json: bytes = msgspec.field(default=b"", name="__json")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Build a result from the JSON of its command."""
        content = text.encode()
        return msgspec.structs.replace(msgspec.json.decode(content, type=cls), json=content)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON output of the command, decoded."""
        decoded: dict[str, Any] = json.loads(self.json)
        return decoded


class Expectations(_Result, frozen=True, kw_only=True, repr_omit_defaults=True):
    """The expectations of all elements in a context, in printed order; ``expectations[path]`` is one of them."""

    context: dict[str, str]
    elements: tuple[ElementExpectation, ...]
    versus: dict[str, str] | None = None
    changes: tuple[Change, ...] = ()

    def __getitem__(self, path: str) -> str:
        """Return the expectation of an element by its path; raises KeyError."""
        for element in self.elements:
            if element.path == path:
                return element.expectation
        raise KeyError(path)

    def __iter__(self) -> Iterator[str]:
        return (element.path for element in self.elements)

    def __len__(self) -> int:
        return len(self.elements)

    def __repr__(self) -> str:
        return f"<Expectations of {_context(self.context)}: {len(self.elements)} elements>"


class Explanations(_Result, frozen=True, kw_only=True):
    """Explanations of an element, one for each row of that name and each context."""

    matches: tuple[Explanation, ...]

    def __repr__(self) -> str:
        paths = ", ".join(dict.fromkeys(match.path for match in self.matches))
        return f"<Explanations of {paths}: {len(self.matches)}>"


class Matrix(_Result, frozen=True, kw_only=True):
    """The table of a rulebook, as encoded."""

    rows: tuple[MatrixRow, ...]

    def __repr__(self) -> str:
        columns = ", ".join(self.rows[0].cells) if self.rows else ""
        return f"<Matrix: {len(self.rows)} rows, columns {columns}>"


@dataclass(frozen=True, slots=True, repr=False)
class CheckResult:
    """The results of the responses that were checked.

    ``skipped`` counts what was found beside them and not judged, by the reason.
    """

    responses: tuple[ResponseResult, ...]
    skipped: tuple[tuple[str, int], ...] = ()
    _rulebook: model.Rulebook | None = field(default=None, compare=False)
    _results: tuple[result.ResponseResult, ...] = field(default=(), compare=False)

    @classmethod
    def of(
        cls, rulebook: model.Rulebook, results: tuple[result.ResponseResult, ...], skipped: Counter[str]
    ) -> Self:
        """Build the public results from those of the checker."""
        described = [response_object(rulebook, each) for each in results]
        responses = msgspec.convert(described, tuple[ResponseResult, ...])
        return cls(responses, tuple(skipped.items()), rulebook, results)

    @property
    def conformant(self) -> bool:
        """True if there is at least one response and each is conformant; unchecked ones are not."""
        return bool(self.responses) and all(each.outcome == "conformant" for each in self.responses)

    @property
    def undecided(self) -> int:
        """The number of elements that the known facts left open; 0 if everything was decided."""
        return sum(len(each.undetermined) for each in self.responses)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all responses."""
        return tuple(finding for response in self.responses for finding in response.findings)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that are errors."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON output of the command, decoded."""
        if self._rulebook is None:
            raise TypeError("only results of `whosees.check` have a JSON form")
        report, summary = JsonFormatter(self._rulebook), result.Summary()
        parts = [report.begin()]
        for each in self._results:
            summary.add(each)
            parts.append(report.response(each))
        for why, number in self.skipped:
            summary.skipped[result.skipped_kind(why)] += number
        decoded: dict[str, Any] = json.loads("".join([*parts, report.end(summary)]))
        return decoded

    def __repr__(self) -> str:
        outcomes = Counter(response.outcome for response in self.responses)
        counted = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
        undecided = f", {count(self.undecided, 'element')} undecided" if self.undecided else ""
        return f"<CheckResult: {counted or 'nothing was checked'}; {count(len(self.errors), 'error')}{undecided}>"


def _context(context: Mapping[str, str]) -> str:
    return ", ".join(f"{fact} {value}" for fact, value in context.items())
