"""A document as blocks of text, and how it is set: plain text, Markdown, HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .style import Style, table


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's own."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What a source says, and where."""

    text: str
    cite: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list; each item is what it is about, in few words, and the text."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Quote | Items | Grid


def as_text(blocks: Sequence[Block], style: Style) -> str:
    """Set a document as text."""
    return "\n\n".join(_text(block, style) for block in blocks) + "\n"


def _text(block: Block, style: Style) -> str:
    match block:
        case Heading(text, level):
            return style.paint(text if level > 1 else f"{text}\n{'=' * len(text)}", "bold")
        case Paragraph(text):
            return style.wrap(text)
        case Quote(text, cite):
            return style.wrap(f"{text} [{cite}]", 2)
        case Items(items):
            return "\n".join(style.wrap(f"{about}: {text}" if about else text, 2, 2) for about, text in items)
        case Grid(headers, rows):
            return table(rows, headers)


_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&])")


def markdown_escaped(text: str) -> str:
    """Write a text so that Markdown shows it as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def as_markdown(blocks: Sequence[Block]) -> str:
    """Set a document as Markdown."""
    return "\n\n".join("\n".join(_markdown(block)) for block in blocks) + "\n"


def _markdown(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {markdown_escaped(text)}"
        case Paragraph(text):
            yield markdown_escaped(text)
        case Quote(text, cite):
            yield f"> {markdown_escaped(text)}"
            yield ">"
            yield f"> — {markdown_escaped(cite)}"
        case Items(items):
            for about, text in items:
                strong = f"**{markdown_escaped(about)}**: " if about else ""
                yield f"- {strong}{markdown_escaped(text)}"
        case Grid(headers, rows):
            yield _markdown_row(headers)
            yield _markdown_row(["---"] * len(headers), escape=False)
            yield from map(_markdown_row, rows)


def _markdown_row(cells: Sequence[str], *, escape: bool = True) -> str:
    return "| " + " | ".join(markdown_escaped(cell) if escape else cell for cell in cells) + " |"


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1c2024; --soft: #5b636b; --page: #fff; --line: #d7dce1; --band: #f4f6f8; --link: #0b57b0; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e6e9ec; --soft: #a3abb3; --page: #14171a; --line: #363c42; --band: #1d2125; --link: #8ab8f5; }}
}}
body {{ margin: 0; color: var(--ink); background: var(--page); font: 16px/1.55 system-ui, sans-serif; }}
main {{ max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }}
h1 {{ line-height: 1.2; }}
p {{ overflow-wrap: anywhere; }}
h2 {{ margin-top: 2.5rem; border-bottom: 1px solid var(--line); }}
a {{ color: var(--link); }}
nav ul {{ columns: 16rem; padding-left: 1.2rem; }}
.grid {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-size: .93rem; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .7rem; border-bottom: 1px solid var(--line); }}
thead th {{ background: var(--band); }}
blockquote {{ margin: 1rem 0; padding: .2rem 1rem; border-left: 3px solid var(--line); }}
blockquote footer {{ color: var(--soft); }}
dt {{ font-weight: 600; margin-top: .8rem; }}
dd {{ margin-left: 1.2rem; overflow-wrap: anywhere; }}
@media print {{ nav {{ display: none; }} }}
</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def as_html(blocks: Sequence[Block], title: str) -> str:
    """Set a document as one HTML page that needs nothing beside it."""
    parts = list(_html_blocks(blocks))
    return _PAGE.format(title=html.escape(title), body="\n".join(parts))


def _html_blocks(blocks: Sequence[Block]) -> Iterator[str]:
    sections = [block for block in blocks if isinstance(block, Heading) and block.level > 1]
    listed = False
    for block in blocks:
        if isinstance(block, Heading) and block.level > 1 and not listed:
            listed = True
            links = "".join(
                f'<li><a href="#{_slug(s.text)}">{html.escape(s.text)}</a></li>' for s in sections
            )
            yield f'<nav aria-label="Contents"><ul>{links}</ul></nav>'
        yield _html(block)


def _html(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f'<h{level} id="{_slug(text)}">{html.escape(text)}</h{level}>'
        case Paragraph(text):
            return f"<p>{html.escape(text)}</p>"
        case Quote(text, cite):
            return f"<blockquote><p>{html.escape(text)}</p><footer>{html.escape(cite)}</footer></blockquote>"
        case Items(items):
            return _html_items(items)
        case Grid(headers, rows):
            head = "".join(f'<th scope="col">{html.escape(header)}</th>' for header in headers)
            body = "\n".join(
                "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
            )
            return (
                f'<div class="grid" tabindex="0" role="region" aria-label="Table">'
                f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>"
            )


def _html_items(items: Sequence[tuple[str, str]]) -> str:
    if any(about for about, _ in items):
        return (
            "<dl>"
            + "\n".join(f"<dt>{html.escape(about)}</dt><dd>{html.escape(text)}</dd>" for about, text in items)
            + "</dl>"
        )
    return "<ul>" + "\n".join(f"<li>{html.escape(text)}</li>" for _, text in items) + "</ul>"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
