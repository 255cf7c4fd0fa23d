"""Mutants of the rulebook that change nothing that can be seen, each with the proof."""

from __future__ import annotations

_TITLE = (
    "a service is also known by its title (`read_claim` in engine/claims.py), and names are compared without spaces and "
    "letter case, so that the title `{title}` is this name once more"
)
_SERVICES = {
    ("MC", 1, "MeetingCenter"): "Meeting Center",
    ("SC", 3, "SalesCenter"): "Sales Center",
    ("TC", 1, "TrainingCenter"): "Training Center",
    ("EC", 1, "EventCenter"): "Event Center",
    ("AO", 1, "AudioOnly"): "Audio Only",
}

EQUIVALENT: dict[str, str] = (
    {
        f"service name: columns.values[].names[]: columns.values.{column}.names.{place} ({name}) is left out": (
            _TITLE.format(title=title)
        )
        for (column, place, name), title in _SERVICES.items()
    }
    | {
        f"marker: markers[]: markers.never is given granted_if = {condition}": (
            "what X grants and what it withholds are both must-not, so that a condition leads to must-not either way; and where "
            "the facts leave the condition open, all that they can turn out to be agree on must-not"
        )
        for condition in ("[{'password': ['supplied']}]", "[{'role': ['host']}]")
    }
    | {
        "evidence: evidence.request[]: evidence.request.0 comes after evidence.request.1": (
            "the two entries are about two facts, the caller and the password, and what is claimed of one does not count for the other"
        ),
        "evidence: evidence.match[]: evidence.match.0 comes after evidence.match.1": (
            "both entries prove the same role, host, and one that fits is enough, so that it does not matter which is tried first"
        ),
    }
)
