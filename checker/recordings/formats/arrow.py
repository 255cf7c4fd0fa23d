"""Parquet, and Arrow's files and streams (Feather is one of them): each row is an exchange.

Both are read with pyarrow, a few rows or a record batch at a time.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ..base import FormatInfo, Reader, Source
from ..containers.streams import HEAD, ByteSource, MemoryByteSource, make_rereadable, read_whole
from ..containers.unpack_budget import require_proportion
from ..model import Discovered
from ..read_errors import CUT_OFF
from .arrow_rows import RESPONSE, ColumnError, Columns, columns_of

if TYPE_CHECKING:
    import pyarrow as pa

_PARQUET, _FILE, _OLD_FEATHER = b"PAR1", b"ARROW1", b"FEA1"
_CONTINUED = b"\xff\xff\xff\xff"
_MAX_SCHEMA = 1 << 24
"""The maximum size in bytes of the first message of a stream, which is the schema."""

ROWS = 16
"""Rows of Parquet that are decoded at a time: values may be of any size, and compress to almost nothing."""

_BUFFER = 1 << 16


class ParquetReader(Reader):
    """Reads Parquet."""

    info = FormatInfo("Parquet", "calls.parquet#row-3", "0")

    def recognises(self, head: bytes) -> bool:
        """Return whether content begins as Parquet does."""
        return head.startswith(_PARQUET)

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each row."""
        if _can_read("Parquet", data, source):
            yield from _rows(data, source, _parquet_batches)


class ArrowReader(Reader):
    """Reads Arrow's format for files, and for streams."""

    info = FormatInfo("Arrow", "calls.arrow#row-3", "0")

    def recognises(self, head: bytes) -> bool:
        """Return whether content begins as one of them does."""
        return head.startswith((_FILE, _OLD_FEATHER)) or _begins_stream(head)

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each row."""
        head = data.head()
        if head.startswith(_OLD_FEATHER):
            raise UncheckedError(
                Reason.UNREADABLE, "it is Feather version 1; convert it to version 2 or Parquet"
            )
        if _can_read("Arrow", data, source):
            yield from _rows(data, source, _file_batches if head.startswith(_FILE) else _stream_batches)


def _begins_stream(head: bytes) -> bool:
    """Return whether content begins with a message of plausible length that contains its root."""
    length, root = int.from_bytes(head[4:8], "little"), int.from_bytes(head[8:12], "little")
    return head.startswith(_CONTINUED) and 0 < root < length < _MAX_SCHEMA and length % 8 == 0


def _can_read(name: str, data: ByteSource, source: Source) -> bool:
    """Return whether pyarrow is installed; raises UncheckedError if it is not and the table may contain responses."""
    try:
        import pyarrow as pa  # noqa: F401 - to find out whether it is installed
    except ImportError:
        if source.must_be_recording or _names_response(data):
            raise UncheckedError(
                Reason.UNREADABLE, f"{name} needs pyarrow: pip install 'whosees[arrow]'"
            ) from None
        return False
    return True


def _names_response(data: ByteSource) -> bool:
    """Return whether the name of the response column is where such files keep names: at the beginning, or (Parquet) at the end."""
    if not data.rereadable:
        return True
    with data.open() as stream:
        if not stream.seekable():
            return True
        stream.seek(max(stream.seek(0, os.SEEK_END) - HEAD, 0))
        return RESPONSE.encode() in data.head() + stream.read()


Opened = Iterator["tuple[Columns, pa.RecordBatch]"]


def _rows(
    data: ByteSource, source: Source, opened: Callable[[BinaryIO, Source], Opened]
) -> Iterator[Discovered]:
    first = given = 0
    with (
        _open(data, source.limits, anywhere=opened is not _stream_batches) as stream,
        _hide_library_errors(),
    ):
        # Only a few rows are in memory however large the content is, so its proportion is its only limit.
        packed = _size(stream)
        for columns, batch in opened(stream, source):
            sources = [f"{source.name}#row-{first + row}" for row in range(batch.num_rows)]
            first += batch.num_rows
            if packed is not None:
                require_proportion(packed, _size_of(batch), source.limits)
            for recording in columns.recordings(batch, source.limits, sources):
                given += recording.size_in_memory
                if packed is not None:
                    require_proportion(packed, given, source.limits)
                yield recording


def _size_of(batch: pa.RecordBatch) -> int:
    import pyarrow as pa

    try:
        return int(batch.nbytes)
    except pa.ArrowException:  # some versions cannot compute it for views
        return int(batch.get_total_buffer_size())


def _parquet_batches(stream: BinaryIO, source: Source) -> Opened:
    from pyarrow import parquet

    packed = _size(stream) or 0
    file = parquet.ParquetFile(stream, buffer_size=_BUFFER, pre_buffer=False)
    columns = _columns(file.schema_arrow, source)
    if columns is not None:
        # Of its groups, not of their columns: the library crashes on broken columns.
        groups = map(file.metadata.row_group, range(file.metadata.num_row_groups))
        require_proportion(packed, sum(group.total_byte_size for group in groups), source.limits)
        for batch in file.iter_batches(ROWS, columns=list(columns.names), use_threads=False):
            yield columns, batch


def _file_batches(stream: BinaryIO, source: Source) -> Opened:
    from pyarrow import ipc

    with ipc.open_file(stream) as file:
        columns = _columns(file.schema, source)
        if columns is not None:
            for number in range(file.num_record_batches):
                yield columns, _validate(file.get_batch(number))


def _stream_batches(stream: BinaryIO, source: Source) -> Opened:
    from pyarrow import ipc

    with ipc.open_stream(stream) as batches:
        columns = _columns(batches.schema, source)
        if columns is not None:
            for batch in batches:
                yield columns, _validate(batch)


def _validate(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Raise ValueError if a batch has offsets outside of itself; otherwise return it."""
    batch.validate(full=True)
    return batch


def _columns(schema: pa.Schema, source: Source) -> Columns | None:
    """Return the columns that describe exchanges; None for a table of something else that the user did not name."""
    try:
        return columns_of(schema)
    except ColumnError as error:
        if source.must_be_recording or RESPONSE in schema.names:
            raise UncheckedError(Reason.NOT_A_MESSAGE, str(error)) from None
        return None


@contextlib.contextmanager
def _open(data: ByteSource, limits: Limits, *, anywhere: bool) -> Iterator[BinaryIO]:
    """Open content, which is kept in memory if it is read from ``anywhere`` in it and cannot seek."""
    if anywhere:
        data = make_rereadable(data, limits)
        with data.open() as stream:
            held = None if stream.seekable() else MemoryByteSource(read_whole(data, limits))
        data = held or data
    with data.open() as stream:
        yield stream


@contextlib.contextmanager
def _hide_library_errors() -> Iterator[None]:
    """Replace the library's errors about broken content, because their texts can quote it."""
    from pyarrow import ArrowException

    try:
        yield
    except ArrowException:
        raise ValueError(CUT_OFF) from None


def _size(stream: BinaryIO) -> int | None:
    """Return the size of compressed content in bytes; None if it is unknown before its end."""
    if not stream.seekable():
        return None
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size
