"""Evidence in messages: claims about the facts of a call, each with the place where it was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ...engine.claims import Claim, Conflict, Precedence
from ...reports.text.phrases import fact_option
from ...rules.model import ResponseEvidence, Rulebook
from ..core.errors import Reason
from ..messages.base import EvidenceTexts, Request
from .http_call import NO_CALL, HttpCall
from .http_evidence import HttpClaims, source_of
from .pair_evidence import Matches, pair_evidence

MAX_CACHED_TEXT = 1_000
"""Letters of evidence up to which what it says is remembered."""


@dataclass(frozen=True, slots=True)
class UnknownColumn:
    """A response for which no column is found: ``title`` is what it says it is, if that is known."""

    reason: Reason
    detail: str
    title: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The evidence of a request and its response: claims, contradictions, and the reason if no column is found."""

    claims: tuple[Claim, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unknown: UnknownColumn | None = None


def claims_of(
    rulebook: Rulebook, request: Request | None, response: EvidenceTexts | None, call: HttpCall = NO_CALL
) -> Evidence:
    """Read the evidence of a pair and of its HTTP facts, as far as they are there."""
    texts = None if response is None else _evidence_texts(rulebook, response)
    pairs = pair_evidence(rulebook)
    given = None if request is None else pairs.presence_in(request)
    if texts is not None and sum(len(text) for each in texts for text in each) > MAX_CACHED_TEXT:
        evidence = _claims.__wrapped__(rulebook, texts, given)
    else:
        evidence = _claims(rulebook, texts, given)
    found = () if response is None else pairs.matches(request, response, call)
    if not rulebook.document.evidence.http:
        return _with_matches(rulebook, evidence, found) if found else evidence
    return _combine(evidence, _match_claims(rulebook, found), call.evidence)


@lru_cache(512)
def _with_matches(rulebook: Rulebook, evidence: Evidence, found: Matches) -> Evidence:
    """Add what matching texts prove. Cached: the evidence itself comes from a cache."""
    return _combine(evidence, _match_claims(rulebook, found), HttpClaims())


def _combine(evidence: Evidence, found: tuple[Claim | Conflict, ...], http: HttpClaims) -> Evidence:
    """Add what matching texts prove, which counts more than the rest, and what HTTP states."""
    if not (found or http.claims or http.unreadable):
        return evidence
    matches = tuple(each for each in found if isinstance(each, Claim))
    stated = {claim.fact: claim for claim in evidence.claims}
    contradicted = {
        claim.fact: Conflict(stated[claim.fact], claim)
        for claim in http.claims
        if claim.fact in stated and stated[claim.fact].value != claim.value
    }
    proved = {claim.fact for claim in matches}
    for fact in proved & contradicted.keys():
        del contradicted[fact]
    contradicted |= {each.stated.fact: each for each in found if isinstance(each, Conflict)}
    settled = proved | contradicted.keys()  # nothing else counts, nor is it compared with what is stated
    claims = [claim for claim in (*evidence.claims, *http.claims) if claim.fact not in settled]
    unknown = evidence.unknown
    if unknown is not None and http.unreadable and not unknown.title:
        unknown = replace(unknown, detail=f"{http.unreadable}; {unknown.detail}")
    return Evidence((*matches, *claims), (*evidence.conflicts, *contradicted.values()), unknown)


_Texts = tuple[tuple[str, ...], ...]
"""The texts of each element of a response that says something about a fact."""


@lru_cache(512)
def _claims(rulebook: Rulebook, texts: _Texts | None, given: tuple[bool | None, ...] | None) -> Evidence:
    """Return what texts of the response and elements of the request say. Few combinations occur."""
    claims: list[Claim] = []
    conflicts: list[Conflict] = []
    unknown = None
    if texts is not None:
        by_path = dict(zip(_evidence_paths(rulebook), texts, strict=True))
        for fact in dict.fromkeys((rulebook.column_fact, *_response_facts(rulebook))):
            claim = _response_claim(rulebook, fact, by_path)
            if isinstance(claim, Claim):
                claims.append(claim)
            elif isinstance(claim, Conflict):
                conflicts.append(claim)
            if fact == rulebook.column_fact and not isinstance(claim, Claim):
                unknown = _unknown_column(rulebook, by_path, claim)
    if given is not None:
        claims += _request_claims(rulebook, given)
    return Evidence(tuple(claims), tuple(conflicts), unknown)


def _response_facts(rulebook: Rulebook) -> tuple[str, ...]:
    return tuple(entry.fact for entry in rulebook.document.evidence.response)


@lru_cache(16)
def _evidence_paths(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the paths of the elements of a response that say something about a fact."""
    return tuple(dict.fromkeys(entry.path for entry in rulebook.document.evidence.response))


def _evidence_texts(rulebook: Rulebook, response: EvidenceTexts) -> _Texts:
    return tuple([tuple(response.texts(path)) for path in _evidence_paths(rulebook)])


def _match_claims(rulebook: Rulebook, found: Matches) -> tuple[Claim | Conflict, ...]:
    """Return what matches prove, or contradict."""
    claims: list[Claim | Conflict] = []
    for number, is_proved in found:
        entry = rulebook.document.evidence.match[number]
        if is_proved:
            is_message = entry.part in ("security", "body")
            source = "request" if is_message else source_of(entry.part, entry.request)
            claims.append(Claim(entry.fact, entry.as_, source, Precedence.EVIDENCE))
        else:
            claims.append(_contradiction(entry.fact, entry.as_, f"not {entry.as_}"))
    return tuple(claims)


def _response_claim(
    rulebook: Rulebook, fact: str, texts: Mapping[str, tuple[str, ...]]
) -> Claim | Conflict | ResponseEvidence | None:
    """Return what a response says of a fact: the first element that is there and fits decides.

    Returns a conflict if the texts of that element contradict each other, or one is no value that it can have; the element's
    entry if what it says names no value.
    """
    for entry in rulebook.document.evidence.response:
        if entry.fact != fact:
            continue
        values = list(
            dict.fromkeys(_value(entry, text) for text in texts[entry.path] if text or entry.as_ is None)
        )
        if len(values) > 1 or values == [_NO_VALUE]:
            return _contradiction(fact, *(_value_name(entry, value) for value in (values[0], values[-1])))
        if values and values[0] is None:
            return entry
        if values and values != [_NO_CLAIM]:
            return Claim(fact, values[0] or "", "response", Precedence.EVIDENCE)
    return None


def _value_name(entry: ResponseEvidence, value: str | None) -> str:
    """Return what to call a value that a text names."""
    if value == _NO_CLAIM:
        return f"not {entry.as_}"
    return value if value is not None and value != _NO_VALUE else ANOTHER_VALUE


def _contradiction(fact: str, one: str, other: str) -> Conflict:
    """Return the conflict of a response that says two things about a fact."""
    return Conflict(*(Claim(fact, value, "response", Precedence.EVIDENCE) for value in (one, other)))


ANOTHER_VALUE = "another value"
"""Stands for a text that names no value of a fact; the text itself is never shown."""

_NO_CLAIM = "not"
_NO_VALUE = "no value"
"""The text of an element that has one meaning alone, when it says the opposite or nothing that makes sense."""

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _value(entry: ResponseEvidence, text: str) -> str | None:
    """Return the value that a text names; None if it names none."""
    folded = text.casefold()
    if entry.as_ is None:
        return next((value for name, value in entry.names.items() if folded == name.casefold()), None)
    equals = {equal.casefold() for equal in entry.equals}
    if folded in equals:
        return entry.as_
    return _NO_VALUE if equals <= _BOOLEANS.keys() and folded not in _BOOLEANS else _NO_CLAIM


def _unknown_column(
    rulebook: Rulebook, texts: Mapping[str, tuple[str, ...]], claim: Conflict | ResponseEvidence | None
) -> UnknownColumn:
    """Return why no column is found, and what to do."""
    fact, table = rulebook.column_fact, rulebook.table_title
    entries = [entry for entry in rulebook.document.evidence.response if entry.fact == fact]
    parts = [
        source_of(entry.part, entry.name) for entry in rulebook.document.evidence.http if entry.fact == fact
    ]
    say = f"say it with {fact_option(fact)}"
    if isinstance(claim, Conflict):
        return UnknownColumn(
            Reason.UNKNOWN_SERVICE, f"the response contradicts itself about the {fact}; {say}"
        )
    if claim is None:
        paths = " and ".join(entry.path for entry in entries)
        absent = (
            f"{paths} {'is' if len(entries) == 1 else 'are'} absent"
            if entries
            else "no element of a response tells"
        )
        if parts:
            absent += f", nor does the {' or the '.join(dict.fromkeys(parts))}"
        return UnknownColumn(Reason.UNKNOWN_SERVICE, f"nothing says which {fact} it is: {absent}; {say}")
    text = texts[claim.path][0]
    for other in rulebook.document.columns.without:
        if text.casefold() in (name.casefold() for name in other.names):
            detail = f"{claim.path} says {other.names[0]}, and {table} has no column for {other.title}"
            return UnknownColumn(Reason.NO_COLUMN, detail, other.title)
    what = "is empty" if not text else f"holds none of the values that name a {fact}"
    return UnknownColumn(Reason.UNKNOWN_SERVICE, f"{claim.path} {what}; {say}")


def _request_claims(rulebook: Rulebook, given: Sequence[bool | None]) -> Iterator[Claim]:
    for entry, is_given in zip(rulebook.document.evidence.request, given, strict=True):
        if is_given is not None:
            value = entry.if_given if is_given else entry.if_not
            yield Claim(entry.fact, value, "request", Precedence.EVIDENCE)
