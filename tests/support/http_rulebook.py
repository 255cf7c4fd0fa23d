"""The example of the page on rulebooks for HTTP APIs, with replacements."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from whosees.rules import Rulebook, RulebookError

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "http-rulebooks.md"
FILE = re.compile(r'^```\w+ title="repos/([^"\n]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)
Example = Callable[..., Rulebook]


def error(tmp_path: Path, load: Callable[[], Rulebook]) -> str:
    with pytest.raises(RulebookError) as caught:
        load()
    return str(caught.value).replace(f"{tmp_path}/", "")
