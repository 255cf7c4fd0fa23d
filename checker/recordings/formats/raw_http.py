"""Raw HTTP: a response with its status line and headers, as ``curl -i`` writes it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from ...core.errors import UncheckedError
from ..base import FormatInfo, Reader, Source
from ..containers.streams import ByteSource, read_up_to
from ..http_facts import NO_HTTP_FACTS, HttpFacts
from ..http_message import begins_with_status_line, decode_body, parse_request_facts, parse_response
from ..model import Discovered, Part, UnreadableContent, read_bounded

_ROOM_FOR_HEADERS = 1024 * 1024


class RawHttpReader(Reader):
    """Reads one HTTP response; the request beside it may have its headers too."""

    info = FormatInfo("raw HTTP", "17.response.http", lacks=(Part.REQUEST_HEADERS, Part.URL))

    def recognises(self, head: bytes) -> bool:
        """Return whether content begins with a status line."""
        return begins_with_status_line(head)

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the response with its HTTP facts."""
        limits = source.limits
        with data.open() as stream:
            content = read_up_to(stream, limits.size + _ROOM_FOR_HEADERS)
        response = parse_response(content)
        if isinstance(response, UnreadableContent):
            yield source.unreadable_recording(response)
            return
        sent = _request_facts(source)
        http = structs.replace(
            sent, status=response.http.status, response_headers=response.http.response_headers
        )
        yield source.message(decode_body(response, limits), http)


def _request_facts(source: Source) -> HttpFacts:
    try:
        return (
            NO_HTTP_FACTS
            if source.request is None
            else parse_request_facts(read_bounded(source.request, source.limits))
        )
    except UncheckedError:  # reported when it is judged
        return NO_HTTP_FACTS
