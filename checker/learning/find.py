"""Finding the recordings to learn from, before it is known in which format their messages are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from msgspec import structs

from ..core.limits import Limits
from ..recordings import STDIN, Discovered, Recording, SkippedFile, find_recordings
from .sniff import content_of, looks_like

SAMPLE = 200
"""Recordings that are looked at before reading begins."""


def find(paths: Sequence[str], limits: Limits, wire: str) -> Iterator[Discovered]:
    """Return the recordings that paths name, for messages of a format."""
    if wire != "json":
        yield from find_recordings(paths, limits, wire)
        return
    for path in paths:
        if os.path.isdir(path):
            yield from find_recordings([path], limits, "json")
            yield from (found for found in find_recordings([path], limits, "xml") if _is_json(found, limits))
        else:
            yield from find_recordings([path], limits, "json" if path.endswith(".json") else "xml")


def _is_json(found: Discovered, limits: Limits) -> bool:
    return isinstance(found, Recording) and looks_like(content_of(found, limits)) == "json"


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
