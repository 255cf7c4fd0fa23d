"""Runs in a place of their own, of which everything that was written is looked through afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from secrecy.marker import leaks
from support.command import COMMAND

SESSION = Path(__file__).with_name("session.py")


@dataclass(frozen=True, slots=True)
class Ended:
    """The result of a command: its exit code, and everything that it wrote on its standard streams."""

    arguments: tuple[str, ...]
    code: int
    out: bytes
    err: bytes


@dataclass
class Figures:
    """Totals of the runs and of the searched text, for the page that states them."""

    runs: int = 0
    streams: int = 0
    files: int = 0
    characters: int = 0
    sound: int = 0
    spoilt: int = 0
    leaks: int = 0


FIGURES = Figures()


@dataclass
class Sealed:
    """A home, a folder for temporary files and one to work in, all empty at first; inputs lie elsewhere."""

    root: Path
    ended: list[Ended] = field(default_factory=list)

    def __post_init__(self) -> None:
        for folder in ("home", "tmp", "work"):
            (self.root / folder).mkdir(parents=True)

    @property
    def work(self) -> Path:
        return self.root / "work"

    def environment(self, **more: str) -> dict[str, str]:
        home, temporary = str(self.root / "home"), str(self.root / "tmp")
        return {
            **os.environ,
            "HOME": home,
            "XDG_CACHE_HOME": f"{home}/.cache",
            "XDG_STATE_HOME": f"{home}/.state",
            "TMPDIR": temporary,
            **more,
        }

    def run(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        command: Sequence[str | Path] = (COMMAND,),
        **environment: str,
    ) -> Ended:
        """Run the installed command, or another one, in a process of its own."""
        done = subprocess.run(
            [*map(str, command), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=self.work,
            env=self.environment(**environment),
            check=False,
        )
        return self.keep(Ended(tuple(map(str, arguments)), done.returncode, done.stdout, done.stderr))

    def session(self, commands: Iterable[Sequence[str | Path]]) -> list[Ended]:
        """Run many commands one after the other in one process, each with streams of its own."""
        wanted = [[str(word) for word in command] for command in commands]
        streams = self.root / f"streams{len(self.ended)}"
        streams.mkdir()
        done = subprocess.run(
            [sys.executable, SESSION, streams],
            input=json.dumps(wanted).encode(),
            capture_output=True,
            cwd=self.work,
            env=self.environment(),
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
        codes: list[int] = json.loads(done.stdout)
        return [
            self.keep(
                Ended(
                    tuple(command),
                    code,
                    (streams / f"{number}.out").read_bytes(),
                    (streams / f"{number}.err").read_bytes(),
                )
            )
            for number, (command, code) in enumerate(zip(wanted, codes, strict=True))
        ]

    def written(self) -> dict[str, bytes]:
        """Return everything written since it was sealed: standard streams, and every file with its name."""
        files = [
            path
            for path in self.root.rglob("*")
            if path.is_file() and "streams" not in path.parts[len(self.root.parts)]
        ]
        return {
            **{
                f"{stream} of {number}, `{' '.join(ended.arguments)}`": content
                for number, ended in enumerate(self.ended)
                for stream, content in (("stdout", ended.out), ("stderr", ended.err))
            },
            **{
                str(path.relative_to(self.root)): os.fsencode(path) + b"\n" + path.read_bytes()
                for path in files
            },
        }

    def leaks(self) -> dict[str, list[str]]:
        """Look for the marker in all of it; there is to be none."""
        written = self.written()
        found = {place: leaks(content) for place, content in written.items()}
        FIGURES.runs += len(self.ended)
        FIGURES.streams += 2 * len(self.ended)
        FIGURES.files += len(written) - 2 * len(self.ended)
        FIGURES.characters += sum(map(len, written.values()))
        FIGURES.leaks += sum(map(len, found.values()))
        return {place: forms for place, forms in found.items() if forms}

    def keep(self, ended: Ended) -> Ended:
        """Take a run in, so that it is looked through."""
        self.ended.append(ended)
        return ended
