"""Validation of a rulebook beyond the types of its keys: ids are unique, and references lead somewhere.

A check is a generator of messages. Each message names the key in backticks, then what is wrong and what to do.
"""

from .document import ID_PATTERN, document_errors
from .references import reference_errors

__all__ = ["ID_PATTERN", "document_errors", "reference_errors"]
