"""One call over HTTP: bytes there, bytes back, or why there is no answer to judge."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx

from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from .plan import is_loopback

_OK = 200
_IDLE_SECONDS = 2.0
"""How long a connection is kept for the next call: less than servers do, which would end it under that call."""
_SYSTEM_SAYS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EHOSTUNREACH: "host unreachable",
    errno.ENETUNREACH: "network unreachable",
}


@dataclass(frozen=True, slots=True)
class Target:
    """Where calls go, and how long to wait: for a connection, and then for the whole answer; in seconds.

    ``ca_file`` holds the certificates of an authority of one's own.
    """

    url: str
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    ca_file: str | None = None


class TransportError(UncheckedError):
    """No answer came that could be judged. ``connecting`` says that the server was not reached: nothing was sent."""

    def __init__(self, detail: str, *, connecting: bool = False, reason: Reason = Reason.UNREADABLE) -> None:
        super().__init__(reason, detail)
        self.connecting = connecting


@contextlib.asynccontextmanager
async def opened(
    target: Target, connections: int, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client with HTTP/1.1 keep-alive; certificates are verified, redirects are not followed.

    Raises OSError or ssl.SSLError where the file of certificates cannot be used.
    """
    local = is_loopback(target.url)
    verify: ssl.SSLContext | bool = (
        ssl.create_default_context(cafile=target.ca_file) if target.ca_file else True
    )
    async with httpx.AsyncClient(
        http2=False,
        verify=verify,
        follow_redirects=False,
        timeout=httpx.Timeout(target.read_seconds, connect=target.connect_seconds, pool=None),
        limits=httpx.Limits(
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=_IDLE_SECONDS,
        ),
        trust_env=not local,  # a proxy of the environment is not for this machine itself
        transport=transport,
        headers={"Content-Type": "text/xml;charset=UTF-8", "Accept-Encoding": "identity", "Accept": "*/*"},
    ) as client:
        yield client


async def exchanged(client: httpx.AsyncClient, target: Target, request: bytes, limits: Limits) -> bytes:
    """Send a request and give what is answered; raises TransportError."""
    with _said(target):
        async with (
            asyncio.timeout(target.connect_seconds + target.read_seconds),
            client.stream("POST", target.url, content=request) as response,
        ):
            if response.is_redirect:
                raise TransportError(f"redirect: HTTP {response.status_code}, which is not followed")
            if response.status_code != _OK:
                raise TransportError(
                    f"HTTP {response.status_code}: no answer of the service, which answers with 200"
                )
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise TransportError("encoded: the answer is compressed, which was not asked for")
            content = bytearray()
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > limits.size:
                    said = f"too large: the answer is larger than {limits.size:,} bytes"
                    raise TransportError(said, reason=Reason.TOO_LARGE)
            if not content:
                raise TransportError("empty: the answer has no body")
            return bytes(content)


@contextlib.contextmanager
def _said(target: Target) -> Iterator[None]:
    """Say in our own words what went wrong: those of libraries can quote what was sent."""
    try:
        yield
    except httpx.ConnectTimeout:
        said = f"time-out: no connection within {target.connect_seconds:g} s"
        raise TransportError(said, connecting=True) from None
    except (httpx.TimeoutException, TimeoutError):
        raise TransportError(f"time-out: no whole answer within {target.read_seconds:g} s") from None
    except (httpx.ConnectError, httpx.ProxyError) as error:
        raise _not_connected(error) from None
    except httpx.RemoteProtocolError:
        raise TransportError("truncated: the connection was closed before the answer was whole") from None
    except httpx.NetworkError as error:
        raise TransportError(_system(error) or "connection lost: before the answer was whole") from None
    except httpx.HTTPError:
        raise TransportError("no HTTP: the answer is not what the protocol asks for") from None


def _not_connected(error: httpx.HTTPError) -> TransportError:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return TransportError(f"TLS: the certificate does not verify: {cause.verify_message}")
        if isinstance(cause, ssl.SSLError):
            return TransportError("TLS: no secure connection could be agreed on")
        if isinstance(cause, socket.gaierror):
            return TransportError("unknown host: its name has no address", connecting=True)
    return TransportError(_system(error) or "no connection: the server cannot be reached", connecting=True)


def _system(error: BaseException) -> str:
    """Give what the system says of a broken connection, where it says something known."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in _SYSTEM_SAYS:
            return f"{_SYSTEM_SAYS[cause.errno]}: by the server or on the way to it"
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Give an error and all that it comes from."""
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
