"""Baselines for people: what an entry does to its finding, and what a run made of the whole baseline."""

from __future__ import annotations

from ...engine.baseline import BaselineMatch, BaselineSummary, EntryStatus
from .style import count, listing, one_line


def standing_text(baselined: BaselineMatch | None) -> str:
    """Say what the baseline makes of a finding; nothing where it has no entry about it."""
    if baselined is None:
        return ""
    entry = baselined.entry
    if baselined.status is EntryStatus.EXPIRED:
        return f"its entry in the baseline expired on {entry.expires}, so it counts"
    if baselined.status is EntryStatus.INCOMPLETE:
        return f"its entry in the baseline has no {listing(entry.missing_keys, 'or')}, so it counts"
    said = ", ".join(filter(None, (one_line(entry.reason.strip()), one_line(entry.ticket.strip()))))
    until = f" until {entry.expires}" if entry.expires else ""
    return f"accepted{until}" + (f": {said}" if said else "")


def baseline_text(use: BaselineSummary) -> str:
    """Say what a run made of its baseline, in a line of the totals."""
    entries = (
        (use.added, "added"),
        (use.expired, "expired"),
        (use.incomplete, "incomplete"),
        (use.stale, "stale"),
        (use.unjudged, "stale or not exercised"),
    )
    parts = [f"{count(len(met), 'entry', 'entries')} {what}" for met, what in entries if met]
    return "baseline: " + ", ".join([f"{count(use.accepted, 'finding')} accepted", *parts])
