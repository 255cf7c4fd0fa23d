"""The fixtures of these tests."""

from support.rulebooks import loaded, run, variant

__all__ = ["loaded", "run", "variant"]
