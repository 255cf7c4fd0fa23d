"""Places in JSON documents."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from ....engine.places import PathNode, Place
from ....reports.text.escape import escape_control_chars


class State(Enum):
    """The states of a value that is written: it counts as there or not, or it is there and masked."""

    PRESENT = auto()
    ABSENT = auto()
    MASKED = auto()


PRESENT, ABSENT, MASKED = State  # members of enumerations are slow to look up


class JsonPlace(Place):
    """A place in a document, with the places of the members that were met in it.

    A null there counts as absent if ``nulls_are_absent``; a text does if it is one of ``masks``, or holds nothing and
    ``empty_is_absent``. ``inspects_texts`` says whether a text has to be looked at for that, ``is_simple`` that any value there that is
    neither an object nor an array is one element that is there, and nothing else. ``steps`` are the places of the members that are remembered,
    ``counting`` the names of those that are not simple. ``container`` is its path if rows are judged in it, ``through`` if it is in no row
    and leads to some, of which ``bits_below`` are the bits. ``reads`` are the paths by which its text is evidence. ``item_place`` is
    set where the list of units is: it is the place of items that are no objects.
    """

    __slots__ = (
        "bit",
        "bits_below",
        "container",
        "counting",
        "empty_is_absent",
        "inspects_texts",
        "is_simple",
        "item_place",
        "masks",
        "nulls_are_absent",
        "reads",
        "steps",
        "through",
    )

    def __init__(
        self, parent: JsonPlace | None, name: str, node: PathNode | None, *, empty_is_absent: bool = False
    ) -> None:
        super().__init__(parent, name, node)
        self.bit = node.bit if node is not None else 0
        self.bits_below = node.bits_below if node is not None else 0
        is_container = node is not None and node.is_container and self.is_reachable
        self.container = (node.path or None) if node is not None and is_container else None
        self.through = node.path if node is not None and node.bits_below else None
        self.reads = node.reads if node is not None else ()
        self.item_place: JsonPlace | None = None
        self.masks: frozenset[str] = node.masks if node is not None else frozenset()
        self.empty_is_absent = empty_is_absent
        self.nulls_are_absent = empty_is_absent or (node is not None and node.nulls_are_absent)
        self.inspects_texts = empty_is_absent or bool(self.masks)
        is_scalar_there = not (self.container or self.nulls_are_absent or self.inspects_texts)
        self.is_simple = is_scalar_there and not self.reads and not self.bits_below
        self.steps: dict[str, JsonPlace] = {}
        self.counting: set[str] = set()

    def add(self, name: str, inner: JsonPlace) -> None:
        """Remember the place of a member."""
        self.steps[name] = inner
        if not inner.is_simple:
            self.counting.add(name)

    def forget(self) -> None:
        """Forget the places of members."""
        self.steps.clear()
        self.counting.clear()

    def state_of(self, value: Any, *, is_blank: bool = True) -> State:
        """Return the state of a value here; ``is_blank`` says of an object or array that nothing is in it."""
        if type(value) is str:
            if value in self.masks:
                return MASKED
            return ABSENT if self.empty_is_absent and not value.strip() else PRESENT
        if value is None:
            return ABSENT if self.nulls_are_absent else PRESENT
        is_empty = is_blank and self.empty_is_absent and type(value) in (dict, list)
        return ABSENT if is_empty else PRESENT


def member_name(step: str) -> str:
    """Return the name of the member that a step of a rulebook's path means."""
    return step.replace("~1", "/").replace("~0", "~")


def shown_name(name: str) -> str:
    """Write a member's name as one step of a path that can be shown.

    A slash is no step (``~1``, as in JSON pointers), what would steer a terminal is escaped, and no name is empty.
    """
    escaped = name.replace("~", "~0").replace("/", "~1") or '""'
    return escape_control_chars(escaped)
