"""The explorer as one file: data, style and script in one page that loads nothing and sends nothing."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files

from ...engine.expectation import Evaluator
from ..check.json import encode
from .data import page_data
from .reading import ReadingLimits

_SCRIPTS = (
    "rulebook.js",
    "reading.js",
    "evidence.js",
    "judging.js",
    "state.js",
    "building.js",
    "choosing.js",
    "tree.js",
    "table.js",
    "explanation.js",
    "verdict.js",
    "explorer.js",
)


def explorer_page(evaluator: Evaluator, limits: ReadingLimits) -> str:
    """Give the page for a rulebook; the same rulebook gives the same page. Raises TooManyContexts.

    Its security policy lets this one script and this one style run, and nothing be loaded or sent.
    """
    script = '"use strict";\n(() => {\n' + "\n".join(map(_part, _SCRIPTS)) + "})();\n"
    style = _part("explorer.css")
    policy = (
        "default-src 'none'; connect-src 'none'; img-src 'none'; base-uri 'none'; form-action 'none'; "
        f"script-src '{_hash(script)}'; style-src '{_hash(style)}'"
    )
    # `<` cannot stand in a script element: the data could end it, or open a comment in it.
    data = encode(page_data(evaluator, limits)).replace("<", "\\u003c")
    places = {
        "policy": policy,
        "title": escape(evaluator.rulebook.document.rulebook.title),
        "style": style,
        "data": data,
        "script": script,
    }
    page = _part("explorer.html")
    parts = page.split("@@")
    return "".join(places[part] if at % 2 else part for at, part in enumerate(parts))


def _part(name: str) -> str:
    return (files(__package__) / "page" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
