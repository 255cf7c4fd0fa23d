"""`rules show`: a rulebook as a document; `rules new`: one to begin with."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import markupsafe
import pytest

from whosees.reports.commands.rules_show import rulebook_document
from whosees.reports.text.document import (
    Block,
    Grid,
    Heading,
    Items,
    Paragraph,
    Quote,
    as_html,
    as_markdown,
    as_text,
)
from whosees.reports.text.style import Style
from whosees.rules import load_rulebook
from whosees.rules.registry import BUILTINS

if TYPE_CHECKING:
    from support.rulebooks import Run, Variant

FORMATS = ["text", "markdown", "html"]
HOSTILE = "<script>alert(1)</script> & \"x\" 'y' | `z` *b* [l](u)"


class Page(HTMLParser):
    """The parts of a page: its text, its ids, the targets of its links, and the files that it would load."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.text, self.ids, self.links, self.tags = "", set[str](), list[str](), set[str]()
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        if identity := given.get("id"):
            assert identity not in self.ids, "an id is given twice"
            self.ids.add(identity)
        for name in ("href", "src"):
            if (link := given.get(name)) is not None:
                self.links.append(link)

    def handle_data(self, data: str) -> None:
        self.text += data


def plain(text: str, form: str) -> str:
    """Return the words of a document without its mark-up."""
    if form == "html":
        text = Page(text).text
    elif form == "markdown":
        text = re.sub(r"\\(.)", r"\1", text)
    return " ".join(text.split())


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("name", BUILTINS)
def test_its_tables_fit_a_terminal(name: str, width: int) -> None:
    """Cells are broken, at blanks, slashes and capitals; in a file every row is a line."""
    blocks = rulebook_document(load_rulebook(name))
    shown = as_text(blocks, Style(width, fits_tables=True))
    assert [line for line in shown.splitlines() if len(line) > width] == []
    words = {word for row in load_rulebook(name).rows for word in re.findall("[A-Z]*[a-z]+", row.element)}
    assert [word for word in words if word not in shown] == []
    lines = as_text(blocks, Style()).splitlines()
    assert [
        row.path for row in load_rulebook(name).rows if not any(row.path in line.split() for line in lines)
    ] == []


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", BUILTINS)
def test_everything_that_decides_or_explains_is_in_it(run: Run, name: str, form: str) -> None:
    found = run("rules", "show", name, "--format", form)
    assert (found.returncode, found.stderr) == (0, "")
    said, rulebook = plain(found.stdout, form), load_rulebook(name)
    document = rulebook.document
    wanted = [
        rulebook.version,
        rulebook.digest,
        *(text for source in document.sources for text in (source.title, source.basis)),
        *(text for statement in document.statements for text in (statement.text, statement.cite)),
        *(text for row in rulebook.rows for text in (row.element, row.path)),
        *(marker.meaning for marker in document.markers),
        *(column.title for column in rulebook.columns),
        *(name for fact in document.facts for value in fact.values for name in (value.id, *value.names)),
        *(text for entry in document.interpretations for text in (entry.id, entry.title, entry.text)),
        *(text for note in document.notes for text in (note.text, note.cite)),
        *(text for entry in document.not_covered for text in (entry.title, entry.text)),
        *document.unlisted.paths,
        *document.wire.failures.values(),
    ]
    assert [text for text in wanted if " ".join(text.split()) not in said] == []


@pytest.mark.parametrize("name", BUILTINS)
def test_the_page_needs_nothing_beside_it(run: Run, tmp_path: Path, name: str) -> None:
    assert run("rules", "show", name, "--format", "html", "-o", "page.html").returncode == 0
    content = (tmp_path / "page.html").read_text(encoding="utf-8")
    page = Page(content)
    assert page.links
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert "url(" not in content
    assert "color-scheme: light dark" in content
    assert "prefers-color-scheme: dark" in content
    assert 'lang="en"' in content
    assert len(content) < 300_000


def test_texts_of_a_rulebook_are_escaped(run: Run, variant: Variant) -> None:
    folder = variant(
        ("These elements are never returned.", HOSTILE.replace('"', '\\"')),
        ("id,id,always,always", f'"{HOSTILE.replace(chr(34), chr(34) * 2)}",id,always,always'),
        of="skeleton",
    )
    page = run("rules", "show", folder, "--format", "html").stdout
    assert "<script>" not in page
    assert page.count(markupsafe.escape(HOSTILE)) == 2
    markdown = run("rules", "show", folder, "--format", "markdown").stdout
    escaped = "\\<script\\>alert(1)\\</script\\> \\& \"x\" 'y' \\| \\`z\\` \\*b\\* \\[l\\](u)"
    assert f"> {escaped}" in markdown
    assert f"| 1 | {escaped} | id | always | always |  |" in markdown


def test_blocks_are_set_in_html_and_markdown() -> None:
    blocks: list[Block] = [
        Heading("T & T", 1),
        Heading("First part"),
        Paragraph("a < b"),
        Quote("so", "there"),
        Items((("", "one"), ("", "two"))),
        Items((("about", "it"),)),
        Grid(("h",), (("c",),)),
    ]
    page = as_html(blocks, "T & T")
    for part in (
        "<title>T &amp; T</title>",
        '<a href="#first-part">First part</a>',
        '<h2 id="first-part">First part</h2>',
        "<p>a &lt; b</p>",
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>",
        "<dl>\n<dt>about</dt><dd>it</dd>\n</dl>",
        '<th scope="col">h</th>',
        "<td>c</td>",
    ):
        assert part in page
    assert as_markdown(blocks) == (
        "# T \\& T\n\n## First part\n\na \\< b\n\n> so\n>\n> — there\n\n- one\n- two\n\n- **about**: it\n\n"
        "| h |\n| --- |\n| c |\n"
    )


def test_a_new_rulebook_loads_and_lints_clean(run: Run, tmp_path: Path) -> None:
    found = run("rules", "new", "My First One")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout == (
        "wrote My First One/rulebook.toml and My First One/table.csv\nnext: whosees rules lint 'My First One'\n"
    )
    assert load_rulebook(tmp_path / "My First One").id == "My-First-One"
    linted = run("rules", "lint", "My First One", "--strict")
    assert linted.returncode == 0
    assert linted.stdout.endswith("valid; no remarks\n")
    assert run("expect", "--rules", "My First One", "--fact", "version=A").returncode == 0
    for line in (tmp_path / "My First One" / "rulebook.toml").read_text(encoding="utf-8").splitlines():
        assert len(line) <= 120


@pytest.mark.parametrize("file", ["rulebook.toml", "table.csv"])
def test_nothing_is_overwritten(run: Run, tmp_path: Path, file: str) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / file).write_text("precious")
    found = run("rules", "new", "mine")
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == f"whosees: `mine/{file}` exists already; nothing is overwritten\n"
    assert [(f.name, f.read_text()) for f in (tmp_path / "mine").iterdir()] == [(file, "precious")]


def test_a_folder_with_other_things_in_it_will_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "README").write_text("x")
    assert run("rules", "new", ".").returncode == 0
    assert run("rules", "lint", ".").returncode == 0


def test_where_nothing_can_be_written_is_one_message(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    found = run("rules", "new", "file/in")
    assert found.returncode == 2
    assert found.stderr == "whosees: `file/in` cannot be written to: not a directory\n"
