"""Verdicts that are recalled: what was parsed in full once is recognised when it comes again, and not parsed again."""

from .memory import ALONE, Companions, Memory
from .skeleton import Split

__all__ = ["ALONE", "Companions", "Memory", "Split"]
