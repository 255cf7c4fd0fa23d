"""The messages of a service that speaks XML: one message around one or several bodies, in both directions.

Source: the published messages and service.xsd; see the rulebook's sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ..base import EvidenceTexts, Payload, Request
from ..evidence_paths import EvidencePaths
from .automaton import Automaton
from .body import Status, XmlBody, status_of
from .document import Document, DocumentReader
from .envelope import CONTENT, NO_TYPE, REQUEST, RESPONSE, SECURITY, STATUS, BodyType
from .lenient import ALWAYS_KNOWN, normalise_request
from .recall import Recall
from .spans import Span

MAX_KINDS = 256
"""Types of bodies that are remembered."""

_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml\s[^>]*\?>\s*)?(?:<!--.*?-->\s*)*+(?:<!doctype html(?:\s[^\[>]*)?>|<html\b)",
    re.IGNORECASE | re.DOTALL,
)
_MESSAGE = re.compile(rb"<(?:[^\s<>/:]+:)?message[\s/>]")
"""HTML pages are in most recorded traffic. One without such an element, and without entities, is no message."""
_EBCDIC = b"\x4c\x6f\xa7\x94"
"""The start of an XML declaration in EBCDIC, which has none of ASCII's bytes; appendix F of the XML recommendation has it."""


class XmlReader:
    """Reads XML messages by the names of one rulebook."""

    shapes_recur = True
    reads_requests = True

    def __init__(self, rulebook: Rulebook, limits: Limits, *, empty_is_absent: bool = False) -> None:
        self.rulebook = rulebook
        self.limits = limits
        self._paths = EvidencePaths.of_responses(rulebook)
        self._responses = DocumentReader(
            Automaton(rulebook, limits, RESPONSE, self._paths.read), limits, empty_is_absent=empty_is_absent
        )
        self._requests = DocumentReader(Automaton(rulebook, limits, REQUEST), limits)
        self._kinds: dict[BodyType, bool] = {}
        self.glance = Recall(rulebook, self._paths, self._responses, self._requests).glance

    def looks_like_message(self, document: bytes) -> bool:
        """Return whether a document can be one of the service's messages: its namespace stands in it, however it is written."""
        text = document.replace(b"\0", b"") if b"\0" in document else document
        if self.rulebook.document.wire.envelope.encode() in text or text.startswith(_EBCDIC):
            return True
        if not text.lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n").startswith(b"<"):
            return False
        if _HTML.match(text) and not _MESSAGE.search(text):
            return False
        try:  # as a reader of XML would: the namespace can be written with references, or in an encoding of its own
            self._responses.read(document)
        except UncheckedError as error:
            return error.reason in (Reason.TOO_LARGE, Reason.UNSAFE_XML) or "encoding" in error.detail
        return True

    def bodies(self, content: bytes) -> tuple[XmlBody, ...]:
        """Read a response message; raises UncheckedError if it is none."""
        document = self._responses.read(content)
        contents = document.spans[CONTENT]
        statuses = [status_of(document, span) for span in document.spans[STATUS]]
        if len(statuses) == len(contents) == 1:
            return (XmlBody(self, document, 0, statuses[0], contents[0]),)
        if not statuses and not contents:
            raise UncheckedError(Reason.NOT_A_MESSAGE, "the message has no bodyContent and no result")
        return tuple(
            XmlBody(self, document, index, status, span)
            for index, (status, span) in enumerate(_align(statuses, contents))
        )

    def status_texts(self, content: bytes) -> list[dict[str, str]]:
        """Return the texts of each ``header/response`` by name, to be used and never shown; raises UncheckedError."""
        document = self._responses.read(content)
        return [_texts(document, span) for span in document.spans[STATUS]]

    def requests(self, content: bytes) -> tuple[Request | None, ...]:
        """Read a request message, leniently: one entry for each body, None for one of another operation.

        Raises UncheckedError if it is no message, or asks for nothing of this operation.
        """
        document = self._request_document(content)
        security = [_texts(document, span) for span in document.spans[SECURITY][:1]]
        contents = document.spans[CONTENT]
        requests = [
            Request(security[0] if security else None, _texts(document, span))
            if self._asks(span.type or NO_TYPE)
            else None
            for span in contents
        ]
        if not any(requests):
            raise self._no_request(is_other=bool(contents))
        return tuple(requests)

    def _asks(self, kind: BodyType) -> bool:
        """Return whether a body of this type asks for the operation."""
        known = self._kinds.get(kind)
        if known is None:
            if len(self._kinds) >= MAX_KINDS:
                self._kinds.clear()
            known = self._kinds[kind] = kind.is_request(self.rulebook)
        return known

    def _request_document(self, content: bytes) -> Document:
        try:
            return self._requests.read(content)
        except UncheckedError as error:
            prefixes = {**ALWAYS_KNOWN, **self.rulebook.document.wire.prefixes}
            normalised = normalise_request(content, prefixes)
            if error.reason is not Reason.NOT_XML or normalised == content:
                raise
        return self._requests.read(normalised)

    def _no_request(self, *, is_other: bool) -> UncheckedError:
        wire = self.rulebook.document.wire
        named = [*(name.rpartition(".")[2] for name in wire.request_types), *wire.request_type_names]
        return UncheckedError(
            Reason.OTHER_OPERATION if is_other else Reason.NOT_A_MESSAGE,
            f"it asks for no {named[0] if named else self.rulebook.id}",
            foreign=is_other,
        )

    def payload(self, document: Document, span: Span, texts: EvidenceTexts) -> Payload:
        """Return what is read from a body."""
        variables: dict[str, None] = {}
        lines: set[int] = set()
        for read in span.texts.get(self._paths.variables_path, ()):
            found = self._paths.variables_in(document.text(read))
            if found:
                variables |= dict.fromkeys(found)
                lines.add(document.line(read[0]))

        return Payload(document.observation(span), texts, tuple(variables), tuple(sorted(lines)))


def _align(statuses: list[Status], contents: list[Span]) -> Iterable[tuple[Status | None, Span | None]]:
    """Pair statuses with bodies: one is for all, otherwise they go in order, and a failed call can lack a body."""
    if len(statuses) == len(contents):
        return zip(statuses, contents, strict=True)
    if len(statuses) <= 1:
        status = statuses[0] if statuses else None
        return [(status, content) for content in contents] or [(status, None)]
    if len(contents) == sum(not status.failed for status in statuses):
        remaining = iter(contents)
        return [(status, None if status.failed else next(remaining)) for status in statuses]
    raise UncheckedError(
        Reason.NOT_A_MESSAGE,
        f"it has {len(statuses)} results and {len(contents)} bodyContents: which belongs to which is not known",
    )


def _texts(document: Document, span: Span) -> dict[str, str]:
    """Return the texts of the elements directly in one, by name; an empty one gives nothing, the first counts."""
    texts: dict[str, str] = {}
    for name, _, read in span.fields:
        if name not in texts and (text := document.text(read).strip()):
            texts[name] = text
    return texts
