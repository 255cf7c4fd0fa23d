"""The reader of content, by its first bytes: containers first, then the formats of `formats`."""

from __future__ import annotations

from collections.abc import Iterator

from .base import FormatInfo, Reader, Source
from .containers.gzip import GzipReader
from .containers.streams import ByteSource
from .containers.tar import TarReader
from .containers.zip import ZipReader
from .formats import JSON_FORMATS, READERS, XML
from .formats.xml import is_plain_message
from .model import Discovered
from .read_errors import errors_as_recordings


def reader_of(head: bytes) -> Reader | None:
    """Return the reader of content that begins with ``head``; None if it is no recording."""
    if is_plain_message(head):  # most content is, and nothing else begins like that
        return XML
    return next((reader for reader in _ALL if reader.recognises(head)), None)


def read_content(data: ByteSource, source: Source) -> Iterator[Discovered]:
    """Yield the recordings in content of any format; an error becomes an unchecked recording.

    Content that no reader recognises has none, unless it must be a recording: then it is read as a message.
    """
    yield from errors_as_recordings(_read(data, source), source)


def _read(data: ByteSource, source: Source) -> Iterator[Discovered]:
    reader = reader_of(data.head()) or (XML if source.must_be_recording else None)
    if reader is not None:
        yield from reader.read(data, source)


def format_infos() -> tuple[FormatInfo, ...]:
    """Return the descriptions of the formats, without containers, in the order of the documentation."""
    infos = [*(reader.info for reader in READERS), *(form.info for form in JSON_FORMATS)]
    return tuple(dict.fromkeys(info for info in infos if info is not None))


def format_names() -> str:
    """Return the names of the formats as one phrase."""
    return ", ".join(info.name for info in format_infos())


_ALL: tuple[Reader, ...] = (
    GzipReader(read_content),
    ZipReader(read_content),
    TarReader(read_content),
    *READERS,
)
