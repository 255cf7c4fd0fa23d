"""Fixtures of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.check_folder import GOOD, LEAKING
from support.messages import request


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.xml").write_bytes(GOOD)
    (tmp_path / "b.response.xml").write_bytes(LEAKING)
    (tmp_path / "b.request.xml").write_bytes(request())
    (tmp_path / "notes.txt").write_text("no recording")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.response.xml").write_bytes(GOOD)
    (tmp_path / "sub" / "c.context.toml").write_text('role = "none"\ncaller = "Authenticated"\n')
    return tmp_path
