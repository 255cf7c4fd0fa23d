"""The envelope of the XML service: one message around one or several bodies, in both directions.

Source: the published messages and service.xsd; see the rulebook's sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from .parser import XSI_TYPE, parse

_NAMEABLE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,79}")
_EXCEPTION_ID = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Status:
    """What ``header/response`` says of a body: whether the call failed, and the exceptionID if it has one."""

    failed: bool
    exception_id: str | None


@dataclass(frozen=True, slots=True)
class Body:
    """A ``bodyContent``, its status, and its place among its message's bodies (0 is the first)."""

    index: int
    status: Status | None
    content: etree._Element | None

    @property
    def holds_elements(self) -> bool:
        """Whether there is anything in it."""
        return self.content is not None and len(self.content) > 0


def open_message(rulebook: Rulebook, document: bytes, limits: Limits) -> etree._Element:
    """Parse a document and see that it is a message of the service; raises Refusal."""
    root = parse(document, limits)
    name = etree.QName(root)
    if name.localname != "message" or name.namespace != rulebook.document.wire.envelope:
        shown = f"`{name.localname}`" if _NAMEABLE.fullmatch(name.localname) else "something else"
        where = " in another namespace" if name.localname == "message" else ""
        raise UncheckedError(
            Reason.NOT_A_MESSAGE,
            f"its root is {shown}{where}, not `message` of {rulebook.document.wire.envelope}",
        )
    return root


def bodies(rulebook: Rulebook, message: etree._Element) -> list[Body]:
    """Give the bodies of a response message with the status of each; raises Refusal where they cannot be told apart."""
    statuses = [_status(element) for element in children(rulebook, message, "header", "response")]
    contents = list(children(rulebook, message, "body", "bodyContent"))
    if not statuses and not contents:
        raise UncheckedError(Reason.NOT_A_MESSAGE, "the message has no bodyContent and no result")
    return [Body(index, *pair) for index, pair in enumerate(_aligned(statuses, contents))]


def _aligned(
    statuses: list[Status], contents: list[etree._Element]
) -> Iterator[tuple[Status | None, etree._Element | None]]:
    """Find out which status is which body's: one is for all, else they go in order, and a failed call can lack one."""
    if len(statuses) <= 1:
        status = statuses[0] if statuses else None
        if not contents:
            yield status, None
        yield from ((status, content) for content in contents)
    elif len(statuses) == len(contents):
        yield from zip(statuses, contents, strict=True)
    elif len(contents) == sum(not status.failed for status in statuses):
        remaining = iter(contents)
        yield from ((status, None if status.failed else next(remaining)) for status in statuses)
    else:
        raise UncheckedError(
            Reason.NOT_A_MESSAGE,
            f"it has {len(statuses)} results and {len(contents)} bodyContents: which belongs to which is not known",
        )


def _status(element: etree._Element) -> Status:
    texts = {etree.QName(child).localname: (child.text or "").strip() for child in element}
    exception_id = texts.get("exceptionID", "")
    return Status(
        failed=texts.get("result", "").upper() == "FAILURE",
        exception_id=exception_id if _EXCEPTION_ID.fullmatch(exception_id) else None,
    )


def children(rulebook: Rulebook, element: etree._Element, *steps: str) -> Iterator[etree._Element]:
    """Follow names of the envelope, in its namespace or in none: recorded requests have none below the root."""
    if not steps:
        yield element
        return
    spaces = (None, rulebook.document.wire.envelope)
    for child in element:
        name = etree.QName(child)
        if name.localname == steps[0] and name.namespace in spaces:
            yield from children(rulebook, child, *steps[1:])


def failure(rulebook: Rulebook, body: Body) -> UncheckedError:
    """Say that a call failed, and why as far as it is known."""
    exception_id = body.status.exception_id if body.status else None
    if exception_id is None:
        said = "the service answered FAILURE"
    else:
        meaning = rulebook.document.wire.failures.get(exception_id)
        said = f"the service answered FAILURE, exceptionID {exception_id}" + (
            f" ({meaning})" if meaning else ""
        )
    if body.holds_elements:
        said += "; its body is not empty, and is not judged"
    return UncheckedError(Reason.FAILURE_RESPONSE, said)


def type_name(content: etree._Element) -> tuple[str | None, str]:
    """Give namespace and local name of a body's type; the namespace is None where the prefix is not declared."""
    text = (content.get(XSI_TYPE) or "").strip()
    prefix, _, local = text.rpartition(":")
    return content.nsmap.get(prefix or None), local


def is_request(rulebook: Rulebook, content: etree._Element) -> bool:
    """Whether a body asks for this operation."""
    wire = rulebook.document.wire
    text = (content.get(XSI_TYPE) or "").strip()
    namespace, local = type_name(content)
    return text in wire.request_types or (namespace == wire.namespace and local in wire.request_type_names)


def require_response(rulebook: Rulebook, content: etree._Element) -> None:
    """See that a body answers this operation; raises Refusal where it is something else."""
    wire = rulebook.document.wire
    namespace, local = type_name(content)
    if namespace == wire.namespace and local in wire.response_types:
        return
    wanted = f"`{wire.response_types[0]}` of {wire.namespace}"
    if content.get(XSI_TYPE) is None:
        raise UncheckedError(
            Reason.NOT_A_MESSAGE, f"its bodyContent has no xsi:type, so nothing says that it is {wanted}"
        )
    if is_request(rulebook, content):
        raise UncheckedError(
            Reason.OTHER_OPERATION,
            "it is a request, not a response; name it with --request, or NAME.request.xml beside NAME.response.xml",
            foreign=True,
        )
    shown = f"`{local}`" if _NAMEABLE.fullmatch(local) else "something else"
    where = " in another namespace" if local in wire.response_types else ""
    raise UncheckedError(
        Reason.OTHER_OPERATION,
        f"its bodyContent is {shown}{where}, not {wanted}",
        foreign=local not in wire.response_types,
    )
