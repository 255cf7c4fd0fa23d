"""Failures on the way to an answer: unchecked, with the reason, and never a pass."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from itertools import repeat
from pathlib import Path

import httpx
import pytest
import trustme

from support.practice import Practice
from support.servers import RawServer, http
from whosees.checker.core.limits import Limits
from whosees.checker.service.live.client import Target
from whosees.checker.service.live.run import ClientOptions
from whosees.checker.service.live.runner import CallPolicy
from whosees.checker.service.live.secrets import PlanError

Servers = Callable[..., RawServer]
CASE = "MC/anonymous/not-supplied"
ONCE = CallPolicy(retries=0)


def verdict_of(practice: Practice, wire: ClientOptions) -> tuple[str, str | None, str, str]:
    one = practice.judged(practice.exchanges(wire, CASE))[CASE]
    assert one.result.findings == ()
    return one.result.outcome, one.result.reason, one.result.detail or "", one.verdict


ANSWERS = {
    "an error": (
        http(b"oops", "500 Internal Server Error"),
        ("unreadable", "HTTP 500: not a response of the service, which answers with 200", "HTTP 500"),
    ),
    "a page that is no answer": (
        http(b"<p>log in</p>", "203 Other"),
        ("unreadable", "HTTP 203: not a response of the service, which answers with 200", "HTTP 203"),
    ),
    "a redirect": (
        http(b"", "302 Found", "Location: http://127.0.0.1:1/secret-token"),
        ("unreadable", "redirect: HTTP 302, which is not followed", "redirect"),
    ),
    "half an answer": (
        http(b"<half", length=1000),
        ("unreadable", "truncated: the connection was closed before the response was complete", "truncated"),
    ),
    "no HTTP": (
        b"SSH-2.0-secret-token\r\n\r\n",
        ("unreadable", "truncated: the connection was closed before the response was complete", "truncated"),
    ),
    "nothing": (
        b"",
        ("unreadable", "truncated: the connection was closed before the response was complete", "truncated"),
    ),
    "no XML": (http(b"\x00garbage"), ("not-xml", "at line 1, column 1: no XML begins there", "not-xml")),
    "an empty body": (http(b""), ("unreadable", "empty: the response has no body", "empty")),
    "a document type": (
        http(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        (
            "unsafe-xml",
            "it declares a document type; remove the DOCTYPE, which no message of the service has",
            "unsafe-xml",
        ),
    ),
    "something compressed": (
        http(b"\x1f\x8b", "200 OK", "Content-Encoding: gzip"),
        ("unreadable", "encoded: the response is compressed, although that was not requested", "encoded"),
    ),
    "too much": (
        http(b" " * 5000),
        ("too-large", "too large: the response is larger than 4,096 bytes", "too large"),
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_that_are_none(practice: Practice, raw_server: Servers, name: str) -> None:
    content, (reason, detail, word) = ANSWERS[name]
    wire = ClientOptions(Target(raw_server(lambda _: content).url()), ONCE, Limits(size=4096))
    assert verdict_of(practice, wire) == ("unchecked", reason, detail, f"unchecked: {word}")


def test_an_answer_that_does_not_come(practice: Practice, raw_server: Servers) -> None:
    wire = ClientOptions(Target(raw_server(lambda _: None).url(), read_seconds=0.2), ONCE)
    detail = "time-out: no complete response within 0.2 s"
    assert verdict_of(practice, wire) == ("unchecked", "unreadable", detail, "unchecked: time-out")


def test_an_answer_that_never_ends_is_ended_in_time(practice: Practice, raw_server: Servers) -> None:
    """The time is that of the whole answer, however often something of it arrives, and none for a connection is added to it."""
    endless = repeat(b"HTTP/1.1 100 Continue\r\n\r\n")
    target = Target(raw_server(lambda _: endless).url(), connect_seconds=3600, read_seconds=0.2)
    detail = "time-out: no complete response within 0.2 s"
    found = verdict_of(practice, ClientOptions(target, ONCE))
    assert found == ("unchecked", "unreadable", detail, "unchecked: time-out")


def test_a_connection_that_is_refused(practice: Practice) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    wire = ClientOptions(Target(f"http://127.0.0.1:{port}/"), ONCE)
    detail = "connection refused: by the server or on the way to it"
    assert verdict_of(practice, wire) == ("unchecked", "unreadable", detail, "unchecked: connection refused")


def test_the_answer_of_a_wrong_password_is_no_pass_where_none_came(
    practice: Practice, raw_server: Servers
) -> None:
    wire = ClientOptions(Target(raw_server(lambda _: http(b"oops", "500 No")).url()), ONCE)
    one = practice.judged(practice.exchanges(wire, "MC/anonymous/wrong"))["MC/anonymous/wrong"]
    assert one.result.outcome == "unchecked"


RAISED = {
    "no name": (
        httpx.ConnectError("x"),
        socket.gaierror(-2, "secret-token"),
        "unknown host: its name has no address",
    ),
    "no connection in time": (httpx.ConnectTimeout("x"), None, "time-out: no connection within 10 s"),
    "no connection": (
        httpx.ConnectError("secret-token"),
        None,
        "no connection: the server cannot be reached",
    ),
    "a group": (
        httpx.ConnectError("x"),
        ExceptionGroup("secret-token", [ConnectionRefusedError(111, "secret-token")]),
        "connection refused: by the server or on the way to it",
    ),
    "bad TLS": (
        httpx.ConnectError("x"),
        ssl.SSLError(1, "secret-token"),
        "TLS: no secure connection could be negotiated",
    ),
    "a reset": (
        httpx.ReadError("x"),
        ConnectionResetError(104, "secret-token"),
        "connection reset: by the server or on the way to it",
    ),
    "a loss": (httpx.WriteError("secret-token"), None, "connection lost: before the response was complete"),
    "anything else": (
        httpx.DecodingError("secret-token"),
        None,
        "no HTTP: the response breaks the protocol",
    ),
}


@pytest.mark.parametrize("name", RAISED)
def test_what_libraries_say_is_said_in_our_own_words(practice: Practice, name: str) -> None:
    error, cause, detail = RAISED[name]

    def fail(_request: httpx.Request) -> httpx.Response:
        raise error from cause

    wire = ClientOptions(Target("http://127.0.0.1/"), ONCE, transport=httpx.MockTransport(fail))
    assert verdict_of(practice, wire)[2] == detail


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def tls(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    practice: Practice, raw_server: Servers, authority: trustme.CA
) -> None:
    received: list[bytes] = []
    url = raw_server(received.append, tls(authority)).url("https")
    outcome, reason, detail, verdict = verdict_of(practice, ClientOptions(Target(url), ONCE))
    assert (outcome, reason, verdict) == ("unchecked", "unreadable", "unchecked: TLS")
    assert detail.startswith("TLS: the certificate does not verify: ")
    assert received == []


def test_an_authority_of_one_s_own_can_be_named_and_the_host_has_to_be_right(
    practice: Practice, raw_server: Servers, authority: trustme.CA, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    handler = practice.handler()
    right = raw_server(lambda request: http(handler.handle(request).body), tls(authority)).url("https")
    wire = ClientOptions(Target(right, ca_file=str(file)), ONCE)
    assert practice.judged(practice.exchanges(wire, CASE))[CASE].verdict == "conformant"
    wrong = raw_server(lambda _: http(b""), tls(authority, "10.1.2.3")).url("https")
    assert "does not verify" in verdict_of(practice, ClientOptions(Target(wrong, ca_file=str(file)), ONCE))[2]
    for content, said in ((None, "no such file or directory"), ("x", "it contains no certificate")):
        if content is not None:
            (tmp_path / "none.pem").write_text(content)
        with pytest.raises(PlanError, match=said):
            practice.exchanges(ClientOptions(Target(right, ca_file=str(tmp_path / "none.pem")), ONCE), CASE)
