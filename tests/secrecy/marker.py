"""A text that occurs nowhere else, and the search for it in whatever form it may have come out."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from urllib.parse import quote

UNIT = "Zq7K"
"""The repeated part of the marker: any seven letters of the marker hold it, however the marker was cut."""

MARK = UNIT * 5


def _forms() -> Iterator[tuple[str, bytes]]:
    """Return the marker as it looks in each encoding, in lower case as everything is that is searched."""
    yield "as it is", UNIT.lower().encode()
    for code in ("utf-16-le", "utf-16-be"):
        yield code, UNIT.lower().encode(code)
    # Letters in capitals have other numbers: both are looked for where numbers stand for letters.
    for unit in (UNIT, UNIT.lower(), UNIT.upper()):
        yield from _numbered(unit)
    # Three bytes are four letters there: where the marker begins in them is not known, so each place is tried.
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + (UNIT * 4).encode())
        for start in range(4, 16):
            yield "in base64", whole[start : start + 8].lower()  # sixteen different ones: they repeat


def _numbered(unit: str) -> Iterator[tuple[str, bytes]]:
    yield "in hex", unit.encode().hex().encode()
    yield "in JSON escapes", "".join(f"\\u{ord(c):04x}" for c in unit).encode()
    yield "in \\x escapes", "".join(f"\\x{ord(c):02x}" for c in unit).encode()
    yield "percent-encoded", "".join(f"%{ord(c):02x}" for c in unit).encode()
    yield "in decimal references", "".join(f"&#{ord(c)};" for c in unit).encode()
    yield "in hex references", "".join(f"&#x{ord(c):x};" for c in unit).encode()


FORMS = tuple(dict.fromkeys(_forms()))


def leaks(written: bytes) -> list[str]:
    """Return each form in which the marker is there, with the text around it."""
    lowered = written.lower()
    return [
        f"{name}: …{written[max(0, at - 60) : at + 90]!r}…"
        for name, form in FORMS
        if (at := lowered.find(form)) >= 0
    ]


def encoded(text: str) -> dict[str, bytes]:
    """Write a text in each way that is searched for."""
    return {
        "as it is": text.encode(),
        "in capitals": text.upper().encode(),
        "utf-16": text.encode("utf-16"),
        "in hex": text.encode().hex().encode(),
        "in JSON escapes": "".join(f"\\u{ord(c):04X}" for c in text).encode(),
        "in \\x escapes": "".join(f"\\x{ord(c):02x}" for c in text).encode(),
        "URL-quoted": quote(text).encode(),
        "percent-encoded": "".join(f"%{ord(c):02X}" for c in text).encode(),
        "in references": "".join(f"&#{ord(c)};" for c in text).encode(),
        "in hex references": "".join(f"&#X{ord(c):X};" for c in text).encode(),
        **{
            f"in base64 after {before} bytes": base64.b64encode(b"#" * before + text.encode())
            for before in range(4)
        },
    }
