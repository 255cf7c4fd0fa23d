"""Links into the explorer: they say what docs/guides/explorer.md says, and the page takes them as it writes them."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from whosees.engine.context import all_contexts, context_of
from whosees.reports.explorer.fragment import fragment

from .browsing import Explorer
from .messages import RULEBOOK

DOCUMENT = Path(__file__).parents[3] / "docs" / "guides" / "explorer.md"


def test_a_fragment_says_what_is_known_and_does_not_follow() -> None:
    context = context_of(RULEBOOK, {"service": "MC", "caller": "anonymous", "password": "not-supplied"})
    other = context_of(RULEBOOK, {"service": "TC", "role": "host"})
    assert fragment(RULEBOOK, context) == "service=MC&caller=anonymous&password=not-supplied"
    assert (
        fragment(RULEBOOK, context, "metaData/agenda", other)
        == "service=MC&caller=anonymous&password=not-supplied&versus.service=TC&versus.role=host&path=metaData/agenda"
    )


def test_what_is_no_plain_name_is_written_so_that_it_comes_back() -> None:
    context = context_of(RULEBOOK, {"service": "MC"})
    assert fragment(RULEBOOK, context, 'a b&c="é"#%') == "service=MC&path=a%20b%26c%3D%22%C3%A9%22%23%25"


def _explains(explorer: Explorer, path: str) -> bool:
    return explorer.text(".explanation h2") == path


def test_the_page_writes_the_same_fragments(explorer: Explorer) -> None:
    contexts = list(all_contexts(RULEBOOK))
    explorer.open()  # once: that a link opens the page is another test's
    for number, context in enumerate(contexts[::20]):
        row = RULEBOOK.rows[number]
        link = fragment(RULEBOOK, context, row.path, contexts[-number - 1])
        explorer.run("location.hash = arguments[0]", link)
        explorer.until(partial(_explains, explorer, row.path))
        assert explorer.text("#notice") == ""
        explorer.item(row.path).click()
        assert explorer.fragment() == link


@pytest.mark.skipif(not DOCUMENT.exists(), reason="docs are not here")
def test_the_examples_of_the_document_are_links_that_work(explorer: Explorer) -> None:
    links = re.findall(r"explorer\.html#(\S+?)[`\s]", DOCUMENT.read_text(encoding="utf-8"))
    assert len(links) >= 3
    for link in links:
        explorer.open(link)
        assert explorer.text("#notice") == "", link
