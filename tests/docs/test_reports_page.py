"""docs/reference/reports.md says what there is."""

from __future__ import annotations

import re
from pathlib import Path

from whosees.reports.check import github as check_github
from whosees.reports.check import markdown as check_markdown
from whosees.reports.check import sarif as check_sarif
from whosees.reports.check.registry import FORMATS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "reports.md").read_text("utf-8")


def test_every_format_has_its_section() -> None:
    assert re.findall(r"^### (\w+)$", PAGE, re.MULTILINE) == list(FORMATS)


def test_the_limits_are_those_of_the_code() -> None:
    assert f"{check_sarif.MAX_RESULTS:,} results" in PAGE
    assert f"{check_github.MAX_ANNOTATIONS} errors, {check_github.MAX_ANNOTATIONS} warnings" in PAGE
    assert check_markdown.MAX_BYTES == 1 << 20
    assert "1 MiB" in PAGE
    assert f"{check_markdown.MAX_FINDINGS} findings" in PAGE
    assert f"`{check_sarif.FINGERPRINT}`" in PAGE
