"""Extend MkDocs for this site: pages that stand outside of docs/, and links to them."""  # noqa: INP001 - MkDocs loads it by its path

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

PAGES = {
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "benchmarks/RESULTS.md": "benchmarks.md",
    "benchmarks/TRAFFIC.md": "traffic.md",
}
"""Documents of the repository that are pages of the site, by their place there."""

_OPTION = re.compile(r"<code>(?=--?[a-z][^<]{0,18}</code>)")
"""A short option, at whose dashes browsers break lines."""

_LINK = re.compile(r"\[([^\]]*)\]\(([^)#:]+)(#[^)]*)?\)")


def on_files(files: Files, config: Any) -> Files:
    """Add the documents that stand outside of docs/."""
    root = Path(config.config_file_path).parent
    for source, target in PAGES.items():
        files.append(File.generated(config, target, content=(root / source).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Point links at the pages of the site; a link to a file that is no page becomes the file's name."""
    inside = {target: source for source, target in PAGES.items()}
    here = page.file.src_uri
    source = inside.get(here, f"docs/{here}")

    def moved(link: re.Match[str]) -> str:
        text, target, anchor = link[1], link[2], link[3] or ""
        place = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        where = PAGES.get(place) or (place.removeprefix("docs/") if place.startswith("docs/") else None)
        if where is None:
            return text if text.startswith("`") else f"{text} (`{place}`)" if text != place else f"`{text}`"
        return f"[{text}]({posixpath.relpath(where, posixpath.dirname(here) or '.')}{anchor})"

    return _LINK.sub(moved, markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Mark options that the style sheet keeps in one line."""
    return _OPTION.sub('<code class="option">', html)
