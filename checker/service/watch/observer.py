"""Observing the two directions of a connection: which requests and responses pass, and copies of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import h11

from .body_copy import BodyCopy, CopyBudget
from .copies import BodyState, ExchangeCopy, LostKind, RelayCounts
from .framing import MAX_HEAD_BYTES, MessageFramer

_MAX_WAITING = 1024 * 1024
"""Bytes after a proposed upgrade that are kept until it is clear whether it is accepted."""


@lru_cache(64)
def _placeholder(method: bytes, may_switch: bool) -> h11.Request:
    """Return a request for the parser of a response: only its method and its proposal of an upgrade count."""
    proposal = [(b"connection", b"upgrade"), (b"upgrade", b"any")] if may_switch else []
    return h11.Request(method=method, target=b"/", headers=[(b"host", b"upstream.invalid"), *proposal])


_ANY = _placeholder(b"GET", may_switch=False)
"""Stands for the request of a response that nobody asked for."""


@dataclass(frozen=True, slots=True)
class CopyPolicy:
    """The policy of copying: bodies up to ``max_body`` bytes, within a budget; complete copies go to ``emit``."""

    max_body: int
    budget: CopyBudget
    counts: RelayCounts
    emit: Callable[[ExchangeCopy], None]


@dataclass(slots=True)
class _Exchange:
    request: h11.Request
    sent: BodyCopy
    received: BodyCopy
    response: h11.Response | None = None
    is_requested: bool = False
    is_answered: bool = False

    @property
    def may_switch(self) -> bool:
        """True if its response may change the protocol of the connection."""
        return self.request.method == b"CONNECT" or any(
            name == b"upgrade" for name, _ in self.request.headers
        )

    def give_up(self) -> None:
        """Return the bytes of what was copied to the budget."""
        self.sent.fail(BodyState.BROKEN)
        self.received.fail(BodyState.BROKEN)


@dataclass(slots=True)
class ConnectionObserver:
    """Observes the bytes of a client's connection and of the upstream's connection that belongs to it."""

    policy: CopyPolicy
    rewrite: Callable[[bytes], bytes] | None = None
    _unanswered: deque[_Exchange] = field(default_factory=deque)
    _current: _Exchange | None = None
    _requests: MessageFramer = field(init=False)
    _responses: MessageFramer = field(init=False)

    def __post_init__(self) -> None:
        self._requests = MessageFramer(_Requests(self), self.rewrite)
        self._responses = MessageFramer(_Responses(self))

    @property
    def is_idle(self) -> bool:
        """True if every request that has begun was answered."""
        return not self._unanswered and self._current is None

    def client_data(self, data: bytes) -> bytes:
        """Take bytes of the client; return those to pass on."""
        passed = self._requests.feed(data)
        if len(self._requests.waiting) > _MAX_WAITING:
            self.stop(LostKind.NOT_HTTP)
        return passed

    def upstream_data(self, data: bytes) -> bytes:
        """Take bytes of the upstream; return them, which are passed on as they are."""
        return self._responses.feed(data)

    def client_end(self) -> bytes:
        """Take note that the client sends nothing more; return what is left to pass on."""
        return self._requests.end_of_input()

    def upstream_end(self) -> None:
        """Take note that the upstream sends nothing more."""
        self._responses.end_of_input()

    def close(self) -> None:
        """Count what has no response when the connection ends."""
        self.client_end()
        self.upstream_end()
        if self._current is not None and self._current.is_answered:
            self.end_request(BodyState.CUT_OFF)
        for exchange in self._unanswered:
            self.policy.counts.lose(LostKind.UNANSWERED)
            exchange.give_up()
        self._unanswered.clear()

    def stop(self, kind: LostKind) -> None:
        """Look at no further bytes of this connection, and count that."""
        self.policy.counts.lose(kind)
        self._requests.stop()
        self._responses.stop()
        for exchange in (*self._unanswered, *([self._current] if self._current else [])):
            exchange.give_up()
        self._unanswered.clear()
        self._current = None

    def begin(self, request: h11.Request) -> None:
        """Begin an exchange."""
        self._current = _Exchange(
            request,
            BodyCopy(self.policy.max_body, self.policy.budget),
            BodyCopy(self.policy.max_body, self.policy.budget),
        )
        self._unanswered.append(self._current)

    @property
    def must_wait(self) -> bool:
        """True if the next bytes of the client may be of another protocol, as the next response will say."""
        return bool(self._unanswered) and self._unanswered[-1].may_switch

    @property
    def current(self) -> _Exchange | None:
        """The exchange whose request is being sent."""
        return self._current

    @property
    def answering(self) -> _Exchange | None:
        """The exchange whose response is next."""
        return self._unanswered[0] if self._unanswered else None

    def end_request(self, state: BodyState) -> None:
        """End the request of the current exchange."""
        exchange, self._current = self._current, None
        if exchange is not None:
            exchange.sent.fail(state)
            exchange.is_requested = True
            self._emit_complete(exchange)

    def end_response(self, state: BodyState) -> None:
        """End the response of the next exchange."""
        exchange = self._unanswered.popleft() if self._unanswered else None
        if exchange is None:
            return
        exchange.received.fail(state)
        exchange.is_answered = True
        self._emit_complete(exchange)
        if exchange.may_switch:
            self._requests.resume()

    def _emit_complete(self, exchange: _Exchange) -> None:
        if not (exchange.is_requested and exchange.is_answered) or exchange.response is None:
            return
        counts = self.policy.counts
        counts.exchanges += 1
        sent = exchange.sent.finish(exchange.request.headers.raw_items())
        received = exchange.received.finish(exchange.response.headers.raw_items())
        if exchange.sent.is_dropped or exchange.received.is_dropped:
            counts.lose(LostKind.DROPPED)
            return
        request, response = exchange.request, exchange.response
        self.policy.emit(
            ExchangeCopy(
                counts.exchanges, request.method, request.target, sent, response.status_code, received
            )
        )


@dataclass(frozen=True, slots=True)
class _Requests:
    """Listens to the client."""

    observer: ConnectionObserver

    def open_parser(self) -> h11.Connection | None:
        if self.observer.must_wait:
            return None
        return h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)

    def head(self, event: h11.Request | h11.Response) -> None:
        if isinstance(event, h11.Request):
            self.observer.begin(event)

    def body(self, data: bytes) -> None:
        if self.observer.current is not None:
            self.observer.current.sent.add(data)

    def end(self) -> None:
        self.observer.end_request(BodyState.COMPLETE)

    def switch(self) -> None:
        """Do nothing: the response decides."""

    def broken(self, *, in_body: bool, cut_off: bool, is_unread: bool) -> None:  # noqa: ARG002 - half a request asks for nothing
        if in_body:
            self.observer.end_request(BodyState.CUT_OFF if cut_off else BodyState.BROKEN)
        elif not cut_off:
            self.observer.stop(LostKind.NOT_HTTP)


@dataclass(frozen=True, slots=True)
class _Responses:
    """Listens to the upstream."""

    observer: ConnectionObserver

    def open_parser(self) -> h11.Connection | None:
        exchange = self.observer.answering
        parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
        parser.send(_placeholder(exchange.request.method, exchange.may_switch) if exchange else _ANY)
        parser.send(h11.EndOfMessage())
        return parser

    def head(self, event: h11.Request | h11.Response) -> None:
        exchange = self.observer.answering
        if exchange is None:
            self.observer.stop(LostKind.UNREQUESTED)
        elif isinstance(event, h11.Response):
            exchange.response = event

    def body(self, data: bytes) -> None:
        if self.observer.answering is not None:
            self.observer.answering.received.add(data)

    def end(self) -> None:
        self.observer.end_response(BodyState.COMPLETE)

    def switch(self) -> None:
        self.observer.stop(LostKind.UPGRADED)

    def broken(self, *, in_body: bool, cut_off: bool, is_unread: bool) -> None:
        if in_body:
            self.observer.end_response(BodyState.CUT_OFF if cut_off else BodyState.BROKEN)
        elif (
            is_unread or not cut_off
        ):  # a connection that ends without a byte is counted as unanswered at the end
            self.observer.stop(LostKind.NOT_HTTP)
