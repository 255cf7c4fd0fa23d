"""Raw HTTP: a response with its status line and headers, as ``curl -i`` writes it."""

from __future__ import annotations

from collections.abc import Iterator

from ..base import FormatInfo, Reader, Source
from ..containers.streams import ByteSource, read_up_to
from ..http_message import begins_with_status_line, decode_body, parse_response
from ..model import Discovered, UnreadableContent

_ROOM_FOR_HEADERS = 1024 * 1024


class RawHttpReader(Reader):
    """Reads one HTTP response."""

    info = FormatInfo("raw HTTP", "17.response.http")

    def recognises(self, head: bytes) -> bool:
        """Return whether content begins with a status line."""
        return begins_with_status_line(head)

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the response with its status."""
        limits = source.limits
        with data.open() as stream:
            content = read_up_to(stream, limits.size + _ROOM_FOR_HEADERS)
        response = parse_response(content)
        if isinstance(response, UnreadableContent):
            yield source.unreadable_recording(response)
        else:
            yield source.message(decode_body(response, limits), response.status)
