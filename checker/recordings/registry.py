"""The formats of recordings, in the order in which content is held against them."""

from __future__ import annotations

from collections.abc import Iterator

from .base import Place, Reader
from .containers.archive import read_archive
from .containers.streams import GunzippedOrigin, OnceOrigin, Origin, repeatable
from .containers.tar import TarArchive, is_tar
from .containers.zip import ZipArchive, is_zip
from .formats.arrow import ArrowReader, ParquetReader
from .formats.har import HarFormat
from .formats.json_document import JsonDocumentReader
from .formats.json_lines import JsonLinesReader
from .formats.raw_http import RawHttpReader
from .formats.vcr import CassetteReader, JsonCassetteFormat
from .formats.wiremock import JournalFormat, MappingFormat
from .formats.xml import XmlReader, is_plain_message
from .model import Discovered
from .read_errors import guarded

_GZIP = b"\x1f\x8b\x08"


def reader_of(head: bytes) -> Reader | None:
    """Find the reader of content that begins so; None for what is no recording."""
    if is_plain_message(head):  # as most are; and what begins so is nothing else
        return XML
    return next((reader for reader in _READERS if reader.recognises(head)), None)


def read_content(origin: Origin, place: Place) -> Iterator[Discovered]:
    """Give the recordings in content, whatever it is; what goes wrong becomes an unchecked recording.

    What no reader recognises gives none, or is taken for a message where it is to be a recording in any case.
    """
    yield from guarded(_read(origin, place), place)


def _read(origin: Origin, place: Place) -> Iterator[Discovered]:
    reader = reader_of(origin.head()) or (XML if place.counts else None)
    if reader is not None:
        yield from reader.read(origin, place)


class _GzipReader:
    """Reads what a gzip stream unpacks to; it has the source of the stream."""

    def recognises(self, head: bytes) -> bool:
        """Whether it begins as gzip does."""
        return head.startswith(_GZIP)

    def read(self, origin: Origin, place: Place) -> Iterator[Discovered]:
        """Give the recordings in it."""
        unpacked, inside = GunzippedOrigin(origin, place.expansion), place.deeper()
        if origin.again:
            yield from _read(unpacked, inside)
            return
        with unpacked.begin() as stream:
            yield from _read(OnceOrigin(stream), inside)


class _ZipReader:
    """Reads a zip archive."""

    def recognises(self, head: bytes) -> bool:
        """Whether it begins as zip archives do."""
        return is_zip(head)

    def read(self, origin: Origin, place: Place) -> Iterator[Discovered]:
        """Give the recordings in it."""
        archive = ZipArchive(repeatable(origin, place.limits), place.limits, place.expansion)
        yield from read_archive(archive, place, read_content)


class _TarReader:
    """Reads a tar archive."""

    def recognises(self, head: bytes) -> bool:
        """Whether it begins as tar archives do."""
        return is_tar(head)

    def read(self, origin: Origin, place: Place) -> Iterator[Discovered]:
        """Give the recordings in it."""
        yield from read_archive(TarArchive(repeatable(origin, place.limits)), place, read_content)


XML = XmlReader()
JSON_LINES = JsonLinesReader()

_READERS: tuple[Reader, ...] = (
    _GzipReader(),
    _ZipReader(),
    _TarReader(),
    ParquetReader(),
    ArrowReader(),
    RawHttpReader(),
    XML,
    JSON_LINES,
    JsonDocumentReader((HarFormat(), JsonCassetteFormat(), JournalFormat(), MappingFormat())),
    CassetteReader(),
)
