"""Recorded traffic, packed in each of the formats that are read."""

from __future__ import annotations

import base64
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
from pyarrow import ipc
from pyarrow import parquet as pq

from support.judging import RULEBOOK
from support.messages import body, message, request, response
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import Recording, find_recordings
from whosees.engine.result import ResponseResult

SHOWN = [row.path for row in RULEBOOK.rows if row.cells["MC"] == "always"]

GOOD = response("MC", SHOWN)
LEAKING = response("MC", [*SHOWN, "accessControl/sessionPassword", "programName"])
LACKING = response("MC", [path for path in SHOWN if path != "status"])
ASKED = request()
PASSWORD = request(content="<sessionKey>x</sessionKey><sessionPassword>p</sessionPassword>")
OTHER_RESPONSE = message(body("<ep:x/>", "ep:lstsummaryMeetingResponse"))
OTHER_REQUEST = ASKED.replace(b"ep.GetSessionInfo", b"meeting.LstsummaryMeeting")
PAGE = b"<!doctype html><html><body>signed out</body></html>"


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it was recorded; no request says that none was sent."""

    response: bytes
    request: bytes = ASKED
    status: int = 200
    method: str = "POST"
    url: str = "https://example.test/WBXService/XMLService"


def meeting(response: bytes) -> Call:
    """A call of the JSON rulebook's operation."""
    return Call(response, b"", method="GET", url="https://example.test/v1/meetings/1?current=true")


CALLS = (
    Call(GOOD),
    Call(LEAKING),
    Call(OTHER_RESPONSE, OTHER_REQUEST),
    Call(PAGE, b""),
    Call(LACKING),
    Call(b"", ASKED, 503),
)
"""Two of these are none of the table's; the last cannot be judged."""


def har(calls: Iterable[Call], *, as_base64: bool = False) -> bytes:
    """An archive as browsers save it."""
    return json.dumps(
        {"log": {"version": "1.2", "entries": [_har_entry(c, as_base64) for c in calls]}}
    ).encode()


def _har_entry(call: Call, as_base64: bool) -> dict[str, Any]:
    content: dict[str, Any] = {"mimeType": "text/xml"}
    if as_base64:
        content |= {"text": base64.b64encode(call.response).decode(), "encoding": "base64"}
    else:
        content["text"] = call.response.decode()
    sent = {"postData": {"mimeType": "text/xml", "text": call.request.decode()}} if call.request else {}
    return {
        "request": {"method": call.method, "url": call.url, "headers": [["a", "b"]], **sent},
        "response": {"status": call.status, "headers": [{"name": "a", "value": "b"}], "content": content},
    }


def journal(calls: Iterable[Call], *, as_base64: bool = False) -> bytes:
    """WireMock's journal of requests."""

    def exchanged(content: bytes) -> dict[str, Any]:
        if as_base64:
            return {"bodyAsBase64": base64.b64encode(content).decode()}
        return {"body": content.decode()}

    entries = [
        {
            "request": {"method": c.method, "url": c.url, **exchanged(c.request)},
            "response": {"status": c.status, **exchanged(c.response)},
        }
        for c in calls
    ]
    return json.dumps({"requests": entries, "meta": {"total": len(entries)}}).encode()


def mappings(calls: Iterable[Call], *, as_base64: bool = False) -> bytes:
    """WireMock's mappings, as its recorder writes them."""

    def definition(call: Call) -> dict[str, Any]:
        if as_base64:
            return {"status": call.status, "base64Body": base64.b64encode(call.response).decode()}
        return {"status": call.status, "body": call.response.decode()}

    def pattern(call: Call) -> dict[str, Any]:
        body = {"bodyPatterns": [{"equalToXml": call.request.decode()}]} if call.request else {}
        return {"method": call.method, "url": urlsplit(call.url).path, **body}

    entries = [{"request": pattern(c), "response": definition(c)} for c in calls]
    return json.dumps({"mappings": entries}).encode()


def vcrpy(calls: Iterable[Call], *, packed: bool = False) -> bytes:
    """A cassette as vcrpy writes it; JSON is YAML too, but for bytes."""
    lines = ["interactions:"]
    for call in calls:
        lines += [
            "- request:",
            f"    body: {json.dumps(call.request.decode()) if call.request else 'null'}",
            f"    method: {call.method}",
            f"    uri: {call.url}",
            "  response:",
            "    body:",
            f"      string: {_binary(gzip.compress(call.response)) if packed else json.dumps(call.response.decode())}",
            "    headers:",
            f"      Content-Encoding: [{'gzip' if packed else 'identity'}]",
            f"    status: {{code: {call.status}, message: x}}",
        ]
    return "\n".join([*lines, "version: 1", ""]).encode()


def ruby_vcr(calls: Iterable[Call], *, as_base64: bool = False) -> bytes:
    """A cassette as the Ruby VCR writes it."""
    lines = ["---", "http_interactions:"]
    for call in calls:
        if as_base64:
            text = f"base64_string: {base64.b64encode(call.response).decode()}"
        else:
            text = f"string: {json.dumps(call.response.decode())}"
        lines += [
            "- request:",
            f"    method: {call.method.lower()}",
            f"    uri: {call.url}",
            f"    body: {{encoding: UTF-8, string: {json.dumps(call.request.decode())}}}",
            "  response:",
            f"    status: {{code: {call.status}, message: x}}",
            "    headers: {}",
            "    body:",
            "      encoding: UTF-8",
            f"      {text}",
            "  recorded_at: Mon, 23 Nov 2026 10:00:00 GMT",
        ]
    return "\n".join([*lines, "recorded_with: VCR 6.1.0", ""]).encode()


def _binary(content: bytes) -> str:
    return f"!!binary {json.dumps(base64.b64encode(content).decode())}"


def json_lines(calls: Iterable[Call], *, with_http: bool = False) -> bytes:
    """A log with a call a line, perhaps with its method and URL."""

    def entry(number: int, call: Call) -> dict[str, str]:
        http = {"method": call.method, "url": call.url} if with_http else {}
        return {
            "id": str(number),
            "request": call.request.decode(),
            "response": call.response.decode(),
            **http,
        }

    return "".join(f"{json.dumps(entry(n, c))}\n" for n, c in enumerate(calls)).encode()


def table(calls: Iterable[Call], *, as_text: bool = False) -> pa.Table:
    """A table with a call a row."""
    given = list(calls)
    kind = pa.string() if as_text else pa.binary()
    return pa.table(
        {
            "id": pa.array([str(number) for number in range(len(given))]),
            "request": pa.array([call.request.decode() if as_text else call.request for call in given], kind),
            "response": pa.array(
                [call.response.decode() if as_text else call.response for call in given], kind
            ),
            "status": pa.array([call.status for call in given], pa.int16()),
        }
    )


def parquet(calls: Iterable[Call], *, as_text: bool = False) -> bytes:
    """A Parquet file, in row groups of four."""
    written = io.BytesIO()
    pq.write_table(table(calls, as_text=as_text), written, row_group_size=4)
    return written.getvalue()


def arrow_file(calls: Iterable[Call], *, as_text: bool = False) -> bytes:
    """A file of Arrow, in batches of four; version 2 of Feather is the same."""
    written = io.BytesIO()
    rows = table(calls, as_text=as_text)
    with ipc.new_file(written, rows.schema, options=ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(rows, 4)
    return written.getvalue()


def arrow_stream(calls: Iterable[Call]) -> bytes:
    """A stream of Arrow, in batches of four."""
    written = io.BytesIO()
    rows = table(calls)
    with ipc.new_stream(written, rows.schema) as writer:
        writer.write_table(rows, 4)
    return written.getvalue()


def raw_http(call: Call, headers: bytes = b"") -> bytes:
    """A response as it goes over the wire."""
    return b"HTTP/1.1 %d OK\r\nContent-Type: text/xml\r\n%s\r\n%s" % (call.status, headers, call.response)


def raw_http_request(call: Call) -> bytes:
    """A request as it goes over the wire."""
    return f"{call.method} {call.url} HTTP/1.1\r\n\r\n".encode() + call.request


def zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def tarred(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A tar archive."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return written.getvalue()


def tar_gz(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A packed tar archive."""
    return gzip.compress(tarred(members), 1)


ARCHIVES: dict[str, Callable[[Iterable[tuple[str, bytes]]], bytes]] = {
    "zip": zipped,
    "tar": tarred,
    "tar.gz": tar_gz,
}


DOCUMENTS: dict[str, Callable[[Iterable[Call]], bytes]] = {
    "har": har,
    "vcrpy": vcrpy,
    "ruby": ruby_vcr,
    "journal": journal,
    "mappings": mappings,
    "lines": json_lines,
}


def judged(*paths: str | Path, limits: Limits | None = None) -> list[ResponseResult | Skipped]:
    """Check paths in this process, without the files that are not recordings."""
    limits = limits or Limits()
    checker = Checker(Settings(limits=limits))
    found = find_recordings(map(str, paths), limits)
    results = [result for recording in found for result in checker.check(recording)]
    return [result for result in results if not is_other_file(result)]


def entries(path: Path) -> list[Recording]:
    """Return the recordings in a file."""
    return [found for found in find_recordings([str(path)]) if isinstance(found, Recording)]


def is_other_file(result: ResponseResult | Skipped) -> bool:
    """Return whether a result counts a file that is not a recording."""
    return isinstance(result, Skipped) and result.why.startswith("not a recording: ")


def outcomes(
    results: Iterable[ResponseResult | Skipped], folder: Path | None = None
) -> list[tuple[str, str]]:
    """Return (source, outcome or reason) of each result, as seen from a folder."""
    prefix = f"{folder}/" if folder else ""
    return [
        (
            result.source.removeprefix(prefix),
            "skipped" if isinstance(result, Skipped) else str(result.reason or result.outcome),
        )
        for result in results
    ]


def only(results: Iterable[ResponseResult | Skipped]) -> ResponseResult:
    """Return the one result there is."""
    (result,) = results
    assert isinstance(result, ResponseResult)
    return result


def context(result: ResponseResult | Skipped) -> dict[str, str]:
    """Return the facts that a result rests on."""
    assert isinstance(result, ResponseResult)
    return dict(result.resolved.context.items())


def detail(result: ResponseResult | Skipped) -> str:
    """Return the detail of a result in words."""
    return (result.why if isinstance(result, Skipped) else result.detail) or ""
