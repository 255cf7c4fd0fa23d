"""Content codings that need a library: Brotli and Zstandard (extra `watch`)."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from ..core.errors import Reason
from .model import UnreadableContent

_BROKEN = UnreadableContent(Reason.UNREADABLE, "its compressed body is broken")
_CUT_OFF = UnreadableContent(Reason.UNREADABLE, "its compressed body is cut off")
_AFTER = UnreadableContent(Reason.UNREADABLE, "its compressed body is followed by other bytes")

_BROTLI_PIECE = 16
"""Bytes that a release of Brotli before 1.2 gets at a time: like Zstandard, and at most 48 MiB of so few."""

_PIECE = 256
"""Bytes that Zstandard gets at a time: it cannot be told how much to return, and makes at most 8 MiB of so few."""


def decode_optional(body: bytes, coding: str, most: int) -> bytes | UnreadableContent | None:
    """Decode a body, up to a little more than ``most`` bytes; None if the coding is no such one or has no library here."""
    decode = _DECODERS.get(coding)
    try:
        return None if decode is None else decode(body, most)
    except ModuleNotFoundError:
        return None


def library_remedy(coding: str) -> str:
    """Return the end of a message about a coding: what to install, if that helps."""
    return (
        f"; or install the library for `{coding}`: pip install 'whosees[watch]'"
        if coding in _DECODERS
        else ""
    )


def _brotli(body: bytes, most: int) -> bytes | UnreadableContent:
    brotli = importlib.import_module("brotli")
    decompressor = brotli.Decompressor()
    content = bytearray()
    if not hasattr(
        decompressor, "can_accept_more_data"
    ):  # before 1.2, as mitmproxy and Linux distributions have it
        return _old_brotli(decompressor, brotli.error, body, most)
    piece, rest = b"", body
    try:
        while len(content) <= most and not decompressor.is_finished():
            piece = decompressor.process(rest, output_buffer_limit=most + 1 - len(content))
            rest = b""
            content += piece
            if not piece and decompressor.can_accept_more_data():
                break
    except brotli.error:
        return _BROKEN
    return bytes(content) if len(content) > most or decompressor.is_finished() else _CUT_OFF


def _old_brotli(
    decompressor: Any, error: type[Exception], body: bytes, most: int
) -> bytes | UnreadableContent:
    content = bytearray()
    try:
        for position in range(0, len(body), _BROTLI_PIECE):
            content += decompressor.process(body[position : position + _BROTLI_PIECE])
            if len(content) > most:
                return bytes(content)
    except error:
        return _BROKEN
    return bytes(content) if decompressor.is_finished() else _CUT_OFF


def _zstandard(body: bytes, most: int) -> bytes | UnreadableContent:
    zstandard = importlib.import_module("zstandard")
    decompressor = zstandard.ZstdDecompressor().decompressobj()
    content = bytearray()
    position = 0
    try:
        while len(content) <= most and position < len(body) and not decompressor.eof:
            content += decompressor.decompress(body[position : position + _PIECE])
            position += _PIECE
    except zstandard.ZstdError:
        return _BROKEN
    if len(content) > most:
        return bytes(content)
    if not decompressor.eof:
        return _CUT_OFF
    return _AFTER if decompressor.unused_data or position < len(body) else bytes(content)


_DECODERS: dict[str, Callable[[bytes, int], bytes | UnreadableContent]] = {
    "br": _brotli,
    "zstd": _zstandard,
}
