"""Places in JSON documents."""

from __future__ import annotations

from ....engine.places import PathNode, Place
from ....reports.text.escape import escape_control_chars


class JsonPlace(Place):
    """A place in a document, with the places of the members that were met in it."""

    __slots__ = ("bit", "has_states", "is_container", "is_read", "is_simple", "is_unit", "steps")

    def __init__(self, parent: JsonPlace | None, name: str, node: PathNode | None) -> None:
        super().__init__(parent, name, node)
        self.bit = node.bit if node is not None else 0
        self.is_container = self.row is not None and node is not None and node.is_container
        self.is_read = node is not None and node.is_read
        self.is_unit = False
        self.has_states = node is not None and bool(node.masks or node.nulls_are_absent)
        self.is_simple = not (self.is_container or self.is_read or self.has_states)
        self.steps: dict[str, JsonPlace] = {}


def shown_name(name: str) -> str:
    """Write a member's name as one step of a path that can be shown.

    A slash is no step (``~1``, as in JSON pointers), what would steer a terminal is escaped, and no name is empty.
    """
    escaped = name.replace("~", "~0").replace("/", "~1") or '""'
    return escape_control_chars(escaped)
