"""The same kill rate as through every integration: each single-row leak of each built-in rulebook is found."""

from __future__ import annotations

import re
import socket

import pytest

from support.leaking import TEXT, Case, Exchange, cases
from support.relaying import Seen, read_to_end, read_until, relaying, serving
from whosees.checker.checking.dispatch import open_checker
from whosees.checker.checking.settings import Settings
from whosees.checker.service.watch.judging import ExchangeJudge
from whosees.checker.service.watch.log import TrafficLog
from whosees.engine.result import Outcome


def sent(exchange: Exchange, facts: dict[str, str]) -> bytes:
    stated = "; ".join(f"{fact}={value}" for fact, value in facts.items())
    head = f"{exchange.method} {exchange.path} HTTP/1.1\r\nHost: x\r\nX-Whosees-Context: {stated}\r\n"
    return f"{head}Content-Length: {len(exchange.request)}\r\n\r\n".encode() + exchange.request


def received(exchange: Exchange) -> bytes:
    """Return the answer in two chunks, as servers send what they make while they send it."""
    half = len(exchange.response) // 2
    parts = (exchange.response[:half], exchange.response[half:], b"")
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {exchange.content_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head.encode() + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_each_single_row_leak_is_found(case: Case) -> None:
    exchanges = list(case.exchanges)

    def script(connection: socket.socket) -> None:
        """Answer each request on one connection."""
        for exchange in exchanges:
            read_until(connection, sent(exchange, case.facts), Seen())
            connection.sendall(received(exchange))

    got = Seen()
    with serving(script) as port, relaying(port) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            for exchange in exchanges:
                client.sendall(sent(exchange, case.facts))
                read_until(client, received(exchange), got)
            client.shutdown(socket.SHUT_WR)
            read_to_end(client, got)
        proxy.settle()
    assert bytes(got.received) == b"".join(map(received, exchanges))
    judge = ExchangeJudge(open_checker(Settings(rules=case.rules)), trusts_header=True)
    log = TrafficLog(judge.checker)
    for copy in proxy.copies:
        for result in judge.check(judge.recording(copy)):
            log.add(result)
    leaked = {
        path for (rule, _), seen in log.findings.items() if rule == "leaked" and (path := seen.finding.path)
    }
    assert leaked == set(case.leaks)
    assert log.outcomes == {Outcome.CONFORMANT: 1} | (
        {Outcome.VIOLATING: len(case.leaks)} if case.leaks else {}
    )
    assert (log.skipped, proxy.counts.lost) == ({}, {})
    assert not re.search(TEXT, repr(list(log.results())))
