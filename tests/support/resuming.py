"""Runs that resume, and their states."""

from __future__ import annotations

from pathlib import Path

from support.command import whosees
from support.judging import RULEBOOK
from support.traffic import ASKED, CALLS, GOOD, LEAKING, json_lines
from whosees.checker.batch.checkpoint import Checkpoint
from whosees.checker.batch.pool import CHUNK
from whosees.checker.batch.resume import check_resuming, run_fingerprint
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording, SkippedFile
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


def results_of(recordings: list[Recording | SkippedFile], state: Checkpoint) -> list[object]:
    return list(check_resuming(state, SETTINGS, recordings, 1))


PLAIN = Recording("a", GOOD, ASKED, b"", explicit=False)
