"""Rows of a table as recordings: which columns tell what of a call, whatever the table was read from.

Nothing here imports pyarrow: whoever has a table has it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ....reports.text.fact_flags import FACT_FLAGS
from ....rules.names import did_you_mean, listed
from ...core.errors import Limits, Reason
from ..encoding import bytes_of_text
from ..http_message import status_of
from ..model import AttachmentContent, Recording, UnreadableContent
from ..stated import sidecar_of

if TYPE_CHECKING:
    import pyarrow as pa

ID, RESPONSE, REQUEST, STATUS, CONTEXT = "id", "response", "request", "status", "context"

KNOWN = (ID, RESPONSE, REQUEST, STATUS, CONTEXT, *FACT_FLAGS)
"""The columns that are read; a table may have others, which are left in peace."""

_ALIKE = 0.85
"""How like a fact's name that of another column has to be for a slip: `roles` is, `caller_id` and `service_name` not."""

_NO_RESPONSE = UnreadableContent(Reason.UNREADABLE, "the row has no `response`")


class ColumnError(ValueError):
    """A table's columns are not as they should be; the text says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which of the known columns a table has, in their order."""

    names: tuple[str, ...]

    def recordings(
        self, batch: pa.RecordBatch, limits: Limits, sources: Iterable[str]
    ) -> Iterator[Recording]:
        """Give the recording of each row; ``sources`` names as many."""
        count = batch.num_rows
        responses = self._contents(batch, RESPONSE, limits)
        requests = self._contents(batch, REQUEST, limits) if REQUEST in self.names else iter([None] * count)
        statuses = batch.column(STATUS).to_pylist() if STATUS in self.names else [None] * count
        stated = self._stated(batch)
        for source, response, request, status, said in zip(
            sources, responses, requests, statuses, stated, strict=True
        ):
            if not response and not request:
                yield Recording(source, _NO_RESPONSE, named=False)
                continue
            yield Recording(
                source=source,
                response=b"" if response is None else response,
                request=request,
                sidecar=said,
                named=False,
                status=status_of(status),
            )

    def _contents(
        self, batch: pa.RecordBatch, name: str, limits: Limits
    ) -> Iterator[bytes | UnreadableContent | None]:
        column = batch.column(name)
        text = _is_text(_plain(column.type))
        for scalar in column:
            yield _content(scalar, name, limits, text=text) if scalar.is_valid else None

    def _stated(self, batch: pa.RecordBatch) -> Iterator[AttachmentContent]:
        facts = [name for name in FACT_FLAGS if name in self.names]
        columns = [batch.column(name) for name in facts]
        contexts = batch.column(CONTEXT) if CONTEXT in self.names else None
        for row in range(batch.num_rows):
            try:
                said = {fact: column[row].as_py() for fact, column in zip(facts, columns, strict=True)}
                within = {} if contexts is None else dict(contexts[row].as_py() or {})
            except UnicodeDecodeError:
                yield UnreadableContent(Reason.UNREADABLE, "what it states of the call is not UTF-8")
                continue
            yield _sidecar(said, within)


def _sidecar(said: Mapping[str, str | None], within: Mapping[str, Any]) -> AttachmentContent:
    """Put together what the columns of facts say and what the column of the context says; None for nothing."""
    stated = {fact: text for fact, text in within.items() if text is not None}
    if any(not isinstance(text, str) for text in stated.values()):
        return UnreadableContent(Reason.UNREADABLE, f"`{CONTEXT}` has not only text in it")
    for fact, text in said.items():
        if text is None:
            continue
        if stated.get(fact, text) != text:
            return UnreadableContent(
                Reason.UNREADABLE, f"the columns `{fact}` and `{CONTEXT}` do not say the same"
            )
        stated[fact] = text
    return sidecar_of(stated) if stated else None


def _content(scalar: pa.Scalar, name: str, limits: Limits, *, text: bool) -> bytes | UnreadableContent:
    """Copy a message out of its column, up to the limit and a byte more."""
    value = scalar.value if hasattr(scalar, "dictionary") else scalar
    buffer = value.as_buffer()
    if buffer.size > limits.size:
        return bytes(buffer.slice(0, limits.size + 1))
    content = bytes(buffer)
    if not text:
        return content
    try:
        return bytes_of_text(content.decode("utf-8"))
    except UnicodeDecodeError:
        return UnreadableContent(Reason.UNREADABLE, f"its `{name}` is said to be text, and is not UTF-8")


def columns_of(schema: pa.Schema) -> Columns:
    """Find the columns that tell of calls; raises ColumnError where they are missing, doubled or of another type."""
    names = [name for name in KNOWN if name in schema.names]
    if RESPONSE not in names:
        hint = did_you_mean(RESPONSE, schema.names) or f"; what is read is {listed(KNOWN)}"
        raise ColumnError(f"it has no column `{RESPONSE}`{hint}")
    for name in names:
        if schema.names.count(name) > 1:
            raise ColumnError(f"it has more than one column `{name}`")
        kind = _plain(schema.field(name).type)
        if not _fits(name, kind):
            raise ColumnError(
                f"its column `{name}` holds {kind}, and has to hold {_WANTED.get(name, 'text')}"
            )
    for other in schema.names:
        # A fact that is left unsaid by a slip of the pen makes other verdicts.
        if other not in KNOWN and (meant := _misspelt(other, names)):
            raise ColumnError(f"its column `{other[:80]}` is like `{meant}`: rename it, or leave it out")
    return Columns(tuple(names))


def _misspelt(other: str, names: list[str]) -> str:
    """Give the fact that a column's name is like, where the table has no column of that name."""
    absent = [fact for fact in (*FACT_FLAGS, CONTEXT) if fact not in names]
    return next(iter(difflib.get_close_matches(other.casefold(), absent, n=1, cutoff=_ALIKE)), "")


_WANTED = {
    RESPONSE: "bytes or text",
    REQUEST: "bytes or text",
    STATUS: "whole numbers",
    CONTEXT: "a struct or a map of text",
    ID: "text or whole numbers",
}


def _fits(name: str, kind: pa.DataType) -> bool:
    from pyarrow import types  # a schema is at hand, so it is there

    if types.is_null(kind):
        return name != RESPONSE
    if name == STATUS:
        return bool(types.is_integer(kind))
    if name == CONTEXT:
        return bool(types.is_struct(kind) or types.is_map(kind))
    if name == ID:
        return bool(_is_text(kind) or types.is_integer(kind))
    return _is_text(kind) or (name in (RESPONSE, REQUEST) and _is_binary(kind))


def _plain(kind: pa.DataType) -> pa.DataType:
    """Give the type of the values where a column has them by their numbers in a dictionary."""
    from pyarrow import types

    return kind.value_type if types.is_dictionary(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_binary(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind))
