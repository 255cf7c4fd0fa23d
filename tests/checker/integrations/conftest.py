"""Fixtures of this folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def site(pytester: pytest.Pytester, place: Path) -> pytest.Pytester:
    """A project with the recordings, and nothing else."""
    shutil.copytree(place / "recordings", pytester.path / "recordings")
    return pytester
