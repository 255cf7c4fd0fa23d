"""Reading of an XML request: who asks, with which password, for which session."""

from __future__ import annotations

from lxml import etree

from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ..base import Request
from .envelope import children, is_request, open_message


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
        wire = rulebook.document.wire
        named = [*(name.rpartition(".")[2] for name in wire.request_types), *wire.request_type_names]
        raise UncheckedError(
            Reason.OTHER_OPERATION if contents else Reason.NOT_A_MESSAGE,
            f"it asks for no {named[0] if named else rulebook.id}",
            foreign=bool(contents),
        )
    return requests


def _texts(element: etree._Element) -> dict[str, str]:
    texts: dict[str, str] = {}
    for child in element:
        text = (child.text or "").strip()
        if text:
            texts.setdefault(etree.QName(child).localname, text)
    return texts
