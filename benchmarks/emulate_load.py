"""Put the emulator under load on loopback: so many callers at once for so many seconds, and no error.

    python benchmarks/emulate_load.py [--callers 200] [--seconds 10]

It starts `whosees emulate` itself, calls it as anonymous callers and as hosts of all five services, holds every
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

from whosees.checker.service.endpoint import SERVICE_PATH
from whosees.checker.service.live.cases import session_cases
from whosees.checker.service.live.load import load_plan
from whosees.checker.service.live.request_message import request_of
from whosees.checker.service.live.secrets import Secrets
from whosees.rules.load import builtin_rulebook

EXAMPLE = Path(__file__).parents[1] / "examples" / "live.toml"
MOST_CALLERS, MOST_SECONDS = 1000, 60


def requests() -> list[bytes]:
    """Return the request of every case of the example plan."""
    rulebook = builtin_rulebook()
    plan = load_plan((rulebook,), EXAMPLE)
    secrets = Secrets({}, practice=True)
    return [request_of(rulebook, plan, case, secrets) for case in session_cases(rulebook, plan)]


def over_http(content: bytes) -> bytes:
    """Return a request as it goes over the connection."""
    head = f"POST {SERVICE_PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


async def answer(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Read one answer: its status and its body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
    return head.split()[1], await reader.readexactly(int(length[1]) if length else 0)


async def load(port: int, callers: int, seconds: float) -> tuple[Counter[str], list[float]]:
    """Call until the time is over; gives how often what came back, and how long each answer took.

    Every caller has a connection of its own and keeps it; streams without a client library, so that the load is the
    emulator's and not ours.
    """
    asked = [over_http(content) for content in requests()]
    answers: dict[int, bytes] = {}
    came: Counter[str] = Counter()
    times: list[float] = []
    end = time.perf_counter() + seconds

    async def caller(number: int) -> None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while time.perf_counter() < end:
                which = number % len(asked)
                number += 1
                began = time.perf_counter()
                writer.write(asked[which])
                status, content = await answer(reader)
                times.append(time.perf_counter() - began)
                same = content == answers.setdefault(which, content)
                came[f"HTTP {status}" + ("" if same else ", and another answer than before")] += 1
            writer.close()
        except (OSError, asyncio.IncompleteReadError) as error:
            came[type(error).__name__] += 1

    await asyncio.gather(*(caller(number) for number in range(callers)))
    return came, times


def main() -> int:
    """Run the load and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--callers", type=int, default=200, choices=range(1, MOST_CALLERS + 1), metavar="N")
    parser.add_argument("--seconds", type=int, default=10, choices=range(1, MOST_SECONDS + 1), metavar="N")
    asked = parser.parse_args()
    command = [str(Path(sys.executable).with_name("whosees")), "emulate", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as emulator:  # noqa: S603 - our own command
        try:
            line = emulator.stderr.readline() if emulator.stderr else ""
            found = re.search(r":(\d+)/", line)
            if found is None:
                sys.stderr.write(line)
                return 2
            came, times = asyncio.run(load(int(found[1]), asked.callers, asked.seconds))
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
