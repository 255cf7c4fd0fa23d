"""The page about recordings shows every example, and its examples are what they are said to be."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from support.command import whosees
from support.traffic import judged, outcomes
from whosees.checker.recordings.registry import format_infos

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "recordings.md").read_text("utf-8")
COMMANDS = re.findall(r"^\$ whosees (.*)$", PAGE, re.MULTILINE)


def test_the_page_lists_every_format_as_its_reader_describes_it() -> None:
    rows = re.findall(r"^\| (.*?) \| `(.*?)`(?:, `.*`)? \|(.*)\|$", PAGE, re.MULTILINE)
    formats = [(info.name, info.source, info.counted_from) for info in format_infos()]
    assert [(name, source, counted.strip()) for name, source, counted in rows[:-1]] == formats


def test_the_command_names_every_format() -> None:
    words = " ".join(whosees("check", "--help").out.split())
    assert [info.name for info in format_infos() if info.name not in words] == []


def test_the_page_has_every_example() -> None:
    folder = ROOT / "examples" / "recordings"
    shown = {Path(command.split()[-1]).name for command in COMMANDS}
    assert shown == {path.name for path in folder.iterdir() if not path.name.endswith(".request.xml")}


def test_examples_say_that_they_are_synthetic() -> None:
    """A file in a folder of response bodies says itself what it is, or the mapping that sends it does."""
    for path in (ROOT / "examples" / "recordings").rglob("*.*"):
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        assert b"ynthetic" in content, path


def test_the_examples_come_out_alike_in_every_format() -> None:
    folder = ROOT / "examples" / "recordings"
    assert outcomes(judged(folder), folder) == [
        ("browser.har#entry-0", "skipped"),
        ("browser.har#entry-1", "violating"),
        ("browser.har#entry-2", "conformant"),
        ("browser.har#entry-3", "not-a-message"),
        ("curl.response.http", "violating"),
        ("log.jsonl:1", "violating"),
        ("log.jsonl:2", "conformant"),
        ("log.jsonl:3", "conformant"),
        ("night.tar.gz!tc/1.response.xml", "violating"),
        ("night.tar.gz!log.jsonl:1", "violating"),
        ("night.tar.gz!log.jsonl:2", "conformant"),
        ("night.tar.gz!log.jsonl:3", "conformant"),
        ("ruby-vcr.yml#interaction-0", "violating"),
        ("ruby-vcr.yml#interaction-1", "conformant"),
        ("vcrpy.yaml#interaction-0", "violating"),
        ("vcrpy.yaml#interaction-1", "conformant"),
        ("wiremock/mappings/session.json", "conformant"),
        ("wiremock-journal.json#request-0", "violating"),
    ]
