"""Reports of Bruno's command line, as its reporter ``json`` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ...core.errors import Reason
from ..base import FormatInfo, Source
from ..http_exchange import NO_RESPONSE_KEPT
from ..http_facts import HttpFacts, parse_headers, parse_method, parse_status, parse_url
from ..model import Discovered, UnreadableContent
from .json_document import JsonListFormat, Members, encode_value, is_array, is_object, try_decode_as

_ABSENT = msgspec.Raw()
_MEMBERS_OF_A_RESULT = (b'"test"', b'"request"', b'"response"')
_NO_BODY = UnreadableContent(
    Reason.UNREADABLE, "the report contains no response bodies; run Bruno without `--reporter-skip-body`"
)


class _Message(msgspec.Struct):
    method: str | None = None
    url: str | None = None
    status: int | str | None = None
    headers: Any = None
    data: msgspec.Raw = _ABSENT


class _Result(msgspec.Struct):
    request: _Message | None = None
    response: _Message | None = None


class _Iteration(msgspec.Struct):
    results: list[msgspec.Raw]


class BrunoFormat(JsonListFormat):
    """Reads Bruno's report: one run, or an array of its iterations."""

    info = FormatInfo("Bruno reports", "bruno.json#result-0", "0, through all iterations")
    signature = rb'"results"\s*:\s*\[\s*\{\s*"test"\s*:'

    def matches(self, members: Members) -> bool:
        """Return whether it has a summary and results of tests, which a page of another API's results has not."""
        if not (is_object(members.get("summary")) and is_array(members.get("results"))):
            return False
        results = bytes(members["results"])
        return all(name in results for name in _MEMBERS_OF_A_RESULT)

    def items(self, items: list[msgspec.Raw], source: Source) -> Iterator[Discovered]:
        """Yield the recording of each result."""
        for index, result in enumerate(_results(items)):
            if isinstance(result, UnreadableContent):
                yield source.entry(f"#result-{index}", result)
            else:
                yield _exchange(result, f"#result-{index}", source)


def _results(iterations: list[msgspec.Raw]) -> Iterator[_Result | UnreadableContent]:
    for raw in iterations:
        iteration = try_decode_as(raw, _Iteration, "the iteration")
        if isinstance(iteration, UnreadableContent):
            yield iteration
        else:
            yield from (try_decode_as(result, _Result, "the result") for result in iteration.results)


def _exchange(result: _Result, fragment: str, source: Source) -> Discovered:
    request, response = result.request or _Message(), result.response
    answered = response is not None and isinstance(response.status, int)
    http = HttpFacts(
        parse_method(request.method),
        parse_url(request.url),
        parse_status(response.status) if response and answered else None,
        parse_headers(request.headers),
        parse_headers(response.headers) if response and answered else None,
    )
    sent = encode_value(request.data) if request.data else None
    if response is None or not answered:
        return source.entry(fragment, NO_RESPONSE_KEPT, sent, http)
    return source.entry(fragment, encode_value(response.data) if response.data else _NO_BODY, sent, http)
