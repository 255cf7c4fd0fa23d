"""WARC files, as crawlers and web archives write them; packed ones are gzip streams of several members.

Source: ISO 28500, the WARC file format, versions 1.0 and 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ...core.errors import Reason
from ...core.limits import Limits, limit_option
from ..base import FormatInfo, Reader, Source
from ..containers.streams import CHUNK_SIZE, ByteSource, read_up_to
from ..http_exchange import NO_RESPONSE_KEPT, raw_exchange
from ..model import Discovered, UnreadableContent

_VERSION = re.compile(rb"WARC/\d\.\d\r?\n")
_MAX_HEADER_LINE = 64 * 1024
_MAX_HEADER_LINES = 1000
_ROOM_FOR_HEADERS = 1024 * 1024
_WINDOW = 8
"""The number of records that wait for the other half of their exchange, which is beside them in most files."""

_REVISIT = UnreadableContent(
    Reason.UNREADABLE, "the response was stored with an earlier record, and this one contains no body"
)


@dataclass(frozen=True, slots=True)
class _Record:
    """A record of a request or a response, with its number in the file."""

    number: int
    fields: dict[str, str]
    content: bytes | UnreadableContent

    @property
    def is_request(self) -> bool:
        return self.fields.get("warc-type") == "request"

    def is_of_one_exchange(self, other: _Record) -> bool:
        """Return whether two records say that they are of one exchange, or are of one URL and say nothing."""
        if self.is_request == other.is_request:
            return False
        links = self.fields.get("warc-concurrent-to"), other.fields.get("warc-concurrent-to")
        if any(links):
            return links[0] == other.fields.get("warc-record-id") or links[1] == self.fields.get(
                "warc-record-id"
            )
        return self.fields.get("warc-target-uri") == other.fields.get("warc-target-uri")


class WarcReader(Reader):
    """Reads WARC files, a record at a time."""

    info = FormatInfo("WARC", "crawl.warc#record-3", "1, with every record of the file counted")

    def recognises(self, head: bytes) -> bool:
        """Return whether content begins with WARC's version line."""
        return _VERSION.match(head) is not None

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each exchange; raises ValueError or EOFError if the rest has no records."""
        waiting: list[_Record] = []
        with data.open() as stream:
            for record in _records(stream, source.limits):
                other = next((found for found in waiting if record.is_of_one_exchange(found)), None)
                if other is not None:
                    waiting.remove(other)
                    pair = (record, other) if record.is_request else (other, record)
                    yield _exchange(*pair, source)
                    continue
                waiting.append(record)
                if len(waiting) > _WINDOW:
                    yield _half(waiting.pop(0), source)
            for record in waiting:
                yield _half(record, source)


def _records(stream: BinaryIO, limits: Limits) -> Iterator[_Record]:
    """Yield the records that contain HTTP messages, or stand for one."""
    number = 0
    while (fields := _read_fields(stream)) is not None:
        number += 1
        length = int(fields.get("content-length", ""))
        is_http = fields.get("content-type", "").replace(" ", "").lower().startswith("application/http")
        if not (is_http and fields.get("warc-type") in ("request", "response", "revisit")):
            _skip(stream, length)
        elif length > limits.size + _ROOM_FOR_HEADERS:
            _skip(stream, length)
            problem = f"the record is larger than a message may be; {limit_option('size')} allows more"
            yield _Record(number, fields, UnreadableContent(Reason.TOO_LARGE, problem))
        else:
            content = read_up_to(stream, length)
            if len(content) < length:
                raise EOFError
            yield _Record(number, fields, _REVISIT if fields["warc-type"] == "revisit" else content)


def _read_fields(stream: BinaryIO) -> dict[str, str] | None:
    """Read the header of a record; None at the end of the stream."""
    line = b"\n"
    while line and not line.strip():  # records end with empty lines
        line = stream.readline(_MAX_HEADER_LINE)
    if not line:
        return None
    if not _VERSION.fullmatch(line):
        raise ValueError
    fields: dict[str, str] = {}
    for _ in range(_MAX_HEADER_LINES):
        line = stream.readline(_MAX_HEADER_LINE)
        if not line:
            raise EOFError
        if not line.strip():
            return fields
        name, _, value = line.decode("utf-8", "replace").partition(":")
        fields[name.strip().lower()] = value.strip()
    raise ValueError


def _skip(stream: BinaryIO, length: int) -> None:
    while length > 0:
        chunk = stream.read(min(length, CHUNK_SIZE))
        if not chunk:
            raise EOFError
        length -= len(chunk)


def _exchange(request: _Record, response: _Record, source: Source) -> Discovered:
    url = response.fields.get("warc-target-uri", "").strip("<>")
    return raw_exchange(source, f"#record-{response.number}", request.content, response.content, url or None)


def _half(record: _Record, source: Source) -> Discovered:
    """Return the recording of a record without the other half of its exchange."""
    url = record.fields.get("warc-target-uri", "").strip("<>")
    sent, received = (record.content, NO_RESPONSE_KEPT) if record.is_request else (None, record.content)
    return raw_exchange(source, f"#record-{record.number}", sent, received, url or None)
