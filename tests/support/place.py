"""Recordings for the tests of the gate: one that leaks, one that lacks fields, and one that conforms."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "synthetic"

CHOSEN = {
    "leak": "violating/mc-anonymous-leak",
    "lack": "violating/ec-host-missing",
    "good": "conformant/mc-anonymous",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A working directory with recordings/{leak,lack,good}.{response,request}.xml."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    for name, example in CHOSEN.items():
        for kind in ("response", "request"):
            shutil.copy(EXAMPLES / f"{example}.{kind}.xml", folder / f"{name}.{kind}.xml")
    return tmp_path
