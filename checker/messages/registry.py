"""The reader of each wire format."""

from __future__ import annotations

from ...rules.model import Rulebook
from ..core.limits import Limits
from .base import MessageReader
from .json.reader import JsonReader
from .xml.reader import XmlReader

_READERS: dict[str, type[JsonReader | XmlReader]] = {"xml": XmlReader, "json": JsonReader}


def reader_for(rulebook: Rulebook, limits: Limits, *, empty_is_absent: bool = False) -> MessageReader:
    """Return the reader of the format in which the rulebook's messages are written.

    With ``empty_is_absent``, elements that hold nothing are not seen.
    """
    return _READERS[rulebook.document.wire.format](rulebook, limits, empty_is_absent=empty_is_absent)
