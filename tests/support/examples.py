"""The number of examples that a law is tried with, by the profile of the run."""

from __future__ import annotations

from hypothesis import settings


def examples(share: int) -> int:
    """Return a multiple of the profile's number, for a law that takes more examples than others, or is dear."""
    return share * settings().max_examples
