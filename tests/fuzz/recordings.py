"""Targets that read what holds messages: traffic in each of its formats, and archives of it."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from fuzz.messages import ASKED, EXAMPLES, SMALL, checker
from fuzz.sums import packed, summed_tar, summed_zip
from fuzz.target import LIMITS, hold_results
from support.tool_formats import TOOL_FORMATS, curl_verbose, warc
from support.traffic import (
    Call,
    har,
    journal,
    json_lines,
    mappings,
    raw_http,
    ruby_vcr,
    tarred,
    vcrpy,
    zipped,
)
from whosees.checker.core.errors import Reason
from whosees.checker.recordings import Content, Recording, SkippedFile
from whosees.checker.recordings.base import Source
from whosees.checker.recordings.containers.streams import MemoryByteSource, OneShotByteSource
from whosees.checker.recordings.containers.unpack_budget import UnpackBudget
from whosees.checker.recordings.discovery.references import FilesInArchive
from whosees.checker.recordings.model import UnreadableContent
from whosees.checker.recordings.registry import read_content

CALLS = (Call(SMALL, ASKED), Call(b"", b"", 503))
RECORDINGS = EXAMPLES / "recordings"
MEMBERS = (
    ("a.response.xml", SMALL),
    ("a.request.xml", ASKED),
    ("a.context.toml", b'role = "host"\n'),
    ("../b.xml", b"<a/>"),
    ("/c/d.jsonl", b"{}\n"),
)


def read_recording(content: bytes) -> None:
    """Content that was named: something is said of it, and all that is found in it can be judged."""
    found = list(read_content(MemoryByteSource(content), _place()))
    assert found
    for entry in found:
        _hold_found(entry)


def read_tar(content: bytes) -> None:
    """A tar archive whose sums are right, whatever else is wrong with it."""
    _read_both_ways(summed_tar(content))


def read_zip(content: bytes) -> None:
    """A zip archive whose sums are right."""
    _read_both_ways(summed_zip(content))


def read_gzip(content: bytes) -> None:
    """Content as gzip, packed first if it is not."""
    _read_both_ways(packed(content))


def read_tool_format(content: bytes) -> None:
    """Read what a test tool or a proxy writes; the sums of those in zip are right."""
    if content.startswith(b"PK"):
        read_zip(content)
    else:
        read_recording(content)


def tool_formats() -> Iterator[bytes]:
    """Yield what each tool writes, as the tests of its format have it."""
    yield from (write(CALLS) for write, _ in TOOL_FORMATS.values())
    yield from (curl_verbose(CALLS), warc(CALLS))


def _read_both_ways(content: bytes) -> None:
    """The same things are found in content that can be read only once, as on standard input."""
    streamed = list(read_content(OneShotByteSource(io.BytesIO(content)), _place()))
    assert _summaries(streamed) == _summaries(list(read_content(MemoryByteSource(content), _place())))
    read_recording(content)


def _place() -> Source:
    files: dict[str, bytes | UnreadableContent] = {
        "__files/a": SMALL,
        "__files/b": UnreadableContent(Reason.UNREADABLE, "x"),
    }
    referenced_files = FilesInArchive("a.json", files)
    return Source(
        "a",
        LIMITS,
        UnpackBudget(LIMITS),
        explicit=True,
        explicit_root=True,
        must_be_recording=True,
        referenced_files=referenced_files,
    )


def _hold_found(found: Recording | SkippedFile) -> None:
    assert found.source
    if isinstance(found, Recording):
        # Whatever is found is at hand: no content leads to a file of this machine.
        assert not any(isinstance(part, Path) for part in (found.response, found.request, found.sidecar))
        assert found.response is not None
    hold_results(checker(), found)


def _summaries(found: Iterable[Recording | SkippedFile]) -> list[tuple[str, Content | str]]:
    return [(f.source, f.why if isinstance(f, SkippedFile) else _kind(f.response)) for f in found]


def _kind(content: Content) -> Content | str:
    # Of an archive that is broken and too large, either may be met first; that it cannot be had may not differ.
    return "unusable" if isinstance(content, UnreadableContent) else content


def of(*make: Callable[[], bytes], examples: Iterable[str] = ()) -> Callable[[], Iterator[bytes]]:
    """Return seeds: generated recordings, and the examples with these names."""

    def seeds() -> Iterator[bytes]:
        yield from (made() for made in make)
        yield from ((RECORDINGS / name).read_bytes() for name in examples)

    return seeds


def short_tar(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a tar archive without the zeros that fill its last record up: two blocks of them are its end."""
    archive = tarred(members)
    whole = -(-len(archive.rstrip(b"\0")) // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
    return archive[: whole + 2 * tarfile.BLOCKSIZE]


HAR = of(lambda: har(CALLS), lambda: har(CALLS, as_base64=True), examples=["browser.har"])
VCRPY = of(
    lambda: vcrpy(CALLS),
    lambda: vcrpy(CALLS, packed=True),
    lambda: (
        b"interactions:\n- &a\n  request: {body: x}\n  response: {status_code: 200, content: !!binary PGE+}\n- *a\n- <<: *a\n"
    ),
    lambda: b'{"interactions": [{"request": {"body": "a"}, "response": {"body": {"string": "<a/>"}}}]}',
    examples=["vcrpy.yaml"],
)
RUBY = of(
    lambda: ruby_vcr(CALLS),
    lambda: ruby_vcr(CALLS, as_base64=True),
    lambda: (
        b"---\nhttp_interactions:\n- request: !ruby/object:A {}\n  response: {body: {base64_string: YQ==}}\n"
    ),
    examples=["ruby-vcr.yml"],
)
JOURNAL = of(
    lambda: journal(CALLS),
    lambda: journal(CALLS, as_base64=True),
    lambda: (
        b'{"request": {"body": ""}, "responseDefinition": {}, "response": {"status": "200", "headers": {"Content-Encoding": ["gzip"]}}}'
    ),
    examples=["wiremock-journal.json"],
)
MAPPINGS = of(
    lambda: mappings(CALLS),
    lambda: mappings(CALLS, as_base64=True),
    lambda: b'{"request": {"bodyPatterns": [{"equalTo": "x"}]}, "response": {"bodyFileName": "a"}}',
    lambda: b'{"mappings": [{"response": {"bodyFileName": "../x"}}, {"response": {"bodyFileName": "b"}}]}',
    examples=["wiremock/mappings/session.json"],
)
LINES = of(
    lambda: json_lines(CALLS),
    lambda: (
        b'{"id": 1.5, "response": "<a/>", "context": {"role": "host", "outcome": "failure"}}\n\n{"response": null}\n{'
    ),
    examples=["log.jsonl"],
)
HTTP = of(
    lambda: raw_http(CALLS[0]),
    lambda: raw_http(Call(gzip.compress(SMALL)), b"Content-Encoding: gzip\r\n"),
    lambda: raw_http(Call(zlib.compress(SMALL)), b"Content-Encoding: deflate\r\n"),
    lambda: raw_http(Call(b"1\r\n<\r\n2;x=y\r\na>\r\n0\r\n\r\n"), b"Transfer-Encoding: chunked\r\n"),
    lambda: b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<a/>",
    examples=["curl.response.http"],
)
ZIP = of(
    lambda: zipped(MEMBERS),
    lambda: zipped([("a.zip", zipped([("b.zip", zipped([("c.xml", b"<message/>")]))]))]),
    lambda: zipped(
        [("mappings/a.json", b'{"request": {}, "response": {"bodyFileName": "a"}}'), ("__files/a", b"<a/>")]
    ),
    lambda: zipped([("a.xml", b"<a>" + bytes(60_000))]),
)
GZIP = of(
    lambda: gzip.compress(SMALL, mtime=0),
    lambda: gzip.compress(gzip.compress(b"<message/>", mtime=0), mtime=0) + gzip.compress(b"x", mtime=0),
    lambda: gzip.compress(short_tar(MEMBERS[:2]), mtime=0),
    lambda: gzip.compress(bytes(600_000), mtime=0),
    lambda: short_tar(MEMBERS[:2]),
    lambda: json_lines(CALLS),
    lambda: SMALL,
    examples=["night.tar.gz"],
)


def tars() -> Iterator[bytes]:
    """Tar archives with members of every type, in the dialects that there are."""
    yield short_tar(MEMBERS[:3])
    yield short_tar(
        [("mappings/a.json", b'{"request": {}, "response": {"bodyFileName": "a"}}'), ("__files/a", b"<a/>")]
    )
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE):
        info = tarfile.TarInfo("a.xml")
        info.type, info.linkname = kind, "/etc/passwd"
        yield info.tobuf() + bytes(1024)
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        info = tarfile.TarInfo("d/" * 45 + "é" * 30 + ".xml")
        info.size = 4
        yield info.tobuf(form) + b"<a/>" + bytes(508 + 1024)
