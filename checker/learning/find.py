"""Finding the recordings to learn from, before it is known in which format their messages are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from msgspec import structs

from ..core.limits import Limits
from ..recordings import STDIN, Discovered, Recording, SkippedFile
from .sniff import content_of

SAMPLE = 200
"""Recordings that are looked at before reading begins."""


def read_standard_input(found: Iterable[Discovered], limits: Limits) -> Iterator[Discovered]:
    """Read what can be read once only, so that it can be looked at twice."""
    for recording in found:
        if isinstance(recording, Recording) and recording.source == STDIN and recording.response is None:
            yield structs.replace(recording, response=content_of(recording, limits))
        else:
            yield recording


def split_sample(found: Iterable[Discovered]) -> tuple[list[Discovered], Iterator[Discovered]]:
    """Return the first recordings, and all of them again."""
    iterator = iter(found)
    sample = list(islice(iterator, SAMPLE))
    return sample, chain(sample, iterator)


def only_recordings(found: Iterable[Discovered]) -> list[Recording]:
    """Return what is a recording, without what was skipped."""
    return [each for each in found if not isinstance(each, SkippedFile)]
