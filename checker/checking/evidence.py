"""What messages tell of a call: claims about its facts, each with where it was read."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ...engine.context import Claim, Conflict, Precedence
from ...reports.text.phrases import fact_option
from ...rules.model import ResponseEvidence, Rulebook
from ..core.errors import Reason
from ..messages.base import Request, Told
from .http_call import NO_CALL, HttpCall, source_of
from .http_evidence import HttpClaims, http_evidence

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
    """What a pair says of its call: claims, what in it contradicts itself, and why no column is found if none is."""

    claims: tuple[Claim, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unknown: UnknownColumn | None = None


def claims_of(
    rulebook: Rulebook, request: Request | None, told: Told | None, call: HttpCall = NO_CALL
) -> Evidence:
    """Read the evidence of a pair and of its HTTP facts, as far as they are there."""
    texts = None if told is None else _texts_read(rulebook, told)
    given = None if request is None else _given(rulebook, request)
    if texts is not None and sum(len(text) for each in texts for text in each) > MAX_CACHED_TEXT:
        evidence = _claims.__wrapped__(rulebook, texts, given)
    else:
        evidence = _claims(rulebook, texts, given)
    proved = () if told is None else _proved(rulebook, request, told, call)
    if not rulebook.document.evidence.http:
        return _with_proofs(rulebook, evidence, proved) if proved else evidence
    return _combined(evidence, _proofs(rulebook, proved), http_evidence(rulebook, call))


@lru_cache(4096)
def _with_proofs(rulebook: Rulebook, evidence: Evidence, proved: tuple[int, ...]) -> Evidence:
    """Add what matching texts prove. Cached: the evidence itself comes from a cache."""
    return _combined(evidence, _proofs(rulebook, proved), HttpClaims())


def _combined(evidence: Evidence, matches: tuple[Claim, ...], http: HttpClaims) -> Evidence:
    """Add what matching texts prove, which counts more than the rest, and what HTTP states."""
    if not (matches or http.claims or http.unreadable):
        return evidence
    stated = {claim.fact: claim for claim in evidence.claims}
    contradicted = {
        claim.fact: Conflict(stated[claim.fact], claim)
        for claim in http.claims
        if claim.fact in stated and stated[claim.fact].value != claim.value
    }
    for fact in {claim.fact for claim in matches} & contradicted.keys():
        del contradicted[fact]  # proved
    claims = [claim for claim in (*evidence.claims, *http.claims) if claim.fact not in contradicted]
    unknown = evidence.unknown
    if unknown is not None and http.unreadable and not unknown.title:
        unknown = replace(unknown, detail=f"{http.unreadable}; {unknown.detail}")
    return Evidence((*matches, *claims), (*evidence.conflicts, *contradicted.values()), unknown)


_Texts = tuple[tuple[str, ...], ...]
"""The texts of each element of a response that says something about a fact."""


@lru_cache(4096)
def _claims(rulebook: Rulebook, texts: _Texts | None, given: tuple[bool | None, ...] | None) -> Evidence:
    """Return what texts of the response and elements of the request say. Few combinations occur."""
    claims: list[Claim] = []
    conflicts: list[Conflict] = []
    unknown = None
    if texts is not None:
        by_path = dict(zip(_telling(rulebook), texts, strict=True))
        for fact in dict.fromkeys((rulebook.column_fact, *_facts_told(rulebook))):
            said = _said(rulebook, fact, by_path)
            if isinstance(said, Claim):
                claims.append(said)
            elif isinstance(said, Conflict):
                conflicts.append(said)
            if fact == rulebook.column_fact and not isinstance(said, Claim):
                unknown = _unknown_column(rulebook, by_path, said)
    if given is not None:
        claims += _request_claims(rulebook, given)
    return Evidence(tuple(claims), tuple(conflicts), unknown)


def _facts_told(rulebook: Rulebook) -> tuple[str, ...]:
    return tuple(entry.fact for entry in rulebook.document.evidence.response)


@lru_cache(16)
def _telling(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the paths of the elements of a response that say something about a fact."""
    return tuple(dict.fromkeys(entry.path for entry in rulebook.document.evidence.response))


def _texts_read(rulebook: Rulebook, told: Told) -> _Texts:
    return tuple([tuple(told.texts(path)) for path in _telling(rulebook)])


@lru_cache(64)
def reads_http(rulebook: Rulebook) -> bool:
    """Whether anything besides the messages is evidence for the rulebook."""
    evidence = rulebook.document.evidence
    parts = [
        *(entry.part for entry in evidence.match),
        *([evidence.session.part] if evidence.session else []),
    ]
    return bool(evidence.http) or not {"security", "body"}.issuperset(parts)


def relation(rulebook: Rulebook, request: Request, told: Told) -> Hashable:
    """Return all that a request says of its call, together with what its response tells."""
    return (
        _given(rulebook, request),
        _proved(rulebook, request, told, NO_CALL),
        names_other_session(rulebook, request, told),
    )


def _given(rulebook: Rulebook, request: Request) -> tuple[bool | None, ...]:
    """Return for each element of a request that is evidence whether it is there; None if its part of the message is not."""
    parts = {"security": request.security, "body": request.body}
    return tuple(
        [
            None if (part := parts[entry.part]) is None else not part.keys().isdisjoint(entry.any_of)
            for entry in rulebook.document.evidence.request
        ]
    )


def _proved(rulebook: Rulebook, request: Request | None, told: Told, call: HttpCall) -> tuple[int, ...]:
    """Return the numbers of the entries whose texts are both there and the same, the first for each fact."""
    proved: dict[str, int] = {}
    for number, entry in enumerate(rulebook.document.evidence.match):
        asked = _part_text(request, call, entry.part, entry.request)
        answered = told.undisputed_text(entry.response) if asked else None
        if asked and answered and entry.ignore_case:
            asked, answered = asked.casefold(), answered.casefold()
        if asked and asked == answered:
            proved.setdefault(entry.fact, number)
    return tuple(proved.values())


def _proofs(rulebook: Rulebook, proved: tuple[int, ...]) -> tuple[Claim, ...]:
    """Return the claims of entries by their numbers."""
    entries = [rulebook.document.evidence.match[number] for number in proved]
    return tuple(
        Claim(
            entry.fact,
            entry.as_,
            "request" if entry.part in ("security", "body") else source_of(entry.part, entry.request),
            Precedence.EVIDENCE,
        )
        for entry in entries
    )


def _part_text(request: Request | None, call: HttpCall, part: str, name: str) -> str | None:
    """Return the text of a part of a request; None if it is not there."""
    if part not in ("security", "body"):
        return call.text(part, name)
    texts = None if request is None else request.security if part == "security" else request.body
    return (texts or {}).get(name)


def names_other_session(
    rulebook: Rulebook, request: Request | None, told: Told, call: HttpCall = NO_CALL
) -> bool:
    """Whether request and response both name their session, and not the same one."""
    session = rulebook.document.evidence.session
    if session is None:
        return False
    asked = _part_text(request, call, session.part, session.request)
    return bool(asked) and any(text != asked for text in told.texts(session.response) if text)


def _said(
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
            claims = [
                Claim(fact, value or "another value", "response", Precedence.EVIDENCE) for value in values
            ]
            return Conflict(claims[0], claims[-1])
        if values and values[0] is None:
            return entry
        if values and values != [_NOT_SAID]:
            return Claim(fact, values[0] or "", "response", Precedence.EVIDENCE)
    return None


_NOT_SAID = "not"
_NO_VALUE = "no value"
"""What an element says that has one meaning alone: the opposite, or nothing that makes sense."""

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _value(entry: ResponseEvidence, text: str) -> str | None:
    """Return the value that a text names; None if it names none."""
    folded = text.casefold()
    if entry.as_ is None:
        return next((value for name, value in entry.names.items() if folded == name.casefold()), None)
    equals = {equal.casefold() for equal in entry.equals}
    if folded in equals:
        return entry.as_
    return _NO_VALUE if equals <= _BOOLEANS.keys() and folded not in _BOOLEANS else _NOT_SAID


def _unknown_column(
    rulebook: Rulebook, texts: Mapping[str, tuple[str, ...]], said: Conflict | ResponseEvidence | None
) -> UnknownColumn:
    """Return why no column is found, and what to do."""
    fact, table = rulebook.column_fact, rulebook.table_title
    entries = [entry for entry in rulebook.document.evidence.response if entry.fact == fact]
    parts = [
        source_of(entry.part, entry.name) for entry in rulebook.document.evidence.http if entry.fact == fact
    ]
    say = f"say it with {fact_option(fact)}"
    if isinstance(said, Conflict):
        return UnknownColumn(
            Reason.UNKNOWN_SERVICE, f"the response contradicts itself about the {fact}; {say}"
        )
    if said is None:
        paths = " and ".join(entry.path for entry in entries)
        absent = f"{paths} are absent" if entries else "no element of a response tells"
        if parts:
            absent += f", nor does the {' or the '.join(dict.fromkeys(parts))}"
        return UnknownColumn(Reason.UNKNOWN_SERVICE, f"nothing says which {fact} it is: {absent}; {say}")
    text = texts[said.path][0]
    for other in rulebook.document.columns.without:
        if text.casefold() in (name.casefold() for name in other.names):
            detail = f"{said.path} says {other.names[0]}, and {table} has no column for {other.title}"
            return UnknownColumn(Reason.NO_COLUMN, detail, other.title)
    what = "is empty" if not text else f"holds none of the values that name a {fact}"
    return UnknownColumn(Reason.UNKNOWN_SERVICE, f"{said.path} {what}; {say}")


def _request_claims(rulebook: Rulebook, given: Sequence[bool | None]) -> Iterator[Claim]:
    for entry, is_given in zip(rulebook.document.evidence.request, given, strict=True):
        if is_given is not None:
            value = entry.if_given if is_given else entry.if_not
            yield Claim(entry.fact, value, "request", Precedence.EVIDENCE)
