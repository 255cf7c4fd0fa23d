"""The trials of this folder, counted for the page that states them."""

from __future__ import annotations

import os

import pytest

from escaping.media import MEDIA
from escaping.names import NAMES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that docs/contributing/assurance.md states."""
    if "WHOSEES_SWEEP" in os.environ:
        from escaping.test_names import MESSAGES, SOURCES

        reports = (len(NAMES) + 1) * len(SOURCES) * len(MEDIA)
        terminalreporter.write_line(
            f"escaping: {len(NAMES)} names, {len(SOURCES)} places, {len(MEDIA)} formats: {reports:,} reports;"
            f" {len(NAMES) * len(MESSAGES):,} messages"
        )
