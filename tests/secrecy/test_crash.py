"""A fault of the program itself: where it happened is said, and nothing of what was being read."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from secrecy import planted
from secrecy.marker import MARK
from secrecy.sealed import SESSION, Ended, Sealed
from whosees.checker.service.endpoint import SERVICE_PATH

STAGES = {
    "while recordings are found": "whosees.checker.recordings.registry:reader_of",
    "while a container is read": "whosees.checker.recordings.base:Source.entry",
    "while a request is read": "whosees.checker.messages.xml.reader:_texts",
    "while XML is read": "whosees.checker.messages.xml.document:DocumentReader.read",
    "while evidence is weighed": "whosees.checker.checking.exchange:claims_of",
    "while it is judged": "whosees.checker.checking.body_judge:judge_for",
    "while a report is written": "whosees.reports.check.text:TextFormatter.response",
    "while totals are written": "whosees.engine.result:Summary.add",
}
"""Functions that are made to raise an exception which quotes all that they were called with."""


def test_a_crash_names_the_place_and_no_text(sealed: Sealed, sound: Path) -> None:
    places = {stage: sealed.work / str(number) for number, stage in enumerate(STAGES)}
    for place in places.values():
        place.mkdir()
        (place / "old.json").write_text("old")
    checks: list[list[str | Path]] = [
        ["check", sound / "pair.response.xml", sound / "traffic.har", "--report", "json=old.json"],
        ["explain", "agenda", sound / "pair.response.xml"],
        ["check", sound / "log.jsonl", "--jobs", "2"],
    ]
    commands = [
        ["@", place, "!", STAGES[stage], *check] for stage, place in places.items() for check in checks
    ]
    ended = iter(sealed.session(commands))
    for stage, place in places.items():
        runs = [next(ended) for _ in checks]
        crashed = [run for run in runs if run.code == 70]
        assert crashed, stage
        for run in crashed:
            first, *rest = run.err.decode().splitlines()
            assert first == (
                "whosees: internal error: this is a bug; please report these lines, which contain"
                " nothing of any input"
            )
            assert any(line.strip().endswith("ToldAll") for line in rest)
            assert all(line.startswith(("  ", "    at ")) for line in rest)
        assert {run.code for run in runs} <= {0, 1, 70}, stage
        old = (place / "old.json").read_text()
        assert old == "old" or runs[0].code != 70, "an old report stays as it was"
        assert [path.name for path in place.iterdir()] == ["old.json"]


def test_a_crash_in_the_middle_of_a_test_quotes_no_message(sealed: Sealed) -> None:
    message = sealed.root.parent / "message.xml"
    message.write_bytes(planted.response("MC"))
    (sealed.work / "pytest.ini").write_text("[pytest]\n")
    (sealed.work / "test_own.py").write_text(
        "from pathlib import Path\n"
        "from secrecy.session import breaking\n\n"
        f"breaking({STAGES['while it is judged']!r}).__enter__()\n"
        f"CONTENT = Path({str(message)!r}).read_bytes()\n\n\n"
        "def test_it(whosees):\n"
        "    whosees.assert_conformant(CONTENT)\n"
    )
    ended = sealed.run(
        "-q", "--tb=long", "--whosees", message, command=(sys.executable, "-m", "pytest"),
        PYTHONPATH=str(SESSION.parents[1]),
    )  # fmt: skip
    assert ended.code != 0
    assert b"InternalError" in ended.out


BREAKING = """
from secrecy.session import breaking
from whosees.checker.cli.main import main
with breaking("whosees.checker.service.emulate.handler:SessionHandler.handle"):
    main()
"""


def test_a_crash_of_the_emulator_is_said_without_the_request(sealed: Sealed) -> None:
    """The server's own log would quote the exception, which quotes the request."""
    process = subprocess.Popen(
        [sys.executable, "-c", BREAKING, "emulate", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=sealed.work,
        env=sealed.environment(PYTHONPATH=str(SESSION.parents[1])),
    )
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        (port,) = re.findall(rb"answering at http://127.0.0.1:(\d+)", said)
        for sent in (planted.request(), MARK.encode()):
            answered = httpx.post(
                f"http://127.0.0.1:{int(port)}{SERVICE_PATH}", content=sent, headers={"Cookie": MARK}
            )
            assert (answered.status_code, MARK in answered.text) == (500, False)
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    sealed.keep(Ended(("emulate",), process.returncode, out, said + err))
    assert (process.returncode, err.count(b"whosees: internal error: ")) == (0, 2)


ELSEWHERE = {
    "in the main thread": "raise ValueError(mark)",
    "in another thread": "import threading\nt = threading.Thread(target=fails)\nt.start()\nt.join()",
    "where an object ends": "class Ends:\n    def __del__(self):\n        fails()\nEnds()",
    "in a log": "import logging\ntry:\n    fails()\nexcept ValueError:\n    logging.getLogger('lib').exception(mark)",
    "in a log without an exception": "import logging\nlogging.getLogger('lib').error('%s', mark)",
    "with what it came from": "try:\n    fails()\nexcept ValueError as error:\n    raise KeyError(mark) from error",
    "in a chain that is a ring": (
        "a, b = ValueError(mark), KeyError(mark)\na.__cause__, b.__cause__ = b, a\nraise a"
    ),
}


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_fault_that_no_command_catches_is_said_in_the_same_way(sealed: Sealed, place: str) -> None:
    """Threads, endings and logs of libraries have ways of their own to write a traceback."""
    mark = "".join(f"\\x{ord(c):02x}" for c in MARK)
    script = (
        "from whosees.checker.core import crash_report as crash\ncrash.install()\ncrash.mute_logs()\n"
        f'mark = "{mark}"\ndef fails():\n    raise ValueError(mark)\n{ELSEWHERE[place]}\n'
    )
    ended = sealed.run(command=(sys.executable, "-c", script))
    said = ended.err.decode()
    assert said.startswith("whosees: lib failed\n" if "log" in place else "whosees: internal error: ")
    assert "Traceback" not in said
    assert ("ValueError" in said) is (place != "in a log without an exception")
