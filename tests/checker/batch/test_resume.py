"""`--resume`: a run that was broken off goes on, and ends with the report that it would have given."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from support.command import COMMAND, whosees
from support.judging import RULEBOOK, claims
from support.messages import request, response
from support.traffic import ASKED, CALLS, GOOD, LEAKING, SHOWN, json_lines
from whosees.checker.batch.checkpoint import COMMIT, Checkpoint, CheckpointError
from whosees.checker.batch.pool import CHUNK, check_all
from whosees.checker.batch.resume import check_resuming, key_of, run_fingerprint
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.core.errors import Reason
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import HttpFacts, Recording, SkippedFile, UnreadableContent
from whosees.engine.policy import Policy
from whosees.reports.check.registry import FORMATS

SETTINGS = Settings()
BOUND = run_fingerprint(SETTINGS, RULEBOOK)
REPORTS = [f"--report={name}={name}.out" for name in FORMATS]


def state_at(path: Path) -> Checkpoint:
    return Checkpoint(str(path), RULEBOOK, BOUND)


FEW, MANY = 20, 12 * CHUNK // len(CALLS) + 1
"""Times that the calls stand in the log; the second is more than two processes have in hand at a time."""


def folder_in(place: Path, times: int) -> Path:
    """Recordings of several kinds."""
    folder = place / "night"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(json_lines(CALLS * times))
    (folder / "b.response.xml").write_bytes(LEAKING)
    (folder / "b.request.xml").write_bytes(ASKED)
    (folder / "b.context.toml").write_text('role = "none"\n')
    (folder / "c.request.xml").write_bytes(ASKED)
    return folder


def whole(folder: Path, name: str, *arguments: str, reports: list[str] = REPORTS) -> dict[str, bytes]:
    """Run to the end, and give every report."""
    place = folder.parent / name
    place.mkdir()
    run = whosees("check", "../night", "../rest", *reports, *arguments, cwd=place)
    assert run.code == 1, run.err
    return {"out": run.out.encode(), **{path.name: path.read_bytes() for path in place.iterdir()}}


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


def results_of(recordings: list[Recording | SkippedFile], state: Checkpoint) -> list[object]:
    return list(check_resuming(state, SETTINGS, recordings, 1))


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


PLAIN = Recording("a", GOOD, ASKED, b"", explicit=False)


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
        structs.replace(PLAIN, http=HttpFacts(request_headers=())),
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


OTHERWISE = {
    "rulebook": None,
    "Whosees": None,
    "XML parser": None,
    "limits": Settings(limits=Limits(depth=9)),
    "`--strict`": Settings(policy=Policy(strict=True)),
    "`--unlisted`": Settings(policy=Policy(unlisted=None)),
    "`--empty-as`": Settings(policy=Policy(empty_is_absent=True)),
    "`--max-size`": Settings(limits=Limits(size=1)),
    "`--undecided`": Settings(policy=Policy(undecided=None)),
    "`--require`": Settings(required=("role",)),
    "`--select`": Settings(policy=Policy(select=("leaked",))),
    "`--ignore`": Settings(policy=Policy(ignore=("leaked",))),
    "facts of the call": Settings(claims=claims({"caller": "anonymous"})),
    "`--request`": Settings(request=ASKED),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_state_is_bound_to_what_decides_verdicts(name: str, tmp_path: Path) -> None:
    settings = OTHERWISE[name]
    bound = {**BOUND, name: "other"} if settings is None else run_fingerprint(settings, RULEBOOK)
    assert set(OTHERWISE) == set(bound)
    assert bound[name] != BOUND[name]
    with state_at(tmp_path / "state"):
        pass
    said = (
        f"`{tmp_path}/state` was begun with another .*{name.strip('`')}.* use the same, or name another file$"
    )
    if name == "`--max-size`":  # the bounds of what holds messages go with it
        bound["limits"] = BOUND["limits"]
    with pytest.raises(CheckpointError, match=said):
        Checkpoint(str(tmp_path / "state"), RULEBOOK, bound)


def test_the_command_refuses_another_state(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(GOOD)
    assert whosees("check", "a.xml", "--resume", "state", cwd=tmp_path).code == 0
    run = whosees("check", "a.xml", "--resume", "state", "--strict", cwd=tmp_path)
    assert (run.code, run.out) == (2, "")
    assert run.err.splitlines()[0] == (
        "whosees: `--resume`: `state` was begun with another `--strict` (false, now true); use the same, or name another file"
    )


def no_state(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    text = tmp_path / "report.json"
    text.write_text('{"schema": "whosees/check@1"}' * 100)
    yield text, "is not a checkpoint of a run, or is broken; name another file"
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE judged (key, results)")
    database.close()
    yield other, "is not a checkpoint of a run, or is broken; name another file"
    yield tmp_path, "cannot be used: it is not a regular file"
    yield tmp_path / "nowhere" / "state", "cannot be used: unable to open database file"


def test_a_file_that_is_no_state_is_refused_and_left_alone(tmp_path: Path) -> None:
    for path, said in no_state(tmp_path):
        before = path.read_bytes() if path.is_file() else None
        run = whosees("check", tmp_path, "--resume", path)
        assert (run.code, run.out) == (2, "")
        assert run.err.splitlines()[0] == f"whosees: `--resume`: `{path}` {said}"
        assert (path.read_bytes() if path.is_file() else None) == before


def test_an_empty_file_is_a_new_state(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with state_at(tmp_path / "state") as state:
        assert results_of([PLAIN], state)
    with state_at(tmp_path / "state") as state:
        assert state.get(key_of(PLAIN, Limits()) or b"") is not None


def test_two_runs_never_share_a_state(tmp_path: Path) -> None:
    with state_at(tmp_path / "state"):
        run = whosees("check", tmp_path, "--resume", tmp_path / "state")
    assert (run.code, run.out) == (2, "")
    assert run.err.splitlines()[0] == f"whosees: `--resume`: `{tmp_path}/state` is in use by another run"


def test_a_disk_that_takes_no_more_ends_the_state_and_not_the_run(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(json_lines(CALLS * 40))
    run = subprocess.run(
        [COMMAND, "check", "log", "--resume", "state", "--format", "json"],
        cwd=tmp_path,
        # Measuring coverage writes files too, and those would meet the limit.
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
        check=False,
    )
    anew = whosees("check", "log", "--format", "json", cwd=tmp_path)
    assert (run.returncode, run.stdout.decode()) == (anew.code, anew.out)
    assert run.stderr == b"whosees: `state` cannot be written: disk I/O error\n"
    assert whosees("check", "log", "--resume", "state", "--format", "json", cwd=tmp_path).out == anew.out


def ended_in_the_middle(tmp_path: Path) -> list[Recording | SkippedFile]:
    """A state whose process ended without a word: what was written is in the file and its log."""
    recordings: list[Recording | SkippedFile] = [
        Recording(f"{number}", (GOOD, LEAKING)[number % 2]) for number in range(3 * COMMIT)
    ]
    state = state_at(tmp_path / "state")
    results_of(recordings, state)
    for name in ("state", "state-wal"):
        shutil.copy(tmp_path / name, tmp_path / f"torn{name.removeprefix('state')}")
    state.__exit__(None, None, None)
    return recordings


def test_whatever_is_torn_off_is_judged_again(tmp_path: Path) -> None:
    recordings = ended_in_the_middle(tmp_path)
    expected = list(check_all(SETTINGS, recordings, 1))
    log = (tmp_path / "torn-wal").read_bytes()
    content = (tmp_path / "torn").read_bytes()
    recalled = []
    for tenth in range(11):
        (tmp_path / "torn").write_bytes(content)
        (tmp_path / "torn-wal").write_bytes(log[: len(log) * tenth // 10])
        with state_at(tmp_path / "torn") as state:
            assert results_of(recordings, state) == expected
            recalled.append(state.recalled)
    assert recalled == sorted(recalled)
    assert (recalled[0], recalled[-1]) == (0, 3 * COMMIT)


def test_a_result_that_cannot_be_read_is_judged_again(tmp_path: Path) -> None:
    with state_at(tmp_path / "state") as state:
        results_of([PLAIN], state)
    for content in (b"", b"[{}]", b'[{"response": {"source": 1}}]', b"\xff"):
        database = sqlite3.connect(tmp_path / "state")
        database.execute("UPDATE judged SET results = ?", (content,))
        database.commit()
        database.close()
        with state_at(tmp_path / "state") as state:
            assert results_of([PLAIN], state) == list(check_all(SETTINGS, [PLAIN], 1))
            assert state.judged == 1


def test_a_state_holds_no_text_of_an_element(tmp_path: Path) -> None:
    texts = {path: f"secret-{number}" for number, path in enumerate(SHOWN) if path != "metaData/serviceType"}
    leaking = response("MC", [*SHOWN, "programName"], {**texts, "programName": "secret-c"})
    asked = request(content="<sessionKey>secret-a</sessionKey><sessionPassword>secret-b</sessionPassword>")
    recordings: list[Recording | SkippedFile] = [
        Recording("leak", leaking, asked),
        Recording("cut", leaking[:-100]),
    ]
    state = state_at(tmp_path / "state")
    results_of(recordings, state)
    state._database.commit()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    state.__exit__(None, None, None)
    assert b"/programName" in written
    assert b"secret-" not in written + (tmp_path / "state").read_bytes()


def test_resuming_is_for_one_run_and_cannot_be_configured(tmp_path: Path) -> None:
    (tmp_path / "whosees.toml").write_text('resume = "state"\n')
    run = whosees("check", ".", cwd=tmp_path)
    assert run.code == 2
    assert "`resume`" in run.err
