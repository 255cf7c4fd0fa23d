"""Whatever a document shows was run: commands print what is printed there, and its Python runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.documents import PAGES, ROOT, blocks, rendered
from support.options_page import with_options

RUN = ("console", "pycon", "python")


def has_code(page: Path) -> bool:
    return any(block.language in RUN for block in blocks(page.read_text("utf-8")))


@pytest.mark.parametrize(
    "page", [page for page in PAGES if has_code(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_a_page_shows_what_its_commands_print(page: Path, tmp_path: Path) -> None:
    """`cd tests && python -m docs.refresh` rewrites what differs."""
    for block, printed in rendered(page.read_text("utf-8"), tmp_path):
        assert printed == block.text


def test_the_reference_has_the_options_of_every_command() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
    assert with_options(page) == page
