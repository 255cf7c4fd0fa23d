"""The messages of the relay to the process that judges: copies of exchanges, and counts."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec

HeaderList = list[tuple[bytes, bytes]]
"""Names and values as they were sent, in their order."""

_LENGTH_BYTES = 4


class BodyState(StrEnum):
    """The state of a body's copy: complete, or why it is not."""

    COMPLETE = "complete"
    TOO_LARGE = "too-large"
    CUT_OFF = "cut-off"
    BROKEN = "broken"


class MessageCopy(msgspec.Struct):
    """Headers and body of a message, without chunks; the body is empty unless it is complete."""

    headers: HeaderList
    body: bytes = b""
    state: BodyState = BodyState.COMPLETE

    def __repr__(self) -> str:
        return f"<MessageCopy: {self.state}>"  # contents are never shown


class ExchangeCopy(msgspec.Struct, tag="exchange"):
    """A copy of a request and its response. ``number`` is that of the exchange, counted from 1."""

    number: int
    method: bytes
    target: bytes
    request: MessageCopy
    status: int
    response: MessageCopy

    def __repr__(self) -> str:
        return f"<ExchangeCopy {self.number}>"  # contents are never shown


class LostKind(StrEnum):
    """The reason why there is no copy of an exchange, or none that could be judged. The values are the keys of the admin port's counts."""

    DROPPED = "dropped"
    NOT_HTTP = "not-http"
    UPGRADED = "upgraded"
    UNANSWERED = "unanswered"
    UPSTREAM_DOWN = "upstream-down"
    UNREQUESTED = "unrequested"
    DEFECT = "internal-error"
    JUDGE_ENDED = "judge-ended"


BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
"""Upper limits, in seconds, of the buckets of the latency that the relay adds."""


class RelayCounts(msgspec.Struct, tag="counts"):
    """Counts of what the relay has done so far.

    ``lost`` counts the exchanges or connections without a copy, by `LostKind`. ``added`` counts pieces of data by the time
    that passed from their arrival to their hand-over, in `BUCKETS` and a last one for what took longer; ``added_sum`` is that
    time in seconds. ``held`` are the bytes of copies in memory.
    """

    connections: int = 0
    open_connections: int = 0
    exchanges: int = 0
    bytes_passed: int = 0
    held: int = 0
    lost: dict[LostKind, int] = msgspec.field(default_factory=dict)
    added: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    added_sum: float = 0.0

    def lose(self, kind: LostKind) -> None:
        """Count an exchange or a connection of which there is no copy."""
        self.lost[kind] = self.lost.get(kind, 0) + 1

    def count(self, size: int, seconds: float) -> None:
        """Count a piece of data, and the time for which it was held."""
        self.bytes_passed += size
        bucket = 0
        while bucket < len(BUCKETS) and seconds > BUCKETS[bucket]:
            bucket += 1
        self.added[bucket] += 1
        self.added_sum += seconds


Frame = ExchangeCopy | RelayCounts

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Frame)


def encode_frame(frame: Frame) -> bytes:
    """Return a frame with its length before it."""
    content = _encoder.encode(frame)
    return len(content).to_bytes(_LENGTH_BYTES, "big") + content


class FrameDecoder:
    """Puts frames together from the pieces in which a socket delivers them."""

    def __init__(self) -> None:
        self._received = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield the frames that are complete."""
        self._received += data
        begin = 0
        while len(self._received) - begin >= _LENGTH_BYTES:
            start = begin + _LENGTH_BYTES
            end = start + int.from_bytes(self._received[begin:start], "big")
            if end > len(self._received):
                break
            content = bytes(self._received[start:end])
            begin = end
            yield _decoder.decode(content)
        del self._received[:begin]
