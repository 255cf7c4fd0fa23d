"""The recording formats: a module for each, and a line here."""

from __future__ import annotations

from ..base import Reader
from ..containers.zip_layout import ZipLayout
from .arrow import ArrowReader, ParquetReader
from .bruno import BrunoFormat
from .burp import BurpReader
from .charles import CharlesFormat
from .curl import CurlTraceReader, CurlVerboseReader
from .har import HarFormat
from .httpie import HttpieReader
from .json_document import JsonDocumentReader, JsonFormat
from .json_lines import JsonLinesReader
from .mitmproxy import MitmproxyReader
from .mockserver import MockServerFormat
from .mountebank import MountebankFormat
from .newman import NewmanFormat
from .nock import NockFormat
from .playwright import PlaywrightTraceFormat
from .raw_http import RawHttpReader
from .saz import SazFormat
from .vcr import CassetteReader, JsonCassetteFormat
from .warc import WarcReader
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
    NockFormat(),
    CharlesFormat(),
    MockServerFormat(),
    MountebankFormat(),
    BrunoFormat(),
)
"""The formats that are a JSON document, in the order in which its members are compared with them."""

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
    CurlVerboseReader(),
    CurlTraceReader(),
    HttpieReader(),
    WarcReader(),
)
"""All formats but containers, in the order in which content is compared with them."""

ZIP_LAYOUTS: tuple[ZipLayout, ...] = (SazFormat(), PlaywrightTraceFormat())
"""The formats that are a zip archive with members of their own."""
