"""HTTP facts: every reader keeps method, URL, status and headers as far as its format has them, and shows none."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from support.command import whosees
from support.traffic import GOOD, only
from support.traffic import judged as judge
from whosees.checker.batch.resume import key_of
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import Headers, HttpFacts, Recording, find_batches, find_recordings, read_all
from whosees.checker.recordings.http_facts import NO_HTTP_FACTS, parse_headers, parse_method, parse_status

TOKEN = "Bearer synthetic-token-of-nobody"
URL = "https://example.invalid/users/müller?fields=a&fields=b&page=2"
SENT = (("Authorization", TOKEN), ("Accept", "application/json"))
RECEIVED = (("X-OAuth-Scopes", "read:user"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
FACTS = HttpFacts("GET", URL, 200, Headers.of(SENT), Headers.of(RECEIVED))
BODY = GOOD.decode()


def by_name(headers: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Headers as an object; a header that was sent twice has a list."""
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        grouped.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in grouped.items()}


def named(headers: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _har() -> bytes:
    request = {"method": "get", "url": URL, "headers": named(SENT)}
    response = {"status": 200, "headers": named(RECEIVED), "content": {"text": BODY}}
    return json.dumps({"log": {"entries": [{"request": request, "response": response}]}}).encode()


def _cassette(name: str, **status: Any) -> bytes:
    request = {"method": "get", "uri": URL, "headers": {n: [v] for n, v in SENT}, "body": None}
    response = {
        **status,
        "headers": {n: v if isinstance(v, list) else [v] for n, v in by_name(RECEIVED).items()},
    }
    return json.dumps(
        {name: [{"request": request, "response": {**response, "body": {"string": BODY}}}]}
    ).encode()


def _ruby() -> bytes:
    (interaction,) = json.loads(_cassette("http_interactions", status={"code": 200}))["http_interactions"]
    return f"---\nhttp_interactions:\n- {json.dumps(interaction)}\nrecorded_with: VCR 6.1.0\n".encode()


def _journal() -> bytes:
    request = {"method": "GET", "url": "/users", "absoluteUrl": URL, "headers": by_name(SENT), "body": ""}
    response = {"status": 200, "headers": by_name(RECEIVED), "body": BODY}
    return json.dumps({"requests": [{"request": request, "response": response}], "meta": {}}).encode()


def _mapping() -> bytes:
    request = {"method": "GET", "url": URL, "headers": {"Authorization": {"equalTo": TOKEN}}}
    response = {"headers": by_name(RECEIVED), "body": BODY}
    return json.dumps({"mappings": [{"request": request, "response": response}]}).encode()


def _line(*, pairs: bool) -> bytes:
    headers: tuple[Any, Any] = (SENT, RECEIVED) if pairs else (by_name(SENT), by_name(RECEIVED))
    line = {
        "method": "get",
        "url": URL,
        "status": 200,
        "request_headers": headers[0],
        "response_headers": headers[1],
    }
    return json.dumps({**line, "response": BODY}).encode()


def _table(headers: pa.DataType, sent: Any, received: Any) -> bytes:
    written = io.BytesIO()
    columns = {
        "response": pa.array([GOOD]),
        "method": pa.array(["get"]),
        "url": pa.array([URL]),
        "status": pa.array([200]),
        "request_headers": pa.array([sent], headers),
        "response_headers": pa.array([received], headers),
    }
    pq.write_table(pa.table(columns), written)
    return written.getvalue()


_PAIRS = pa.list_(pa.struct([("name", pa.string()), ("value", pa.string())]))
_MAP = pa.map_(pa.string(), pa.list_(pa.string()))

FORMATS: dict[str, tuple[Callable[[], bytes], HttpFacts]] = {
    "HAR": (_har, FACTS),
    "vcrpy": (lambda: _cassette("interactions", status={"code": 200}), FACTS),
    "vcrpy of httpx": (lambda: _cassette("interactions", status_code=200), FACTS),
    "Ruby VCR": (_ruby, FACTS),
    "WireMock's journal": (_journal, FACTS),
    # A mapping states which requests it answers, and not the headers of one.
    "WireMock's mappings": (_mapping, HttpFacts("GET", URL, 200, None, Headers.of(RECEIVED))),
    "JSON Lines": (lambda: _line(pairs=False), FACTS),
    "JSON Lines, pairs": (lambda: _line(pairs=True), FACTS),
    "Parquet, pairs": (lambda: _table(_PAIRS, named(SENT), named(RECEIVED)), FACTS),
    "Parquet, a map": (
        lambda: _table(_MAP, [(n, [v]) for n, v in SENT], [(n, [v]) for n, v in RECEIVED]),
        FACTS,
    ),
    "plain XML": (lambda: GOOD, NO_HTTP_FACTS),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_reader_keeps_the_http_facts_of_its_format(name: str, tmp_path: Path) -> None:
    pack, facts = FORMATS[name]
    (tmp_path / "a").write_bytes(pack())
    (recording,) = find_recordings([str(tmp_path)])
    assert isinstance(recording, Recording)
    assert recording.http == facts
    assert recording.status == facts.status
    assert only(judge(tmp_path)).outcome == "conformant"


@pytest.mark.parametrize("name", FORMATS)
def test_http_facts_reach_other_processes_and_are_part_of_what_is_resumed(name: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(FORMATS[name][0]())
    batches = pickle.loads(pickle.dumps(list(find_batches([str(tmp_path)]))))  # noqa: S301 - our own, pickled here
    (sent,), (recording,) = read_all(batches), find_recordings([str(tmp_path)])
    assert isinstance(sent, Recording)
    assert isinstance(recording, Recording)
    assert sent.http == recording.http
    assert key_of(sent, Limits()) == key_of(recording, Limits())


def test_raw_http_takes_the_facts_of_a_request_with_headers(tmp_path: Path) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in RECEIVED)
    (tmp_path / "a.response.http").write_text(f"HTTP/1.1 200 OK\r\n{head}\r\n{BODY}", newline="")
    (recording,) = find_recordings([str(tmp_path)])
    assert isinstance(recording, Recording)
    assert recording.http == HttpFacts(None, None, 200, None, Headers.of(RECEIVED))
    head = "".join(f"{name}: {value}\r\n" for name, value in SENT)
    (tmp_path / "a.request.http").write_text(f"GET /users/1?a=b HTTP/1.1\r\n{head}\r\n", newline="")
    (recording,) = find_recordings([str(tmp_path)])
    assert isinstance(recording, Recording)
    assert recording.http == HttpFacts("GET", "/users/1?a=b", 200, Headers.of(SENT), Headers.of(RECEIVED))


def test_headers_are_looked_up_in_any_letter_case() -> None:
    assert FACTS.response_header("set-cookie") == ("a=1", "b=2")
    assert FACTS.request_header("AUTHORIZATION") == (TOKEN,)
    assert FACTS.request_header("Cookie") == ()
    assert NO_HTTP_FACTS.request_header("Cookie") is None
    assert HttpFacts(response_headers=Headers()).response_header("Cookie") == ()


def test_values_are_never_shown() -> None:
    recording = Recording("a.har#entry-0", GOOD, b"<secret/>", http=FACTS)
    shown = f"{FACTS!r} {recording!r} {NO_HTTP_FACTS!r}"
    assert shown == (
        "<HttpFacts: method, url, status, request_headers, response_headers> <Recording a.har#entry-0>"
        " <HttpFacts: none>"
    )


@pytest.mark.parametrize(
    ("recorded", "headers"),
    [
        (None, None),
        ("Accept: x", None),
        ({}, ()),
        ([], ()),
        ({"A": None, "B": 3}, (("B", "3"),)),
        ({"A": ["x", "y"], b"B": b"\xe9"}, (("A", "x"), ("A", "y"), ("B", "é"))),
        ([["A", "x"], {"name": "B", "value": ""}], (("A", "x"), ("B", ""))),
        ([["A", "x"], "B"], None),
        ([{"name": "A"}], None),
        ({"A": {"b": "c"}}, None),
        ({"A": True}, None),
    ],
)
def test_headers_that_are_not_complete_are_not_kept(recorded: object, headers: object) -> None:
    """So that nothing is concluded from the absence of one."""
    found = parse_headers(recorded)
    assert (found if found is None else tuple(found)) == headers


def test_a_method_is_in_upper_case_and_a_status_is_a_number() -> None:
    assert [parse_method(value) for value in ("post", "GET", "", None, 3)] == [
        "POST",
        "GET",
        None,
        None,
        None,
    ]
    assert [parse_status(value) for value in (200, "404", 0, -1, "x", None, 1000)] == [200, 404, *[None] * 5]


def test_headers_in_no_known_structure_make_a_line_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(json.dumps({"response": BODY, "request_headers": "Accept: x"}))
    result = only(judge(tmp_path))
    assert (result.reason, result.detail) == (
        "unreadable",
        "its `request_headers` is neither an object nor a list of [name, value] pairs",
    )


def test_aliases_cannot_multiply_headers(tmp_path: Path) -> None:
    """A cassette of a megabyte would otherwise come to gigabytes of headers."""
    pytest.importorskip("yaml")
    header = "h" * 1000
    headers = "\n".join(f"      {header}{number}: [x]" for number in range(100))
    first = f"interactions:\n- request:\n    headers: &all\n{headers}\n  response: {{body: {{string: ''}}}}\n"
    rest = "- {request: {headers: *all}, response: {body: {string: ''}}}\n" * 2000
    (tmp_path / "a").write_text(first + rest)
    last = judge(tmp_path)[-1]
    assert getattr(last, "reason", None) == "too-large"


@pytest.mark.parametrize("name", FORMATS)
def test_no_report_shows_a_header_or_a_url(name: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(FORMATS[name][0]())
    run = whosees("check", "a", "--no-config", "--verbose", "--report", "json=a.out", cwd=tmp_path)
    shown = run.out + run.err + (tmp_path / "a.out").read_text("utf-8")
    assert [text for text in (TOKEN, "example.invalid", "read:user", "a=1") if text in shown] == []
