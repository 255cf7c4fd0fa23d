"""Mutants of the rulebook that change nothing that can be seen, each with the proof."""

from __future__ import annotations

_TITLE = (
    "a service is also known by its title (`read_claim` in engine/context.py), and names are compared without spaces and "
    "letter case, so that the title `{title}` is this name once more"
)
_SERVICES = {
    ("MC", 1, "MeetingCenter"): "Meeting Center",
    ("SC", 3, "SalesCenter"): "Sales Center",
    ("TC", 1, "TrainingCenter"): "Training Center",
    ("EC", 1, "EventCenter"): "Event Center",
    ("AO", 1, "AudioOnly"): "Audio Only",
}

EQUIVALENT: dict[str, str] = {
    f"service name: columns.values[].names[]: columns.values.{column}.names.{place} ({name}) is left out": (
        _TITLE.format(title=title)
    )
    for (column, place, name), title in _SERVICES.items()
}
