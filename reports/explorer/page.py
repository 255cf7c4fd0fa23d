"""The explorer as one file: data, style and script in a page that loads nothing and sends nothing."""

from __future__ import annotations

import base64
import hashlib

from ...engine.expectation import Evaluator
from ..text.json import encode
from ..text.template import Markup, read_asset, templates
from .data import page_data
from .reading import ReadingLimits

_SCRIPTS = (
    "rulebook.js",
    "xml.js",
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
    """Return the page of a rulebook; the same rulebook gives the same page. Raises TooManyContexts.

    Its security policy allows this script and this style, and nothing to be loaded or sent.
    """
    script = '"use strict";\n(() => {\n' + "\n".join(map(_asset, _SCRIPTS)) + "})();\n"
    style = _asset("explorer.css")
    # `<` must not occur in a script element: the data could end the element, or open a comment in it.
    data = encode(page_data(evaluator, limits)).replace("<", "\\u003c")
    return (
        templates(f"{__package__}.assets")
        .get_template("explorer.html")
        .render(
            title=evaluator.rulebook.document.rulebook.title,
            script_hash=Markup(_hash(script)),
            style_hash=Markup(_hash(style)),
            style=Markup(style),
            data=Markup(data),
            script=Markup(script),
        )
    )


def _asset(name: str) -> str:
    return read_asset(__package__, "assets", name)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
