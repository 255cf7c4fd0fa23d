"""Raw HTTP: a response with its status line and headers, as ``curl -i`` writes it."""

from __future__ import annotations

from collections.abc import Iterator

from ..base import Place
from ..containers.streams import Origin, read_up_to
from ..http_message import begins_answer, body_of, read_answer
from ..model import Discovered, UnreadableContent

_ROOM_FOR_HEADERS = 1024 * 1024


class RawHttpReader:
    """Reads one HTTP response."""

    def recognises(self, head: bytes) -> bool:
        """Whether it begins with a status line."""
        return begins_answer(head)

    def read(self, origin: Origin, place: Place) -> Iterator[Discovered]:
        """Give the body of the response, with the status that it came with."""
        limits = place.limits
        with origin.begin() as stream:
            content = read_up_to(stream, limits.size + _ROOM_FOR_HEADERS)
        answer = read_answer(content)
        if isinstance(answer, UnreadableContent):
            yield place.broken(answer)
        else:
            yield place.message(body_of(answer, limits), answer.status)
