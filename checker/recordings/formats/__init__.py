"""The recording formats: a module for each, and a line here."""

from __future__ import annotations

from ..base import Reader
from .arrow import ArrowReader, ParquetReader
from .burp import BurpReader
from .har import HarFormat
from .json_document import JsonDocumentReader, JsonFormat
from .json_lines import JsonLinesReader
from .mitmproxy import MitmproxyReader
from .newman import NewmanFormat
from .raw_http import RawHttpReader
from .vcr import CassetteReader, JsonCassetteFormat
from .wiremock import JournalFormat, MappingFormat
from .xml import XmlReader

XML = XmlReader()
JSON_LINES = JsonLinesReader()

JSON_FORMATS: tuple[JsonFormat, ...] = (
    HarFormat(),
    JsonCassetteFormat(),
    JournalFormat(),
    MappingFormat(),
    NewmanFormat(),
)
"""The formats that are a JSON object, in the order in which its members are compared with them."""

READERS: tuple[Reader, ...] = (
    XML,
    RawHttpReader(),
    JSON_LINES,
    JsonDocumentReader(JSON_FORMATS),
    CassetteReader(),
    ParquetReader(),
    ArrowReader(),
    MitmproxyReader(),
    BurpReader(),
)
"""All formats but containers, in the order in which content is compared with them."""
