"""The search for garbage, and when it is not worth its time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

LARGE = 128 * 1024
"""Bytes of a message that is read into so many objects that searching them for garbage takes a third of the time.

It holds for every wire format, and has nothing to do with the size up to which XML is told by its markup (`MAX_DOCUMENT`), although the two
numbers are equal: that one keeps far from the parser's limits, and this one begins where a pause is worth its two calls.
"""


@contextmanager
def paused_collection(size: int) -> Iterator[None]:
    """Search for no garbage while a message of so many bytes is judged, if it is large: all that it is read into is needed until then."""
    if size <= LARGE or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
