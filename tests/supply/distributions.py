"""Building of the source distribution, and of the wheel from it, so that the same commit gives the same bytes.

Run as ``python -m supply.distributions OUT`` in tests/; `make dist` does.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

LAYERS = ("rules", "engine", "reports", "checker")

PACKAGE = Path("src/whosees")
"""The package itself, in which the layers are installed."""

MADE = {"build", "dist", "__pycache__"}
"""Folders that are made, and are no part of the project; so are those that begin with a dot."""

HIDDEN = {".ci", ".pre-commit-hooks.yaml", ".gitignore"}


class Distributions(NamedTuple):
    """The two files that are published."""

    sdist: Path
    wheel: Path


def own_files() -> list[Path]:
    """The project's own files, relative to its root: as git has them, else all that were not made."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        return [Path(name) for name in listed if (ROOT / name).is_file()]
    return [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file() and _is_own(path)]


def _is_own(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    strange = {part for part in parts if part.startswith(".") or part.endswith(".egg-info")} - HIDDEN
    return not strange and not MADE & {*parts}


def epoch() -> int:
    """The time that is written into what is built: that of the commit, unless SOURCE_DATE_EPOCH says another."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    if not (ROOT / ".git").exists():
        return int((ROOT / "pyproject.toml").stat().st_mtime)
    said = ["git", "log", "-1", "--format=%ct"]
    return int(subprocess.run(said, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def build(out: Path, when: int) -> Distributions:
    """Build both in a clean copy; the wheel from the source distribution, as those who take that one will."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "source"
        for name in own_files():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
        packed = _repack(_run_build(source, "--sdist", Path(place) / "sdist", when), out, when)
        with tarfile.open(packed) as archive:
            archive.extractall(place, filter="data")
        unpacked = Path(place) / packed.name.removesuffix(".tar.gz")
        return Distributions(packed, _run_build(unpacked, "--wheel", out, when))


def _run_build(source: Path, kind: str, out: Path, when: int) -> Path:
    command = [sys.executable, "-m", "build", "--no-isolation", kind, "--outdir", str(out), str(source)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        umask=0o022,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(when)},
    )
    said = done.stdout + done.stderr
    if done.returncode or "Deprecat" in said or "Warning" in said:
        raise RuntimeError(said)
    return max(out.iterdir(), key=lambda path: path.stat().st_mtime_ns)


def _repack(built: Path, out: Path, when: int) -> Path:
    """Pack a source distribution anew: in the order of names, and with nothing of this machine in it."""
    target = out / built.name
    with tarfile.open(built) as old, target.open("wb") as raw:
        zipped = gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=when)
        with zipped, tarfile.open(mode="w", fileobj=zipped, format=tarfile.PAX_FORMAT) as new:
            for member in _plain(old, when):
                new.addfile(member, old.extractfile(member.name) if member.isfile() else None)
    return target


def _plain(archive: tarfile.TarFile, when: int) -> Iterator[tarfile.TarInfo]:
    for found in sorted(archive.getmembers(), key=lambda member: member.name):
        member = tarfile.TarInfo(found.name)
        member.type, member.size, member.mtime = found.type, found.size, when
        member.mode = 0o755 if found.isdir() or found.mode & 0o100 else 0o644
        yield member


if __name__ == "__main__":
    for path in build(Path(sys.argv[1]), epoch()):
        sys.stdout.write(f"{path}\n")
