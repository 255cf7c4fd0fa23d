"""Parquet, and Arrow's own files and streams (Feather is one of them): a row is a call.

Both are read with pyarrow, a few rows or a record batch at a time.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from ...core.errors import Limits, Reason, UncheckedError
from ..base import Place
from ..containers.streams import HEAD, HeldOrigin, Origin, read_whole, repeatable
from ..containers.unpack_budget import require_proportion
from ..model import Discovered
from ..read_errors import BROKEN_OFF
from .arrow_rows import RESPONSE, ColumnError, Columns, columns_of

if TYPE_CHECKING:
    import pyarrow as pa

_PARQUET, _FILE, _OLD_FEATHER = b"PAR1", b"ARROW1", b"FEA1"
_CONTINUED = b"\xff\xff\xff\xff"
_SCHEMA = 1 << 24
"""Bytes that the first message of a stream may have: it is the schema."""

ROWS = 16
"""Rows of Parquet that are decoded at a time: their values may be of any size, and come out of next to nothing."""

_BUFFER = 1 << 16


class ParquetReader:
    """Reads Parquet."""

    def recognises(self, head: bytes) -> bool:
        """Whether it begins as Parquet does."""
        return head.startswith(_PARQUET)

    def read(self, origin: Origin, place: Place) -> Iterator[Discovered]:
        """Give each row's recording; rows are counted from 0."""
        if _can_read("Parquet", origin, place):
            yield from _rows(origin, place, _parquet_batches)


class ArrowReader:
    """Reads Arrow's format for files, and for streams."""

    def recognises(self, head: bytes) -> bool:
        """Whether it begins as one of them does."""
        return head.startswith((_FILE, _OLD_FEATHER)) or _begins_stream(head)

    def read(self, origin: Origin, place: Place) -> Iterator[Discovered]:
        """Give each row's recording; rows are counted from 0."""
        head = origin.head()
        if head.startswith(_OLD_FEATHER):
            raise UncheckedError(
                Reason.UNREADABLE, "it is Feather of version 1; write it anew, as version 2 or Parquet"
            )
        if _can_read("Arrow", origin, place):
            yield from _rows(origin, place, _file_batches if head.startswith(_FILE) else _stream_batches)


def _begins_stream(head: bytes) -> bool:
    """Whether it begins with a message of a likely length whose root lies inside of it."""
    length, root = int.from_bytes(head[4:8], "little"), int.from_bytes(head[8:12], "little")
    return head.startswith(_CONTINUED) and 0 < root < length < _SCHEMA and length % 8 == 0


def _can_read(what: str, origin: Origin, place: Place) -> bool:
    """Whether there is what reads tables; raises Refusal where there is not, unless the table is nobody's concern."""
    try:
        import pyarrow as pa  # noqa: F401 - only to see that it is there
    except ImportError:
        if place.counts or _names_response(origin):
            raise UncheckedError(
                Reason.UNREADABLE, f"{what} needs pyarrow: pip install 'whosees[arrow]'"
            ) from None
        return False
    return True


def _names_response(origin: Origin) -> bool:
    """Whether the name of the column is where such files have those: at their beginning, or (Parquet) at their end."""
    if not origin.again:
        return True
    with origin.begin() as stream:
        if not stream.seekable():
            return True
        stream.seek(max(stream.seek(0, os.SEEK_END) - HEAD, 0))
        return RESPONSE.encode() in origin.head() + stream.read()


Opened = Iterator["tuple[Columns, pa.RecordBatch]"]


def _rows(origin: Origin, place: Place, opened: Callable[[BinaryIO, Place], Opened]) -> Iterator[Discovered]:
    first = given = 0
    with _begun(origin, place.limits, anywhere=opened is not _stream_batches) as stream, _saying():
        # However large content is, only some rows of it are in memory: it has no bound but that of its proportion.
        packed = _size(stream)
        for columns, batch in opened(stream, place):
            sources = [f"{place.source}#row-{first + row}" for row in range(batch.num_rows)]
            first += batch.num_rows
            if packed is not None:
                require_proportion(packed, _size_of(batch), place.limits)
            for recording in columns.recordings(batch, place.limits, sources):
                given += recording.at_hand
                if packed is not None:
                    require_proportion(packed, given, place.limits)
                yield recording


def _size_of(batch: pa.RecordBatch) -> int:
    import pyarrow as pa

    try:
        return int(batch.nbytes)
    except pa.ArrowException:  # not every version can tell it of views
        return int(batch.get_total_buffer_size())


def _parquet_batches(stream: BinaryIO, place: Place) -> Opened:
    from pyarrow import parquet

    packed = _size(stream) or 0
    file = parquet.ParquetFile(stream, buffer_size=_BUFFER, pre_buffer=False)
    columns = _columns(file.schema_arrow, place)
    if columns is not None:
        # Of its groups, and not of their columns: the library ends the process over columns that are broken.
        groups = map(file.metadata.row_group, range(file.metadata.num_row_groups))
        require_proportion(packed, sum(group.total_byte_size for group in groups), place.limits)
        for batch in file.iter_batches(ROWS, columns=list(columns.names), use_threads=False):
            yield columns, batch


def _file_batches(stream: BinaryIO, place: Place) -> Opened:
    from pyarrow import ipc

    with ipc.open_file(stream) as file:
        columns = _columns(file.schema, place)
        if columns is not None:
            for number in range(file.num_record_batches):
                yield columns, _sound(file.get_batch(number))


def _stream_batches(stream: BinaryIO, place: Place) -> Opened:
    from pyarrow import ipc

    with ipc.open_stream(stream) as batches:
        columns = _columns(batches.schema, place)
        if columns is not None:
            for batch in batches:
                yield columns, _sound(batch)


def _sound(batch: pa.RecordBatch) -> pa.RecordBatch:
    """See that a batch points nowhere outside of itself, before anything is read through it; raises ValueError."""
    batch.validate(full=True)
    return batch


def _columns(schema: pa.Schema, place: Place) -> Columns | None:
    """Find the columns that tell of calls; None for a table of something else, which nobody named."""
    try:
        return columns_of(schema)
    except ColumnError as error:
        if place.counts or RESPONSE in schema.names:
            raise UncheckedError(Reason.NOT_A_MESSAGE, str(error)) from None
        return None


@contextlib.contextmanager
def _begun(origin: Origin, limits: Limits, *, anywhere: bool) -> Iterator[BinaryIO]:
    """Begin content; where it is read from ``anywhere`` in it, and goes by only once, it is held."""
    if anywhere:
        origin = repeatable(origin, limits)
        with origin.begin() as stream:
            held = None if stream.seekable() else HeldOrigin(read_whole(origin, limits))
        origin = held or origin
    with origin.begin() as stream:
        yield stream


@contextlib.contextmanager
def _saying() -> Iterator[None]:
    """Make an error of what the library says of broken content; its own words can quote that."""
    from pyarrow import ArrowException

    try:
        yield
    except ArrowException:
        raise ValueError(BROKEN_OFF) from None


def _size(stream: BinaryIO) -> int | None:
    """Give how large packed content is; None where nobody knows before its end."""
    if not stream.seekable():
        return None
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size
