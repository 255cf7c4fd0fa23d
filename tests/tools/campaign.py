"""The campaign of `make tools`: each leak of each shipped rulebook, recorded by real tools and looked for by `check`.

Run as ``python -m tools.campaign --place FOLDER [--write FILE] [TOOL…]`` in tests/. Its exit code is 1 if any was not found.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import find_recordings
from whosees.engine.result import Outcome, ResponseResult

from .planted import Call, Group, groups, serving
from .registry import Kit, Tool, chosen

HEAD = """\
# Leaks in the recordings of real tools

Written by `make tools`. For each shipped rulebook the practice server leaks each row that a caller must not see, in a call of its own,
and shows only what it should in one more. Each tool records all these calls in its own way, and `check` judges its files with a
`context.toml` beside them. *Found* are the leaks whose call was reported as leaking that row; *clean* the calls without a leak that
were reported as conformant.
"""


@dataclass
class Figures:
    """The fate of the calls that a tool recorded; ``lost`` are names of leaks that were not found."""

    planted: int = 0
    found: int = 0
    clean: int = 0
    conformant: int = 0
    lost: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """True if every leak was found, and nothing else."""
        return self.found == self.planted and self.conformant == self.clean


def judged(group: Group, folder: Path) -> list[list[ResponseResult]]:
    """Return the results of each recorded call, in the order of the recording; a list has one for each item."""
    checker = Checker(Settings(rules=group.rulebook.id))
    wire = group.rulebook.document.wire.format
    results = [
        result
        for recording in find_recordings([str(folder)], wire=wire)
        for result in checker.check(recording)
        if not isinstance(result, Skipped)
    ]
    return [list(one) for _, one in groupby(results, key=lambda result: result.source.partition("[")[0])]


def shows(call: Call, results: list[ResponseResult]) -> bool:
    """Return whether the results of a call say exactly what is wrong with it: its leak, or nothing."""
    leaked = {
        finding.path for one in results for finding in one.findings if finding.rule in ("leaked", "unmasked")
    }
    if call.leak is None:
        return not leaked and all(one.outcome is Outcome.CONFORMANT for one in results)
    return call.leak in leaked


def run(tool: Tool, kit: Kit, base: str, place: Path) -> Figures:
    """Let a tool record all calls, a group at a time, and look for the leaks."""
    figures = Figures()
    for number, group in enumerate(groups()):
        folder = place / f"{number}-{group.name}"
        folder.mkdir(parents=True)
        tool.record(kit, [call.as_json(base) for call in group.calls], folder)
        (folder / "context.toml").write_text(group.context)
        results = judged(group, folder)
        in_order = results if len(results) == len(group.calls) else [[] for _ in group.calls]
        for call, one in zip(group.calls, in_order, strict=True):
            shown = bool(one) and shows(call, one)
            figures.planted += call.leak is not None
            figures.found += call.leak is not None and shown
            figures.clean += call.leak is None
            figures.conformant += call.leak is None and shown
            if not shown:
                figures.lost += (
                    f"{group.name} {call.leak or 'clean'}: {one[0].detail if one else len(results)}",
                )
    return figures


def table(rows: list[tuple[Tool, str, Figures]]) -> str:
    """Return the figures as a table of Markdown."""
    lines = ["| tool | version | format | planted | found | clean | conformant |", "|---" * 7 + "|"]
    for tool, version, of in rows:
        figures = f"{of.planted:,} | {of.found:,} | {of.clean:,} | {of.conformant:,}"
        lines.append(f"| {tool.name} | {version} | {tool.format} | {figures} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run the campaign with all tools that are installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--place", type=Path, required=True, help="the folder in which the tools are installed"
    )
    parser.add_argument("--keep", type=Path, help="a folder in which the recordings stay")
    parser.add_argument("--write", type=Path, help="a file for the figures")
    parser.add_argument("tools", nargs="*", metavar="TOOL", help="the beginning of a tool's name")
    options = parser.parse_args(arguments)
    kit, rows, absent, begun = Kit(options.place.resolve()), [], [], time.monotonic()
    with serving() as base, TemporaryDirectory() as temporary:
        for number, tool in enumerate(chosen(options.tools)):
            try:
                version = tool.version(kit)
            except (OSError, subprocess.CalledProcessError):
                absent.append(tool.name)
                continue
            figures = run(tool, kit, base, (options.keep or Path(temporary)) / str(number))
            rows.append((tool, version, figures))
            sys.stdout.write(f"{tool.name} {version}: {figures.found} of {figures.planted}\n")
            sys.stdout.writelines(f"  {name}\n" for name in figures.lost[:5])
            sys.stdout.flush()
    found, planted = (sum(getattr(of, name) for _, _, of in rows) for name in ("found", "planted"))
    taken = f"{found:,} of {planted:,} leaks found, {time.monotonic() - begun:.0f} s\n"
    taken += f"Not installed: {', '.join(absent)}\n" if absent else ""
    sys.stdout.write(taken)
    if options.write is not None:
        options.write.write_text(f"{HEAD}\n{table(rows)}\n\n{taken}", "utf-8")
    return 0 if all(of.complete for _, _, of in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
