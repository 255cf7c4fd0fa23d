"""The element that tells objects apart: the one that a user or a base names, or one that looks and behaves like a key."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import replace

from ...engine.learning.evidence import Facts
from ..recordings import Recording
from .body_elements import ElementReader
from .reading import EvidenceReader, Source

_EXACT = re.compile(r"(?:_?id|key|uuid|guid)", re.IGNORECASE)
_LIKE = re.compile(r".*(?:id|key|uuid|guid|login|slug|number)", re.IGNORECASE)

COVERAGE = 0.95
"""The share of bodies in which a key has to be."""

WRONG = 0.1
"""The share of objects, each in one context, that may be shown in several ways: a key tells objects apart."""

MAX_CANDIDATES = 12
MAX_DEPTH = 2


def find_key(source: Source, sample: Iterable[Recording]) -> str | None:
    """Return the element that tells objects apart best in a sample of recordings, or None if none does."""
    recordings = list(sample)
    candidates = _candidates(EvidenceReader(source), recordings)
    scores = {path: _score(source, path, recordings) for path in candidates}
    known = {path: score for path, score in scores.items() if score is not None}
    return max(known, key=lambda path: known[path]) if known else None


def _candidates(reader: EvidenceReader, recordings: Iterable[Recording]) -> list[str]:
    """Return the elements that are named like keys, and are in nearly all bodies."""
    count: Counter[str] = Counter()
    bodies = 0
    shown = ElementReader()
    for parsed in reader.presences(recordings):
        bodies += 1
        count.update(shown.of(parsed.observation).paths)
    found = [
        path
        for path, times in count.items()
        if times >= COVERAGE * bodies
        and path.count("/") < MAX_DEPTH
        and _LIKE.fullmatch(path.rpartition("/")[2])
    ]
    return sorted(found, key=_by_name)[:MAX_CANDIDATES]


def _by_name(path: str) -> tuple[int, bool, int]:
    name = path.rpartition("/")[2]
    return path.count("/"), _EXACT.fullmatch(name) is None, len(path)


def _score(source: Source, path: str, recordings: Iterable[Recording]) -> tuple[float, ...] | None:
    """Rate a candidate: objects that several callers were shown speak for it, then its name."""
    reader = EvidenceReader(replace(source, keys=(path,)))
    batch = reader.read_all(recordings)
    if batch.keyed < COVERAGE * max(1, batch.evidence.recordings):
        return None
    contexts: dict[Hashable | None, set[Facts]] = defaultdict(set)
    shapes: Counter[tuple[Hashable | None, Facts]] = Counter()
    for facts, key, _ in batch.evidence.seen:
        contexts[key].add(facts)
        shapes[key, facts] += 1
    if sum(number > 1 for number in shapes.values()) > WRONG * len(shapes):
        return None
    shared = sum(len(seen) > 1 for seen in contexts.values())
    depth, unlike, length = _by_name(path)
    return min(len(contexts), 2), min(shared, 1), -depth, -int(unlike), shared, -length
