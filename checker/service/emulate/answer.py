"""Answering a request: its bytes in, an HTTP answer out. No network and no clock are in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from ....engine.context import context_of
from ....engine.expectation import Evaluator
from ....rules.model import Rulebook
from ...core.errors import UncheckedError
from ...core.limits import Limits
from ...messages.base import Request
from ...messages.xml.reader import XmlReader
from . import failures
from .call import Call, understood
from .failures import Failure
from .faults import Fault, Faults, Kind, in_case
from .message import failure, success
from .scenario import Scenario

LIMITS = Limits(size=256 * 1024, depth=50, elements=10_000)
"""A request of this operation has a dozen elements; more than this is no such request."""

_XML = "text/xml;charset=UTF-8"
_TEXT = "text/plain;charset=UTF-8"
_FORM = "application/x-www-form-urlencoded"
_GARBAGE = b"\xff\xfe\x00 this is no XML \x00"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, the seconds to hold it back, and the case that it answers, where one was understood."""

    status: int
    content_type: str
    body: bytes
    case: str | None = None
    wait: float = 0.0


class Answerer:
    """Answers requests in one scenario, by one rulebook, with the faults that were asked for."""

    def __init__(self, rulebook: Rulebook, scenario: Scenario, faults: tuple[Fault, ...] = ()) -> None:
        self._rulebook = rulebook
        self._evaluator = Evaluator(rulebook)
        self._scenario = scenario
        self._faults = faults

    def answer(self, content: bytes, content_type: str = "text/xml") -> Answer:
        """Answer a request; whatever it holds raises nothing."""
        try:
            request = self._request(_document(content, content_type))
        except UncheckedError as refusal:
            return plain(400, f"refused: {refusal.reason}: {refusal.detail}")
        except Failure as failed:
            return self._as_asked(failure(self._rulebook, failed.exception_id), Faults(), None)
        call: Call | None = None
        try:
            call = understood(self._rulebook, self._scenario, request)
            faults = in_case(self._faults, call.case)
            body = self._body(call, faults)
        except Failure as failed:
            faults = in_case(self._faults, call.case if call else None)
            body = failure(self._rulebook, faults.what(Kind.FAILURE) or failed.exception_id)
        return self._as_asked(body, faults, call.case if call else None)

    def _request(self, document: bytes) -> Request:
        try:
            requests = XmlReader(self._rulebook, LIMITS).requests(document)
        except UncheckedError as refusal:
            if refusal.foreign:
                raise Failure(failures.NOT_UNDERSTOOD) from None
            raise
        if len(requests) != 1 or requests[0] is None:
            raise Failure(failures.NOT_UNDERSTOOD)
        return requests[0]

    def _body(self, call: Call, faults: Faults) -> bytes:
        asked = faults.what(Kind.FAILURE)
        if asked is not None:
            raise Failure(asked)
        if call.wrong_password and not faults.has(Kind.IGNORE_PASSWORD):
            if not faults.has(Kind.ACCEPT_PASSWORD):
                raise Failure(failures.WRONG_SESSION_PASSWORD)
            call = _accepted(self._rulebook, call)
        return success(self._evaluator, self._scenario.payload, call, faults)

    @staticmethod
    def _as_asked(body: bytes, faults: Faults, case: str | None) -> Answer:
        wait = float(faults.what(Kind.SLOW) or 0)
        status = faults.what(Kind.STATUS)
        if status is not None:
            return Answer(
                int(status), _TEXT, f"HTTP {status}, as asked for with --fault\n".encode(), case, wait
            )
        if faults.has(Kind.TRUNCATE):
            body = body[: body.rindex(b">", 0, len(body) // 2) + 1]
        if faults.has(Kind.GARBAGE):
            body = _GARBAGE
        return Answer(200, _XML, body, case, wait)


def plain(status: int, text: str) -> Answer:
    """Refuse a request in a line of text."""
    return Answer(status, _TEXT, f"{text}\n".encode())


def _accepted(rulebook: Rulebook, call: Call) -> Call:
    """Give the call as a server sees it that takes any password for the right one."""
    return replace(call, context=context_of(rulebook, dict(call.context.items()) | {"password": "supplied"}))


def _document(content: bytes, content_type: str) -> bytes:
    """Give the XML of a request; old clients send it in a form field named XML."""
    if content_type.partition(";")[0].strip().lower() != _FORM:
        return content
    try:
        fields = parse_qs(content.decode("ascii"), max_num_fields=8, encoding="utf-8")
    except ValueError:
        return b""
    return fields.get("XML", [""])[0].encode()
