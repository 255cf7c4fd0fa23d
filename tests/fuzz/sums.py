"""Archives with their checksums put right: no mutation finds a sum, and behind a wrong one little is reached."""

from __future__ import annotations

import gzip
import struct
import zlib

_BLOCK = 512
_SUM = slice(148, 156)
_SIZE = slice(124, 136)
_MOST = 64

_CENTRAL = b"PK\x01\x02"
_CENTRAL_SIZE = 46
_LOCAL_SIZE = 30


def summed_tar(content: bytes) -> bytes:
    """Correct the sum in every header of a tar archive, as far as headers can be followed."""
    archive = bytearray(content)
    position = 0
    for _ in range(_MOST):
        header = archive[position : position + _BLOCK]
        if len(header) < _BLOCK or not any(header):
            break
        header[_SUM] = b"%06o\0 " % (sum(header[: _SUM.start]) + sum(b" " * 8) + sum(header[_SUM.stop :]))
        archive[position : position + _BLOCK] = header
        try:
            size = int(header[_SIZE].partition(b"\0")[0].strip() or b"0", 8)
        except ValueError:
            break
        position += _BLOCK * (1 + -(-max(0, size) // _BLOCK))
    return bytes(archive)


def summed_zip(content: bytes) -> bytes:
    """Correct the sum of every member that a zip archive's directory lists."""
    archive = bytearray(content)
    position = archive.find(_CENTRAL)
    while 0 <= position <= len(archive) - _CENTRAL_SIZE:
        method, _, _, _, size = struct.unpack_from("<HHHLL", archive, position + 10)
        (offset,) = struct.unpack_from("<L", archive, position + 42)
        if offset <= len(archive) - _LOCAL_SIZE:
            name, extra = struct.unpack_from("<HH", archive, offset + 26)
            start = offset + _LOCAL_SIZE + name + extra
            stored = _unpacked(bytes(archive[start : start + size]), method)
            struct.pack_into("<L", archive, position + 16, zlib.crc32(stored))
        position = archive.find(_CENTRAL, position + 4)
    return bytes(archive)


def packed(content: bytes) -> bytes:
    """Return content as gzip: unchanged if it is gzip already."""
    return content if content.startswith(b"\x1f\x8b") else gzip.compress(content, 1, mtime=0)


def _unpacked(stored: bytes, method: int) -> bytes:
    if method == 0:
        return stored
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return unpacker.decompress(stored, 1 << 18)
    except zlib.error:
        return b""
