"""What messages tell of a call: claims about its facts, each with where it was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...engine.context import Claim, Precedence
from ...reports.text.phrases import fact_option
from ...rules.model import ResponseEvidence, Rulebook
from ..core.errors import Reason
from ..messages.base import Payload, Request


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A response for which no column is found: ``title`` is what it says it is, where that is known."""

    reason: Reason
    detail: str
    title: str


def claims_of(
    rulebook: Rulebook, request: Request | None, payload: Payload | None
) -> tuple[list[Claim], Unplaced | None]:
    """Read the evidence of a pair, as far as there is one."""
    claims: list[Claim] = []
    unplaced = None
    if payload is not None:
        placed = _column_claim(rulebook, payload)
        if isinstance(placed, Claim):
            claims.append(placed)
        else:
            unplaced = placed
        claims += _response_claims(rulebook, payload)
    if request is not None:
        claims += _request_claims(rulebook, request)
    if request is not None and payload is not None:
        claims += _match_claims(rulebook, request, payload)
    return claims, unplaced


def names_other_session(rulebook: Rulebook, request: Request, payload: Payload) -> bool:
    """Whether request and response both name their session, and not the same one."""
    session = rulebook.document.evidence.session
    if session is None:
        return False
    asked, answered = request.body.get(session.request), payload.texts.get(session.response)
    return bool(asked and answered and asked != answered)


def _column_claim(rulebook: Rulebook, payload: Payload) -> Claim | Unplaced:
    fact = rulebook.column_fact
    asked = [entry for entry in rulebook.document.evidence.response if entry.fact == fact]
    told = _told(asked, payload)
    if isinstance(told, Claim):
        return told
    if told is not None:
        return _unplaced(rulebook, told.path, payload.texts[told.path])
    paths = " and ".join(entry.path for entry in asked)
    absent = f"{paths} are absent" if asked else "no element of a response tells"
    say = f"say it with {fact_option(fact)}"
    return Unplaced(Reason.UNKNOWN_SERVICE, f"nothing says which {fact} it is: {absent}; {say}", "")


def _response_claims(rulebook: Rulebook, payload: Payload) -> Iterator[Claim]:
    """Read what a response tells of the facts that pick no column."""
    entries = rulebook.document.evidence.response
    for fact in dict.fromkeys(entry.fact for entry in entries):
        if fact != rulebook.column_fact:
            told = _told([entry for entry in entries if entry.fact == fact], payload)
            if isinstance(told, Claim):
                yield told


def _told(asked: Sequence[ResponseEvidence], payload: Payload) -> Claim | ResponseEvidence | None:
    """Give what the first element says that is there and fits, or the one that is there and says nothing known."""
    for entry in asked:
        text = payload.texts.get(entry.path)
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


def _unplaced(rulebook: Rulebook, path: str, text: str) -> Unplaced:
    fact, table = rulebook.column_fact, rulebook.table_title
    for absent in rulebook.document.columns.without:
        if text.casefold() in (name.casefold() for name in absent.names):
            detail = f"{path} says {absent.names[0]}, and {table} has no column for {absent.title}"
            return Unplaced(Reason.NO_COLUMN, detail, absent.title)
    said = "is empty" if not text else f"holds none of the values that name a {fact}"
    return Unplaced(Reason.UNKNOWN_SERVICE, f"{path} {said}; say it with {fact_option(fact)}", "")


def _request_claims(rulebook: Rulebook, request: Request) -> list[Claim]:
    claims = []
    for entry in rulebook.document.evidence.request:
        given = request.security if entry.part == "security" else request.body
        if given is not None:
            value = entry.if_given if any(name in given for name in entry.any_of) else entry.if_not
            claims.append(Claim(entry.fact, value, "request", Precedence.EVIDENCE))
    return claims


def _match_claims(rulebook: Rulebook, request: Request, payload: Payload) -> list[Claim]:
    for entry in rulebook.document.evidence.match:
        given = request.security if entry.part == "security" else request.body
        asked = (given or {}).get(entry.request)
        answered = payload.texts.get(entry.response)
        if asked and answered:
            if entry.ignore_case:
                asked, answered = asked.casefold(), answered.casefold()
            if asked == answered:
                return [Claim(entry.fact, entry.as_, "request", Precedence.EVIDENCE)]
    return []
