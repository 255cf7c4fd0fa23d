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


def shown_in(observation: Observation, *, empty_hides_children: bool) -> Shown:
    """Return the elements of an observation.

    With ``empty_hides_children`` a container without children has none to miss, as `null` and `[]` in JSON.
    """
    shown = Shown()
    _collect([observation], "", shown, empty_hides_children=empty_hides_children)
    return shown


def _collect(occurrences: list[Node], path: str, shown: Shown, *, empty_hides_children: bool) -> None:
    """Collect what is below all occurrences of one element."""
    filled = [node for node in occurrences if node.children]
    by_name: dict[str, list[Node]] = {}
    containers: dict[str, int] = {}
    for node in filled:
        for name, children in node.by_name().items():
            by_name.setdefault(name, []).extend(children)
            containers[name] = containers.get(name, 0) + 1
    for name, children in by_name.items():
        below = f"{path}/{name}" if path else name
        shown.paths.append(below)
        if containers[name] < (len(filled) if empty_hides_children else len(occurrences)):
            shown.partial.append(below)
        if empty_hides_children and not any(child.children for child in children):
            shown.empty.append(below)
        _collect(children, below, shown, empty_hides_children=empty_hides_children)
