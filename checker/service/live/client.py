"""One call over HTTP: a request out, its response back, or why there is none to judge."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass

import httpx

from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ..connection_errors import causes, connection_problem, system_problem
from ..endpoint import is_loopback
from .http_request import OutgoingRequest, ReceivedResponse

_OK = 200
_IDLE_SECONDS = 2.0
"""Seconds that a connection is kept for the next call: less than servers do, so that none closes it under a call."""


@dataclass(frozen=True, slots=True)
class Target:
    """The URL to call, and the seconds to wait for a connection, and then to send the request and receive the whole response.

    ``ca_file`` contains the certificates of a private authority.
    """

    url: str
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    ca_file: str | None = None


class TransportError(UncheckedError):
    """No response arrived that could be judged. ``connecting`` means that the server was not reached: nothing was sent."""

    def __init__(self, detail: str, *, connecting: bool = False, reason: Reason = Reason.UNREADABLE) -> None:
        super().__init__(reason, detail)
        self.connecting = connecting


@contextlib.asynccontextmanager
async def open_client(
    target: Target, connections: int, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client with HTTP/1.1 keep-alive; certificates are verified, redirects are not followed.

    Raises OSError or ssl.SSLError if the file of certificates cannot be used.
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
        trust_env=not local,  # the environment's proxy is not meant for this machine itself
        transport=transport,
        headers={"Accept-Encoding": "identity", "Accept": "*/*"},
    ) as client:
        yield client


async def send_request(
    client: httpx.AsyncClient, target: Target, request: OutgoingRequest, limits: Limits
) -> ReceivedResponse:
    """Send a request and return its response; raises TransportError."""
    headers = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in request.headers]
    with _translate_errors(target):
        async with (
            asyncio.timeout(target.connect_seconds + target.read_seconds) as deadline,
            client.stream(
                *(request.method, request.url),
                content=request.body,
                headers=headers,
                extensions={"trace": _count_from_connection(deadline, target.read_seconds)},
            ) as response,
        ):
            _require_usable(request, response)
            content = bytearray()
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > limits.size:
                    detail = f"too large: the response is larger than {limits.size:,} bytes"
                    raise TransportError(detail, reason=Reason.TOO_LARGE)
            if not content and request.is_session:
                raise TransportError("empty: the response has no body")
            received = tuple(response.headers.multi_items())
            return ReceivedResponse(response.status_code, received, bytes(content))


def _count_from_connection(
    deadline: asyncio.Timeout, seconds: float
) -> Callable[[str, Mapping[str, object]], Awaitable[None]]:
    """Return a listener to what the client does, which gives a call so many seconds from when there is a connection for it."""

    async def listen(event: str, _: Mapping[str, object]) -> None:
        if event == "http11.send_request_headers.started":
            deadline.reschedule(asyncio.get_running_loop().time() + seconds)

    return listen


def _require_usable(request: OutgoingRequest, response: httpx.Response) -> None:
    """Raise TransportError for a response whose body cannot be what was asked for."""
    if request.is_session and response.is_redirect:
        raise TransportError(f"redirect: HTTP {response.status_code}, which is not followed")
    if request.is_session and response.status_code != _OK:
        raise TransportError(
            f"HTTP {response.status_code}: not a response of the service, which answers with 200"
        )
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise TransportError("encoded: the response is compressed, although that was not requested")


@contextlib.contextmanager
def _translate_errors(target: Target) -> Iterator[None]:
    """Translate the library's errors, whose own texts can quote what was sent."""
    try:
        yield
    except httpx.ConnectTimeout:
        detail = f"time-out: no connection within {target.connect_seconds:g} s"
        raise TransportError(detail, connecting=True) from None
    except (httpx.TimeoutException, TimeoutError):
        raise TransportError(f"time-out: no complete response within {target.read_seconds:g} s") from None
    except (httpx.ConnectError, httpx.ProxyError) as error:
        raise _connection_error(error) from None
    except httpx.RemoteProtocolError:
        raise TransportError(
            "truncated: the connection was closed before the response was complete"
        ) from None
    except httpx.NetworkError as error:
        detail = system_problem(error) or "connection lost: before the response was complete"
        raise TransportError(detail) from None
    except httpx.HTTPError:
        raise TransportError("no HTTP: the response breaks the protocol") from None


def _connection_error(error: httpx.HTTPError) -> TransportError:
    problem = connection_problem(error) or "no connection: the server cannot be reached"
    is_tls = any(isinstance(cause, ssl.SSLError) for cause in causes(error))
    return TransportError(problem, connecting=not is_tls)
