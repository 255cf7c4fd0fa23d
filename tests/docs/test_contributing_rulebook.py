"""docs/contributing: adding a rulebook takes a folder and a line of the registry, adding a fact only a rulebook."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from support.command import whosees
from support.documents import blocks, rendered
from whosees.rules import builtin_rulebook, registry

PAGES = Path(__file__).parents[2] / "docs" / "contributing"
PAGE = (PAGES / "rulebook.md").read_text("utf-8")


@pytest.fixture
def tickets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the page's rulebook as the page says: a folder, and the registry with another line."""
    # Its help lists the rulebooks when it is imported, and other tests see that help.
    importlib.import_module("whosees.checker.cli.options.rulebook")
    for block in blocks(PAGE):
        file = tmp_path / block.title
        if block.title:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
    source = Path(str(registry.__file__)).read_text(encoding="utf-8")
    ((old, new),) = re.findall(r"^```diff\n-(.*)\n\+(.*)\n```$", PAGE, re.MULTILINE)
    assert source.count(old) == 1
    names: dict[str, object] = {"__file__": str(tmp_path / "rules" / "registry.py")}
    exec(source.replace(old, new), names)  # noqa: S102 - it is the module with the page's line
    monkeypatch.setattr(registry, "BUILTINS", names["BUILTINS"])
    builtin_rulebook.cache_clear()


@pytest.mark.usefixtures("tickets")
def test_a_rulebook_is_loaded_and_offered_by_its_name(tmp_path: Path) -> None:
    assert [row.path for row in builtin_rulebook("tickets").rows] == ["id", "subject", "notes"]
    shown = whosees("matrix", "--rules", "tickets", cwd=tmp_path)
    assert (shown.code, "notes" in shown.out) == (0, True)
    assert shown.out == whosees("matrix", "--rules", tmp_path / "rules" / "tickets", cwd=tmp_path).out


@pytest.mark.parametrize("name", ["rulebook.md", "fact.md"])
def test_a_page_shows_what_its_commands_print(name: str, tmp_path: Path) -> None:
    for block, printed in rendered((PAGES / name).read_text("utf-8"), tmp_path):
        assert printed == block.text
