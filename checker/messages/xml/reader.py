"""The messages of a service that speaks XML, as the checker takes them."""

from __future__ import annotations

from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ..base import Payload, Request
from . import envelope
from .observe import PayloadReader
from .request import read_requests


class XmlBody:
    """A ``bodyContent`` of a message, with its status."""

    __slots__ = ("_body", "_payloads", "_rulebook")

    def __init__(self, rulebook: Rulebook, body: envelope.Body, payloads: PayloadReader) -> None:
        self._rulebook = rulebook
        self._body = body
        self._payloads = payloads

    @property
    def index(self) -> int:
        """Its place among its message's bodies; 0 is the first."""
        return self._body.index

    @property
    def answered(self) -> bool:
        """Whether the call succeeded, and a ``bodyContent`` came back."""
        return self._body.content is not None and not self._failed

    @property
    def holds_elements(self) -> bool:
        """Whether there is anything in it."""
        return self._body.holds_elements

    @property
    def _failed(self) -> bool:
        return self._body.status is not None and self._body.status.failed

    def require_answer(self) -> None:
        """See that it answers this operation; raises Refusal where it does not."""
        if self._failed:
            raise envelope.failure(self._rulebook, self._body)
        if self._body.content is None:
            raise UncheckedError(
                Reason.NOT_A_MESSAGE, "the message has no bodyContent, though the call succeeded"
            )
        envelope.require_response(self._rulebook, self._body.content)

    def read(self) -> Payload:
        """Read it; raises Refusal (too-large, or that there is nothing to read)."""
        if self._body.content is None:
            raise UncheckedError(Reason.NOT_A_MESSAGE, "the message has no bodyContent")
        return self._payloads.read(self._body.content)


class XmlReader:
    """Reads XML messages by the names of one rulebook."""

    def __init__(self, rulebook: Rulebook, limits: Limits) -> None:
        self.rulebook = rulebook
        self.limits = limits
        self._payloads = PayloadReader(rulebook, limits)

    def speaks(self, document: bytes) -> bool:
        """Whether the service's namespace stands in a document, in any usual encoding."""
        text = document.replace(b"\0", b"") if b"\0" in document else document
        return self.rulebook.document.wire.envelope.encode() in text

    def bodies(self, document: bytes) -> tuple[XmlBody, ...]:
        """Read a response message; raises Refusal where it is none."""
        message = envelope.open_message(self.rulebook, document, self.limits)
        return tuple(
            XmlBody(self.rulebook, body, self._payloads) for body in envelope.bodies(self.rulebook, message)
        )

    def requests(self, document: bytes) -> tuple[Request | None, ...]:
        """Read a request message; raises Refusal where it is none of this operation."""
        return read_requests(self.rulebook, document, self.limits)
