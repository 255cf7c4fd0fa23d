"""Wording for baselines: the effect of an entry on its finding, and the totals of a run."""

from __future__ import annotations

from ...engine.baseline import BaselineMatch, BaselineSummary, EntryStatus
from ...rules.names import join_words
from .style import count, one_line


def baseline_note(match: BaselineMatch | None) -> str:
    """Describe what the baseline makes of a finding; empty if it has no entry for it."""
    if match is None:
        return ""
    entry = match.entry
    if match.status is EntryStatus.EXPIRED:
        return f"its baseline entry expired on {entry.expires}, so it counts"
    if match.status is EntryStatus.INCOMPLETE:
        return f"its baseline entry has no {join_words(entry.missing_keys, 'or')}, so it counts"
    grounds = ", ".join(filter(None, (one_line(entry.reason.strip()), one_line(entry.ticket.strip()))))
    until = f" until {entry.expires}" if entry.expires else ""
    return f"accepted{until}" + (f": {grounds}" if grounds else "")


def baseline_summary(use: BaselineSummary) -> str:
    """Sum up a run's use of its baseline in one line of the totals."""
    entries = (
        (use.added, "added"),
        (use.expired, "expired"),
        (use.incomplete, "incomplete"),
        (use.stale, "stale"),
        (use.unjudged, "stale or not exercised"),
    )
    parts = [f"{count(len(group), 'entry', 'entries')} {status}" for group, status in entries if group]
    return "baseline: " + ", ".join([f"{count(use.accepted, 'finding')} accepted", *parts])
