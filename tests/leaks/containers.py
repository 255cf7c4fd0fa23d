"""The formats of recordings in which leaking messages are packed. A new one is one entry."""

from __future__ import annotations

import gzip
import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from support import traffic
from support.traffic import Call, meeting
from whosees.checker.checking.checker import Checker
from whosees.checker.recordings import Recording, find_recordings
from whosees.engine.claims import Claim, Precedence, read_claim

from .corpus import XML, Case
from .json_ways import PLAIN_JSON
from .plants import verdict
from .transformations import PLAIN

Files = dict[str, bytes]
Pack = Callable[[Case, Sequence[Call]], Files]
"""Packs leaking calls as files; the case is the conformant one."""


def _one(pack: Callable[[Sequence[Call]], bytes]) -> Pack:
    """Return a way that puts all calls in one file."""
    return lambda _, calls: {"recording": pack(calls)}


def _each(name: str, pack: Callable[[Case, Call], bytes]) -> Pack:
    """Return a way that puts each call in files of its own, its request beside its response."""

    def files(case: Case, calls: Sequence[Call]) -> Files:
        packed: Files = {}
        for number, call in enumerate(calls):
            packed[name.format(number)] = pack(case, call)
            if call.request:
                packed[f"{number}.request.xml"] = call.request
        return packed

    return files


def _http(body: Callable[[Case, Call], bytes], header: bytes = b"") -> Pack:
    return _each(
        "{}.response.http",
        lambda case, call: traffic.raw_http(replace(call, response=body(case, call)), header),
    )


def _archive(pack: Callable[[list[tuple[str, bytes]]], bytes], inner: Pack) -> Pack:
    return lambda case, calls: {"night": pack(list(inner(case, calls).items()))}


def _members(content: bytes) -> bytes:
    """Compress a message as two members of gzip, cut in its middle."""
    half = len(content) // 2
    return gzip.compress(content[:half], 1) + gzip.compress(content[half:], 1)


def _chunked(content: bytes) -> bytes:
    half = len(content) // 2
    parts = (content[:half], content[half:])
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n"


_GZIP, _CHUNKS = b"Content-Encoding: gzip\r\n", b"Transfer-Encoding: chunked\r\n"
_PLAIN = _each("{}.response.xml", lambda _, call: call.response)
_JSON = _each("{}.response.json", lambda _, call: call.response)


def _bare(case: Case, calls: Sequence[Call]) -> Files:
    return (_JSON if case.response.startswith(b"{") else _PLAIN)(case, calls)


CONTAINERS: dict[str, Pack] = {
    "file": _bare,
    "JSON Lines": _one(traffic.json_lines),
    "JSON Lines, gzip": _one(lambda calls: gzip.compress(traffic.json_lines(calls), 1)),
    "HAR": _one(traffic.har),
    "HAR, base64": _one(partial(traffic.har, as_base64=True)),
    "vcrpy": _one(traffic.vcrpy),
    "vcrpy, gzip": _one(partial(traffic.vcrpy, packed=True)),
    "Ruby VCR": _one(traffic.ruby_vcr),
    "Ruby VCR, base64": _one(partial(traffic.ruby_vcr, as_base64=True)),
    "WireMock journal": _one(traffic.journal),
    "WireMock journal, base64": _one(partial(traffic.journal, as_base64=True)),
    "WireMock mappings": _one(traffic.mappings),
    "WireMock mappings, base64": _one(partial(traffic.mappings, as_base64=True)),
    "Parquet": _one(traffic.parquet),
    "Parquet, text": _one(partial(traffic.parquet, as_text=True)),
    "Arrow file": _one(traffic.arrow_file),
    "Arrow stream": _one(traffic.arrow_stream),
    "HTTP": _http(lambda _, call: call.response),
    "HTTP, gzip": _http(lambda _, call: gzip.compress(call.response, 1), _GZIP),
    "HTTP, deflate": _http(lambda _, call: zlib.compress(call.response), b"Content-Encoding: deflate\r\n"),
    "HTTP, gzip of two members": _http(lambda _, call: _members(call.response), _GZIP),
    "HTTP, in a second member": _http(
        lambda case, call: gzip.compress(case.response, 1) + gzip.compress(call.response, 1), _GZIP
    ),
    "HTTP, after a member": _http(
        lambda case, call: gzip.compress(case.response, 1) + call.response, _GZIP
    ),
    "HTTP, chunks": _http(lambda _, call: _chunked(call.response) + b"\r\n", _CHUNKS),
    "HTTP, after the last chunk": _http(
        lambda case, call: _chunked(case.response) + b"\r\n" + call.response, _CHUNKS
    ),
    "HTTP, as a trailer": _http(
        lambda case, call: _chunked(case.response) + b" ".join(call.response.split()) + b"\r\n\r\n", _CHUNKS
    ),
    "zip": _archive(traffic.zipped, _bare),
    "tar": _archive(traffic.tarred, _bare),
    "tar.gz": _archive(traffic.tar_gz, _bare),
    "HAR in a zip": _archive(traffic.zipped, _one(traffic.har)),
    "HTTP in a tar.gz": _archive(traffic.tar_gz, _http(lambda _, call: call.response)),
}  # fmt: skip

TWO_IN_ONE = (
    "HTTP, in a second member",
    "HTTP, after a member",
    "HTTP, after the last chunk",
    "HTTP, as a trailer",
)
"""Those in which a response follows another, so that they are no format of a single one."""


def packed_verdicts(name: str, case: Case, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each row that a response must not show, and the verdict on it in a recording; a lost one is silent."""
    plain = PLAIN_JSON if case.response.startswith(b"{") else PLAIN
    message = case.response.decode()
    leaks = [plain(message, path, path.rpartition("/")[2]) for path in case.hidden]
    responses = [leak.encode() for leak in leaks if isinstance(leak, str)]
    assert len(responses) == len(case.hidden)
    verdicts = recorded_verdicts(name, case, responses, folder)
    yield from zip(case.hidden, verdicts + ["silent"] * (len(responses) - len(verdicts)), strict=False)


def recorded_verdicts(name: str, case: Case, responses: Sequence[bytes], folder: Path) -> list[str]:
    """Return the verdicts on responses that are recorded in a format."""
    calls = [
        Call(response, case.request or b"") if case.checker is XML else meeting(response)
        for response in responses
    ]
    place = folder / "recordings"
    place.mkdir()
    try:
        for file, content in CONTAINERS[name](case, calls).items():
            (place / file).write_bytes(content)
        checker = Checker(replace(case.checker.settings, claims=_flags(case)))
        wire = case.checker.rulebook.document.wire.format
        found = [each for each in find_recordings([str(place)], wire=wire) if isinstance(each, Recording)]
        return [verdict(checker.check(each)) for each in found]
    finally:
        shutil.rmtree(place)


def _flags(case: Case) -> tuple[Claim, ...]:
    rulebook = case.checker.rulebook
    return tuple(
        read_claim(rulebook, fact, value, "--fact", Precedence.FLAG) for fact, value in case.facts.items()
    )
