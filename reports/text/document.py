"""Documents as a list of blocks, rendered as plain text, Markdown or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .style import Style


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title of the document."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation with its source."""

    text: str
    cite: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list; each item is a term, which may be empty, and its text."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a header row."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Quote | Items | Grid


def as_text(blocks: Sequence[Block], style: Style) -> str:
    """Render a document as text for a terminal."""
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
            return "\n".join(style.wrap(f"{term}: {text}" if term else text, 2, 2) for term, text in items)
        case Grid(headers, rows):
            return style.table(rows, headers)


_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&])")


def escape_markdown(text: str) -> str:
    """Escape a text so that Markdown shows it unchanged, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def as_markdown(blocks: Sequence[Block]) -> str:
    """Render a document as Markdown."""
    return "\n\n".join("\n".join(_markdown(block)) for block in blocks) + "\n"


def _markdown(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {escape_markdown(text)}"
        case Paragraph(text):
            yield escape_markdown(text)
        case Quote(text, cite):
            yield f"> {escape_markdown(text)}"
            yield ">"
            yield f"> — {escape_markdown(cite)}"
        case Items(items):
            for term, text in items:
                strong = f"**{escape_markdown(term)}**: " if term else ""
                yield f"- {strong}{escape_markdown(text)}"
        case Grid(headers, rows):
            yield _markdown_row(headers)
            yield _markdown_row(["---"] * len(headers), escape=False)
            yield from map(_markdown_row, rows)


def _markdown_row(cells: Sequence[str], *, escape: bool = True) -> str:
    return "| " + " | ".join(escape_markdown(cell) if escape else cell for cell in cells) + " |"


def as_html(blocks: Sequence[Block], title: str) -> str:
    """Render a document as one HTML page that loads nothing."""
    # Imported late: only this rendering needs Jinja.
    from .template import templates

    environment = templates(__package__)
    environment.filters["slug"] = _slug
    return environment.get_template("document.html").render(title=title, blocks=list(_html_blocks(blocks)))


def _html_blocks(blocks: Sequence[Block]) -> Iterator[dict[str, object]]:
    """Yield blocks as the template takes them; the first section is preceded by the contents."""
    contents = [block.text for block in blocks if isinstance(block, Heading) and block.level > 1]
    for block in blocks:
        match block:
            case Heading(text, level):
                yield {
                    "kind": "heading",
                    "text": text,
                    "level": level,
                    "contents": contents if level > 1 else [],
                }
                contents = [] if level > 1 else contents
            case Paragraph(text):
                yield {"kind": "paragraph", "text": text}
            case Quote(text, cite):
                yield {"kind": "quote", "text": text, "cite": cite}
            case Items(items):
                yield {"kind": "terms" if any(term for term, _ in items) else "items", "entries": items}
            case Grid(headers, rows):
                yield {"kind": "grid", "headers": headers, "rows": rows}


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
