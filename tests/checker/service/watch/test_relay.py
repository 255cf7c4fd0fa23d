"""The relay, besides passing bytes on: errors of the upstream, bounds, TLS, and the header with facts."""

from __future__ import annotations

import asyncio
import socket
import ssl
from unittest import mock

import pytest
import trustme

from support.relaying import Seen, read_to_end, read_until, relaying, serving
from whosees.checker.core.context_header import without_context_header
from whosees.checker.service.watch import relay_process
from whosees.checker.service.watch.body_copy import CopyBudget
from whosees.checker.service.watch.copies import BodyState, ExchangeCopy, LostKind, MessageCopy, RelayCounts
from whosees.checker.service.watch.observer import ConnectionObserver, CopyPolicy
from whosees.checker.service.watch.relay import ClientSide, Relay, Upstream, UpstreamSide
from whosees.checker.service.watch.relay_process import RelaySettings

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"


def answer_to(port: int, request: bytes = GET) -> bytes:
    seen = Seen()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        read_to_end(connection, seen)
    return bytes(seen.received)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_an_upstream_that_is_down_gives_502_and_the_reason() -> None:
    with relaying(closed_port()) as proxy:
        answer = answer_to(proxy.port, GET.replace(b"/a", b"/Zq7"))
        proxy.settle()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
    assert b"\r\nConnection: close" in head
    assert body == (
        b"whosees watch: the upstream cannot be reached: connection refused: by the server or on the way to it\n"
    )
    assert proxy.counts.lost == {LostKind.UPSTREAM_DOWN: 1}
    assert proxy.copies == []


def test_a_certificate_that_does_not_verify_gives_502() -> None:
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(server)

    def script(connection: socket.socket) -> None:
        server.wrap_socket(connection, server_side=True)

    with (
        serving(script) as port,
        relaying(Upstream("127.0.0.1", port, ssl.create_default_context())) as proxy,
    ):
        answer = answer_to(proxy.port)
    assert b"the upstream cannot be reached: TLS: the certificate does not verify" in answer


def test_tls_on_both_sides_passes_the_same_bytes() -> None:
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)

    def script(connection: socket.socket) -> None:
        with server.wrap_socket(connection, server_side=True) as secured:
            read_until(secured, b"\r\n\r\n", Seen())
            secured.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 300_000)

    with serving(script) as port, relaying(Upstream("127.0.0.1", port, client)) as proxy:
        answer = answer_to(proxy.port)
        proxy.settle()
    assert answer == b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 300_000
    assert [copy.response.body for copy in proxy.copies] == [b"x" * 300_000]


LARGE = b"x" * 100_000


def large(connection: socket.socket) -> None:
    read_until(connection, b"\r\n\r\n", Seen())
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + LARGE)


def test_a_body_beyond_the_bound_passes_and_is_not_copied() -> None:
    with serving(large) as port, relaying(port, max_body=99_999) as proxy:
        answer = answer_to(proxy.port)
        proxy.settle()
    assert answer.endswith(LARGE)
    assert [(copy.response.state, copy.response.body) for copy in proxy.copies] == [
        (BodyState.TOO_LARGE, b"")
    ]
    assert proxy.budget.used == 0


def test_a_copy_beyond_the_budget_is_dropped_and_counted() -> None:
    with serving(large) as port, relaying(port, max_held=50_000) as proxy:
        answer = answer_to(proxy.port)
        proxy.settle()
    assert answer.endswith(LARGE)
    assert proxy.copies == []
    assert proxy.counts.lost == {LostKind.DROPPED: 1}
    assert proxy.budget.used == 0


def test_a_copy_that_finds_the_queue_full_is_dropped_and_counted() -> None:
    """The other process reads as fast as it judges; what it has not read is in the transport's buffer."""
    channel, counts = mock.Mock(), RelayCounts()
    channel.queued.return_value = 90
    budget = CopyBudget(100, channel.queued)
    copy = ExchangeCopy(1, b"GET", b"/", MessageCopy([]), 200, MessageCopy([], b"x" * 11))
    relay_process._emit(channel, budget, counts, copy)
    channel.send.assert_not_called()
    assert counts.lost == {LostKind.DROPPED: 1}
    channel.queued.return_value = 89
    relay_process._emit(channel, budget, counts, copy)
    channel.send.assert_called_once_with(copy)


def test_a_defect_of_the_observer_is_counted_and_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConnectionObserver, "begin", mock.Mock(side_effect=KeyError("Zq7")))
    with serving(large) as port, relaying(port) as proxy:
        crashes: list[object] = []
        proxy.loop.set_exception_handler(lambda _, context: crashes.append(context["exception"]))
        answer = answer_to(proxy.port)
        proxy.settle()
    assert answer.endswith(LARGE)
    assert proxy.counts.lost == {LostKind.DEFECT: 1}
    assert list(map(type, crashes)) == [KeyError]


def test_what_one_side_does_not_read_is_not_read_from_the_other_either() -> None:
    """Memory stays bounded however much is sent: asyncio says when a buffer is full, and the sender has to wait."""
    relay = Relay(Upstream("127.0.0.1", 1), CopyPolicy(1, CopyBudget(1), RelayCounts(), lambda _: None))
    client = ClientSide(relay)
    upstream = UpstreamSide(relay, client)
    client.other = upstream
    client.transport, upstream.transport = mock.Mock(asyncio.Transport), mock.Mock(asyncio.Transport)
    for side, sender in ((client, upstream.transport), (upstream, client.transport)):
        side.pause_writing()
        sender.pause_reading.assert_called_once_with()
        sender.resume_reading.assert_not_called()
        side.resume_writing()
        sender.resume_reading.assert_called_once_with()


FACTS = b"X-Whosees-Context: caller=anonymous\r\n"
REQUEST = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_header_with_facts_is_removed_from_each_head_and_from_nothing_else(size: int) -> None:
    """It comes in pieces of any size, before and after other headers, in any case, folded; and the body may look like it."""
    body = b"\r\n" + FACTS + b"\r\n"
    plain = REQUEST % (len(body), body)
    marked = plain.replace(b"Host", b"x-whosees-CONTEXT: a=b;\r\n\tc=d\r\nHost", 1).replace(
        b"\r\n\r\n", b"\r\n" + FACTS + b"\r\n", 1
    )
    ends = b"GET /z HTTP/1.1\r\nHost: x\r\n\r\n"
    seen = Seen()

    def script(connection: socket.socket) -> None:
        read_until(connection, ends, seen)

    stream = marked + marked + ends
    with (
        serving(script) as port,
        relaying(port, rewrite=without_context_header) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port)) as client,
    ):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for begin in range(0, len(stream), size):
            client.sendall(stream[begin : begin + size])
        read_to_end(client, Seen())
    assert bytes(seen.received) == plain + plain + ends


def test_the_host_is_that_of_the_upstream_if_that_is_asked_for() -> None:
    request = b"GET /a HTTP/1.1\r\nX: Host: x\r\nhost:  proxy:8766\r\n\r\n"
    for settings, host in (
        (RelaySettings("api.example", 443, is_tls=True, rewrites_host=True), b"api.example"),
        (RelaySettings("api.example", 80, rewrites_host=True), b"api.example"),
        (RelaySettings("::1", 8000, rewrites_host=True, strips_context=True), b"[::1]:8000"),
    ):
        assert settings.rewrite is not None
        assert settings.rewrite(request) == request.replace(b"proxy:8766", host)
    assert RelaySettings("api.example", 80).rewrite is None, "nothing is changed unless that is asked for"


def test_without_the_flag_the_header_with_facts_passes() -> None:
    seen = Seen()
    request = b"GET /a HTTP/1.1\r\nHost: x\r\n" + FACTS + b"\r\n"

    def script(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n", seen)

    with serving(script) as port, relaying(port) as proxy:
        answer_to(proxy.port, request)
    assert bytes(seen.received) == request
