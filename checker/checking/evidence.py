"""What messages tell of a call: claims about its facts, each with where it was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ...engine.context import Claim, Precedence
from ...reports.text.phrases import fact_option
from ...rules.model import ResponseEvidence, Rulebook
from ..core.errors import Reason
from ..messages.base import Payload, Request

MAX_CACHED_TEXT = 1_000
"""Letters of evidence up to which what it says is remembered."""


@dataclass(frozen=True, slots=True)
class UnknownColumn:
    """A response for which no column is found: ``title`` is what it says it is, where that is known."""

    reason: Reason
    detail: str
    title: str


def claims_of(
    rulebook: Rulebook, request: Request | None, payload: Payload | None
) -> tuple[tuple[Claim, ...], UnknownColumn | None]:
    """Read the evidence of a pair, as far as there is one."""
    texts = None if payload is None else _texts_read(rulebook, payload)
    given = None if request is None else _given(rulebook, request)
    matches = () if request is None or payload is None else _matches(rulebook, request, payload)
    if texts is not None and sum(map(len, filter(None, texts))) > MAX_CACHED_TEXT:
        return _claims.__wrapped__(rulebook, texts, given, matches)
    return _claims(rulebook, texts, given, matches)


_Texts = tuple[str | None, ...]


@lru_cache(4096)
def _claims(
    rulebook: Rulebook, texts: _Texts | None, given: tuple[bool | None, ...] | None, matches: tuple[bool, ...]
) -> tuple[tuple[Claim, ...], UnknownColumn | None]:
    """Return what texts of the response, elements of the request, and texts that match, say. Few combinations occur."""
    claims: list[Claim] = []
    unplaced = None
    if texts is not None:
        by_path = dict(zip(_telling(rulebook), texts, strict=True))
        placed = _column_claim(rulebook, by_path)
        if isinstance(placed, Claim):
            claims.append(placed)
        else:
            unplaced = placed
        claims += _response_claims(rulebook, by_path)
    if given is not None:
        claims += _request_claims(rulebook, given)
    claims += _match_claims(rulebook, matches)
    return tuple(claims), unplaced


@lru_cache(16)
def _telling(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the paths of the elements of a response that say something about a fact."""
    return tuple(dict.fromkeys(entry.path for entry in rulebook.document.evidence.response))


def _texts_read(rulebook: Rulebook, payload: Payload) -> _Texts:
    return tuple([payload.text(path) for path in _telling(rulebook)])


def _given(rulebook: Rulebook, request: Request) -> tuple[bool | None, ...]:
    """Return for each element of a request that is evidence whether it is there; None if its part of the message is not."""
    parts = {"security": request.security, "body": request.body}
    return tuple(
        [
            None if (part := parts[entry.part]) is None else any(name in part for name in entry.any_of)
            for entry in rulebook.document.evidence.request
        ]
    )


def _matches(rulebook: Rulebook, request: Request, payload: Payload) -> tuple[bool, ...]:
    """Return for each pair of elements that evidence compares whether both are there and hold the same text."""
    matches = []
    for entry in rulebook.document.evidence.match:
        part = request.security if entry.part == "security" else request.body
        asked, answered = (part or {}).get(entry.request), payload.text(entry.response)
        if asked and answered and entry.ignore_case:
            asked, answered = asked.casefold(), answered.casefold()
        matches.append(bool(asked and answered and asked == answered))
    return tuple(matches)


def names_other_session(rulebook: Rulebook, request: Request, payload: Payload) -> bool:
    """Whether request and response both name their session, and not the same one."""
    session = rulebook.document.evidence.session
    if session is None:
        return False
    asked, answered = request.body.get(session.request), payload.text(session.response)
    return bool(asked and answered and asked != answered)


def _column_claim(rulebook: Rulebook, texts: Mapping[str, str | None]) -> Claim | UnknownColumn:
    fact = rulebook.column_fact
    entries = [entry for entry in rulebook.document.evidence.response if entry.fact == fact]
    decided = _decided(entries, texts)
    if isinstance(decided, Claim):
        return decided
    if decided is not None:
        return _unknown_column(rulebook, decided.path, texts[decided.path] or "")
    paths = " and ".join(entry.path for entry in entries)
    absent = f"{paths} are absent" if entries else "no element of a response tells"
    say = f"say it with {fact_option(fact)}"
    return UnknownColumn(Reason.UNKNOWN_SERVICE, f"nothing says which {fact} it is: {absent}; {say}", "")


def _response_claims(rulebook: Rulebook, texts: Mapping[str, str | None]) -> Iterator[Claim]:
    """Read what a response says about the facts that pick no column."""
    entries = rulebook.document.evidence.response
    for fact in dict.fromkeys(entry.fact for entry in entries):
        if fact != rulebook.column_fact:
            decided = _decided([entry for entry in entries if entry.fact == fact], texts)
            if isinstance(decided, Claim):
                yield decided


def _decided(
    entries: Sequence[ResponseEvidence], texts: Mapping[str, str | None]
) -> Claim | ResponseEvidence | None:
    """Return what the first element says that is there and fits, or the one that is there and says nothing known."""
    for entry in entries:
        text = texts[entry.path]
        if text is None:
            continue
        if entry.as_ is not None:
            if text.casefold() in (equal.casefold() for equal in entry.equals):
                return Claim(entry.fact, entry.as_, "response", Precedence.EVIDENCE)
            continue
        for name, value in entry.names.items():
            if text.casefold() == name.casefold():
                return Claim(entry.fact, value, "response", Precedence.EVIDENCE)
        return entry
    return None


def _unknown_column(rulebook: Rulebook, path: str, text: str) -> UnknownColumn:
    fact, table = rulebook.column_fact, rulebook.table_title
    for absent in rulebook.document.columns.without:
        if text.casefold() in (name.casefold() for name in absent.names):
            detail = f"{path} says {absent.names[0]}, and {table} has no column for {absent.title}"
            return UnknownColumn(Reason.NO_COLUMN, detail, absent.title)
    said = "is empty" if not text else f"holds none of the values that name a {fact}"
    return UnknownColumn(Reason.UNKNOWN_SERVICE, f"{path} {said}; say it with {fact_option(fact)}", "")


def _request_claims(rulebook: Rulebook, given: Sequence[bool | None]) -> Iterator[Claim]:
    for entry, is_given in zip(rulebook.document.evidence.request, given, strict=True):
        if is_given is not None:
            value = entry.if_given if is_given else entry.if_not
            yield Claim(entry.fact, value, "request", Precedence.EVIDENCE)


def _match_claims(rulebook: Rulebook, matches: Sequence[bool]) -> Iterator[Claim]:
    for entry, is_match in zip(rulebook.document.evidence.match, matches, strict=False):
        if is_match:
            yield Claim(entry.fact, entry.as_, "request", Precedence.EVIDENCE)
            return
