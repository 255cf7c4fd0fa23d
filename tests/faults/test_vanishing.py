"""Recordings that change while they are read: between being found and being read, and while a folder is gone through."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from support.command import whosees
from support.traffic import ASKED, CALLS, DOCUMENTS, GOOD, tar_gz, zipped
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import find_recordings
from whosees.engine.result import ResponseResult

GONE = "it cannot be read: no such file or directory"
MEMBERS = [("one.response.xml", GOOD), ("two.response.xml", GOOD)]


def results(folder: Path, change: Callable[[], object]) -> dict[str, str]:
    """Judge a folder that changes after its first recording was found; gives what each source comes to."""
    found = find_recordings([str(folder)])
    checker = Checker(Settings())
    first = next(found)
    change()
    came = [result for recording in [first, *found] for result in checker.check(recording)]
    return {os.path.relpath(result.source, folder): outline(result) for result in came}


def outline(result: ResponseResult | Skipped) -> str:
    if isinstance(result, Skipped):
        return f"skipped: {result.why}"
    return f"{result.reason}: {result.detail}" if result.reason else str(result.outcome)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.xml").write_bytes(GOOD)
    return tmp_path


FILES = {
    "b.xml": GOOD,
    "b.response.http": b"HTTP/1.1 200 OK\r\n\r\n" + GOOD,
    "b.zip": zipped(MEMBERS),
    "b.tar.gz": tar_gz(MEMBERS),
    "b.xml.gz": gzip.compress(GOOD),
    **{f"b.{name}": pack(CALLS) for name, pack in DOCUMENTS.items()},
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_vanishes_is_told_of(folder: Path, name: str) -> None:
    """Whatever its name: what it held is not known, so the run is not complete."""
    (folder / name).write_bytes(FILES[name])
    came = results(folder, (folder / name).unlink)
    assert came == {"a.xml": "conformant", name: f"unreadable: {GONE}"}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_cut_short_is_told_of(folder: Path, name: str) -> None:
    content = FILES[name]
    (folder / name).write_bytes(content)
    came = results(folder, lambda: (folder / name).write_bytes(content[: len(content) // 2]))
    assert came.pop("a.xml") == "conformant"
    assert any(said.startswith(("unreadable: ", "not-xml: ")) for said in came.values()), came


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_told_of(folder: Path, name: str) -> None:
    """The memory of a process is a file that gives an error of input and output at its first byte."""
    if not os.path.exists("/proc/self/mem"):
        pytest.skip("there is no /proc/self/mem, which fails as a broken disk does")
    (folder / name).symlink_to("/proc/self/mem")
    (said,) = [said for source, said in results(folder, lambda: None).items() if source == name]
    assert said == "unreadable: it cannot be read: input/output error"
    run = whosees("check", ".", cwd=folder)
    assert (run.code, name in run.out) == (3, True)


@pytest.mark.parametrize(
    ("name", "content"), [("b.request.xml", ASKED), ("b.context.toml", b'caller = "anonymous"\n')]
)
def test_a_companion_that_vanishes_makes_its_response_unchecked(
    folder: Path, name: str, content: bytes
) -> None:
    (folder / "b.response.xml").write_bytes(GOOD)
    (folder / name).write_bytes(content)
    came = results(folder, (folder / name).unlink)
    kind = "request" if "request" in name else "sidecar"
    assert came == {"a.xml": "conformant", "b.response.xml": f"unreadable: its {kind} `{name}`: {GONE}"}


def test_a_companion_is_read_with_its_response(folder: Path) -> None:
    (folder / "a.xml").rename(folder / "a.response.xml")
    (folder / "a.request.xml").write_bytes(ASKED)
    assert results(folder, (folder / "a.request.xml").unlink) == {"a.response.xml": "conformant"}


def test_a_folder_that_vanishes_is_told_of(folder: Path) -> None:
    (folder / "b").mkdir()
    (folder / "b" / "c.xml").write_bytes(GOOD)
    came = results(folder, lambda: shutil.rmtree(folder / "b"))
    assert came == {
        "a.xml": "conformant",
        "b": "unreadable: the folder cannot be read: no such file or directory",
    }


def test_a_file_that_becomes_a_folder_is_told_of(folder: Path) -> None:
    (folder / "b.xml").write_bytes(GOOD)

    def change() -> None:
        (folder / "b.xml").unlink()
        (folder / "b.xml").mkdir()

    assert results(folder, change)["b.xml"] == "unreadable: it is a folder"


def test_a_link_that_leads_nowhere_is_passed_over_unless_it_is_to_be_a_recording(folder: Path) -> None:
    (folder / "notes").symlink_to("nowhere")
    (folder / "b.xml").symlink_to("nowhere")
    assert results(folder, lambda: None) == {
        "a.xml": "conformant",
        "b.xml": f"unreadable: {GONE}",
        "notes": "skipped: not a recording: link to a file that does not exist",
    }
