"""The error of a run of learning."""

from __future__ import annotations


class InferError(Exception):
    """Nothing can be learnt; the text says why, and what to do."""
