"""The reader of content, by its first bytes: containers first, then the formats of `formats`."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..core.errors import Reason, UncheckedError
from .base import FormatInfo, Reader, Source
from .containers.gzip import GzipReader
from .containers.streams import ByteSource
from .containers.tar import TarReader
from .containers.zip import ZipReader
from .formats import JSON_FORMATS, JSON_LINES, READERS, XML, ZIP_LAYOUTS
from .formats.json_document import is_json_message
from .formats.xml import is_plain_message
from .model import Discovered, SkippedFile
from .read_errors import errors_as_recordings
from .unsupported import kind_of, not_a_recording, problem_of, tool_of


def reader_of(head: bytes, wires: Collection[str]) -> Reader | None:
    """Return the reader of content that begins with ``head``; None if it is no recording."""
    if "xml" in wires and is_plain_message(head):  # most content is, and nothing else begins like that
        return XML
    return next(
        (
            reader
            for reader in _ALL
            if (reader.message_wire is None or reader.message_wire in wires) and reader.recognises(head)
        ),
        None,
    )


def is_message(content: bytes, wires: Collection[str], *, complete: bool) -> bool:
    """Return whether content is clearly one message. It has to be ``complete`` to tell JSON from formats in JSON."""
    if is_plain_message(content):
        return "xml" in wires
    return (
        complete
        and "json" in wires
        and not JSON_LINES.recognises(content)
        and is_json_message(content, JSON_FORMATS)
    )


def read_content(data: ByteSource, source: Source) -> Iterator[Discovered]:
    """Yield the recordings in content of any format; an error becomes an unchecked recording.

    Content that no reader recognises is skipped, unless it must be a recording.
    """
    yield from errors_as_recordings(_read(data, source), source)


def _read(data: ByteSource, source: Source) -> Iterator[Discovered]:
    head = data.head()
    reader = reader_of(head, source.wires)
    if reader is not None:
        yield from reader.read(data, source.of_format(reader.info))
    elif source.must_be_recording:
        if tool := tool_of(head):
            raise UncheckedError(Reason.UNREADABLE, problem_of(tool, format_names()))
        yield from XML.read(data, source)  # its judge says where it is no message
    else:
        yield SkippedFile(source.name, not_a_recording(kind_of(head)))


def format_infos() -> tuple[FormatInfo, ...]:
    """Return the descriptions of the formats, without containers, in the order of the documentation."""
    infos = [
        *(reader.info for reader in READERS),
        *(form.info for form in JSON_FORMATS),
        *(layout.info for layout in ZIP_LAYOUTS),
    ]
    return tuple(dict.fromkeys(info for info in infos if info is not None))


def format_names() -> str:
    """Return the names of the formats as one phrase."""
    return ", ".join(info.name for info in format_infos())


_ALL: tuple[Reader, ...] = (
    GzipReader(read_content),
    ZipReader(read_content, ZIP_LAYOUTS),
    TarReader(read_content),
    *READERS,
)
