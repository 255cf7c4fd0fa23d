"""Rewrite the outputs that documents show from what the commands print now: ``cd tests && python -m docs.refresh``.

Pages can be named; without any, all are rewritten. Look at the difference before it is committed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from support.documents import PAGES, refreshed
from support.options_page import with_options


def main(names: list[str]) -> None:
    """Rewrite these pages, or all."""
    for page in [Path(name).resolve() for name in names] or PAGES:
        text = page.read_text("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            new = with_options(refreshed(text, Path(folder)))
        if new != text:
            page.write_text(new, "utf-8")
            print(page)  # noqa: T201 - a script


if __name__ == "__main__":
    main(sys.argv[1:])
