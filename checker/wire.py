"""Which reader reads the messages of a rulebook: there is one for each wire format."""

from __future__ import annotations

from ..rules.model import Rulebook
from .message import MessageReader
from .refusal import Limits
from .xml_messages import XmlReader


def reader_for(rulebook: Rulebook, limits: Limits) -> MessageReader:
    """Give the reader of the format that the rulebook's messages are written in."""
    return XmlReader(rulebook, limits)
