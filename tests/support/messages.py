"""Messages of the service, built for tests."""

from __future__ import annotations

from collections.abc import Iterable

SERV = "http://www.webex.com/schemas/2002/06/service"
EP = "http://www.webex.com/schemas/2002/06/service/ep"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

SERVICE_TYPES = {
    "MC": "MeetingCenter",
    "SC": "SalesCenter",
    "TC": "TrainingCenter",
    "EC": "EventCenter",
    "AO": "MeetingCenter",
}

SUCCESS = "<serv:response><serv:result>SUCCESS</serv:result></serv:response>"


def failure(exception_id: str = "060001") -> str:
    """A ``header/response`` that says FAILURE."""
    return (
        "<serv:response><serv:result>FAILURE</serv:result><serv:reason>no</serv:reason>"
        f"<serv:exceptionID>{exception_id}</serv:exceptionID></serv:response>"
    )


def body(content: str, kind: str = "ep:getSessionInfoResponse") -> str:
    """A ``bodyContent`` of a type."""
    return f'<serv:bodyContent xsi:type="{kind}">{content}</serv:bodyContent>'


def message(*bodies: str, header: str = SUCCESS) -> bytes:
    """A response message around bodies."""
    return (
        f'<serv:message xmlns:serv="{SERV}" xmlns:ep="{EP}" xmlns:xsi="{XSI}">\n'
        f"<serv:header>{header}</serv:header>\n<serv:body>{''.join(bodies)}</serv:body></serv:message>"
    ).encode()


def elements(paths: Iterable[str], texts: dict[str, str] | None = None) -> str:
    """Elements with these paths, one a line, in the order given; a parent is made where a child needs it."""
    tree: dict[str, dict[str, object]] = {}
    for path in paths:
        level = tree
        for name in path.split("/"):
            level = level.setdefault(name, {})  # type: ignore[assignment]  # a tree of trees has no simple type
    return _render(tree, "", texts or {})


def _render(tree: dict[str, dict[str, object]], parent: str, texts: dict[str, str]) -> str:
    parts = []
    for name, children in tree.items():
        path = f"{parent}/{name}" if parent else name
        inside = _render(children, path, texts) if children else texts.get(path, "x")  # type: ignore[arg-type]  # as above
        parts.append(f"<ep:{name}>{inside}</ep:{name}>\n")
    return "".join(parts)


def response(service: str, paths: Iterable[str], texts: dict[str, str] | None = None) -> bytes:
    """A response that shows exactly these paths, and says which service it is of."""
    said = {"metaData/serviceType": SERVICE_TYPES[service], **(texts or {})}
    audio_only = "<ep:isAudioOnly>true</ep:isAudioOnly>" if service == "AO" else ""
    return message(body(elements(paths, said) + audio_only))


def request(security: str = "<siteName>s</siteName>", content: str = "<sessionKey>x</sessionKey>") -> bytes:
    """A request as recorded ones are: below the root there is no namespace."""
    return (
        f'<serv:message xmlns:serv="{SERV}" xmlns:xsi="{XSI}"><header><securityContext>{security}'
        "</securityContext></header><body>"
        f'<bodyContent xsi:type="java:com.webex.service.binding.ep.GetSessionInfo">{content}</bodyContent>'
        "</body></serv:message>"
    ).encode()
