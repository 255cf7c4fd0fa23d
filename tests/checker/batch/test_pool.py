"""Several processes: the same results in the same order, and none lost with a process."""

from __future__ import annotations

import multiprocessing
import os
import select
import subprocess
from collections.abc import Collection, Iterable
from pathlib import Path

import pytest

from support.command import COMMAND
from support.judging import RULEBOOK
from support.messages import response
from support.traffic import Call, json_lines
from whosees.checker.batch.pool import CHUNK, check_all, check_each
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Result, Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording, SkippedFile, find_batches, find_recordings

GOOD = response("MC", [row.path for row in RULEBOOK.rows if row.cells["MC"] == "always"])


def test_strays_and_recordings_come_in_their_order() -> None:
    recordings: list[Recording | SkippedFile] = []
    for number in range(3 * CHUNK):
        name = f"{number:03}"
        recordings.append(
            SkippedFile(name, "lonely", unreadable=number % 2 == 0)
            if number % 5 == 0
            else Recording(name, GOOD)
        )
    one = list(check_all(Settings(), recordings, 1))
    two = list(check_all(Settings(), recordings, 2))
    assert one == two
    assert [result.source for result in one] == [recording.source for recording in recordings]
    assert sum(isinstance(result, Skipped) for result in one) == len(range(5, 3 * CHUNK, 10))


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_results_of_each_recording_can_be_told_apart(jobs: int) -> None:
    body = GOOD.partition(b"<serv:body>")[2].partition(b"</serv:body>")[0]
    two_bodies = GOOD.replace(body, body * 2)
    few: list[Recording | SkippedFile] = [
        Recording("two", two_bodies),
        SkippedFile("stray", "lonely"),
        Recording("one", GOOD),
    ]
    recordings = few * CHUNK
    each = list(check_each(Settings(), recordings, jobs))
    assert [[result.source for result in results] for results in each] == [
        ["two", "two"],
        ["stray"],
        ["one"],
    ] * CHUNK
    assert [result for results in each for result in results] == list(check_all(Settings(), recordings, jobs))


planted = pytest.mark.skipif(
    multiprocessing.get_start_method() != "fork",
    reason="the fault is planted before the processes are forked",
)


def plant(monkeypatch: pytest.MonkeyPatch, deadly: Collection[str], died: Path) -> None:
    """Make recordings of these names end the process that judges them, unless it is this one; the file then says that one did."""
    check, parent = Checker.check, os.getpid()

    def ends(self: Checker, recording: Recording | SkippedFile) -> Iterable[Result]:
        if recording.source in deadly and os.getpid() != parent:
            died.touch()
            os._exit(1)
        return check(self, recording)

    monkeypatch.setattr(Checker, "check", ends)


@planted
def test_a_recording_that_ends_its_process_is_unchecked_and_the_rest_is_judged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plant(monkeypatch, {"deadly"}, tmp_path / "died")
    recordings = [Recording("deadly" if number == 40 else str(number), GOOD) for number in range(2 * CHUNK)]
    results = list(check_all(Settings(), recordings, 2))
    assert (tmp_path / "died").exists()
    assert [result.source for result in results] == [recording.source for recording in recordings]
    unchecked = [result for result in results if not isinstance(result, Skipped) and result.reason]
    assert [(result.source, result.reason, result.detail) for result in unchecked] == [
        ("deadly", "unreadable", "judging it ended the worker process; is memory short?")
    ]


@pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="the end of another's process is waited for as Linux does"
)
def test_workers_end_with_a_run_that_is_killed(tmp_path: Path) -> None:
    """The last path is a pipe: the run stands there, with its workers, until it is killed."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "log").write_bytes(json_lines([Call(GOOD)] * CHUNK * 12))
    process = subprocess.Popen(
        [COMMAND, "check", "log", "pipe", "--jobs", "2", "--quiet"], cwd=tmp_path, stdout=subprocess.DEVNULL
    )
    with (tmp_path / "pipe").open("wb"):  # opens when the run has come to it
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        workers = [os.pidfd_open(int(child)) for child in children]
        assert len(workers) == 2
        process.kill()
        process.wait()
        for worker in workers:
            assert select.select([worker], [], [], 60)[0] == [worker]
            os.close(worker)


@planted
def test_a_file_that_ends_its_process_is_unchecked_and_the_rest_of_its_lot_is_judged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    died = tmp_path_factory.mktemp("fault") / "died"
    for number in range(5):
        (tmp_path / f"{number}.xml").write_bytes(GOOD)
    (tmp_path / "5.jsonl").write_bytes(json_lines([Call(GOOD)] * 5))
    deadly = {f"{tmp_path}/3.xml", f"{tmp_path}/5.jsonl:2"}
    plant(monkeypatch, deadly, died)
    results = list(check_all(Settings(), find_batches([str(tmp_path)]), 2))
    assert died.exists()
    assert [result.source for result in results] == [
        recording.source for recording in find_recordings([str(tmp_path)])
    ]
    assert {result.source for result in results if getattr(result, "reason", None)} == deadly


def test_a_message_by_name_that_holds_many_is_read_here(tmp_path: Path) -> None:
    """A worker would have to hold what all of them come to."""
    (tmp_path / "a.xml").write_bytes(GOOD)
    (tmp_path / "b.xml").write_bytes(json_lines([Call(GOOD)] * 3))
    (tmp_path / "c.xml").write_bytes(b"")
    one = list(check_all(Settings(), find_recordings([str(tmp_path)]), 1))
    assert list(check_all(Settings(), find_batches([str(tmp_path)]), 2)) == one
    assert [result.source.rpartition("/")[2] for result in one] == [
        "a.xml",
        "b.xml:1",
        "b.xml:2",
        "b.xml:3",
        "c.xml",
    ]
