"""The page in a browser, made once by the installed command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .browsing import Explorer, browser

WHOSEES = str(Path(sys.executable).with_name("whosees"))


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page as `whosees explore` writes it."""
    file = tmp_path_factory.mktemp("explorer") / "explorer.html"
    subprocess.run([WHOSEES, "explore", "-o", str(file)], check=True, capture_output=True)
    return file


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a browser."""
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def explorer(driver: Any, page_file: Path) -> Explorer:
    """Return the page in the browser, as it is when it was just opened."""
    explorer = Explorer(driver, page_file)
    explorer.open()
    return explorer
