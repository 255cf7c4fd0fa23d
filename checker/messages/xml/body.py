"""The bodies of an XML message: whether a call succeeded, and what its answer shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from ...core.errors import Reason, UncheckedError
from ..base import BodyKind, EvidenceTexts, Payload
from .document import Document
from .envelope import NO_TYPE, OUTSIDE, BodyType
from .places import NAMEABLE
from .spans import Span

if TYPE_CHECKING:
    from .reader import XmlReader

_EXCEPTION_ID = re.compile(r"[0-9]{1,12}")


class Status(msgspec.Struct, frozen=True):
    """The status in ``header/response``: whether the call failed, and the exceptionID if it has one."""

    failed: bool
    exception_id: str | None


_SUCCESS = Status(failed=False, exception_id=None)


class XmlBody(EvidenceTexts):
    """A ``bodyContent`` of a message, with its status."""

    __slots__ = ("_reader", "_span", "_status", "_texts", "document", "index")

    kind = BodyKind.MESSAGE

    def __init__(
        self, reader: XmlReader, document: Document, index: int, status: Status | None, span: Span | None
    ) -> None:
        self.index = index
        self.document = document
        self._reader = reader
        self._status = status
        self._span = span
        self._texts: dict[str, list[str]] | None = None

    shape = None
    evidence = None
    """Messages with a single body are known at a glance, and others are rare; see `recall`."""

    def texts(self, path: str) -> list[str]:
        """Return the texts of the elements with a path that is evidence."""
        if self._span is None:
            return []
        if self._texts is None:
            self._texts = {}
        elif path in self._texts:
            return self._texts[path]
        text = self.document.text
        texts = self._texts[path] = [text(read).strip() for read in self._span.texts.get(path, ())]
        return texts

    @property
    def answered(self) -> bool:
        """True if the call succeeded, and a ``bodyContent`` came back."""
        return self._span is not None and not self._failed

    @property
    def is_empty(self) -> bool:
        """True if there is nothing in it, and nothing beside it that a caller could be shown."""
        if self.document.unlisted_outside():
            return False
        return self._span is None or not (self._span.has_elements or self.document.has_text(self._span))

    def read_failure(self) -> Payload | None:
        """Return what a failed call shows all the same; None if there is nothing to judge."""
        if self._span is not None:
            return self._reader.payload(self.document, self._span, self)
        outside = self.document.spans[OUTSIDE][0]
        return (
            self._reader.payload(self.document, outside, self) if self.document.unlisted_outside() else None
        )

    @property
    def _failed(self) -> bool:
        return self._status is not None and self._status.failed

    def require_answer(self, *, is_recognized: bool = False) -> None:  # noqa: ARG002 - a type says it
        """Raise UncheckedError unless it answers this operation."""
        if self._failed:
            raise self._failure()
        if self._span is None:
            raise UncheckedError(
                Reason.NOT_A_MESSAGE, "the message has no bodyContent, though the call succeeded"
            )
        kind = self._span.type or NO_TYPE
        if not kind.is_response(self._reader.rulebook):
            raise self._no_response(kind)

    def _failure(self) -> UncheckedError:
        exception_id = self._status.exception_id if self._status else None
        said = "the service answered FAILURE"
        if exception_id is not None:
            meaning = self._reader.rulebook.document.wire.failures.get(exception_id)
            said += f", exceptionID {exception_id}" + (f" ({meaning})" if meaning else "")
        if not self.is_empty:
            said += "; its body is not empty"
        return UncheckedError(Reason.FAILURE_RESPONSE, said)

    def _no_response(self, kind: BodyType) -> UncheckedError:
        wire = self._reader.rulebook.document.wire
        wanted = f"`{wire.response_types[0]}` of {wire.namespace}"
        if kind.text is None:
            return UncheckedError(
                Reason.NOT_A_MESSAGE, f"its bodyContent has no xsi:type, so nothing says that it is {wanted}"
            )
        if kind.is_request(self._reader.rulebook):
            return UncheckedError(
                Reason.OTHER_OPERATION,
                "it is a request, not a response; name it with --request, or NAME.request.xml beside NAME.response.xml",
                foreign=True,
            )
        shown = f"`{kind.local}`" if NAMEABLE.fullmatch(kind.local) else "something else"
        where = " in another namespace" if kind.local in wire.response_types else ""
        return UncheckedError(
            Reason.OTHER_OPERATION,
            f"its bodyContent is {shown}{where}, not {wanted}",
            foreign=kind.local not in wire.response_types,
        )

    def read(self) -> Payload:
        """Read it; raises UncheckedError if there is nothing to read."""
        if self._span is None:
            raise UncheckedError(Reason.NOT_A_MESSAGE, "the message has no bodyContent")
        return self._reader.payload(self.document, self._span, self)


def status_of(document: Document, span: Span) -> Status:
    """Return what ``header/response`` says."""
    for name, is_own, text in span.fields:
        if name != "result" or not is_own or document.raw(text) == b"SUCCESS":
            continue
        if document.text(text).strip().upper() == "FAILURE":
            return Status(failed=True, exception_id=_exception_id(document, span))
    return _SUCCESS


def _exception_id(document: Document, span: Span) -> str | None:
    texts = [
        document.text(text).strip() for name, is_own, text in span.fields if is_own and name == "exceptionID"
    ]
    return next(filter(_EXCEPTION_ID.fullmatch, reversed(texts)), None)
