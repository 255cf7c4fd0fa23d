"""Plain XML: a file that is one message."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..base import FormatInfo, Reader, Source
from ..containers.streams import ByteSource, read_up_to
from ..model import Discovered
from .burp import is_burp_export

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_NUL = 0
_MESSAGE = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,99}:)?message[\s>/]")


def is_plain_message(head: bytes) -> bool:
    """Return whether content begins as a message in an ASCII-compatible encoding, without a byte order mark."""
    return (
        head.startswith(b"<")
        and _NUL not in head
        and _MESSAGE.search(head) is not None
        and not is_burp_export(head)
    )


class XmlReader(Reader):
    """Reads plain XML."""

    info = FormatInfo("plain XML", "17.response.xml")
    message_wire = "xml"

    def recognises(self, head: bytes) -> bool:
        """Return whether content begins as an XML message does; other XML is no message."""
        for mark in _BYTE_ORDER_MARKS:
            head = head.removeprefix(mark)
        text = (head.replace(b"\0", b"") if _NUL in head else head).lstrip()
        return text.startswith(b"<") and _MESSAGE.search(text) is not None and not is_burp_export(text)

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the message, up to one byte more than the limit."""
        with data.open() as stream:
            yield source.message(read_up_to(stream, source.limits.size + 1))
