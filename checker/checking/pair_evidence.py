"""Evidence that a request and its response give together: what was sent, and which of their texts are the same."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from ...rules.model import Rulebook
from ..messages.base import EvidenceTexts, Request
from .http_call import HttpCall

Matches = tuple[tuple[int, bool], ...]
"""For each fact the number of the entry that decides it, and whether its texts prove it or contradict themselves."""

_IN_MESSAGE = ("security", "body")
"""The parts of a request's message; all other parts are HTTP's."""


class PairEvidence:
    """Reads the evidence of pairs, by the entries of one rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        evidence = rulebook.document.evidence
        self._sent = tuple((entry.part == "security", frozenset(entry.any_of)) for entry in evidence.request)
        self._matches = tuple(enumerate(evidence.match))
        self._session = evidence.session
        parts = [entry.part for entry in evidence.match] + (
            [evidence.session.part] if evidence.session else []
        )
        self.compares_http = not set(_IN_MESSAGE).issuperset(parts)
        """Whether a text of a message is compared with anything besides the messages."""
        self.reads_http = bool(evidence.http) or self.compares_http
        """Whether anything besides the messages is evidence."""

    def key(self, request: Request | None, response: EvidenceTexts, call: HttpCall) -> Hashable:
        """Return all that a request and HTTP say of a call, together with what its response tells, to compare it by."""
        return (
            None if request is None else self.presence_in(request),
            self.matches(request, response, call),
            self.names_other_session(request, response, call),
            call.evidence,
        )

    def presence_in(self, request: Request) -> tuple[bool | None, ...]:
        """Return for each element of a request that is evidence whether it is there; None if its part of the message is not."""
        security, body = request.security, request.body
        return tuple(
            [
                None if (part := security if in_security else body) is None else not names.isdisjoint(part)
                for in_security, names in self._sent
            ]
        )

    def matches(self, request: Request | None, response: EvidenceTexts, call: HttpCall) -> Matches:
        """Return for each fact the first entry whose texts are both there and the same.

        A response in which the element is there with other texts too contradicts itself, whatever other entries prove.
        """
        found: dict[str, tuple[int, bool]] = {}
        for number, entry in self._matches:
            asked = _text(request, call, entry.part, entry.request)
            if not asked:
                continue
            answered = [text for text in response.texts(entry.response) if text]
            if entry.ignore_case:
                asked, answered = asked.casefold(), [text.casefold() for text in answered]
            if asked not in answered:
                continue
            if len(set(answered)) > 1:
                found[entry.fact] = number, False
            else:
                found.setdefault(entry.fact, (number, True))
        return tuple(found.values())

    def names_other_session(self, request: Request | None, response: EvidenceTexts, call: HttpCall) -> bool:
        """Return whether request and response both name their session, and not the same one."""
        session = self._session
        if session is None:
            return False
        asked = _text(request, call, session.part, session.request)
        if not asked:
            return False
        return not {asked, ""}.issuperset(response.texts(session.response))


@lru_cache(64)
def pair_evidence(rulebook: Rulebook) -> PairEvidence:
    """Return what reads the evidence of pairs by a rulebook."""
    return PairEvidence(rulebook)


def _text(request: Request | None, call: HttpCall, part: str, name: str) -> str | None:
    """Return the text of a part of a request; None if it is not there."""
    if part not in _IN_MESSAGE:
        return call.text(part, name)
    if request is None:
        return None
    texts = request.security if part == "security" else request.body
    return texts.get(name) if texts else None
