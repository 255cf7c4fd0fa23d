"""The reasons why a connection to a server failed, in words of our own: the errors' texts can quote what was sent."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

_ERRNO_TEXTS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EHOSTUNREACH: "host unreachable",
    errno.ENETUNREACH: "network unreachable",
}


def connection_problem(error: BaseException) -> str:
    """Return why no connection came about, empty if the reason is not a known one."""
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"TLS: the certificate does not verify: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return "TLS: no secure connection could be negotiated"
        if isinstance(cause, socket.gaierror):
            return "unknown host: its name has no address"
    return system_problem(error)


def system_problem(error: BaseException) -> str:
    """Return the text of a broken connection's system error, empty if it is not a known one."""
    for cause in causes(error):
        if isinstance(cause, OSError) and cause.errno in _ERRNO_TEXTS:
            return f"{_ERRNO_TEXTS[cause.errno]}: by the server or on the way to it"
    return ""


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all of its causes."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__]
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions
