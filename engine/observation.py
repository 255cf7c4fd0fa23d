"""What was seen in a response: which elements are there, and where. No element's text is in it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec


class Node(msgspec.Struct, frozen=True, gc=False):
    """An element that is there.

    ``name`` is its name as the rulebook's paths spell it, ``line`` where it begins (1 is the first line).
    ``blank`` says that it holds no text of its own, as containers do; ``foreign`` that it bears its name in a vocabulary
    that is not the rulebook's.
    """

    name: str
    line: int
    children: tuple[Node, ...] = ()
    blank: bool = False
    foreign: bool = False

    def find(self, steps: tuple[str, ...]) -> Iterator[Node]:
        """Give the nodes that these steps lead to from here, in document order."""
        if not steps:
            yield self
            return
        for child in self.children:
            if child.name == steps[0] and not child.foreign:
                yield from child.find(steps[1:])

    def by_name(self) -> dict[str, list[Node]]:
        """Give the children that the rulebook's paths can lead to, by name and in document order."""
        names: dict[str, list[Node]] = {}
        for child in self.children:
            if not child.foreign:
                names.setdefault(child.name, []).append(child)
        return names

    def deepest(self, steps: tuple[str, ...]) -> Node:
        """Give the last node on the way along these steps: where what is missing would have its place."""
        for child in self.children if steps else ():
            if child.name == steps[0] and not child.foreign:
                return child.deepest(steps[1:])
        return self

    def lines(self, path: str) -> tuple[int, ...]:
        """Give every line where an element with this path begins."""
        return tuple(sorted({node.line for node in self.find(tuple(path.split("/")))}))

    def without_empty(self) -> Node:
        """Give this node without the elements that hold nothing, and without those that then hold nothing."""
        pruned = (child.without_empty() for child in self.children)
        kept = tuple(child for child in pruned if child.children or not child.blank)
        return msgspec.structs.replace(self, children=kept)


Observation = Node
"""The root of what was seen: the element whose children the rulebook's paths begin with."""
