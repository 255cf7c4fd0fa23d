"""The one place that asks which day it is."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    """Give the date in UTC: a run means the same wherever it takes place."""
    return datetime.now(UTC).date()
