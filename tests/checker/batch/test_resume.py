"""`--resume`: a run that was broken off goes on, and ends with the report that it would have given."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from msgspec import structs

from support.command import COMMAND, whosees
from support.messages import request
from support.resuming import (
    FEW,
    MANY,
    PLAIN,
    REPORTS,
    SETTINGS,
    folder_in,
    results_of,
    state_at,
    whole,
)
from support.traffic import ASKED, CALLS, GOOD, LEAKING, json_lines
from whosees.checker.batch.checkpoint import COMMIT
from whosees.checker.batch.pool import CHUNK, check_all
from whosees.checker.batch.resume import key_of
from whosees.checker.checking.results import Skipped
from whosees.checker.core.errors import Reason
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import Headers, HttpFacts, Recording, SkippedFile, UnreadableContent


@pytest.mark.parametrize(
    ("end", "jobs", "times", "kept"),
    [
        (signal.SIGKILL, 1, FEW, (len(CALLS) * FEW + 1) // COMMIT * COMMIT),
        (signal.SIGINT, 1, FEW, len(CALLS) * FEW + 1),
        (signal.SIGKILL, 2, MANY, 4 * CHUNK),
    ],
)
def test_a_run_that_was_ended_goes_on(tmp_path: Path, end: int, jobs: int, times: int, kept: int) -> None:
    """The second path is a pipe: as long as nothing comes out of it, the run stands there. Then it is ended."""
    reports = REPORTS if times == FEW else ["--report=json=json.out"]  # of thousands, all formats take long
    folder, rest, out = folder_in(tmp_path, times), tmp_path / "rest", tmp_path / "out"
    os.mkfifo(rest)
    out.mkdir()
    process = subprocess.Popen(
        [COMMAND, "check", "../night", "../rest", "--resume", "../state", "--jobs", str(jobs), *reports],
        cwd=out,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with rest.open("wb"):  # opens when the run has come to it
        os.killpg(process.pid, end)
        assert process.wait() in (-signal.SIGKILL, 130)
    rest.unlink()
    rest.write_bytes(json_lines(CALLS * 5))
    resumed = whosees("check", "../night", "../rest", "--resume", "../state", *reports, cwd=out)
    written = {"out": resumed.out.encode(), **{path.name: path.read_bytes() for path in out.glob("*.out")}}
    assert written == whole(folder, "anew", reports=reports)
    *_, said = resumed.err.splitlines()  # before it, a report may say what it had no room for
    recalled, judged = (int(word.replace(",", "")) for word in said.split() if word[0].isdigit())
    assert recalled + judged == len(CALLS) * (times + 5) + 1  # the stray request is no recording
    assert recalled >= kept
    assert jobs > 1 or recalled == kept


def test_a_finished_run_is_recalled_whole_and_says_so(tmp_path: Path) -> None:
    folder = folder_in(tmp_path, FEW)
    (tmp_path / "rest").write_bytes(json_lines(CALLS))
    anew = whole(folder, "anew")
    first = whole(folder, "first", "--resume=../state", "--jobs=2")
    assert first == anew
    place = tmp_path / "first"
    accepting = ("../night", "../rest", "-q", "--baseline", "baseline.toml", "--baseline-update")
    expected = whosees("check", *accepting, cwd=place)
    (place / "baseline.toml").unlink()
    run = whosees("check", *accepting, "--resume", "../state", "--jobs", "2", cwd=place)
    assert run.out == expected.out  # what a baseline accepts is applied to what is recalled
    assert run.err == "whosees: `../state`: 127 recordings recalled, 0 judged\n" + expected.err


def test_what_was_changed_is_judged_again_whatever_its_dates_say(tmp_path: Path) -> None:
    path, state = tmp_path / "a.xml", tmp_path / "state"
    path.write_bytes(GOOD)
    seen = os.stat(path)
    with state_at(state) as opened:
        (before,) = results_of([Recording("a.xml", path)], opened)
    path.write_bytes(GOOD.replace(b"status>", b"StatuS>"))
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert os.stat(path).st_size == seen.st_size
    with state_at(state) as opened:
        (after,) = results_of([Recording("a.xml", path)], opened)
        assert (opened.recalled, opened.judged) == (0, 1)
    assert before != after
    assert [after] == list(check_all(SETTINGS, [Recording("a.xml", path)], 1))
    path.write_bytes(GOOD)
    with state_at(state) as opened:
        assert results_of([Recording("a.xml", path)], opened) == [before]
        assert (opened.recalled, opened.judged) == (1, 0)


@pytest.mark.parametrize(
    "other",
    [
        structs.replace(PLAIN, source="b"),
        structs.replace(PLAIN, response=LEAKING),
        structs.replace(PLAIN, request=request(content="<sessionKey>y</sessionKey>")),
        structs.replace(PLAIN, request=None),
        structs.replace(PLAIN, request=b""),
        structs.replace(PLAIN, sidecar=None),
        structs.replace(PLAIN, sidecar=b'role = "host"'),
        structs.replace(PLAIN, explicit=True),
        structs.replace(PLAIN, traffic=True),
        structs.replace(PLAIN, http=HttpFacts(status=200)),
        structs.replace(PLAIN, http=HttpFacts(request_headers=Headers())),
        structs.replace(PLAIN, http=HttpFacts(request_headers=Headers(("A",), ("b",)))),
        structs.replace(PLAIN, http=HttpFacts(request_headers=Headers(("A",), ("c",)))),
        structs.replace(PLAIN, http=HttpFacts(url="/a")),
        structs.replace(PLAIN, sidecar_name="plan"),
        structs.replace(PLAIN, response=GOOD + ASKED, request=b""),
        structs.replace(PLAIN, response=UnreadableContent(Reason.TOO_LARGE, "it is")),
        structs.replace(PLAIN, response=UnreadableContent(Reason.TOO_LARGE, "it was")),
    ],
)
def test_whatever_a_verdict_rests_on_makes_another_key(other: Recording) -> None:
    assert key_of(other, Limits()) != key_of(PLAIN, Limits())
    assert key_of(PLAIN, Limits()) == key_of(structs.replace(PLAIN), Limits())


def test_a_file_is_known_by_its_name_and_content_and_what_cannot_be_read_by_nothing(tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).write_bytes(GOOD)
    keys = {key_of(Recording("a", tmp_path / name), Limits()) for name in ("x", "y")}
    assert len(keys | {key_of(Recording("a", GOOD), Limits()), None}) == 4
    assert key_of(Recording("a", tmp_path / "gone"), Limits()) is None
    assert key_of(Recording("a", GOOD, tmp_path / "gone"), Limits()) is None
    assert key_of(Recording("-", None), Limits()) is None


def test_what_could_not_be_read_is_tried_again(tmp_path: Path) -> None:
    recordings: list[Recording | SkippedFile] = [
        Recording("gone", tmp_path / "gone"),
        Recording("broken", UnreadableContent(Reason.UNREADABLE, "broken")),
        Recording("large", UnreadableContent(Reason.TOO_LARGE, "large")),
        SkippedFile("stray", "lonely"),
        Recording("other", CALLS[2].response, CALLS[2].request, explicit=False),
    ]
    expected = list(check_all(SETTINGS, recordings, 1))
    assert [isinstance(result, Skipped) for result in expected] == [False, False, False, True, True]
    for recalled in (0, 2):
        with state_at(tmp_path / "state") as state:
            assert results_of(recordings, state) == expected
            assert (state.recalled, state.judged) == (recalled, len(recordings) - 1 - recalled)


def test_results_that_do_not_come_back_the_same_are_not_kept(tmp_path: Path) -> None:
    recordings: list[Recording | SkippedFile] = [Recording("half \ud800", GOOD)]
    for _ in range(2):
        with state_at(tmp_path / "state") as state:
            assert results_of(recordings, state) == list(check_all(SETTINGS, recordings, 1))
            assert state.recalled == 0


def test_resuming_is_for_one_run_and_cannot_be_configured(tmp_path: Path) -> None:
    (tmp_path / "whosees.toml").write_text('resume = "state"\n')
    run = whosees("check", ".", cwd=tmp_path)
    assert run.code == 2
    assert "`resume`" in run.err
