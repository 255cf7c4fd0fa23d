"""The state of `--resume`: what it is bound to, and what becomes of a broken one."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command import COMMAND, whosees
from support.judging import RULEBOOK, claims
from support.messages import request, response
from support.resuming import (
    BOUND,
    PLAIN,
    SETTINGS,
    results_of,
    state_at,
)
from support.traffic import ASKED, CALLS, GOOD, LEAKING, SHOWN, json_lines
from whosees.checker.batch.checkpoint import COMMIT, Checkpoint, CheckpointError
from whosees.checker.batch.pool import check_all
from whosees.checker.batch.resume import key_of, run_fingerprint
from whosees.checker.checking.settings import Settings
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import Recording, SkippedFile
from whosees.engine.policy import Policy

OTHERWISE = {
    "rulebook": None,
    "Whosees": None,
    "XML parser": None,
    "`--limit`": Settings(limits=Limits(depth=9, unpacked_size=7)),
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
    with pytest.raises(CheckpointError, match=said):
        Checkpoint(str(tmp_path / "state"), RULEBOOK, bound)


def test_limits_are_named_as_they_are_stated() -> None:
    bound = run_fingerprint(OTHERWISE["`--limit`"] or Settings(), RULEBOOK)
    assert (BOUND["`--limit`"], bound["`--limit`"]) == ("none", "depth=9, unpacked-size=7")


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
