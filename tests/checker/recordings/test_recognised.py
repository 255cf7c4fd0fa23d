"""Recordings and the files that are passed over, and how far each is read."""

from __future__ import annotations

import gzip
import os
import pickle
import subprocess
from pathlib import Path

from support.command import COMMAND, whosees
from support.traffic import (
    ASKED,
    CALLS,
    GOOD,
    LEAKING,
    OTHER_RESPONSE,
    PAGE,
    har,
    json_lines,
    judged,
    only,
    outcomes,
    zipped,
)
from whosees.checker.batch.pool import CHUNK, CHUNK_BYTES, _next_chunk
from whosees.checker.core.errors import Reason
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import Recording, SkippedFile, UnreadableContent, find_recordings
from whosees.checker.recordings.base import Source
from whosees.checker.recordings.containers.streams import OneShotByteSource
from whosees.checker.recordings.containers.unpack_budget import UnpackBudget
from whosees.checker.recordings.registry import read_content

PASSED_OVER = {
    "README.md": b"# interactions\n\nA text with `interactions:` in it\ninteractions:\n",
    "index.html": PAGE,
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "package.json": b'{"name": "x", "version": "1.0.0"}',
    "broken.json": b'{"name": "x", ',
    "app.log": b'{"level": "info", "request": {"id": 1}}\n{"level": "info"}\n',
    "list.json": b"[1, 2]",
    "other.yaml": b"on: push\njobs: {}\n",
    "random.bin": bytes(range(256)) * 8,
    "nothing": b"",
    "notes.gz": gzip.compress(b"notes"),
    "book.docx": zipped([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]),
}


def test_what_is_no_recording_is_passed_over_in_a_folder(tmp_path: Path) -> None:
    """Only the XML inside a document is counted: it might have been a message."""
    for name, content in PASSED_OVER.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "pipe").symlink_to("/dev/zero")
    assert outcomes(judged(tmp_path), tmp_path) == []
    assert "nothing to check: no response was found" in whosees("check", tmp_path).out


def test_an_xml_file_counts_whatever_it_holds(tmp_path: Path) -> None:
    for name, content in PASSED_OVER.items():
        (tmp_path / f"{name}.xml").write_bytes(content)
    results = judged(tmp_path)
    assert len(results) == len(PASSED_OVER)
    assert {result.outcome for result in results if not hasattr(result, "why")} == {"unchecked"}


def test_a_message_is_known_without_the_name_of_one(tmp_path: Path) -> None:
    (tmp_path / "answer").write_bytes(GOOD)
    (tmp_path / "wide").write_bytes(
        b"<?xml version='1.0' encoding='utf-16'?>".decode().encode("utf-16")
        + GOOD.decode().encode("utf-16-le")
    )
    (tmp_path / "zz").write_bytes(OTHER_RESPONSE)
    (tmp_path / "page.gz").write_bytes(gzip.compress(LEAKING))
    assert outcomes(judged(tmp_path), tmp_path) == [
        ("answer", "conformant"),
        ("page.gz", "violating"),
        ("wide", "conformant"),
        ("zz", "skipped"),
    ]


def test_xml_in_an_archive_counts_if_the_archive_was_named(tmp_path: Path) -> None:
    members = [("a.xml", b"<x/>"), ("b.response.xml", b"<x/>"), ("c.xml", LEAKING), ("d.request.xml", ASKED)]
    (tmp_path / "a.zip").write_bytes(zipped(members))
    rest = [
        ("a.zip!b.response.xml", "not-a-message"),
        ("a.zip!c.xml", "violating"),
        ("a.zip!d.request.xml", "skipped"),
    ]
    assert outcomes(judged(tmp_path / "a.zip"), tmp_path) == [("a.zip!a.xml", "not-a-message"), *rest]
    assert outcomes(judged(tmp_path), tmp_path) == rest


def test_a_pipe_that_is_named_is_read() -> None:
    run = whosees("check", "/dev/stdin", "--format", "json", stdin=har(CALLS[:2]))
    assert [r["outcome"] for r in run.json["responses"]] == ["conformant", "violating"]


def test_what_is_there_and_is_no_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder.xml").mkdir()
    (tmp_path / "link.xml").symlink_to(tmp_path / "folder.xml")
    (tmp_path / "gone.xml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "zero.xml").symlink_to("/dev/zero")
    details = [getattr(result, "detail", None) for result in judged(tmp_path)]
    assert details == [
        "it cannot be read: no such file or directory",
        "it is a folder",
        "it is not a regular file",
    ]


def test_a_folder_named_like_a_request_of_its_own_is_harmless(tmp_path: Path) -> None:
    (tmp_path / "a.request.xml").mkdir()
    (tmp_path / "a.response.xml").write_bytes(GOOD)
    assert only(judged(tmp_path)).reason == "unreadable"


def test_recordings_can_be_sent_to_another_process(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(har(CALLS))
    found = list(find_recordings([str(tmp_path / "a")]))
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own, pickled here
    assert all(isinstance(entry, Recording) and not entry.explicit for entry in found)


class Endless:
    """A stream that never ends, and fails the test where far more of it is read than is asked for."""

    def __init__(self, content: bytes, allowed: int) -> None:
        self.content, self.left, self.position = content, allowed, 0

    def read(self, size: int) -> bytes:
        self.left -= size
        assert self.left > 0, "read on without being asked"
        start = self.position % len(self.content)
        self.position += size
        return (self.content[start:] + self.content * (size // len(self.content) + 1))[:size]


def test_a_log_is_read_no_further_than_it_is_asked_for() -> None:
    """So memory stays flat however long it is."""
    limits = Limits()
    origin = OneShotByteSource(Endless(json_lines(CALLS[:1]), 1 << 20))  # type: ignore[arg-type]  # it reads, no more is asked
    found = read_content(origin, Source("log", limits, UnpackBudget(limits)))
    assert [next(found).source for _ in range(100)] == [f"log:{number}" for number in range(1, 101)]


def test_explain_takes_a_response_from_any_format(tmp_path: Path) -> None:
    (tmp_path / "run.har").write_bytes(har(CALLS[1:4]))
    run = whosees("explain", "accessControl/sessionPassword", tmp_path / "run.har", "--format", "json")
    (match,) = run.json["matches"]
    assert (run.code, run.err, match["observed"]["present"]) == (0, "", True)


def test_what_recordings_hold_at_hand_is_known() -> None:
    """Chunks for other processes are filled by it."""
    assert Recording("a", b"12", b"3", None).size_in_memory == 3
    assert Recording("a", Path("x"), UnreadableContent(Reason.UNREADABLE, ""), b"4").size_in_memory == 1
    assert not SkippedFile("a", "b").unreadable


def test_what_waits_for_other_processes_is_bounded_in_bytes() -> None:
    """Recordings at hand fill a chunk by their size, files on disk by their number."""
    large = [Recording(str(number), bytes(CHUNK_BYTES // 2)) for number in range(5)]
    waiting = iter(large)
    assert [len(_next_chunk(waiting)) for _ in range(4)] == [2, 2, 1, 0]
    files = iter([Recording(str(number), Path("x")) for number in range(CHUNK + 1)])
    assert [len(_next_chunk(files)) for _ in range(3)] == [CHUNK, 1, 0]


def test_waiting_for_a_named_pipe_is_announced(tmp_path: Path) -> None:
    """Nothing comes out of it until another program writes to it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [COMMAND, "check", pipe, "--no-config", "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    waiting = f"whosees: waiting for a program to write to the named pipe `{pipe}`\n"
    assert process.stderr.readline() == waiting.encode()
    pipe.write_bytes(har(CALLS[1:2]))
    out, err = process.communicate()
    assert (process.returncode, err) == (1, b"")
    assert f"{pipe}#entry-0: violating".encode() in out
