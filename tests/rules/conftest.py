"""The fixtures of these tests."""

from support.rulebooks import run, variant, varied

__all__ = ["run", "variant", "varied"]
