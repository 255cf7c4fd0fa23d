"""Trace archives of Playwright: their network log has HAR's entries, with bodies in members of their own.

Source: Playwright's ``packages/trace/src`` and its trace viewer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import msgspec

from ...core.errors import UncheckedError
from ...core.limits import limit_exceeded
from ..base import FileReferences, FormatInfo, Source
from ..containers.zip_layout import ZipLayout, ZipMembers
from ..model import Content, Discovered, UnreadableContent
from .har import har_recording
from .json_document import try_decode_as

_NETWORK = re.compile(r"(?:[^/\\]{1,200}-)?trace\.network")
_RESOURCES = (FileReferences("_sha1", files="resources"), FileReferences("_file", files="resources"))
"""Bodies are resources. Older releases name them by their hash, newer ones by their path in the archive."""

_SNAPSHOT = "resource-snapshot"


class _Event(msgspec.Struct):
    type: str | None = None
    snapshot: msgspec.Raw = msgspec.Raw(b"{}")


class PlaywrightTraceFormat(ZipLayout):
    """Reads the requests that a trace contains."""

    info = FormatInfo("Playwright traces", "trace.zip#request-3", "0, through all network logs")

    def matches(self, names: Collection[str]) -> bool:
        """Return whether a member is named as Playwright names network logs."""
        return any(map(_NETWORK.fullmatch, names))

    def entries(self, archive: ZipMembers, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each request."""
        inside = replace(source, referenced_files=_Resources(archive, source.limits.size))
        for index, raw in enumerate(_snapshots(archive, source)):
            fragment = f"#request-{index}"
            if isinstance(raw, UnreadableContent):
                yield source.entry(fragment, raw)
            else:
                yield har_recording(raw, fragment, inside, _RESOURCES)


def _snapshots(archive: ZipMembers, source: Source) -> Iterator[msgspec.Raw | UnreadableContent]:
    limit = source.limits.container
    for name in sorted(filter(_NETWORK.fullmatch, archive.names)):
        log = archive.read(name, limit)
        if isinstance(log, UnreadableContent):
            raise UncheckedError(log.reason, f"its network log cannot be read: {log.detail}")
        if len(log) > limit:
            raise limit_exceeded(f"its network log is larger than {limit:,} bytes", "size")
        for line in log.splitlines():
            event = try_decode_as(line, _Event, "the line") if line.strip() else None
            if isinstance(event, UnreadableContent):
                yield event
            elif event is not None and event.type == _SNAPSHOT:
                yield event.snapshot


@dataclass(frozen=True, slots=True)
class _Resources:
    """The bodies in a trace, which are never looked up outside of it."""

    archive: ZipMembers
    size: int

    def content(self, references: FileReferences, name: str) -> Content:
        """Return the body that the network log calls ``name``."""
        member = f"{references.files}/{name}"
        return self.archive.read(member, self.size) if member in self.archive.names else references.absent()
