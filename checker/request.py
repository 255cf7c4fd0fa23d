"""Reading of a request: who asks, with which password, for which session."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from ..rules.model import Rulebook
from .envelope import children, is_request, open_message
from .refusal import Limits, Reason, Refusal


@dataclass(frozen=True, slots=True)
class Request:
    """What a request gives: texts by element name, used and never shown. An empty element gives nothing.

    ``security`` is None where the message has no security context at all.
    """

    security: dict[str, str] | None
    body: dict[str, str]


def read_requests(rulebook: Rulebook, document: bytes, limits: Limits) -> tuple[Request | None, ...]:
    """Read a request message: one entry for each body, None for one of another operation.

    Raises Refusal where it is no message, or asks for nothing of this operation.
    """
    message = open_message(rulebook, document, limits)
    contexts = list(children(rulebook, message, "header", "securityContext"))
    security = _texts(contexts[0]) if contexts else None
    contents = list(children(rulebook, message, "body", "bodyContent"))
    requests = tuple(
        Request(security, _texts(content)) if is_request(rulebook, content) else None for content in contents
    )
    if not any(requests):
        raise Refusal(
            Reason.OTHER_OPERATION if contents else Reason.NOT_A_MESSAGE,
            f"it asks for no {rulebook.document.wire.request_types[0].rpartition('.')[2]}",
            foreign=bool(contents),
        )
    return requests


def request_for(
    requests: tuple[Request | None, ...],
    index: int,
    bodies: int,
    session: str | None,
    session_name: str | None,
) -> Request | None:
    """Give the request that a body answers: the one at its place, or else the only one, or the one for its session."""
    if len(requests) == bodies:
        return requests[index]
    if len(requests) == 1:
        return requests[0]
    same = [
        request
        for request in requests
        if request is not None and session and session_name and request.body.get(session_name) == session
    ]
    return same[0] if len(same) == 1 else None


def _texts(element: etree._Element) -> dict[str, str]:
    texts: dict[str, str] = {}
    for child in element:
        text = (child.text or "").strip()
        if text:
            texts.setdefault(etree.QName(child).localname, text)
    return texts
