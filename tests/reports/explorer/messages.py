"""Messages made for the tests: responses and requests of every service, whole or with something wrong."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from whosees.engine.context import context_of
from whosees.engine.expectation import Evaluator, Expectation
from whosees.rules.load import builtin_rulebook

RULEBOOK = builtin_rulebook()
EVALUATOR = Evaluator(RULEBOOK)
SERVICES = {"MC": "MeetingCenter", "SC": "SalesCenter", "TC": "TrainingCenter", "EC": "EventCenter", "AO": ""}
VALUE = "s3cr3t-value"
"""The text of every element that is nothing else: it must appear nowhere."""

ENVELOPE = "http://www.webex.com/schemas/2002/06/service"
EP = f"{ENVELOPE}/ep"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True)
class Case:
    """A response to judge, its request, and what is stated of the call."""

    name: str
    response: bytes
    request: bytes | None = None
    stated: dict[str, str] = field(default_factory=dict)

    def for_page(self) -> dict[str, object]:
        """Return the case as the page's script takes it."""
        return {
            "response": base64.b64encode(self.response).decode(),
            "request": base64.b64encode(self.request).decode() if self.request is not None else None,
            "stated": self.stated,
        }


Tree = dict[str, "list[Tree]"]


def shown_paths(service: str, **facts: str) -> list[str]:
    """Return the paths that a context must or should show."""
    decided = EVALUATOR.expectations(context_of(RULEBOOK, {"service": service, **facts}))
    return [path for path, expectation in decided.items() if expectation.is_expected]


def open_paths(service: str) -> list[str]:
    """Return the paths that are not forbidden if nothing else is known."""
    decided = EVALUATOR.expectations(context_of(RULEBOOK, {"service": service}))
    return [path for path, expectation in decided.items() if expectation is not Expectation.MUST_NOT]


def content(paths: Iterable[str], texts: dict[str, str]) -> str:
    """Write elements at these paths, each on a line, nested as the paths are."""
    tree: Tree = {}
    for path in paths:
        level = tree
        for name in path.split("/"):
            level = level.setdefault(name, [{}])[0]
    return "\n".join(_elements(tree, "", texts))


def _elements(tree: Tree, parent: str, texts: dict[str, str]) -> Iterator[str]:
    for name, occurrences in tree.items():
        path = f"{parent}/{name}" if parent else name
        for occurrence in occurrences:
            inner = "\n".join(_elements(occurrence, path, texts))
            held = f"\n{inner}\n" if inner else texts.get(path, VALUE)
            yield f"<ep:{name}>{held}</ep:{name}>"


def body(inner: str, type_: str = "ep:getSessionInfoResponse") -> str:
    """Write a bodyContent."""
    return f'<serv:bodyContent xsi:type="{type_}">\n{inner}\n</serv:bodyContent>'


def success() -> str:
    """Write the result of a call that succeeded."""
    return "<serv:response><serv:result>SUCCESS</serv:result></serv:response>"


def failed(exception_id: str = "000015") -> str:
    """Write the result of a call that failed."""
    return (
        f"<serv:response><serv:result>FAILURE</serv:result><serv:reason>{VALUE}</serv:reason>"
        f"<serv:exceptionID>{exception_id}</serv:exceptionID></serv:response>"
    )


def message(*bodies: str, header: str | None = None, encoding: str = "UTF-8") -> bytes:
    """Write a response message."""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<serv:message xmlns:serv="{ENVELOPE}" xmlns:ep="{EP}"'
        f' xmlns:xsi="{XSI}">\n<serv:header>{success() if header is None else header}</serv:header>\n'
        f"<serv:body>\n{chr(10).join(bodies)}\n</serv:body>\n</serv:message>\n"
    ).encode(encoding)


def response(
    service: str, paths: Iterable[str], texts: dict[str, str] | None = None, extra: str = ""
) -> bytes:
    """Write a response of a service with these elements, and `extra` before the end of its body."""
    return message(body(inner(service, paths, texts) + extra))


def inner(service: str, paths: Iterable[str], texts: dict[str, str] | None = None) -> str:
    """Write what is in the body of a response of a service."""
    known = {
        "metaData/serviceType": SERVICES[service],
        "sessionkey": "712475980",
        "host/webExId": "thehost",
        "host/email": "host@example.com",
        **(texts or {}),
    }
    return content(paths, known) + ("\n<ep:isAudioOnly>true</ep:isAudioOnly>" if service == "AO" else "")


def request(security: str = "<webExID>someone</webExID>", asked: str = "", key: str = "712475980") -> bytes:
    """Write a request message, as recorded ones are: without namespace below the root."""
    return (
        f'<?xml version="1.0"?><serv:message xmlns:serv="{ENVELOPE}" xmlns:xsi="{XSI}"><header>'
        f"<securityContext><siteName>demosite</siteName>{security}</securityContext></header><body>"
        f'<bodyContent xsi:type="java:com.webex.service.binding.ep.GetSessionInfo">'
        f"<sessionKey>{key}</sessionKey>{asked}</bodyContent></body></serv:message>"
    ).encode()


PASSWORD = f"<sessionPassword>{VALUE}</sessionPassword>"
STRANGER = {"caller": "anonymous", "password": "not-supplied"}
CALLERS = {
    "anonymous": request(""),
    "anonymous-password": request("", PASSWORD),
    "authenticated": request(),
    "authenticated-password": request(asked=PASSWORD),
    "host-by-id": request("<webExID>thehost</webExID>"),
    "host-by-email": request("<email>HOST@Example.com</email>"),
}
