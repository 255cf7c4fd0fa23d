"""The page in a browser, made once by the installed command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.command import whosees

from .browsing import Explorer, browser


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page as `whosees explore` writes it; making it takes seconds."""
    file = tmp_path_factory.mktemp("explorer") / "explorer.html"
    assert whosees("explore", "-o", file).code == 0
    return file


@pytest.fixture(scope="session")
def page(page_file: Path) -> str:
    """Return the content of that page."""
    return page_file.read_text("utf-8")


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a browser."""
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def explorer(driver: Any, page_file: Path) -> Explorer:
    """Return the page in the browser; a test finds it as it is when it was just opened."""
    return Explorer(driver, page_file)
