"""Recorded traffic: which of the calls in it are the service's, and what HTTP says of how they were answered."""

from __future__ import annotations

from enum import Enum, auto

from ..rules.model import Rulebook
from .envelope import answers, bodies, open_message
from .recordings import Companion, Content, Recording, Unusable, message_sent, read_bounded
from .refusal import Limits, Reason, Refusal
from .request import read_requests

_OK = 200


class _Asked(Enum):
    """What a request asks for: this operation, another one, something that is not the service's; or nobody knows."""

    THIS = auto()
    OTHER = auto()
    ELSEWHERE = auto()
    UNKNOWN = auto()


def require_answer(rulebook: Rulebook, recording: Recording, limits: Limits) -> None:
    """See that a recording holds an answer that can be read as one; raises Refusal.

    It is foreign where the recording is one of many calls, and neither asks for this operation nor answers it. An
    answer with another HTTP status than 200, and one without a body, cannot be judged: the service sends its
    failures with status 200 too.
    """
    traffic, fault = recording.traffic, _fault(recording)
    unusable = isinstance(recording.response, Unusable)
    speaks = not unusable and (not traffic or _mentions(rulebook, recording.response, limits))
    if speaks and fault is None:
        return
    asked = _asked(rulebook, recording.request, limits)
    if unusable:
        if asked is _Asked.OTHER or (traffic and asked is _Asked.ELSEWHERE):
            raise _passed_over(rulebook)
        return
    if traffic and not speaks and asked is not _Asked.THIS:
        raise _passed_over(rulebook)
    if fault is not None:
        other = asked is _Asked.OTHER or (
            asked is not _Asked.THIS and _answers_other(rulebook, recording, limits)
        )
        raise Refusal(Reason.NOT_A_MESSAGE, fault, foreign=other)


def _passed_over(rulebook: Rulebook) -> Refusal:
    service = rulebook.document.wire.envelope
    return Refusal(
        Reason.NOT_A_MESSAGE, f"it neither asks for this operation nor answers it in {service}", foreign=True
    )


def _fault(recording: Recording) -> str | None:
    if recording.status not in (None, _OK):
        return f"the server answered with HTTP status {recording.status}, and a message comes with {_OK}"
    of_a_call = recording.traffic or recording.status is not None or recording.request is not None
    return "the answer has no body" if recording.response == b"" and of_a_call else None


def _asked(rulebook: Rulebook, request: Companion, limits: Limits) -> _Asked:
    """Find out what a request asks for; one that names the service and cannot be read counts as this operation's."""
    if request is None or isinstance(request, Unusable):
        return _Asked.UNKNOWN
    try:
        sent = message_sent(read_bounded(request, limits))
    except Refusal:
        return _Asked.UNKNOWN
    if not _mentions(rulebook, sent, limits):
        return _Asked.ELSEWHERE
    try:
        read_requests(rulebook, sent, limits)
    except Refusal as refusal:
        return _Asked.OTHER if refusal.foreign else _Asked.THIS
    return _Asked.THIS


def _mentions(rulebook: Rulebook, content: Content, limits: Limits) -> bool:
    """Whether the service's namespace stands in a message, in any usual encoding; so does what cannot be read."""
    try:
        text = read_bounded(content, limits)
    except Refusal:
        return True
    return rulebook.document.wire.envelope.encode() in (text.replace(b"\0", b"") if b"\0" in text else text)


def _answers_other(rulebook: Rulebook, recording: Recording, limits: Limits) -> bool:
    """Whether a response is a sound message that answers another operation."""
    try:
        message = open_message(rulebook, read_bounded(recording.response, limits), limits)
        return not any(answers(rulebook, body) for body in bodies(rulebook, message))
    except Refusal:
        return False
