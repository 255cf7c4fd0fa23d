"""Items that Burp Suite saves: XML with a request and a response each, usually in base64.

Source: the document type declaration that Burp writes at the top of its own export.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_option
from ..base import FormatInfo, Reader, Source
from ..containers.streams import CHUNK_SIZE, ByteSource
from ..encoding import decode_base64
from ..http_exchange import NO_RESPONSE_KEPT, raw_exchange
from ..model import Discovered, UnreadableContent

_ITEMS = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE items\b|<items\s+burpVersion=)"
)
_KEPT = ("url", "request", "response")
_LEVEL_OF_ITEM = 2
_LEVEL_OF_MEMBER = 3


def is_burp_export(head: bytes) -> bool:
    """Return whether content begins as Burp's export does."""
    return _ITEMS.match(head) is not None


class BurpReader(Reader):
    """Reads Burp's items, one at a time."""

    info = FormatInfo("Burp Suite items", "burp-items.xml#item-0", "0")

    def recognises(self, head: bytes) -> bool:
        """Return whether content begins with the element ``items`` of Burp, or its document type."""
        return is_burp_export(head)

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each item; raises UncheckedError where it is not well-formed XML."""
        items = _Items(source.limits)
        index = 0
        with data.open() as stream:
            while True:
                chunk = stream.read(CHUNK_SIZE)
                problem = items.feed(chunk)
                for item in items.take():
                    yield _exchange(item, f"#item-{index}", source)
                    index += 1
                if problem is not None:
                    raise problem
                if not chunk:
                    return


class _Item:
    """The members of an item: their text, and whether it is base64."""

    def __init__(self) -> None:
        self.members: dict[str, tuple[str, bool]] = {}
        self.too_large = False
        self.repeated: str | None = None


class _Items:
    """Parses the export in pieces. Burp's document type is allowed to declare elements, and nothing else."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = self._entity
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._found: list[_Item] = []
        self._item: _Item | None = None
        self._level = 0
        self._member: str | None = None
        self._is_base64 = False
        self._pieces: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> UncheckedError | None:
        """Parse a piece, empty at the end; return why it cannot be parsed, None if it can."""
        try:
            self._parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            return UncheckedError(Reason.UNREADABLE, f"it is not well-formed XML, at line {error.lineno}")
        except UncheckedError as error:
            return error
        return None

    def take(self) -> list[_Item]:
        """Return the items that were completed since the last call."""
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._level += 1
        if self._level == _LEVEL_OF_ITEM and name == "item":
            self._item, self._size = _Item(), 0
        elif self._level == _LEVEL_OF_MEMBER and self._item is not None and name in _KEPT:
            if name in self._item.members:
                self._item.repeated = name
            self._member, self._pieces = name, []
            self._is_base64 = attributes.get("base64") == "true"

    def _end(self, _name: str) -> None:
        if self._item is not None and self._level == _LEVEL_OF_MEMBER and self._member is not None:
            self._item.members[self._member] = "".join(self._pieces), self._is_base64
            self._member = None
        elif self._item is not None and self._level == _LEVEL_OF_ITEM:
            self._found.append(self._item)
            self._item = None
        self._level -= 1

    def _text(self, text: str) -> None:
        if self._item is None or self._member is None:
            return
        self._size += len(text)
        self._item.too_large = self._size > self._limits.line
        if not self._item.too_large:
            self._pieces.append(text)

    def _entity(self, *_declaration: object) -> None:
        raise UncheckedError(Reason.UNSAFE_XML, "it declares an entity, which is not read")


def _exchange(item: _Item, fragment: str, source: Source) -> Discovered:
    if item.too_large:
        problem = f"the item is larger than {source.limits.line:,} bytes; {limit_option('size')} allows more"
        return source.entry(fragment, UnreadableContent(Reason.TOO_LARGE, problem))
    if item.repeated:
        problem = f"the item contains `{item.repeated}` more than once, so that its content is ambiguous"
        return source.entry(fragment, UnreadableContent(Reason.UNREADABLE, problem))
    url, _ = item.members.get("url", ("", False))
    sent, received = _message(item, "request"), _message(item, "response")
    return raw_exchange(source, fragment, sent, received or NO_RESPONSE_KEPT, url.strip() or None)


def _message(item: _Item, name: str) -> bytes | UnreadableContent | None:
    """Return a message; None if it is absent or empty, as Burp saves a response that never came."""
    text, is_base64 = item.members.get(name, ("", False))
    if not text.strip():
        return None
    if is_base64:
        return decode_base64(text, f"its {name}")
    # Burp writes each byte as the character of its number.
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
