"""Measure what `whosees watch` adds, under load on loopback: callers that keep their connections, and a server that leaks.

    python -m benchmarks.watch_load [--callers 200] [--seconds 30] [--rate 300]

It runs `whosees emulate` with a leak of every element that an anonymous caller of a Meeting Center session must not see, and calls
it directly and through the proxy in turns, at the same rate, so that whatever else the machine does slows both. It prints the latency with and without the proxy, what the
proxy says that it added, the memory of its processes, and what was not copied; and ends with 1 if a byte of an answer
differs, if a call is lost, or if an injected leak is not among the findings. Without ``--rate`` a call follows the
previous one at once: then all processors are busy, and the latency says how many calls they can do.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from whosees.engine.context import context_of
from whosees.engine.expectation import Evaluator, Expectation
from whosees.rules.load import builtin_rulebook

from .emulate_load import over_http, requests

CASE = "MC/anonymous/not-supplied"
TURNS = 3
"""Turns of calls without and with the proxy."""
WARM_UP_SECONDS = 2.0
"""Calls of a turn before that are made and compared, and not timed: all connections are opened at once."""

_MEMORY_SECONDS = 0.5


def leaks() -> list[str]:
    """Return the elements without children of their own that the case must not see."""
    rulebook = builtin_rulebook()
    facts = {"service": "MC", "caller": "anonymous", "password": "not-supplied"}
    expected = Evaluator(rulebook).expectations(context_of(rulebook, facts))
    paths = [path for path, expectation in expected.items() if expectation is Expectation.MUST_NOT]
    return [path for path in paths if not any(other.startswith(f"{path}/") for other in paths)]


@dataclass
class Load:
    """The answers to the calls: the number of each kind, the latencies in seconds, and the answer to each request."""

    came: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    answers: dict[int, bytes] = field(default_factory=dict)

    def quantile(self, share: float) -> float:
        """Return a quantile of the latencies in milliseconds."""
        ranked = sorted(self.times)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))] * 1000 if ranked else 0.0

    def __iadd__(self, other: Load) -> Self:
        """Add the calls of another turn, whose answers were compared with those of this one."""
        self.came += other.came
        self.times += other.times
        self.answers |= other.answers
        return self


@dataclass(frozen=True)
class WatchedLoad:
    """Calls through the proxy, its memory in bytes, and the processor seconds of passing on and of judging."""

    load: Load
    memory: int
    relay_seconds: float
    judge_seconds: float


async def answer(reader: asyncio.StreamReader) -> bytes:
    """Read one answer, without its date."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    body = await reader.readexactly(int(length[1]) if length else 0)
    return re.sub(rb"\r\ndate: [^\r]*", b"", head, flags=re.IGNORECASE) + body


async def load(port: int, callers: int, seconds: float, rate: float, expected: dict[int, bytes]) -> Load:
    """Call until the time is over, each caller on a connection of its own."""
    asked = [over_http(content) for content in requests()]
    seen = Load(answers=dict(expected))
    begin = time.perf_counter()

    async def caller(number: int) -> None:
        pause = callers / rate if rate else 0.0
        due = begin + (number / callers) * pause
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        which = number
        while (now := time.perf_counter()) < begin + seconds:
            if due > now:
                await asyncio.sleep(due - now)
            due = max(due, now) + pause if pause else now
            which = (which + 1) % len(asked)
            started = time.perf_counter()
            writer.write(asked[which])
            content = await answer(reader)
            if started > begin + WARM_UP_SECONDS:
                seen.times.append(time.perf_counter() - started)
            same = content == seen.answers.setdefault(which, content)
            seen.came["the same answer" if same else "another answer than before"] += 1
        writer.close()

    for outcome in await asyncio.gather(*map(caller, range(callers)), return_exceptions=True):
        if isinstance(outcome, BaseException):
            seen.came[type(outcome).__name__] += 1
    return seen


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a command of ours that says on which port it listens."""
    command = [str(Path(sys.executable).with_name("whosees")), *arguments]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        try:
            found = None
            while found is None and process.stderr is not None and (line := process.stderr.readline()):
                found = re.search(r" at http://[^:]+:(\d+)", line)
            if found is None:
                sys.exit(f"`{' '.join(command)}` did not start")
            yield process, int(found[1])
        finally:
            process.send_signal(signal.SIGINT)


async def watched_memory(process: int, stop: asyncio.Event) -> int:
    """Return the largest memory in bytes that a process and its children had together."""
    most = 0
    while not stop.is_set():
        most = max(most, sum(resident(each) for each in (process, *children(process))))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _MEMORY_SECONDS)
    return most


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(each) for each in listed.split()]


def resident(process: int) -> int:
    """Return the memory of a process in bytes."""
    with contextlib.suppress(OSError):
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
        return int(found[1]) * 1024 if found else 0
    return 0


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def in_turns(
    upstream: int, port: int, process: int, asked: argparse.Namespace
) -> tuple[Load, WatchedLoad]:
    """Call directly and through the proxy in turns; return what came back, and what the proxy used."""
    stop = asyncio.Event()
    memory = asyncio.create_task(watched_memory(process, stop))
    direct, seen = Load(), Load()
    for _ in range(TURNS):
        for calls, to in ((direct, upstream), (seen, port)):
            calls += await load(to, asked.callers, asked.seconds / TURNS, asked.rate, direct.answers)  # noqa: PLW2901 - added to in place
    stop.set()
    *others, relay = sorted(children(process))  # it is started last
    judging = sum(map(processor_seconds, (process, *others)))
    return direct, WatchedLoad(seen, await memory, processor_seconds(relay), judging)


def found_leaks(report: Path) -> set[str]:
    """Return the elements that a report calls leaked in the case."""
    findings = [
        each for response in json.loads(report.read_text())["responses"] for each in response["findings"]
    ]
    return {each["path"] for each in findings if each["rule"] == "leaked" and f":{CASE}/" in each["id"]}


def main() -> int:
    """Run the load and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--callers", type=int, default=200, metavar="N")
    parser.add_argument("--seconds", type=int, default=30, metavar="N")
    parser.add_argument("--rate", type=float, default=0, metavar="N", help="calls a second")
    asked = parser.parse_args()
    injected = leaks()
    faults = [word for path in injected for word in ("--fault", f"leak:{path}@{CASE}")]
    with tempfile.TemporaryDirectory() as folder, running("emulate", "--port", "0", *faults) as (_, upstream):
        events, report = Path(folder, "events.jsonl"), Path(folder, "report.json")
        arguments = ("--upstream", f"http://127.0.0.1:{upstream}", "--listen", "127.0.0.1:0", "--quiet")
        with running("watch", *arguments, "--events", str(events), "--report", f"json={report}") as (
            proxy,
            port,
        ):
            direct, watched = asyncio.run(in_turns(upstream, port, proxy.pid, asked))
        totals = json.loads(events.read_text().splitlines()[-1])
        missed = set(injected) - found_leaks(report)
    seen = watched.load
    print_figures(asked, direct, watched, totals)
    print(f"injected leaks: {len(injected)}, not found: {len(missed)}")  # noqa: T201 - a script
    return (
        0
        if set(seen.came) == {"the same answer"} and not missed and totals["exchanges"] == seen.came.total()
        else 1
    )


def per_call(seconds: float, load: Load) -> str:
    """Return the share of a call in a time."""
    return f"{seconds / max(1, load.came.total()) * 1000:.2f} ms"


def print_figures(
    asked: argparse.Namespace, direct: Load, watched: WatchedLoad, totals: dict[str, object]
) -> None:
    """Print what was measured."""
    seen = watched.load
    lines = [f"{asked.callers} callers for {asked.seconds} s, {asked.rate or 'as many'} calls a second"]
    for name, each in (("without", direct), ("with", seen)):
        quantiles = ", ".join(
            f"p{share * 100:g} {each.quantile(share):.1f} ms" for share in (0.5, 0.99, 0.999)
        )
        lines.append(f"{name} the proxy: {len(each.times):,} calls, {quantiles}; {dict(each.came)}")
    added = ", ".join(
        f"p{share * 100:g} {seen.quantile(share) - direct.quantile(share):.1f} ms" for share in (0.5, 0.99)
    )
    lines += [
        f"added: {added}",
        f"memory of the proxy's processes together: {watched.memory / 1e6:.0f} MB",
        f"processor time a call, start included: to pass it on {per_call(watched.relay_seconds, seen)}",
        f"and to judge it {per_call(watched.judge_seconds, seen)}",
        f"the proxy: {json.dumps(totals)[:900]}",
    ]
    print("\n".join(lines))  # noqa: T201 - a script


if __name__ == "__main__":
    sys.exit(main())
