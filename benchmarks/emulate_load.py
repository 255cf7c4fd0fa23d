# ruff: noqa: INP001 - a script, and no package
"""Hold the emulator under load on loopback: so many callers at once for so many seconds, and no error.

    python benchmarks/emulate_load.py [--callers 200] [--seconds 10]

It starts `sightline emulate` itself, calls it as anonymous callers and as hosts of all five services, holds every
answer against the first one of its kind, and ends with 1 where any differs or fails.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx

from sightline.checker.live.cases import cases_of
from sightline.checker.live.message import request_of
from sightline.checker.live.plan import Secrets, load_plan
from sightline.rules.load import builtin_rulebook

EXAMPLE = Path(__file__).parents[1] / "examples" / "live.toml"
MOST_CALLERS, MOST_SECONDS = 1000, 60


def requests() -> list[bytes]:
    """Give the request of every case of the example plan."""
    rulebook = builtin_rulebook()
    plan = load_plan(rulebook, EXAMPLE)
    secrets = Secrets({}, practice=True)
    return [request_of(rulebook, plan, case, secrets) for case in cases_of(rulebook, plan)]


async def load(url: str, callers: int, seconds: float) -> tuple[Counter[str], list[float]]:
    """Call until the time is over; gives how often what came back, and how long each answer took."""
    asked = requests()
    answers: dict[int, bytes] = {}
    came: Counter[str] = Counter()
    times: list[float] = []
    end = time.perf_counter() + seconds
    limits = httpx.Limits(max_connections=callers, max_keepalive_connections=callers)

    async def caller(client: httpx.AsyncClient, number: int) -> None:
        while time.perf_counter() < end:
            which = number % len(asked)
            number += 1
            began = time.perf_counter()
            try:
                response = await client.post(url, content=asked[which], headers={"Content-Type": "text/xml"})
            except httpx.HTTPError as error:
                came[type(error).__name__] += 1
                continue
            times.append(time.perf_counter() - began)
            same = response.content == answers.setdefault(which, response.content)
            came[f"HTTP {response.status_code}" + ("" if same else ", and another answer than before")] += 1

    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:
        await asyncio.gather(*(caller(client, number) for number in range(callers)))
    return came, times


def main() -> int:
    """Run the load and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--callers", type=int, default=200, choices=range(1, MOST_CALLERS + 1), metavar="N")
    parser.add_argument("--seconds", type=int, default=10, choices=range(1, MOST_SECONDS + 1), metavar="N")
    asked = parser.parse_args()
    command = [str(Path(sys.executable).with_name("sightline")), "emulate", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as emulator:  # noqa: S603 - our own command
        try:
            line = emulator.stderr.readline() if emulator.stderr else ""
            found = re.search(r"http://\S+", line)
            if found is None:
                sys.stderr.write(line)
                return 2
            came, times = asyncio.run(load(found[0], asked.callers, asked.seconds))
        finally:
            emulator.send_signal(signal.SIGINT)
            said = emulator.stderr.read() if emulator.stderr else ""
    times.sort()
    lines = [
        f"{asked.callers} callers for {asked.seconds} s: {len(times):,} answers, {len(times) / asked.seconds:,.0f} a second",
        *(f"{what}: {number:,}" for what, number in sorted(came.items())),
        f"median {times[len(times) // 2] * 1000:.0f} ms, 99 of 100 within {times[len(times) * 99 // 100] * 1000:.0f} ms",
        f"the emulator said: {said or 'nothing'}; it ended with {emulator.returncode}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if set(came) == {"HTTP 200"} and not said and emulator.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
