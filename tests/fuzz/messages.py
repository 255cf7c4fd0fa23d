"""Targets that read messages: responses and requests, in XML and in JSON, and what the emulator gets."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

from fuzz.target import LIMITS, hold_observation, hold_results
from support.messages import EP, SERV, SUCCESS, XSI, body, failure, message, request
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.core.errors import UncheckedError
from whosees.checker.messages.base import MessageReader, is_answer
from whosees.checker.messages.registry import reader_for
from whosees.checker.recordings import Recording, extract_request_body
from whosees.checker.service.emulate.handler import SessionHandler
from whosees.checker.service.emulate.scenario import load_scenario
from whosees.checker.service.live.scrub import Scrubber
from whosees.rules import builtin_rulebook

EXAMPLES = Path(__file__).parents[2] / "examples"
JSON_RULEBOOK = "webex-rest-meeting"

SMALL = message(
    body("<ep:status>x</ep:status><ep:metaData><ep:serviceType>MeetingCenter</ep:serviceType></ep:metaData>")
)
"""A response that has a column, and little else: containers hold it, so that they stay small."""
ASKED = request()


@functools.cache
def checker() -> Checker:
    """The checker of the built-in rulebook."""
    return Checker(Settings(limits=LIMITS))


@functools.cache
def json_checker() -> Checker:
    """The checker of a rulebook whose messages are JSON."""
    return Checker(Settings(rules=JSON_RULEBOOK, limits=LIMITS))


def read_response(content: bytes) -> None:
    """A response in XML: refused, or read into names and lines; and its verdict is the same twice."""
    hold_results(checker(), Recording("a", content, explicit=True))
    _hold_bodies(_reader(), content)


def read_json_response(content: bytes) -> None:
    """A response in JSON, by the same laws."""
    hold_results(json_checker(), Recording("a", content, explicit=True))
    _hold_bodies(_json_reader(), content)


def read_request(content: bytes) -> None:
    """A request in XML, by itself, in a form, or below HTTP headers: refused, or texts by name."""
    _hold_requests(_reader(), extract_request_body(content))
    hold_results(checker(), Recording("a", SMALL, content, explicit=True))


def read_json_request(content: bytes) -> None:
    """A request in JSON."""
    _hold_requests(_json_reader(), content)


def scrub(content: bytes) -> None:
    """The answers and requests that a live run keeps: refused, or a message that can be read again."""
    exchange = _scrubber().exchange
    for sent, received in ((ASKED, content), (content, SMALL)):
        try:
            exchange(sent, received)
        except UncheckedError as refusal:
            assert refusal.detail  # noqa: PT017 - a refusal is one of two right answers


def emulate(content: bytes) -> None:
    """A request to the emulator: answered, whatever it is, and an answer of status 200 is a message."""
    for kind in ("text/xml", "application/x-www-form-urlencoded"):
        answer = _handler().handle(content, kind)
        assert answer.status in (200, 400)
        if answer.status == 200:
            assert _reader().bodies(answer.body)


def _hold_bodies(reader: MessageReader, content: bytes) -> None:
    try:
        bodies = reader.bodies(content)
    except UncheckedError as refusal:
        assert refusal.detail  # noqa: PT017 - a refusal is one of two right answers
        return
    assert bodies
    assert [body.index for body in bodies] == list(range(len(bodies)))
    for found in bodies:
        is_answer(found)
        try:
            payload = found.read()
        except UncheckedError as refusal:
            assert refusal.detail  # noqa: PT017 - as above
            continue
        hold_observation(payload.observation)
        assert all(line >= 1 for line in payload.variable_lines)


def _hold_requests(reader: MessageReader, content: bytes) -> None:
    try:
        requests = reader.requests(content)
    except UncheckedError as refusal:
        assert refusal.detail  # noqa: PT017 - as above
        return
    assert any(requests)
    for found in requests:
        if found is not None:
            assert all(text and name for name, text in [*(found.security or {}).items(), *found.body.items()])


@functools.cache
def _reader() -> MessageReader:
    return reader_for(builtin_rulebook(), LIMITS)


@functools.cache
def _json_reader() -> MessageReader:
    return reader_for(builtin_rulebook(JSON_RULEBOOK), LIMITS)


@functools.cache
def _scrubber() -> Scrubber:
    return Scrubber(builtin_rulebook(), LIMITS)


@functools.cache
def _handler() -> SessionHandler:
    rulebook = builtin_rulebook()
    return SessionHandler(rulebook, load_scenario(rulebook))


def pairs() -> Iterator[bytes]:
    """Requests and responses as `one` takes them: the first byte says how long the request is."""
    asked = ASKED + b" " * (-len(ASKED) % 8)
    for content in responses():
        yield b"\0" + content
        yield bytes([len(asked) // 8]) + asked + content


def responses() -> Iterator[bytes]:
    """Responses to begin with."""
    yield SMALL
    yield SMALL.decode().encode("utf-16")
    yield b'<?xml version="1.0" encoding="ISO-8859-1"?>' + SMALL.replace(b">x<", b">\xe9<")
    yield SMALL.replace(b"<ep:status>", b"<!--c--><?p i?><![CDATA[ ]]><ep:status a='b'>")
    yield message(
        body("<ep:host><ep:email/></ep:host>"), body("<ep:document/><ep:document/>"), header=SUCCESS * 2
    )
    yield message("<serv:bodyContent/>", header=failure("000015"))
    yield f'<message xmlns="{SERV}" xmlns:q="{EP}" xmlns:i="{XSI}"><body><bodyContent i:type="q:getSessionInfoResponse"/></body></message>'.encode()
    yield b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY % d SYSTEM "file:///e">%d;]>' + SMALL
    yield (EXAMPLES / "published" / "published.response.xml").read_bytes()
    for path in sorted(EXAMPLES.glob("synthetic/*/*.response.xml")):
        yield path.read_bytes()


def requests() -> Iterator[bytes]:
    """Requests to begin with."""
    yield ASKED
    yield b"XML=" + ASKED
    yield b"a=b&XML=%3Ca%3E"
    yield b"POST /WBXService/XMLService HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<a>\r\n0\r\n\r\n"
    yield request("<webExID>w</webExID><password>p</password><siteName>practice</siteName>")
    yield request(
        "<siteName>practice</siteName>",
        "<sessionKey>100000001</sessionKey><sessionPassword>practice-mc</sessionPassword>",
    )
    yield (EXAMPLES / "published" / "published.request.xml").read_bytes()
    yield (EXAMPLES / "synthetic" / "conformant" / "mc-host.request.xml").read_bytes()


def json_responses() -> Iterator[bytes]:
    """Responses in JSON to begin with."""
    yield b'{"id": "a", "title": "", "nested": {"a/b": [1, null, true, -0.1e+9, {}, []]}}'
    yield b'\xef\xbb\xbf{"id": "\\ud83d\\ude00\\ud800\\u0000", "~": "\xc3\xa9"}'
    yield b'{"errors": [], "message": "a", "trackingId": "b"}'
    for path in sorted(EXAMPLES.glob("rest/*.json")):
        yield path.read_bytes()
