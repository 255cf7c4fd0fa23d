"""Rows of a table as recordings: which columns describe an exchange, whatever the table was read from.

Pyarrow is not imported at the top: callers that have a table have imported it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ....reports.text.fact_flags import FACT_FLAGS
from ....rules.names import did_you_mean, join_names
from ...core.errors import Reason
from ...core.limits import Limits
from ..encoding import encode_sidecar, encode_text
from ..http_facts import NO_HTTP_FACTS, HttpFacts, parse_headers, parse_method, parse_status, parse_url
from ..model import AttachmentContent, Recording, UnreadableContent

if TYPE_CHECKING:
    import pyarrow as pa

ID, RESPONSE, REQUEST, CONTEXT = "id", "response", "request", "context"
METHOD, URL, STATUS = "method", "url", "status"
REQUEST_HEADERS, RESPONSE_HEADERS = "request_headers", "response_headers"

_HEADERS = (REQUEST_HEADERS, RESPONSE_HEADERS)
_HTTP = (METHOD, URL, STATUS, *_HEADERS)

KNOWN = (ID, RESPONSE, REQUEST, *_HTTP, CONTEXT, *FACT_FLAGS)
"""The columns that are read; a table may have others, which are ignored."""

_MISSPELLING_CUTOFF = 0.85
"""The similarity from which a column's name is a misspelt fact: `roles` is one, `caller_id` and `service_name` are not."""

_NO_RESPONSE = UnreadableContent(Reason.UNREADABLE, "the row has no `response`")


class ColumnError(ValueError):
    """A table's columns cannot be used; the text says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The known columns that a table has, in their order."""

    names: tuple[str, ...]

    def recordings(
        self, batch: pa.RecordBatch, limits: Limits, sources: Iterable[str]
    ) -> Iterator[Recording]:
        """Yield the recording of each row; ``sources`` are their names."""
        count = batch.num_rows
        responses = self._contents(batch, RESPONSE, limits)
        requests = self._contents(batch, REQUEST, limits) if REQUEST in self.names else iter([None] * count)
        facts = self._http_facts(batch)
        sidecars = self._sidecars(batch)
        for source, response, request, http, sidecar in zip(
            sources, responses, requests, facts, sidecars, strict=True
        ):
            if not response and not request and http == NO_HTTP_FACTS:
                yield Recording(source, _NO_RESPONSE, explicit=False)
                continue
            if isinstance(http, UnreadableContent):
                yield Recording(source, http, explicit=False)
                continue
            yield Recording(
                source=source,
                response=b"" if response is None else response,
                request=request,
                sidecar=sidecar,
                explicit=False,
                http=http,
            )

    def _contents(
        self, batch: pa.RecordBatch, name: str, limits: Limits
    ) -> Iterator[bytes | UnreadableContent | None]:
        column = batch.column(name)
        text = _is_text(_value_type(column.type))
        for scalar in column:
            yield _content(scalar, name, limits, text=text) if scalar.is_valid else None

    def _http_facts(self, batch: pa.RecordBatch) -> Iterator[HttpFacts | UnreadableContent]:
        columns = {name: batch.column(name) for name in _HTTP if name in self.names}
        for row in range(batch.num_rows):
            try:
                yield http_facts_of({name: column[row].as_py() for name, column in columns.items()})
            except UnicodeDecodeError:
                yield UnreadableContent(Reason.UNREADABLE, "an HTTP fact in its row is not UTF-8")

    def _sidecars(self, batch: pa.RecordBatch) -> Iterator[AttachmentContent]:
        facts = [name for name in FACT_FLAGS if name in self.names]
        columns = [batch.column(name) for name in facts]
        contexts = batch.column(CONTEXT) if CONTEXT in self.names else None
        for row in range(batch.num_rows):
            try:
                stated = {fact: column[row].as_py() for fact, column in zip(facts, columns, strict=True)}
                context = {} if contexts is None else dict(contexts[row].as_py() or {})
            except UnicodeDecodeError:
                yield UnreadableContent(Reason.UNREADABLE, "a fact in its row is not UTF-8")
                continue
            yield _sidecar(stated, context)


def _sidecar(facts: Mapping[str, str | None], context: Mapping[str, Any]) -> AttachmentContent:
    """Combine the columns of facts with the column of the context; None if they state nothing."""
    stated = {fact: text for fact, text in context.items() if text is not None}
    if any(not isinstance(text, str) for text in stated.values()):
        return UnreadableContent(Reason.UNREADABLE, f"`{CONTEXT}` contains values that are not text")
    for fact, text in facts.items():
        if text is None:
            continue
        if stated.get(fact, text) != text:
            return UnreadableContent(
                Reason.UNREADABLE, f"the columns `{fact}` and `{CONTEXT}` contradict each other"
            )
        stated[fact] = text
    return encode_sidecar(stated) if stated else None


def _content(scalar: pa.Scalar, name: str, limits: Limits, *, text: bool) -> bytes | UnreadableContent:
    """Copy a message from its column, up to one byte more than the limit."""
    value = scalar.value if hasattr(scalar, "dictionary") else scalar
    buffer = value.as_buffer()
    if buffer.size > limits.size:
        return bytes(buffer.slice(0, limits.size + 1))
    content = bytes(buffer)
    if not text:
        return content
    try:
        return encode_text(content.decode("utf-8"))
    except UnicodeDecodeError:
        return UnreadableContent(Reason.UNREADABLE, f"its `{name}` has a text type, and is not UTF-8")


def http_facts_of(recorded: Mapping[str, Any]) -> HttpFacts | UnreadableContent:
    """Return the HTTP facts in a row or an object, by the names that tables and JSON Lines share."""
    headers = {name: parse_headers(recorded.get(name)) for name in _HEADERS}
    for name in _HEADERS:
        if headers[name] is None and recorded.get(name) is not None:
            return UnreadableContent(
                Reason.UNREADABLE, f"its `{name}` is neither an object nor a list of [name, value] pairs"
            )
    return HttpFacts(
        parse_method(recorded.get(METHOD)),
        parse_url(recorded.get(URL)),
        parse_status(recorded.get(STATUS)),
        headers[REQUEST_HEADERS],
        headers[RESPONSE_HEADERS],
    )


def columns_of(schema: pa.Schema) -> Columns:
    """Return the columns that describe exchanges; raises ColumnError if one is missing, duplicated or of a wrong type."""
    names = [name for name in KNOWN if name in schema.names]
    if RESPONSE not in names:
        hint = did_you_mean(RESPONSE, schema.names) or f"; the columns that are read are {join_names(KNOWN)}"
        raise ColumnError(f"it has no column `{RESPONSE}`{hint}")
    for name in names:
        if schema.names.count(name) > 1:
            raise ColumnError(f"it has more than one column `{name}`")
        kind = _value_type(schema.field(name).type)
        if not _fits(name, kind):
            raise ColumnError(
                f"its column `{name}` has the type {kind}; it has to contain {_EXPECTED_TYPES.get(name, 'text')}"
            )
    for other in schema.names:
        # A fact that is lost to a misspelling changes verdicts.
        if other not in KNOWN and (meant := _misspelt(other, names)):
            raise ColumnError(f"its column `{other[:80]}` resembles `{meant}`: rename or remove it")
    return Columns(tuple(names))


def _misspelt(other: str, names: list[str]) -> str:
    """Return the fact that a column's name misspells, unless the table has a column of that name."""
    absent = [fact for fact in (*FACT_FLAGS, CONTEXT, *_HEADERS) if fact not in names]
    return next(
        iter(difflib.get_close_matches(other.casefold(), absent, n=1, cutoff=_MISSPELLING_CUTOFF)), ""
    )


_EXPECTED_TYPES = {
    RESPONSE: "bytes or text",
    REQUEST: "bytes or text",
    STATUS: "whole numbers",
    CONTEXT: "a struct or a map of text",
    REQUEST_HEADERS: "a map, a struct, or a list of pairs",
    RESPONSE_HEADERS: "a map, a struct, or a list of pairs",
    ID: "text or whole numbers",
}


def _fits(name: str, kind: pa.DataType) -> bool:
    from pyarrow import types  # it is installed, since there is a schema

    if types.is_null(kind):
        return name != RESPONSE
    if name == STATUS:
        return bool(types.is_integer(kind))
    if name == CONTEXT:
        return bool(types.is_struct(kind) or types.is_map(kind))
    if name in _HEADERS:
        return bool(types.is_nested(kind))
    if name == ID:
        return bool(_is_text(kind) or types.is_integer(kind))
    return _is_text(kind) or (name in (RESPONSE, REQUEST) and _is_binary(kind))


def _value_type(kind: pa.DataType) -> pa.DataType:
    """Return the type of a column's values, also if they are dictionary-encoded."""
    from pyarrow import types

    return kind.value_type if types.is_dictionary(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_binary(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind))
