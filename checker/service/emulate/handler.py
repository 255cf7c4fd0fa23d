"""Handling of GetSessionInfo requests: bytes in, an HTTP response out, without network or clock."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import Message

from ....engine.context import context_of
from ....engine.expectation import Evaluator
from ....rules.model import Rulebook
from ...core.errors import UncheckedError
from ...messages.base import Request
from ...messages.xml.reader import XmlReader
from ...recordings import extract_request_body
from ..endpoint import SERVICE_PATH
from . import failures
from .failures import FailureResponse
from .faults import Fault, FaultKind, Faults, faults_in_case
from .http import LIMITS, TEXT, HttpRequest, Response, deliver, text_response
from .request import IdentifiedCall, parse_request
from .response_message import failure, success
from .scenario import Scenario

_XML = "text/xml;charset=UTF-8"
_MULTIPART = "multipart/form-data"


class SessionHandler:
    """Handles requests in one scenario, by one rulebook, with the given faults."""

    def __init__(self, rulebook: Rulebook, scenario: Scenario, faults: tuple[Fault, ...] = ()) -> None:
        self._rulebook = rulebook
        self._evaluator = Evaluator(rulebook)
        self._reader = XmlReader(rulebook, LIMITS)
        self._scenario = scenario
        self._faults = faults

    @property
    def addresses(self) -> tuple[str, ...]:
        """The path at which the service is called."""
        return (SERVICE_PATH,)

    def refusal(self, method: str, path: str) -> Response | None:
        """Return the response to a call of something else, None for one of the service."""
        if path != SERVICE_PATH:
            return text_response(404, f"there is nothing here; the service is at {SERVICE_PATH}")
        return (
            None if method == "POST" else text_response(405, "the service is called with POST", allow="POST")
        )

    def respond(self, request: HttpRequest) -> Response:
        """Return the response to a request."""
        content_type = {name.lower(): value for name, value in request.headers}.get("content-type", "")
        return self.handle(request.body, content_type)

    def handle(self, content: bytes, content_type: str = "text/xml") -> Response:
        """Return the response to a request; its content never raises an exception."""
        document = _document(content, content_type)
        try:
            request = self._request(document)
        except UncheckedError as error:
            if b"<" not in document:
                return text_response(400, "refused: the body is neither XML nor a form with a field `XML`")
            return text_response(400, f"refused: {error.reason}: {error.detail}")
        except FailureResponse as failed:
            return self._response(self._failure(failed), Faults(), None)
        call: IdentifiedCall | None = None
        try:
            call = parse_request(self._rulebook, self._scenario, request)
            faults = faults_in_case(self._faults, call.case)
            body = self._body(call, faults)
        except FailureResponse as failed:
            faults = faults_in_case(self._faults, call.case if call else None)
            wanted = faults.argument(FaultKind.FAILURE)
            body = self._failure(failed if wanted is None else FailureResponse(wanted))
        return self._response(body, faults, call.case if call else None)

    def _failure(self, failed: FailureResponse) -> bytes:
        return failure(self._rulebook, failures.code_of(self._rulebook, failed.cause))

    def _request(self, document: bytes) -> Request:
        try:
            requests = self._reader.requests(document)
        except UncheckedError as error:
            if error.foreign:
                raise FailureResponse(failures.NOT_UNDERSTOOD) from None
            raise
        if len(requests) != 1 or requests[0] is None:
            raise FailureResponse(failures.NOT_UNDERSTOOD)
        return requests[0]

    def _body(self, call: IdentifiedCall, faults: Faults) -> bytes:
        code = faults.argument(FaultKind.FAILURE)
        if code is not None:
            raise FailureResponse(code)
        if call.wrong_password and not faults.has(FaultKind.IGNORE_PASSWORD):
            if not faults.has(FaultKind.ACCEPT_PASSWORD):
                raise FailureResponse(failures.WRONG_SESSION_PASSWORD)
            call = _accept_password(self._rulebook, call)
        return success(self._evaluator, self._scenario.payload, call, faults)

    @staticmethod
    def _response(body: bytes, faults: Faults, case: str | None) -> Response:
        status = faults.argument(FaultKind.STATUS)
        if status is not None:
            text = f"HTTP {status}, as asked for with --fault\n"
            return replace(
                deliver(Response(200, TEXT, b"", case), faults), status=int(status), body=text.encode()
            )
        return deliver(Response(200, _XML, body, case), faults)


def _accept_password(rulebook: Rulebook, call: IdentifiedCall) -> IdentifiedCall:
    """Return the call as a server sees it that accepts any password."""
    return replace(call, context=context_of(rulebook, dict(call.context.items()) | {"password": "supplied"}))


def _document(content: bytes, content_type: str) -> bytes:
    """Return the XML of a request: the body, or the form field XML of old clients.

    The body decides, not its content type: curl and axios send XML as a URL-encoded form unless told otherwise.
    """
    if content_type.strip().lower().startswith(_MULTIPART):
        return _multipart_field(content, content_type) or b""
    return extract_request_body(content)


def _multipart_field(content: bytes, content_type: str) -> bytes | None:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = message_from_bytes(head + content)
    for part in message.get_payload() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition") if isinstance(part, Message) else None
        if isinstance(part, Message) and isinstance(name, str) and name.upper() == "XML":
            payload = part.get_payload(decode=True)
            return payload if isinstance(payload, bytes) else None
    return None
