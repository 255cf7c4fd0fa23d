"""Session archives of Fiddler (``.saz``): a request and a response as they were sent in two members each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..base import FormatInfo, Source
from ..containers.zip_layout import ZipLayout, ZipMembers
from ..http_exchange import NO_RESPONSE_KEPT, raw_exchange
from ..model import Discovered, UnreadableContent

_REQUEST = re.compile(r"raw[/\\](\d{1,9})_c\.txt", re.IGNORECASE)
_ROOM_FOR_HEADERS = 1024 * 1024


class SazFormat(ZipLayout):
    """Reads Fiddler's sessions in the order of their numbers."""

    info = FormatInfo("Fiddler archives", "traffic.saz#session-12", "1, as Fiddler numbers sessions")

    def matches(self, names: Collection[str]) -> bool:
        """Return whether a member is named as Fiddler names requests."""
        return any(map(_REQUEST.fullmatch, names))

    def entries(self, archive: ZipMembers, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each session."""
        requests = {name: match[1] for name in archive.names if (match := _REQUEST.fullmatch(name))}
        size = source.limits.size + _ROOM_FOR_HEADERS
        for name, number in sorted(requests.items(), key=lambda item: int(item[1])):
            response = name[: -len("c.txt")] + ("S.txt" if name.endswith("C.txt") else "s.txt")
            received: bytes | UnreadableContent = (
                archive.read(response, size) if response in archive.names else b""
            )
            yield raw_exchange(
                source, f"#session-{number}", archive.read(name, size), received or NO_RESPONSE_KEPT
            )
