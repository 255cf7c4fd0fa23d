"""The command `check`, against reading and parsing the same files."""

from __future__ import annotations

import gc
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from lxml import etree

from whosees.checker.cli.app import run

from .corpus import Sample, as_text, json_messages, recordings
from .measure import ROUNDS, ratio, wall_ratio
from .sizes import PARSER, SEED, Row, Size, times


def command_rows(size: Size) -> Iterator[Row]:
    """Yield what `check` takes against reading and parsing the same files."""
    made = list(recordings(SEED, size.files))
    gc.freeze()  # as the installed command does when it starts: what is here already is none of its garbage
    with tempfile.TemporaryDirectory() as folder:
        alone, pairs = (os.path.join(folder, name) for name in ("alone", "pairs"))
        os.mkdir(alone)
        os.mkdir(pairs)
        for number, entry in enumerate(made):
            Path(alone, f"{number:06}.response.xml").write_bytes(entry.response)
            if number < size.files // 2:
                Path(pairs, f"{number:06}.response.xml").write_bytes(entry.response)
                Path(pairs, f"{number:06}.request.xml").write_bytes(entry.request)
        out = os.path.join(folder, "out.json")
        for files, what in ((alone, "responses"), (pairs, "responses and requests")):
            taken = times(ratio(_check(files, out), _reading(files), ROUNDS))
            yield f"check DIR of {size.files:,} files, {what}, one worker", taken, "≤ 1.6 ×"
        yield from _json_lines(folder, made, out, size)


def _reading(folder: str) -> Callable[[], None]:
    """Read and parse the files of a folder."""

    def loop() -> None:
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            with open(entry.path, "rb") as stream:
                etree.fromstring(stream.read(), PARSER)

    return loop


def _check(path: str, out: str, *options: str) -> Callable[[], None]:
    def check() -> None:
        run(["check", path, "--exit-zero", "--format", "json", "-o", out, *options])

    return check


def _json_lines(folder: str, made: list[Sample], out: str, size: Size) -> Iterator[Row]:
    path = os.path.join(folder, "recordings.jsonl")
    with open(path, "w", encoding="utf-8") as stream:
        for number, entry in enumerate(made):
            line = {"id": number, "request": as_text(entry.request), "response": as_text(entry.response)}
            stream.write(json.dumps(line) + "\n")

    def loop() -> None:
        with open(path, "rb") as stream:
            for line in stream:
                entry = json.loads(line)
                etree.fromstring(entry["response"].encode(), PARSER)
                etree.fromstring(entry["request"].encode(), PARSER)

    check = _check(path, out)
    yield "check one JSON Lines file, one worker", times(ratio(check, loop, ROUNDS)), "≤ 1.6 ×"
    yield from _json_rulebook(folder, out, size)
    yield from _workers(folder, path, out, size)


def _workers(folder: str, path: str, out: str, size: Size) -> Iterator[Row]:
    """Two processes against one: what a process costs to begin with counts less the more there is to judge."""
    many = os.path.join(folder, "many.jsonl")
    with open(many, "wb") as stream:
        stream.writelines(Path(path).read_bytes() for _ in range(10))
    alone = os.path.join(folder, "alone")
    for place, what in (
        (many, f"{10 * size.files:,} responses in JSON Lines"),
        (path, f"{size.files:,} responses in JSON Lines"),
        (alone, f"DIR of {size.files:,} files"),
    ):
        two = 1 / wall_ratio(_check(place, out, "--jobs", "2"), _check(place, out), 3)
        target = "≥ 1.7 ×" if place == many else "-"
        yield f"two workers against one, elapsed time, {what}", times(two), target


def _json_rulebook(folder: str, out: str, size: Size) -> Iterator[Row]:
    path = os.path.join(folder, "json.jsonl")
    with open(path, "w", encoding="utf-8") as stream:
        stream.writelines(
            json.dumps({"response": content.decode()}) + "\n"
            for content in json_messages(SEED, size.files, new=False)
        )

    def loop() -> None:
        with open(path, "rb") as stream:
            for line in stream:
                msgspec.json.decode(msgspec.json.decode(line)["response"])

    check = _check(path, out, "--rules", "webex-rest-meeting", "--fact", "view=user")
    what = "check a JSON rulebook's JSON Lines, against decoding line and response"
    yield what, times(ratio(check, loop, ROUNDS)), "≤ 6 ×"
