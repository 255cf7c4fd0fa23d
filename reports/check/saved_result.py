"""Saved results of `check`: its JSON document, read back and verified."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from ...engine.baseline import BaselineSummary
from ...engine.result import ResponseResult, Summary
from ...rules.model import Rulebook
from ...rules.names import join_words
from ..text.json import rulebook_identity
from .decode import Count, ResponseDecoder, ResultError, SavedEntry, decode
from .json import SCHEMA, summary_object, summary_of_several


class _Stale(SavedEntry, frozen=True):
    context_judged: bool


class _BaselineTotals(Struct, frozen=True):
    accepted: Count
    expired: tuple[SavedEntry, ...]
    incomplete: tuple[SavedEntry, ...]
    added: tuple[SavedEntry, ...]
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


class _Totals(Struct, frozen=True):
    skipped: Count
    skipped_by_kind: dict[str, Count] = {}
    baseline: _BaselineTotals | None = None
    interrupted: bool = False


class _Schema(Struct, frozen=True):
    schema: str
    rulebooks: msgspec.Raw | UnsetType = UNSET


class _Body(Struct, frozen=True):
    responses: list[msgspec.Raw]
    summary: msgspec.Raw


class _Document(_Body, frozen=True):
    rulebook: dict[str, str]


class _DocumentOfSeveral(_Body, frozen=True):
    rulebooks: Annotated[list[dict[str, str]], Meta(min_length=2)]


class SavedResult:
    """A JSON result of `check`; responses are decoded on demand, so that only the bytes are kept.

    ``rulebooks`` are those that it is based on, in the order of the run.
    """

    def __init__(self, rulebooks: Sequence[Rulebook], content: bytes) -> None:
        """Read a result and verify that all of it is consistent; raises ResultError, also if its rulebooks are not among those given."""
        given = {rulebook.id: rulebook for rulebook in rulebooks}
        identities, body = _open(content.removeprefix(BOM_UTF8))
        self.rulebooks = tuple(_rulebook_of(identity, given) for identity in identities)
        self._responses, self._totals = body.responses, body.summary
        self.summary = Summary()
        own = {rulebook.id: Summary() for rulebook in self.rulebooks}
        for result in self.results():
            self.summary.add(result)
            own[result.rulebook or self.rulebooks[0].id].add(result)
        self._add_totals()
        stated = decode(self._totals, dict[str, Any], "`summary`")
        counted = msgspec.to_builtins(
            summary_object(self.rulebooks[0], self.summary)
            if len(self.rulebooks) == 1
            else summary_of_several(self.rulebooks, self.summary, own)
        )
        for key, value in counted.items():
            if stated.get(key) != value:
                raise ResultError(
                    f"`summary.{key}` does not match the responses; was the file edited or merged?"
                )

    def results(self) -> Iterator[ResponseResult]:
        """Yield the responses in their order; raises ResultError for one that cannot be read."""
        decoder = ResponseDecoder(*self.rulebooks)
        for number, raw in enumerate(self._responses):
            yield decoder.result(raw, f"`responses[{number}]`")

    def _add_totals(self) -> None:
        totals = decode(self._totals, _Totals, "`summary`")
        self.summary.skipped.update(totals.skipped_by_kind)
        self.summary.interrupted = totals.interrupted
        if totals.baseline is not None:
            self.summary.baseline = totals.baseline.summary()


def _open(content: bytes) -> tuple[list[dict[str, str]], _Body]:
    """Return the identities of the rulebooks of a result, and its content."""
    remedy = "pass the output of `check --format json`"
    try:
        head = decode(content, _Schema, "")
    except ResultError as error:
        raise ResultError(f"{error}; {remedy}") from None
    if head.schema != SCHEMA:
        raise ResultError(f"its schema is not `{SCHEMA}`; {remedy}")
    if head.rulebooks is UNSET:
        document = decode(content, _Document, "")
        return [document.rulebook], document
    several = decode(content, _DocumentOfSeveral, "")
    if len({each.get("id") for each in several.rulebooks}) < len(several.rulebooks):
        raise ResultError("`rulebooks` has one id twice; was the file edited or merged?")
    return several.rulebooks, several


def _rulebook_of(identity: dict[str, str], given: dict[str, Rulebook]) -> Rulebook:
    """Return the rulebook that a result names; raises ResultError if it is not among those given."""
    rulebook = given.get(identity.get("id", ""))
    if rulebook is None or rulebook_identity(rulebook) != identity:
        theirs = " ".join(str(identity.get(key, "?"))[:80] for key in ("id", "version", "digest"))
        nearest = [rulebook] if rulebook is not None else given.values()
        ours = join_words([f"`{' '.join(rulebook_identity(each).values())}`" for each in nearest], "or")
        raise ResultError(
            f"it is based on the rulebook `{theirs}`, not {ours}; name that rulebook with --rules"
        )
    return rulebook
