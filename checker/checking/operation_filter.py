"""Recorded traffic: which of the calls in it are the service's, and what HTTP says of how they were answered."""

from __future__ import annotations

from enum import Enum, auto

from ..core.errors import Reason, UncheckedError
from ..messages.base import MessageReader, is_answer
from ..recordings import (
    AttachmentContent,
    Content,
    Recording,
    UnreadableContent,
    extract_request_body,
    read_bounded,
)

_OK = 200


class _Asked(Enum):
    """What a request asks for: this operation, another one, something that is not the service's; or nobody knows."""

    THIS = auto()
    OTHER = auto()
    ELSEWHERE = auto()
    UNKNOWN = auto()


def require_answer(reader: MessageReader, recording: Recording) -> None:
    """See that a recording holds an answer that can be read as one; raises Refusal.

    It is foreign where the recording is one of many calls, and neither asks for this operation nor answers it. An
    answer with another HTTP status than 200, and one without a body, cannot be judged: the service sends its
    failures with status 200 too.
    """
    traffic, fault = recording.traffic, _fault(recording)
    unusable = isinstance(recording.response, UnreadableContent)
    speaks = not unusable and (not traffic or _speaks(reader, recording.response))
    if speaks and fault is None:
        return
    asked = _asked(reader, recording.request)
    if unusable:
        if asked is _Asked.OTHER or (traffic and asked is _Asked.ELSEWHERE):
            raise _passed_over(reader)
        return
    if traffic and not speaks and asked is not _Asked.THIS:
        raise _passed_over(reader)
    if fault is not None:
        other = asked is _Asked.OTHER or (asked is not _Asked.THIS and _answers_other(reader, recording))
        raise UncheckedError(Reason.NOT_A_MESSAGE, fault, foreign=other)


def _passed_over(reader: MessageReader) -> UncheckedError:
    service = reader.rulebook.document.wire.envelope
    detail = "it neither asks for this operation nor answers it" + (f" in {service}" if service else "")
    return UncheckedError(Reason.NOT_A_MESSAGE, detail, foreign=True)


def _fault(recording: Recording) -> str | None:
    if recording.status not in (None, _OK):
        return f"the server answered with HTTP status {recording.status}, and a message comes with {_OK}"
    of_a_call = recording.traffic or recording.status is not None or recording.request is not None
    return "the answer has no body" if recording.response == b"" and of_a_call else None


def _asked(reader: MessageReader, request: AttachmentContent) -> _Asked:
    """Find out what a request asks for; one that names the service and cannot be read counts as this operation's."""
    if (
        request is None
        or isinstance(request, UnreadableContent)
        or reader.rulebook.document.wire.format == "json"
    ):
        return _Asked.UNKNOWN  # the body of a JSON request does not name its operation
    try:
        sent = extract_request_body(read_bounded(request, reader.limits))
    except UncheckedError:
        return _Asked.UNKNOWN
    if not reader.looks_like_message(sent):
        return _Asked.ELSEWHERE
    try:
        reader.requests(sent)
    except UncheckedError as refusal:
        return _Asked.OTHER if refusal.foreign else _Asked.THIS
    return _Asked.THIS


def _speaks(reader: MessageReader, content: Content) -> bool:
    """Whether content can be one of the service's messages; so can what cannot be read."""
    try:
        return reader.looks_like_message(read_bounded(content, reader.limits))
    except UncheckedError:
        return True


def _answers_other(reader: MessageReader, recording: Recording) -> bool:
    """Whether a response is a sound message that answers another operation."""
    try:
        return not any(map(is_answer, reader.bodies(read_bounded(recording.response, reader.limits))))
    except UncheckedError:
        return False
