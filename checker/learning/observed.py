"""What an observation shows, as learning takes it: paths, and nothing of their texts. The only place that knows both."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ...engine.observation import Observation


@dataclass(slots=True)
class Shown:
    """The elements of a body: ``paths`` in the order of the message, and those that are ``partial`` or ``empty``."""

    paths: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)


def shown_in(observation: Observation) -> Shown:
    """Return the elements of an observation."""
    found = [(at, path) for path, positions in observation.find(None).items() for at in positions]
    occurrences = Counter({"": 1})
    holding: Counter[str] = Counter()
    open_: list[tuple[str, set[str]]] = [("", set())]
    for _, path in sorted(found):
        parent = path.rpartition("/")[0]
        while open_[-1][0] != parent and len(open_) > 1:
            open_.pop()
        if path not in open_[-1][1]:
            open_[-1][1].add(path)
            holding[path] += 1
        occurrences[path] += 1
        open_.append((path, set()))
    partial = [path for path in holding if holding[path] < occurrences[path.rpartition("/")[0]]]
    return Shown(list(holding), partial)
