"""What an observation shows, as learning takes it: paths, and nothing of their texts. The only place that knows both."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...engine.observation import Node, Observation


@dataclass(slots=True)
class Shown:
    """The elements of a body: ``paths`` in the order of the message, and those that are ``partial`` or ``empty``."""

    paths: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)


def shown_in(observation: Observation) -> Shown:
    """Return the elements of an observation."""
    shown = Shown()
    _collect([observation], "", shown)
    return shown


def _collect(occurrences: list[Node], path: str, shown: Shown) -> None:
    """Collect what is below all occurrences of one element."""
    by_name: dict[str, list[Node]] = {}
    containers: dict[str, int] = {}
    for node in occurrences:
        for name, children in node.by_name().items():
            by_name.setdefault(name, []).extend(children)
            containers[name] = containers.get(name, 0) + 1
    for name, children in by_name.items():
        below = f"{path}/{name}" if path else name
        shown.paths.append(below)
        if containers[name] < len(occurrences):
            shown.partial.append(below)
        _collect(children, below, shown)
