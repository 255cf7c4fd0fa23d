"""Which reader reads the messages of a rulebook: there is one for each wire format."""

from __future__ import annotations

from collections.abc import Callable

from ...rules.model import Rulebook
from ..core.limits import Limits
from .base import MessageReader
from .json.reader import JsonReader
from .xml.reader import XmlReader

_READERS: dict[str, Callable[[Rulebook, Limits], MessageReader]] = {"xml": XmlReader, "json": JsonReader}


def reader_for(rulebook: Rulebook, limits: Limits) -> MessageReader:
    """Give the reader of the format that the rulebook's messages are written in."""
    return _READERS[rulebook.document.wire.format](rulebook, limits)
