"""The documents: their blocks of code, and a way to run these as a reader would."""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.servers import emulating, watching
from whosees.checker.cli.app import run
from whosees.checker.service.live.load import read_plan

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(sys.executable).parent
PAGES = [
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    # The examples in docs/contributing/ change the package, and have tests of their own.
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if page.parent.name != "contributing"),
    *sorted((ROOT / "examples").rglob("*.md")),
]
CUT = "…"
"""The last line of a block that shows only the beginning of an output."""

_FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
_SHELL = re.compile(r"[|&;<>*$`~]")
_WATCHED_FAULT, _WATCHED_CASES = "leak:accessControl/sessionPassword@MC/anonymous/*", "MC/anonymous/*supplied"
_SECONDS = re.compile(r"\b\d+\.\d\d s\b")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    language: str
    title: str
    text: str
    start: int
    end: int


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    return [Block(m[1], m[2] or "", m[3], m.start(3), m.end(3)) for m in _FENCE.finditer(text)]


@dataclass(slots=True)
class Reader:
    """Runs the blocks of a page, one after another, in a folder of its own that contains ``examples``."""

    folder: Path
    _code: int = 0
    _url: str = ""
    _names: dict[str, Any] = field(default_factory=lambda: {"__name__": "page"})

    def __post_init__(self) -> None:
        (self.folder / "examples").symlink_to(ROOT / "examples")

    def write(self, block: Block) -> None:
        """Write the file that a block shows."""
        file = self.folder / block.title
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, "utf-8")

    def console(self, block: Block) -> str:
        """Run the commands of a block and return it as it should be printed."""
        printed = ""
        for step in re.split(r"^(?=\$ )", block.text, flags=re.MULTILINE):
            if not step:
                continue
            command, _, shown = step.partition("\n")
            # An empty line between two commands is the reader's.
            gap = "\n" if shown.endswith("\n\n") or shown == "\n" else ""
            lines = shown.removesuffix(gap).splitlines(keepends=True)
            output = self._output(command[2:]).splitlines(keepends=True)
            if lines and lines[-1].strip() == CUT:
                output = [*output[: len(lines) - 1], lines[-1]]
            printed += f"{command}\n{''.join(output)}{gap}"
        return printed

    def python(self, block: Block) -> None:
        """Run Python as a script, with the names of the page's earlier blocks."""
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(io.StringIO()):
            exec(compile(block.text, "page", "exec"), self._names)  # noqa: S102 - it is the page's own code

    def session(self, block: Block) -> str:
        """Run an interactive session and return it as it should be printed."""
        printed = ""
        with contextlib.chdir(self.folder):
            for part in doctest.DocTestParser().parse(block.text):
                if isinstance(part, str):
                    printed += part
                    continue
                out = io.StringIO()
                with contextlib.redirect_stdout(out):
                    exec(compile(part.source, "page", "single"), self._names)  # noqa: S102 - as above
                first, *rest = part.source.splitlines()
                printed += "".join([f">>> {first}\n", *(f"... {line}\n" for line in rest), out.getvalue()])
        return printed

    def _output(self, command: str) -> str:
        if command == "echo $?":
            return f"{self._code}\n"
        words = command.split()
        if words[:2] == ["whosees", "live"] and "--list" not in words:
            plan = read_plan(self.folder / words[words.index("--plan") + 1])
            with emulating(*(f"--rules={each}" for each in plan.rules)) as (url, _):
                server = "/".join(url.split("/")[:3])
                return _SECONDS.sub("0.02 s", self._run(f"{command} --url {server}"))
        if words[:2] == ["whosees", "watch"] and "--upstream" in words:
            return self._watch(words[2:])
        return self._run(command)

    def _watch(self, words: list[str]) -> str:
        """Watch the page's emulator while the page's calls are made, and return what a terminal shows."""
        options = [word for word in words if word != "--upstream" and not word.startswith("http://")]
        with emulating("--fault", _WATCHED_FAULT) as (url, _), contextlib.chdir(self.folder):
            upstream, _, path = url.rpartition("/WBXService/")
            with watching(upstream, *options) as watch:
                calls = f"whosees live --plan examples/live.toml --concurrency 1 --only {_WATCHED_CASES}"
                self._run(f"{calls} --url http://127.0.0.1:{watch.port}/WBXService/{path}")
                watch.end()
        self._code = watch.code
        return watch.err.replace(f":{watch.port}\n", ":8766\n") + watch.out

    def _run(self, command: str) -> str:
        """Run ``whosees`` in this process, which is quick, and all else in a shell."""
        if not command.startswith("whosees ") or _SHELL.search(command):
            return self._in_shell(command)
        out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            self._code = run(shlex.split(command)[1:])
        buffer = out.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()

    def _in_shell(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env={**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        self._code = done.returncode
        return done.stdout + done.stderr


def rendered(text: str, folder: Path) -> Iterator[tuple[Block, str]]:
    """Yield each block of a page whose output is shown, with the text that it should have."""
    reader = Reader(folder)
    for block in blocks(text):
        if block.title:
            reader.write(block)
        elif block.language == "console":
            yield block, reader.console(block)
        elif block.language == "pycon":
            yield block, reader.session(block)
        elif block.language == "python":
            reader.python(block)


def refreshed(text: str, folder: Path) -> str:
    """Return a page with the output of its commands as it is now."""
    result, at = "", 0
    for block, printed in rendered(text, folder):
        result += text[at : block.start] + printed
        at = block.end
    return result + text[at:]
