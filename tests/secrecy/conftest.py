"""Fixtures of this folder: recordings that hold the marker, and places to run in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from secrecy import broken, planted
from secrecy.marker import FORMS
from secrecy.sealed import FIGURES, Sealed

SWEEP = "WHOSEES_SWEEP"
PLACES = int(os.environ.get(SWEEP, "1"))
"""At how many markers of a file each way to break it is tried; more with `make secrecy`."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that docs/contributing/assurance.md states."""
    if SWEEP in os.environ:
        figures = ", ".join(f"{number:,} {name}" for name, number in asdict(FIGURES).items())
        terminalreporter.write_line(f"secrecy: {figures}; {len(FORMS)} patterns for each; {PLACES} places")


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recording of every format."""
    folder = tmp_path_factory.mktemp("sound")
    texts = planted.texts()
    files = {**texts, **planted.packed(texts), **{f"wm/{n}": c for n, c in planted.wiremock().items()}}
    _write(folder, files)
    FIGURES.sound = len(files)
    return folder


@pytest.fixture(scope="session")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with recordings that are broken beside the marker."""
    folder = tmp_path_factory.mktemp("spoilt")
    files = dict(_spoilt())
    _write(folder, files)
    FIGURES.spoilt = len(files)
    return folder


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Sealed]:
    """A place to run in; when the test is over nothing that was written there may hold the marker."""
    place = Sealed(tmp_path / "sealed")
    yield place
    assert place.ended, "nothing ran"
    assert place.leaks() == {}


def _spoilt() -> Iterator[tuple[str, bytes]]:
    files = planted.texts()
    number = 0
    for name, content in files.items():
        if name.endswith((".request.xml", ".context.toml")):
            continue
        for _, spoilt in broken.broken_at(content, PLACES):
            number += 1
            yield f"{number:05}-{name}", spoilt
    for name in ("pair", "other"):
        for _, spoilt in broken.broken_at(files[f"{name}.request.xml"], PLACES):
            number += 1
            yield f"{number:05}.response.xml", files["pair.response.xml"]
            yield f"{number:05}.request.xml", spoilt
    for sidecar in broken.sidecars().values():
        number += 1
        yield f"{number:05}.response.xml", files["pair.response.xml"]
        yield f"{number:05}.context.toml", sidecar
    for document in broken.documents().values():
        number += 1
        yield f"{number:05}.xml", document
    yield "lines.jsonl", b"\n".join(broken.lines())
    for name, content in planted.packed(files).items():
        for _, spoilt in broken.cut_archives(content):
            number += 1
            yield f"{number:05}-{name}", spoilt


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
