"""The page as a file: one, small, the same each time, shut towards the network, whatever the rulebook says."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.rulebooks import Loaded
from whosees.engine.expectation import Evaluator
from whosees.reports.explorer import page as page_module
from whosees.reports.explorer.decisions import CONTEXT_LIMIT, TooManyContexts, decisions_data
from whosees.reports.explorer.page import explorer_page
from whosees.reports.explorer.reading import ReadingLimits, reading_data
from whosees.reports.explorer.texts import PATH, InternTable, fill, share
from whosees.rules.load import load_rulebook
from whosees.rules.registry import BUILTINS, SKELETON

from .browsing import Explorer
from .messages import EVALUATOR, RULEBOOK

LIMITS = ReadingLimits(1 << 20, 200, 1000, 100, 1000, 256)
ASSETS = Path(page_module.__file__).parent / "assets"


def data_of(page: str) -> dict[str, Any]:
    """Return the data that is in a page."""
    found = re.search(r'<script type="application/json" id="rulebook">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def own_rulebook(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the small rulebook that `rules new` begins with, with some texts changed."""
    shutil.copytree(SKELETON, folder / "own")
    file = folder / "own" / "rulebook.toml"
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return file


def page_of(file: Path) -> str:
    return explorer_page(Evaluator(load_rulebook(str(file))), LIMITS)


def test_it_is_under_300_kilobytes(page_file: Path) -> None:
    assert page_file.stat().st_size < 300_000


def test_the_same_rulebook_gives_the_same_page(tmp_path: Path) -> None:
    file = own_rulebook(tmp_path)
    assert page_of(file) == page_of(file)


def test_it_names_nothing_to_load(page: str) -> None:
    """No address to fetch from: those that occur are names of vocabularies, and texts of the rulebook."""
    markup = page.replace(json.dumps(data_of(page)), "")
    assert re.findall(r"<(?:link|img|iframe|object|embed|audio|video|source|base)\b", markup) == []
    assert re.findall(r"\b(?:src|srcset|action|poster)=", markup) == []
    assert "url(" not in (ASSETS / "explorer.css").read_text(encoding="utf-8")
    assert "@import" not in (ASSETS / "explorer.css").read_text(encoding="utf-8")


def test_its_policy_allows_this_script_and_this_style_and_nothing_else(page: str) -> None:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found is not None
    policy = dict(part.strip().split(" ", 1) for part in found[1].split(";"))
    assert policy["default-src"] == policy["connect-src"] == policy["img-src"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == "'none'"
    for directive, pattern in (
        ("script-src", r"<script>(.*?)</script>"),
        ("style-src", r"<style>(.*?)</style>"),
    ):
        (content,) = re.findall(pattern, page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert policy[directive] == f"'sha256-{digest}'"


@pytest.mark.parametrize("name", sorted(file.name for file in ASSETS.glob("*.js")))
def test_no_script_reads_text_as_markup_or_reaches_out(name: str) -> None:
    script = (ASSETS / name).read_text(encoding="utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch(",
                 "XMLHttpRequest", "WebSocket", "sendBeacon", "import(", "localStorage", "sessionStorage", "cookie"):  # fmt: skip
        assert word not in script


@pytest.mark.parametrize("name", sorted(file.name for file in ASSETS.glob("*.js")))
def test_every_script_is_in_the_page(page: str, name: str) -> None:
    assert (ASSETS / name).read_text(encoding="utf-8") in page


def test_no_script_decides_on_a_marker_or_names_the_vendor() -> None:
    """Decisions are looked up: no script knows a marker, a service or an element."""
    scripts = "".join(file.read_text(encoding="utf-8") for file in ASSETS.glob("*.js"))
    words = {marker.id for marker in RULEBOOK.document.markers} | {column.id for column in RULEBOOK.columns}
    words |= {row.path for row in RULEBOOK.rows if len(row.path) > 6} | {"webex", "granted", "withheld"}
    for word in words:
        assert not re.search(rf"""["'`]{re.escape(word)}["'`]""", scripts), word


def test_the_decisions_in_it_are_the_engines(page: str) -> None:
    store = data_of(page)["decisions"]
    from whosees.engine.context import all_contexts

    contexts = list(all_contexts(RULEBOOK))
    assert len(store["decided"]) == len(contexts) == 195
    for index, context in zip(store["decided"], contexts, strict=True):
        expected = EVALUATOR.expectations(context).values()
        assert [store["letters"][letter] for letter in store["decisions"][index]] == list(expected)


def test_a_rulebook_cannot_bring_markup_in(page: str, tmp_path: Path) -> None:
    nasty = "</script><script>alert(1)</script><!-- <b>&amp;"
    file = own_rulebook(
        tmp_path,
        ('title = "What the API shows to whom"', f'title = "{nasty}"'),
        ('state = "the caller is the owner"', f'state = "the caller is {nasty}"'),
    )
    own = page_of(file)
    assert own.count("<script") == page.count("<script")
    assert "<b>" not in own
    assert data_of(own)["rulebook"]["title"] == nasty


def test_a_hostile_rulebook_is_shown_as_text(explorer: Explorer, tmp_path: Path) -> None:
    nasty = "</script><img src=x onerror=alert(1)>"
    file = own_rulebook(
        tmp_path,
        ('title = "What the API shows to whom"', f'title = "{nasty}"'),
        ('state = "the caller is the owner"', f'state = "{nasty}"'),
    )
    written = tmp_path / "own.html"
    written.write_text(page_of(file), encoding="utf-8")
    own = Explorer(explorer.driver, written)
    own.open("version=B&role=owner&path=secret")
    assert own.text("h1") == nasty
    assert nasty in own.text(".explanation")
    assert own.run("return document.querySelectorAll('img').length") == 0
    assert own.complaints() == []


def test_other_facts_and_columns_make_a_page_too(explorer: Explorer, tmp_path: Path) -> None:
    """The page knows no service and no fact: a rulebook with other names is shown as well."""
    file = own_rulebook(tmp_path, ('title = "version B"', 'title = "the new one"'))
    written = tmp_path / "own.html"
    written.write_text(page_of(file), encoding="utf-8")
    own = Explorer(explorer.driver, written)
    own.open("version=B&role=owner&path=secret")
    assert own.item("secret").find_element("css selector", ".badge").text.endswith("should")
    assert "the new one, role owner" in own.text(".verdict")
    assert f"--rules {file}" in own.text(".command")


def test_too_many_contexts_are_said_to_be_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whosees.reports.explorer.decisions.CONTEXT_LIMIT", 323)
    with pytest.raises(
        TooManyContexts, match="the rulebook has 324 combinations of facts, but a page holds at most 323"
    ):
        decisions_data(EVALUATOR)
    assert CONTEXT_LIMIT >= 324


@given(row=st.sampled_from(RULEBOOK.rows), parts=st.lists(st.text(max_size=8), max_size=5), data=st.data())
def test_a_shared_text_gives_the_text_back(row: Any, parts: list[str], data: st.DataObject) -> None:
    """Whatever a text holds: the row's own names, those of others, or anything."""
    names = [f"`{row.path}`", f"row {row.number},", row.element, f" {row.container},", "row 10,", "`status`"]
    words = [data.draw(st.sampled_from([part, *names])) for part in parts]
    text = "".join(words).translate(dict.fromkeys(range(0xE000, 0xE005)))
    assert fill(RULEBOOK, row, share(RULEBOOK, row, text)) == text


def test_texts_that_differ_in_the_row_only_are_one() -> None:
    host, schedule = RULEBOOK.row_by_path["host"], RULEBOOK.row_by_path["schedule"]
    assert (
        share(RULEBOOK, host, "`host` is there")
        == share(RULEBOOK, schedule, "`schedule` is there")
        == f"`{PATH}` is there"
    )


def test_a_table_stores_a_value_once() -> None:
    table: InternTable[str] = InternTable()
    assert [table.index_of(thing) for thing in "abab"] == [0, 1, 0, 1]
    assert table.entries() == ["a", "b"]


def test_the_page_judges_by_no_rulebook_that_it_would_get_wrong(varied: Loaded) -> None:
    """Masks and conditions decide by texts, which the page does not read, and it looks rows up by their names."""
    plain, json = load_rulebook(BUILTINS["getsessioninfo"]), load_rulebook(BUILTINS["github-user"])
    masked = varied(("[wire]\n", '[wire]\nmasks = ["***"]\n'), name="masked")
    conditional = varied(more='[rows."status"]\nwhen = { "isLocked" = ["true"] }', name="conditional")
    free = varied(("alternateHost,host/alternateHost,", "any,host/*,"), name="free")
    rulebooks = (plain, json, masked, conditional, free)
    assert [reading_data(each, LIMITS)["canJudge"] for each in rulebooks] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_a_rulebook_whose_messages_are_json_has_nothing_to_drop_on(
    explorer: Explorer, tmp_path: Path
) -> None:
    file = tmp_path / "rest.html"
    rulebook = load_rulebook(BUILTINS["webex-rest-meeting"])
    file.write_text(explorer_page(Evaluator(rulebook), LIMITS), encoding="utf-8")
    other = Explorer(explorer.driver, file)
    other.open("view=check")
    assert [tab.is_displayed() for tab in other.all("#tab-check")] == [False]
    assert other.one("#tab-table").is_displayed()
    assert "hostKey" in other.one("#response").text
