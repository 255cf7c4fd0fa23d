"""Output that cannot be written: full, closed, gone, out of bounds; and what stands there already."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import ClassVar

import pytest

from faults.conftest import FULL, Room, needs_full
from support.command import whosees
from whosees.checker.core.atomic_files import TEMPORARY_PREFIX, atomic_write, write_together

COMMANDS: dict[str, tuple[str, ...]] = {
    "help": ("--help",),
    "version": ("--version",),
    "help of a command": ("check", "--help"),
    "check": ("check", "recordings"),
    "check as JSON": ("check", "recordings", "--format", "json"),
    "convert": ("convert", "saved.json", "--format", "html"),
    "expect": ("expect", "--service", "MC"),
    "explain": ("explain", "agenda", "recordings/00.xml"),
    "matrix": ("matrix",),
    "rules lint": ("rules", "lint"),
    "rules schema": ("rules", "schema"),
}
"""Everything that writes to standard output."""

WAYS = ("help of a command", "check", "check as JSON", "matrix")
"""Commands that write in each way: click's own text, a response after the other, and a whole report."""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("saved")
    Room(folder).run("check", "nothing", "--format", "json", "-o", "saved.json")
    return (folder / "saved.json").read_bytes()


@needs_full
@pytest.mark.parametrize("case", COMMANDS)
def test_standard_output_that_is_full_is_one_message_and_2(room: Room, saved: bytes, case: str) -> None:
    (room.folder / "saved.json").write_bytes(saved)
    with open(FULL, "wb") as full:
        code, _, err = room.run(*COMMANDS[case], stdout=full)
    assert (code, one_message(err)) == (2, "no space left on device")


@pytest.mark.parametrize("case", WAYS)
def test_standard_output_that_is_closed_is_one_message_and_2(room: Room, case: str) -> None:
    code, _, err = room.run(*COMMANDS[case], before="exec >&-")
    assert (code, one_message(err)) == (2, "bad file descriptor")


def one_message(err: bytes) -> str:
    """Return why standard output cannot be written, if that is the one message of a command."""
    (line,) = err.decode().splitlines()
    assert line.startswith("whosees: ")
    return line.partition(" cannot be written: ")[2]


@pytest.mark.parametrize("case", WAYS)
def test_a_reader_that_left_is_141_and_no_word(room: Room, case: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    code, _, err = room.run(*COMMANDS[case], stdout=writing)
    os.close(writing)
    assert (code, err) == (141, b"")


ENDS: dict[str, tuple[tuple[str, ...], int]] = {
    "violating": (("check", "recordings", "--progress"), 1),
    "unchecked": (("check", "nothing"), 3),
    "wrong usage": (("check", "recordings", "--sevice", "MC"), 2),
    "no element": (("explain", "nonsense"), 2),
}


@needs_full
@pytest.mark.parametrize("case", ENDS)
def test_messages_that_nobody_can_get_change_neither_report_nor_exit_code(room: Room, case: str) -> None:
    arguments, code = ENDS[case]
    as_it_is = room.run(*arguments)
    with open(FULL, "wb") as full:
        assert room.run(*arguments, stderr=full)[:2] == as_it_is[:2]
    if case != "no element":  # it ends as wrong usage does
        assert room.run(*arguments, before="exec 2>&-")[:2] == as_it_is[:2]
    assert as_it_is[0] == code


def test_standard_input_that_is_closed_is_unreadable(room: Room) -> None:
    code, out, _ = room.run("check", "-", before="exec <&-")
    assert (code, b"it cannot be read: bad file descriptor" in out) == (3, True)


WRITES: dict[str, tuple[str, ...]] = {
    "check -o": ("check", "recordings", "--format", "json", "-o", "old"),
    "check --report": ("check", "recordings", "-q", "--report", "html=old"),
    "convert": ("convert", "saved.json", "--format", "html", "-o", "old"),
    "matrix": ("matrix", "--format", "json", "-o", "old"),
    "rules schema": ("rules", "schema", "-o", "old"),
    "baseline": ("check", "recordings", "-q", "--baseline", "old", "--baseline-update"),
}
OLD = b"# as it was\nformat = 1\n"


@pytest.mark.parametrize("case", WRITES)
def test_a_full_disk_leaves_what_was_there_and_nothing_half(room: Room, saved: bytes, case: str) -> None:
    (room.folder / "saved.json").write_bytes(saved)
    (room.folder / "old").write_bytes(OLD)
    code, _, err = room.on_a_full_disk(*WRITES[case])
    assert code == 2, err
    assert b"whosees: `old` cannot be written: file too large" in err
    assert (room.folder / "old").read_bytes() == OLD
    assert room.names() == ["old", "saved.json"]


def test_a_new_rulebook_is_whole_or_not_there(room: Room) -> None:
    code, _, err = room.on_a_full_disk("rules", "new", "mine")
    assert (code, err) == (2, b"whosees: `mine` cannot be written to: file too large\n")
    assert list((room.folder / "mine").iterdir()) == []


PLACES = {
    "a folder that is not there": "no/where",
    "below a file": "recordings/00.xml/x",
    "where nobody may write": "/proc/x",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("case", ["check -o", "check --report", "rules schema"])
def test_a_place_that_cannot_be_written_to_is_named(room: Room, case: str, place: str) -> None:
    arguments = [word.replace("old", PLACES[place]) for word in WRITES[case]]
    done = whosees(*arguments, cwd=room.folder)
    assert (done.code, f"{PLACES[place]}`" in done.err) == (2, True), done.err
    assert room.names() == []


def test_links_and_names_of_streams_stay(room: Room) -> None:
    """A report takes the place of the file that a link leads to; /dev/stdout is no file to be replaced."""
    (room.folder / "real").write_bytes(OLD)
    (room.folder / "link").symlink_to("real")
    assert room.run("matrix", "-o", "link")[0] == 0
    assert (room.folder / "link").is_symlink()
    assert (room.folder / "real").read_bytes().startswith(b"row  element ")
    before = os.lstat("/dev/stdout").st_ino
    with open(room.folder / "out", "wb") as out:
        assert room.run("matrix", "-o", "/dev/stdout", stdout=out)[0] == 0
    assert (room.folder / "out").read_bytes() == (room.folder / "real").read_bytes()
    assert os.lstat("/dev/stdout").st_ino == before
    assert not [name for name in os.listdir("/dev") if name.startswith(TEMPORARY_PREFIX)]


def test_a_pipe_whose_reader_leaves_is_said(room: Room) -> None:
    os.mkfifo(room.folder / "pipe")
    process = room.start("check", "recordings", "--format", "html", "-o", "pipe")
    with open(room.folder / "pipe", "rb"):
        pass  # opened, so that the command can begin, and left
    _, err = process.communicate()
    assert (process.returncode, err) == (
        2,
        b"whosees: `pipe` cannot be written: broken pipe\n",
    )


def test_a_whole_file_has_the_usual_permissions(tmp_path: Path) -> None:
    with atomic_write(str(tmp_path / "new")) as stream:
        stream.write("x")
    (tmp_path / "usual").touch()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == stat.S_IMODE(
        (tmp_path / "usual").stat().st_mode
    )


class TestTogether:
    """Files that belong together come into being all at once, or none of them is new."""

    CONTENTS: ClassVar = {"a": b"1", "b": b"2", "c": b"3"}

    def write(self, folder: Path) -> None:
        write_together({folder / name: content for name, content in self.CONTENTS.items()})

    def there(self, folder: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    def test_all_are_written(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(b"old")
        self.write(tmp_path)
        assert self.there(tmp_path) == self.CONTENTS

    @pytest.mark.parametrize("fails", [1, 2, 3])
    def test_none_is_new_where_one_cannot_be_opened(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: int
    ) -> None:
        import whosees.checker.core.atomic_files as module

        begin, begun = module._create_temporary, []

        def failing(place: str) -> tuple[int, str]:
            begun.append(place)
            if len(begun) == fails:
                raise OSError(28, "No space left on device")
            return begin(place)

        (tmp_path / "b").write_bytes(b"old")
        monkeypatch.setattr(module, "_create_temporary", failing)
        with pytest.raises(OSError, match="No space left"):
            self.write(tmp_path)
        assert self.there(tmp_path) == {"b": b"old"}

    @pytest.mark.parametrize("fails", [1, 2, 3])
    def test_no_part_of_them_stays_where_one_cannot_take_its_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: int
    ) -> None:
        replace, replaced = os.replace, []

        def failing(source: str, target: Path) -> None:
            replaced.append(target)
            if len(replaced) == fails:
                raise OSError(5, "Input/output error")
            replace(source, target)

        monkeypatch.setattr(os, "replace", failing)
        with pytest.raises(OSError, match="Input/output"):
            self.write(tmp_path)
        assert self.there(tmp_path) == {}


def test_a_report_in_the_making_is_no_recording(room: Room) -> None:
    """`check . -o out.json` finds its own unfinished report in the folder."""
    (room.folder / f"{TEMPORARY_PREFIX}x.xml").write_bytes(b"x")
    code, out, _ = room.run("check", ".", "-o", "out.json", "--format", "json")
    again = room.run("check", "recordings", "--format", "json")[1]
    assert code == 1
    assert b"whosees-x" not in (room.folder / "out.json").read_bytes() + out + again
