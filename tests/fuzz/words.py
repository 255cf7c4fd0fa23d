"""The dictionaries of the fuzzer, in libFuzzer's syntax: a word in quotation marks a line, with ``\\xNN`` escapes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "dictionaries"

_ESCAPE = re.compile(rb'\\(?:x([0-9A-Fa-f]{2})|(["\\]))')


def dictionary(names: Iterable[str]) -> str:
    """Join dictionaries into one."""
    return "".join((FOLDER / f"{name}.dict").read_text("ascii") for name in names)


def words(names: Iterable[str]) -> Iterator[bytes]:
    """Return the words of dictionaries as the bytes that they stand for."""
    for line in dictionary(names).splitlines():
        if line.startswith('"'):
            yield _ESCAPE.sub(
                lambda found: bytes.fromhex(found[1].decode()) if found[1] else found[2], line[1:-1].encode()
            )
