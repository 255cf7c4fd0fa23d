"""Being ended from outside: an interrupt, a termination, a worker that is killed, a parent that is."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
from pathlib import Path

import pytest

from faults.conftest import Room
from support.practice import EXAMPLE
from support.servers import RawServer
from support.traffic import LEAKING
from support.waiting import read_from, until_it_waits
from whosees.checker.core import signals

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
TOLD = b"whosees: interrupted; the report covers what was judged until then\n"
PARTIAL = b"whosees: the json report `out.json` is incomplete; it was written to `out.json.partial`\n"


@pytest.mark.parametrize("number", SIGNALS)
def test_a_run_that_is_ended_reports_what_was_judged_and_leaves_nothing_half(
    room: Room, number: signal.Signals
) -> None:
    (room.folder / "base.toml").write_bytes(b"format = 1\n")
    with room.start(
        *("check", "recordings/00.xml", "-", "--format", "text", "--report", "json=out.json"),
        *("--baseline", "base.toml", "--baseline-update"),
        stdin=-1,
        environment={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"recordings/00.xml: violating\n"
        until_it_waits(process)  # for its input
        process.send_signal(number)
        err = process.stderr.read()
    assert (process.returncode, err) == (SIGNALS[number], TOLD + PARTIAL)
    assert json.loads((room.folder / "out.json.partial").read_bytes())["summary"]["responses"] == 1
    assert (room.folder / "base.toml").read_bytes() == b"format = 1\n", (
        "a run that was broken off changes no baseline"
    )
    assert room.names() == ["base.toml", "out.json.partial"]


@pytest.mark.parametrize("number", SIGNALS)
def test_a_command_that_is_ended_before_it_wrote_leaves_the_old_file(
    room: Room, number: signal.Signals
) -> None:
    (room.folder / "old").write_bytes(b"old")
    os.mkfifo(room.folder / "saved.json")
    with room.start("convert", "saved.json", "-o", "old") as process:
        # Opening it waits for the command to open it too: it then waits for what is never written.
        with open(room.folder / "saved.json", "wb"):
            until_it_waits(process)
            process.send_signal(number)
            process.wait()
        assert process.stderr is not None
        assert (process.returncode, process.stderr.read()) == (SIGNALS[number], b"\nwhosees: interrupted\n")
    assert (room.folder / "old").read_bytes() == b"old"
    assert room.names() == ["old", "saved.json"]


@pytest.mark.parametrize("number", SIGNALS)
def test_a_live_run_that_is_ended_reports_what_came_back(room: Room, number: signal.Signals) -> None:
    asked: list[bytes] = []
    reading, writing = os.pipe()

    def reply(request: bytes) -> bytes | None:
        asked.append(request)
        if len(asked) == 1:
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
                len(LEAKING),
                LEAKING,
            )
        os.write(writing, b".")
        return None  # held open: the run waits for it

    server = RawServer(reply)
    try:
        with room.start(
            *(
                "live",
                "--plan",
                str(EXAMPLE),
                "--url",
                server.url(),
                "--concurrency",
                "1",
                "--record",
                "kept",
            ),
            *("-o", "out.json", "--format", "json"),
        ) as process:
            read_from(reading, process)
            process.send_signal(number)
            assert process.stderr is not None
            err = process.stderr.read()
        assert (process.returncode, TOLD + PARTIAL in err) == (SIGNALS[number], True), err
        report = json.loads((room.folder / "out.json.partial").read_bytes())
        assert len(report["responses"]) == 1
        assert report["summary"]["interrupted"] is True
        assert not (room.folder / "out.json").exists()
        kept = [path for path in (room.folder / "kept").rglob("*") if path.is_file()]
        assert len(kept) == 3
    finally:
        server.close()
        os.close(reading)
        os.close(writing)


WAITING = '''
"""The first worker that comes to a recording says so, and waits: it is told apart by a file that is there only once."""
import os
import sys

FOLDER = {folder!r}

if sys.argv[0].endswith("whosees"):
    from whosees.checker.checking.checker import Checker

    check, parent = Checker.check, os.getpid()

    def waiting(self, recording):
        if recording.source.endswith("17.xml") and os.getpid() != parent:
            try:
                os.unlink(FOLDER + "/once")
            except FileNotFoundError:
                pass
            else:
                with open(FOLDER + "/here", "w") as here:
                    here.write(str(os.getpid()))
                with open(FOLDER + "/never") as never:
                    never.read()
        return check(self, recording)

    Checker.check = waiting
'''


@pytest.fixture
def waiting(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which a worker waits on its way, and a folder with the pipes that it is told with."""
    if multiprocessing.get_start_method() != "fork":
        pytest.skip("a worker that waits is planted before the processes are forked")
    folder = tmp_path_factory.mktemp("waiting")
    (folder / "sitecustomize.py").write_text(WAITING.format(folder=str(folder)))
    (folder / "once").touch()
    for name in ("here", "never"):
        os.mkfifo(folder / name)
    return {**os.environ, "PYTHONPATH": str(folder)}


def worker_of(process: subprocess.Popen[bytes], waiting: dict[str, str]) -> int:
    """Wait until a worker of a run is on its way, and give its process."""
    here = os.open(Path(waiting["PYTHONPATH"], "here"), os.O_RDONLY | os.O_NONBLOCK)
    try:
        return int(read_from(here, process))
    finally:
        os.close(here)


RUN = ("check", "recordings", "--jobs", "2", "--format", "json", "-o", "out.json")


def test_a_worker_that_is_killed_loses_no_result(room: Room, waiting: dict[str, str]) -> None:
    process = room.start(*RUN, environment=waiting)
    os.kill(worker_of(process, waiting), signal.SIGKILL)
    _, err = process.communicate()
    assert (process.returncode, err) == (1, b"")
    killed = (room.folder / "out.json").read_bytes()
    room.run("check", "recordings", "--format", "json", "-o", "calm.json")
    assert killed == (room.folder / "calm.json").read_bytes()
    assert room.names() == ["calm.json", "out.json"]


@pytest.mark.parametrize("number", SIGNALS)
def test_a_run_with_workers_that_is_ended_says_one_thing(
    room: Room, waiting: dict[str, str], number: signal.Signals
) -> None:
    """Ctrl-C reaches the workers too: they leave it to the process that started them, and say nothing."""
    (room.folder / "out.json").write_bytes(b"old")
    process = room.start(*RUN, environment=waiting, start_new_session=True)
    worker = worker_of(process, waiting)
    os.kill(worker, signal.SIGINT)  # ignored: it still waits
    process.send_signal(number)
    with open(Path(waiting["PYTHONPATH"], "never"), "wb"):
        pass  # what was begun is ended
    _, err = process.communicate()
    assert (process.returncode, err) == (SIGNALS[number], TOLD + PARTIAL)
    assert (room.folder / "out.json").read_bytes() == b"old"  # nothing partial takes a whole one's place
    assert json.loads((room.folder / "out.json.partial").read_bytes())["summary"]["interrupted"] is True
    assert room.names() == ["out.json", "out.json.partial"]


def test_workers_end_with_the_process_that_started_them(room: Room, waiting: dict[str, str]) -> None:
    """Killed, it can tell them nothing; its output would stay open for as long as they do."""
    (room.folder / "out.json").write_bytes(b"old")
    process = room.start(*RUN, environment=waiting)
    worker_of(process, waiting)
    process.kill()
    assert process.communicate() == (b"", b""), "it comes to an end: nobody has the pipes any more"
    assert process.returncode == -signal.SIGKILL
    assert (room.folder / "out.json").read_bytes() == b"old"


def test_a_shell_that_ignores_interrupts_can_still_end_a_run(room: Room) -> None:
    """So it does with what it starts in the background; what it ignores besides stays ignored."""
    os.mkfifo(room.folder / "saved.json")
    with room.start("convert", "saved.json", "-o", "new", before="trap '' INT HUP") as process:
        with open(room.folder / "saved.json", "wb"):
            until_it_waits(process)
            process.send_signal(signal.SIGINT)
            process.send_signal(signal.SIGHUP)
            process.send_signal(signal.SIGTERM)
            process.wait()
        assert process.returncode == SIGNALS[signal.SIGTERM]
    assert room.names() == ["saved.json"]


def test_a_worker_leaves_signals_to_its_parent() -> None:
    kept = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        signals.ignore_sigint_in_worker()
        assert [signal.getsignal(number) for number in SIGNALS] == [
            signal.SIG_IGN,
            signal.SIG_DFL,
            signal.SIG_DFL,
        ]
        assert signals.exit_code() == 130
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def test_a_run_that_ends_at_once_fails_the_test_that_waits_for_it(room: Room) -> None:
    reading, writing = os.pipe()
    try:
        with (
            room.start("live", "--plan", "absent.toml") as process,
            pytest.raises(AssertionError, match=r"it ended with 2 and wrote nothing: b.whosees: "),
        ):
            read_from(reading, process)
    finally:
        os.close(reading)
        os.close(writing)
