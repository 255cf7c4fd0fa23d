"""Delimiting the messages in the bytes of one direction of a connection, with h11."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import h11

MAX_HEAD_BYTES = 256 * 1024
"""The longest head of a message that is understood, as in recordings."""


class Listener(Protocol):
    """Is told what one direction of a connection contains."""

    def open_parser(self) -> h11.Connection | None:
        """Return a parser for the next message; None if it cannot be understood yet, so that it has to wait."""
        ...

    def head(self, event: h11.Request | h11.Response) -> None:
        """Take the head of a message."""
        ...

    def body(self, data: bytes) -> None:
        """Take the next part of the body, without chunks."""
        ...

    def end(self) -> None:
        """Take the end of the message."""
        ...

    def switch(self) -> None:
        """Take note that the rest of the connection is of another protocol."""
        ...

    def broken(self, *, in_body: bool, cut_off: bool, is_unread: bool) -> None:
        """Take note that what follows is no HTTP/1.1, or that the connection ended within a message.

        ``is_unread`` is true if there were bytes that could not be understood.
        """
        ...


class MessageFramer:
    """Delimits the messages of one direction; each has a parser of its own.

    Until the next message can be understood, its bytes are kept in ``waiting``. ``rewrite`` gets the bytes of each head,
    and returns those to pass on in their place.
    """

    def __init__(self, listener: Listener, rewrite: Callable[[bytes], bytes] | None = None) -> None:
        self._listener = listener
        self._rewrite = rewrite
        self._parser: h11.Connection | None = None
        self._in_body = False
        self._head = b""
        self._is_blind = False
        self.waiting = bytearray()

    def stop(self) -> None:
        """Look at no further bytes."""
        self._is_blind = True
        self._parser = None
        self.waiting.clear()

    def feed(self, data: bytes) -> bytes:
        """Take bytes that arrived; return those to pass on, which are the same unless heads are rewritten."""
        if self._rewrite is None:
            self._take(data, [])
            return data
        passed: list[bytes] = []
        self._take(data, passed)
        return b"".join(passed)

    def resume(self) -> None:
        """Take the bytes that waited; they were passed on when they arrived."""
        waiting = bytes(self.waiting)
        self.waiting.clear()
        rewrite, self._rewrite = self._rewrite, None  # they can no longer be changed
        self._take(waiting, [])
        self._rewrite = rewrite

    def end_of_input(self) -> bytes:
        """Take note that the sender sends nothing more; return what is left to pass on: a head that did not end."""
        left, self._head = self._head, b""
        if self._parser is not None and not self._is_blind:
            self._parser.receive_data(b"")
            self._events(b"", [], at_end=True)
        self.stop()
        return left

    def _take(self, data: bytes, passed: list[bytes]) -> None:
        while data:
            if self._parser is None and not self._is_blind:
                self._parser = self._listener.open_parser()
            if self._parser is None:
                passed += (self._head, data)
                self._head = b""
                if not self._is_blind:
                    self.waiting += data
                return
            self._parser.receive_data(data)
            data = self._events(data, passed)

    def _events(self, data: bytes, passed: list[bytes], *, at_end: bool = False) -> bytes:
        """Handle the events of the current message; return the bytes after its end."""
        while (parser := self._parser) is not None:
            try:
                event = parser.next_event()
            except h11.RemoteProtocolError:
                passed += (self._head, data)
                in_body, self._head = self._in_body, b""
                self.stop()
                self._listener.broken(
                    in_body=in_body, cut_off=at_end, is_unread=bool(parser.trailing_data[0])
                )
                return b""
            if isinstance(event, h11.Request | h11.Response):
                data = self._pass_head(data, parser, passed)
                self._in_body = True
                self._listener.head(event)
            elif isinstance(event, h11.Data):
                self._listener.body(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return self._end(data, parser, passed)
            elif event is h11.PAUSED:  # after a response that switches the protocol
                passed.append(data)
                self.stop()
                self._listener.switch()
                return b""
            elif not isinstance(event, h11.InformationalResponse):
                break
        self._pass_rest(data, passed)
        return b""

    def _pass_head(self, data: bytes, parser: h11.Connection, passed: list[bytes]) -> bytes:
        """Pass the head that ends in this data on; return what follows it."""
        if self._rewrite is None:
            return data
        end = len(data) - len(parser.trailing_data[0])
        passed.append(self._rewrite(self._head + data[:end]))
        self._head = b""
        return data[end:]

    def _end(self, data: bytes, parser: h11.Connection, passed: list[bytes]) -> bytes:
        rest = parser.trailing_data[0]
        passed.append(data[: len(data) - len(rest)])
        self._parser, self._in_body = None, False
        self._listener.end()
        return rest

    def _pass_rest(self, data: bytes, passed: list[bytes]) -> None:
        """Pass data on, unless it belongs to a head that is to be rewritten once it is complete."""
        if self._rewrite is None or self._in_body or self._is_blind:
            passed.append(data)
        else:
            self._head += data
