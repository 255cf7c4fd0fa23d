"""Batches: another process reads what this one would have found, in the same order."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.traffic import ARCHIVES, ASKED, CALLS, DOCUMENTS, GOOD, json_lines, mappings, raw_http
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import (
    Batch,
    Discovered,
    Recording,
    SkippedFile,
    find_batches,
    find_recordings,
    read_all,
)
from whosees.checker.recordings.discovery import walk as finding
from whosees.checker.recordings.discovery.single_file import FileBatch
from whosees.checker.recordings.formats import json_lines as reading_lines
from whosees.checker.recordings.formats.json_lines import LineBatch

LINE = json_lines(CALLS[:1])
SIDECAR = b'role = "host"\n'


def sent(entries: Iterator[Discovered | Batch]) -> Iterator[Discovered | Batch]:
    """Send entries to another process and back, as far as that changes anything."""
    return iter(pickle.loads(pickle.dumps(list(entries))))  # noqa: S301 - our own, pickled here


def alike(path: Path, limits: Limits | None = None) -> list[Discovered]:
    """Find what a path names both ways, which have to be the same; gives it."""
    found = list(find_recordings([str(path)], limits))
    assert list(read_all(sent(find_batches([str(path)], limits)))) == found
    return found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches small, so that there are many of few recordings."""
    monkeypatch.setattr(finding, "BATCH_SIZE", 3)
    monkeypatch.setattr(reading_lines, "BATCH_BYTES", 60)


@pytest.mark.usefixtures("small")
def test_a_folder_of_everything_holds_the_same_in_batches(tmp_path: Path) -> None:
    for number in range(10):
        (tmp_path / f"{number}.response.xml").write_bytes(GOOD)
        (tmp_path / f"{number}.request.xml").write_bytes(ASKED)
    (tmp_path / "5.context.toml").write_bytes(SIDECAR)
    (tmp_path / "4.other.request.xml").write_bytes(ASKED)
    for name, pack in DOCUMENTS.items():
        (tmp_path / f"3.{name}").write_bytes(pack(CALLS))
        (tmp_path / f"6.{name}.xml").write_bytes(pack(CALLS))
    for name, archive in ARCHIVES.items():
        (tmp_path / f"7.{name}").write_bytes(archive([("a.response.xml", GOOD), ("b", json_lines(CALLS))]))
    (tmp_path / "8.http").write_bytes(raw_http(CALLS[0]))
    (tmp_path / "empty.xml").touch()
    (tmp_path / "large.xml").write_bytes(GOOD + b" " * 70_000)
    (tmp_path / "gone.xml").symlink_to("nowhere")
    (tmp_path / "link.xml").symlink_to("1.response.xml")
    (tmp_path / "loop.xml").symlink_to("loop.xml")
    os.mkfifo(tmp_path / "pipe.xml")
    os.mkfifo(tmp_path / "2.context.toml")
    (tmp_path / "4").mkdir()
    (tmp_path / "4" / "a.xml").write_bytes(GOOD)
    for place, content in (("mappings", mappings(CALLS)), ("__files", GOOD)):
        (tmp_path / "stubs" / place).mkdir(parents=True)
        (tmp_path / "stubs" / place / "a.json").write_bytes(content)
    found = alike(tmp_path)
    batches = [entry for entry in find_batches([str(tmp_path)]) if isinstance(entry, FileBatch)]
    assert sum(map(len, batches)) > 10
    assert all(len(batch) <= 3 for batch in batches)
    assert any(isinstance(entry, SkippedFile) for entry in found)


def test_a_batch_has_no_file_that_opening_does_something_to(tmp_path: Path) -> None:
    """Whoever writes to a pipe would see it opened and closed."""
    os.mkfifo(tmp_path / "a.xml")
    (tmp_path / "b.response.xml").write_bytes(GOOD)
    os.mkfifo(tmp_path / "b.request.xml")
    assert [type(entry) for entry in find_batches([str(tmp_path)])] == [Recording, Recording]


lines = st.lists(
    st.sampled_from(
        [LINE, b"\n", b"  \r\n", b"{}\n", b"no JSON\n", b"\xef\xbb\xbf" + LINE, b"x" * 100 + b"\n"]
    ),
    max_size=12,
)


@pytest.mark.usefixtures("small")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines, st.booleans(), st.sampled_from([50, 99, 100, 101, 10_000]))
def test_lines_are_the_same_in_batches_of_any_size(
    tmp_path: Path, contents: list[bytes], ends: bool, size: int
) -> None:
    """Shorter or longer than a batch, or than a line may be; empty, broken, and without an end."""
    text = LINE + b"".join(contents)
    (tmp_path / "log").write_bytes(text if ends else text.removesuffix(b"\n"))
    limits = Limits(size=size)
    found = alike(tmp_path / "log", limits)
    every = list(_single(find_batches([str(tmp_path / "log")], limits)))
    assert [recording for batch in every for recording in read_all([batch])] == found


def _single(entries: Iterator[Discovered | Batch]) -> Iterator[Discovered | Batch]:
    """Halve batches until each is one line or one file."""
    for entry in entries:
        split = None if isinstance(entry, (Recording, SkippedFile)) else entry.split()
        if split is None:
            yield entry
            if not isinstance(entry, (Recording, SkippedFile)):
                assert len(list(entry.read())) <= 1
        else:
            yield from _single(iter(split))


def test_what_is_called_by_a_batch_is_its_first_recording(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(GOOD)
    (tmp_path / "b.jsonl").write_bytes(LINE * 3)
    files, lines = find_batches([str(tmp_path)])
    assert isinstance(files, FileBatch)
    assert isinstance(lines, LineBatch)
    assert [files.source, lines.source] == [f"{tmp_path}/a.xml", f"{tmp_path}/b.jsonl:1"]
    split = lines.split()
    assert split is not None
    assert [half.source for half in split] == [f"{tmp_path}/b.jsonl:{number}" for number in (1, 3)]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (
            lambda path: path.write_bytes(LINE),
            "the file was truncated while it was read; the rest was not judged",
        ),
        (lambda path: path.unlink(), "it cannot be read: no such file or directory"),
    ],
)
def test_a_file_that_changes_before_its_lines_are_read_is_told_of(
    tmp_path: Path, change: object, detail: str
) -> None:
    path = tmp_path / "log"
    path.write_bytes(LINE * 3)
    (batch,) = find_batches([str(path)])
    assert isinstance(batch, LineBatch)
    assert callable(change)
    change(path)
    (recording,) = batch.read()
    assert isinstance(recording, Recording)
    assert recording.source == f"{path}:1"
    assert getattr(recording.response, "detail", None) == detail
    assert batch.split() is None


def test_the_state_of_a_batch_names_no_content(tmp_path: Path) -> None:
    (tmp_path / "a.response.xml").write_bytes(GOOD)
    (tmp_path / "a.request.xml").write_bytes(ASKED)
    (batch,) = find_batches([str(tmp_path)])
    (recording,) = read_all([batch])
    assert isinstance(recording, Recording)
    assert repr(recording.request) == f"<{len(ASKED)} bytes>"
