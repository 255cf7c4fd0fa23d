"""Responses as messages of the service: SUCCESS with what a caller is shown, and FAILURE."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from ....engine.expectation import Evaluator
from ....rules.model import Rulebook
from ....rules.paths import ANY_NAME
from ...messages.xml.parser import XSI_TYPE
from .failures import reason_of
from .faults import FaultKind, Faults
from .request import IdentifiedCall
from .scenario import Payload
from .stated_texts import NEUTRAL, stated_texts
from .visible import ancestors, visible_rows

_XSI = XSI_TYPE[1:].partition("}")[0]
_WRONG_NAMESPACE = "urn:whosees:emulator:wrong-namespace"
_UNKNOWN_TEXT = "practice"


@dataclass(slots=True)
class _Element:
    """An element being built; it keeps its first position among its siblings."""

    text: str = ""
    children: dict[str, _Element] = field(default_factory=dict)

    def at(self, path: str) -> _Element:
        """Return the descendant with this path, creating what is missing."""
        element = self
        for name in path.split("/"):
            element = element.children.setdefault(NEUTRAL if name == ANY_NAME else name, _Element())
        return element


def success(evaluator: Evaluator, payload: Payload, call: IdentifiedCall, faults: Faults) -> bytes:
    """Return the response to a call: every element that the rulebook shows it and no other, except for the faults."""
    rulebook = evaluator.rulebook
    message, body = _message(rulebook, {"result": "SUCCESS", "gsbStatus": "PRIMARY"})
    content = etree.SubElement(
        body, _name(rulebook.document.wire.envelope, "bodyContent"), nsmap={"xsi": _XSI}
    )
    content.set(XSI_TYPE, f"ep:{rulebook.document.wire.response_types[0]}")
    texts = _texts(rulebook, payload, call)
    empty = faults.paths(FaultKind.EMPTY)
    root = _Element()
    for path in _visible_paths(evaluator, texts, payload, call, faults):
        if not any(path.startswith(f"{emptied}/") for emptied in empty):
            root.at(path).text = "" if path in empty else texts.get(path, "")
    wire = rulebook.document.wire
    namespace = _WRONG_NAMESPACE if faults.has(FaultKind.WRONG_NAMESPACE) else wire.namespace
    spaces = dict.fromkeys(payload.of_envelope, wire.envelope)
    _append(content, root, "", namespace, spaces, call.session.repeat)
    return _bytes(message)


def failure(rulebook: Rulebook, code: str) -> bytes:
    """Return a FAILURE response in the service's own form."""
    status = {
        "result": "FAILURE",
        "reason": reason_of(rulebook, code),
        "gsbStatus": "PRIMARY",
        "exceptionID": code,
    }
    message, body = _message(rulebook, status)
    etree.SubElement(body, _name(rulebook.document.wire.envelope, "bodyContent"))
    return _bytes(message)


def _message(rulebook: Rulebook, status: Mapping[str, str]) -> tuple[etree._Element, etree._Element]:
    wire = rulebook.document.wire
    nsmap = {"serv": wire.envelope, "com": f"{wire.envelope.rpartition('/')[0]}/common", "ep": wire.namespace}
    message = etree.Element(_name(wire.envelope, "message"), nsmap=nsmap)
    header = etree.SubElement(message, _name(wire.envelope, "header"))
    response = etree.SubElement(header, _name(wire.envelope, "response"))
    for name, text in status.items():
        etree.SubElement(response, _name(wire.envelope, name)).text = text
    return message, etree.SubElement(message, _name(wire.envelope, "body"))


def _texts(rulebook: Rulebook, payload: Payload, call: IdentifiedCall) -> dict[str, str]:
    """Return the text of every element that a session can have, in sending order."""
    session, host = call.session, call.host
    texts = dict(payload.texts)
    leaves = [row.path for row in rulebook.rows if not rulebook.rows_below[row.path]]
    texts |= {path: _UNKNOWN_TEXT for path in leaves if path not in texts}
    texts |= {
        "sessionkey": session.key,
        "accessControl/sessionPassword": session.password,
        "accessControl/passwordReq": "true" if session.password else "false",
        "host/firstName": host.first_name,
        "host/lastName": host.last_name,
        "host/email": host.email,
        "host/webExId": host.webex_id,
    }
    stated = stated_texts(rulebook, call.context)
    return texts | stated | session.texts


def _visible_paths(
    evaluator: Evaluator, texts: Mapping[str, str], payload: Payload, call: IdentifiedCall, faults: Faults
) -> Iterator[str]:
    """Yield the paths to send: rows as the rulebook decides, other elements along with their container."""
    rulebook, context = evaluator.rulebook, call.context
    absent = {*call.session.without, *faults.paths(FaultKind.OMIT)}
    if not call.session.password:
        absent.add("accessControl/sessionPassword")
    private = () if context["role"] not in ("none", "unknown") else payload.private
    rows = set(visible_rows(evaluator, context, faults, absent))
    for path in dict.fromkeys((*texts, *rulebook.row_by_path)):
        if path in rulebook.row_by_path:
            if path in rows:
                yield path
        elif path not in private and absent.isdisjoint((path, *ancestors(path))):
            rows_above = [outer for outer in ancestors(path) if outer in rulebook.row_by_path]
            if not rows_above or rows_above[-1] in rows:
                yield path


def _append(
    parent: etree._Element,
    element: _Element,
    path: str,
    namespace: str,
    spaces: Mapping[str, str],
    repeat: Mapping[str, int],
) -> None:
    for name, child in element.children.items():
        inner = f"{path}/{name}" if path else name
        for _ in range(repeat.get(inner, 1)):
            added = etree.SubElement(parent, _name(spaces.get(inner, namespace), name))
            added.text = child.text or None
            _append(added, child, inner, namespace, spaces, repeat)


def _name(namespace: str, local: str) -> str:
    return f"{{{namespace}}}{local}"


def _bytes(message: etree._Element) -> bytes:
    return etree.tostring(message, xml_declaration=True, encoding="UTF-8", pretty_print=True)
