"""Plain XML: a file that is one message."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..base import Place
from ..containers.streams import Origin, read_up_to
from ..model import Discovered

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_MESSAGE = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,99}:)?message[\s>/]")


def is_plain_message(head: bytes) -> bool:
    """Whether content begins as a message does in an encoding like ASCII, without a byte order mark."""
    return head.startswith(b"<") and b"\0" not in head and _MESSAGE.search(head) is not None


class XmlReader:
    """Reads plain XML."""

    def recognises(self, head: bytes) -> bool:
        """Whether it begins as XML does and its first elements are those of a message; other XML is not ours."""
        for mark in _BYTE_ORDER_MARKS:
            head = head.removeprefix(mark)
        text = (head.replace(b"\0", b"") if b"\0" in head else head).lstrip()
        return text.startswith(b"<") and _MESSAGE.search(text) is not None

    def read(self, origin: Origin, place: Place) -> Iterator[Discovered]:
        """Give the message, up to the limit and a byte more."""
        with origin.begin() as stream:
            yield place.message(read_up_to(stream, place.limits.size + 1))
