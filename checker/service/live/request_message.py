"""The request of a case, as a message of the service."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from ....rules.model import Rulebook
from ...messages.xml.parser import XSI_TYPE
from .cases import Password, SessionCase
from .plan import Plan
from .secrets import Secrets

_XSI = XSI_TYPE[1:].partition("}")[0]
_WRONG_PASSWORD = "whosees-wrong-password"  # noqa: S105 - deliberately nobody's password


def request_of(rulebook: Rulebook, plan: Plan, case: SessionCase, secrets: Secrets) -> bytes:
    """Return the request that a case sends; raises PlanError if a secret is missing."""
    caller, session = case.caller, case.session
    security: dict[str, str | None] = {
        "siteName": plan.site,
        "webExID": caller.webex_id,
        "email": caller.email,
        "password": secrets.value(caller.password),
        "sessionTicket": secrets.value(caller.session_ticket),
        "webExAccessToken": secrets.value(caller.access_token),
    }
    content: dict[str, str | None] = {"sessionKey": session.key, "sessionPassword": None}
    right = secrets.value(session.password)
    if right is not None and case.password is not Password.NOT_SUPPLIED:
        content["sessionPassword"] = right if case.password is Password.SUPPLIED else _different_from(right)
    envelope = rulebook.document.wire.envelope
    message = etree.Element(f"{{{envelope}}}message", nsmap={"serv": envelope, "xsi": _XSI})
    _add(etree.SubElement(etree.SubElement(message, "header"), "securityContext"), security)
    body = etree.SubElement(etree.SubElement(message, "body"), "bodyContent")
    body.set(XSI_TYPE, rulebook.document.wire.request_types[0])
    _add(body, content)
    return etree.tostring(message, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add(parent: etree._Element, texts: Mapping[str, str | None]) -> None:
    for name, text in texts.items():
        if text is not None:
            etree.SubElement(parent, name).text = text


def _different_from(password: str) -> str:
    """Return a password other than the right one."""
    return _WRONG_PASSWORD if password != _WRONG_PASSWORD else f"{_WRONG_PASSWORD}-2"
