"""Recorded traffic: which of the calls in it are the service's, and what HTTP says of how they were answered."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from ...engine.result import NO_BODY
from ...rules.model import Rulebook
from ..core.errors import Reason, UncheckedError
from ..messages.base import Body, BodyKind, MessageReader, is_answer
from ..messages.json.unrelated import is_unrelated
from ..recordings import (
    NO_HTTP_FACTS,
    AttachmentContent,
    Content,
    Naming,
    Recording,
    UnreadableContent,
    extract_request_body,
    has_body,
    naming_of,
    read_bounded,
)
from .http_call import NO_CALL, THIS, HttpCall, Operation, status_failure

_OK = 200


class _RequestKind(Enum):
    """The operation of a request: this one, another one, something that is not the service's, or unknown."""

    THIS = auto()
    OTHER = auto()
    ELSEWHERE = auto()
    UNKNOWN = auto()


def is_mere_message(recording: Recording) -> bool:
    """Return whether a recording is a message and nothing is known of HTTP, so that it says itself what it is."""
    return (
        recording.http is NO_HTTP_FACTS
        and not recording.traffic
        and bool(recording.response)
        and not isinstance(recording.response, UnreadableContent)
    )


def is_named_as_message(rulebook: Rulebook, recording: Recording) -> bool:
    """Return whether a recording is no more than a file whose name is that of a message in the rulebook's wire format."""
    return is_mere_message(recording) and _naming(rulebook).is_message(recording.source)


def is_skipped(reader: MessageReader, recording: Recording, error: UncheckedError) -> bool:
    """Return whether what cannot be judged is skipped and counted, because it is of another operation.

    Messages may say that themselves. JSON files of a folder do not, and anything may lie there: one is skipped if nothing in it is
    of the operation, nothing lies beside it, and its name does not say that it is a response.
    """
    if recording.explicit or error.foreign:
        return not recording.explicit
    rulebook = reader.rulebook
    return (
        error.reason is Reason.NOT_A_MESSAGE
        and rulebook.document.wire.format == "json"
        and recording.request is None
        and recording.sidecar is None
        and is_named_as_message(rulebook, recording)
        and not _naming(rulebook).is_response(recording.source)
        and _is_unrelated(reader, recording)
    )


def find_other_list(
    reader: MessageReader, recording: Recording, bodies: Iterable[Body]
) -> UncheckedError | None:
    """Return why a list is skipped as a whole, if neither an item nor anything else in its file is of the operation."""
    if recording.explicit or not is_mere_message(recording):
        return None
    refusal = None
    for body in bodies:
        if body.kind is BodyKind.ITEM:
            try:
                body.require_answer()
            except UncheckedError as error:
                refusal = refusal or error
            else:
                return None
    return refusal if refusal is not None and is_skipped(reader, recording, refusal) else None


def _naming(rulebook: Rulebook) -> Naming:
    return naming_of(frozenset((rulebook.document.wire.format,)))


def _is_unrelated(reader: MessageReader, recording: Recording) -> bool:
    try:
        return is_unrelated(reader.rulebook, read_bounded(recording.response, reader.limits))
    except UncheckedError:  # it cannot be read any more
        return False


def require_answer(reader: MessageReader, recording: Recording, call: HttpCall = NO_CALL) -> None:
    """Raise UncheckedError if a recording contains no answer that can be read as one of this operation.

    It is foreign if method and URL are another operation's, or if the recording is one of many calls that neither asks for
    this operation nor answers it. A rulebook without ``wire.response.answers`` has its failures with status 200 too, so
    an answer with another status cannot be judged; nor can one without a body.
    """
    is_this, response = call.operation is THIS, recording.response
    if is_this and response and type(response) is bytes and reader.rulebook.document.wire.response:
        return  # an answer or a failure, as its status says
    if is_mere_message(recording):
        return
    if call.operation is Operation.OTHER:
        raise _other_call(reader)
    if is_this and not recording.explicit and recording.response == b"":
        _require_body(recording)
    traffic, fault = recording.traffic and not is_this, _fault(reader, recording)
    unusable = isinstance(recording.response, UnreadableContent)
    is_message = not unusable and (not traffic or _can_be_message(reader, recording.response))
    if is_message and fault is None:
        return
    kind = _RequestKind.THIS if is_this else _request_kind(reader, recording.request)
    if unusable:
        if kind is _RequestKind.OTHER or (traffic and kind is _RequestKind.ELSEWHERE):
            raise _unrelated_error(reader)
        return
    if traffic and not is_message and kind is not _RequestKind.THIS:
        raise _unrelated_error(reader)
    if fault is not None:
        other = kind is _RequestKind.OTHER or (
            kind is not _RequestKind.THIS and _answers_other(reader, recording)
        )
        failed = status_failure(reader.rulebook, recording.status)
        reason = Reason.FAILURE_RESPONSE if failed else Reason.NOT_A_MESSAGE
        raise UncheckedError(reason, fault, foreign=other)


def _require_body(recording: Recording) -> None:
    """Raise UncheckedError for a call that came back without a body as its method or status have it: it failed in nothing."""
    if not has_body(recording.http.method, recording.status):
        raise UncheckedError(Reason.NOT_A_MESSAGE, NO_BODY, foreign=True)


def _other_call(reader: MessageReader) -> UncheckedError:
    detail = f"its method and URL are not those of {reader.rulebook.id}"
    return UncheckedError(Reason.OTHER_OPERATION, detail, foreign=True)


def _unrelated_error(reader: MessageReader) -> UncheckedError:
    service = reader.rulebook.document.wire.envelope
    detail = "it neither asks for this operation nor answers it" + (f" in {service}" if service else "")
    return UncheckedError(Reason.NOT_A_MESSAGE, detail, foreign=True)


def _fault(reader: MessageReader, recording: Recording) -> str | None:
    if failure := status_failure(reader.rulebook, recording.status):
        return failure if recording.response == b"" else None
    if reader.rulebook.document.wire.response is None and recording.status not in (None, _OK):
        return f"the server answered with HTTP status {recording.status}, and a message comes with {_OK}"
    of_a_call = recording.traffic or recording.status is not None or recording.request is not None
    return "the answer has no body" if recording.response == b"" and of_a_call else None


def _request_kind(reader: MessageReader, request: AttachmentContent) -> _RequestKind:
    """Find out what a request asks for; one that names the service and cannot be read counts as this operation's."""
    if (
        request is None
        or isinstance(request, UnreadableContent)
        or reader.rulebook.document.wire.format == "json"
    ):
        return _RequestKind.UNKNOWN  # the body of a JSON request does not name its operation
    try:
        sent = extract_request_body(read_bounded(request, reader.limits))
    except UncheckedError:
        return _RequestKind.UNKNOWN
    if not reader.looks_like_message(sent):
        return _RequestKind.ELSEWHERE
    try:
        reader.requests(sent)
    except UncheckedError as refusal:
        return _RequestKind.OTHER if refusal.foreign else _RequestKind.THIS
    return _RequestKind.THIS


def _can_be_message(reader: MessageReader, content: Content) -> bool:
    """Return whether content can be one of the service's messages; so can what cannot be read."""
    try:
        return reader.looks_like_message(read_bounded(content, reader.limits))
    except UncheckedError:
        return True


def _answers_other(reader: MessageReader, recording: Recording) -> bool:
    """Return whether a response is a sound message that answers another operation."""
    try:
        return not any(map(is_answer, reader.bodies(read_bounded(recording.response, reader.limits))))
    except UncheckedError:
        return False
