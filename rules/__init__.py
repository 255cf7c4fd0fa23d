"""Floor 1: what is true. Rulebooks as data, and the model that loads and validates them."""

from .load import RulebookError, builtin_rulebook, load_rulebook
from .model import Rulebook

__all__ = ["Rulebook", "RulebookError", "builtin_rulebook", "load_rulebook"]
