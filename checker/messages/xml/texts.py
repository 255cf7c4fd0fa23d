"""Texts of a sound XML document as a parser gives them: line ends normalised, references resolved, CDATA sections opened."""

from __future__ import annotations

import re

_REFERENCE = re.compile(rb"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|(\w+));")
_ENTITIES = {b"amp": "&", b"lt": "<", b"gt": ">", b"quot": '"', b"apos": "'"}
_AMPERSAND, _RETURN = b"&\r"  # numbers are found in bytes several times as fast as bytes are


def text_after(tokens: list[bytes], index: int) -> str:
    """Return the text between a start tag and the next tag of an element, as a parser would give it."""
    if tokens[2 * index + 1].endswith(b"/"):
        return ""
    pieces = [unescape(tokens[2 * index + 2])]
    for at in range(2 * index + 3, len(tokens), 2):
        tag = tokens[at]
        if not tag.startswith((b"!", b"?")):
            break
        if tag.startswith(b"![CDATA["):
            pieces.append(_line_ends(tag[8:-2]).decode())
        pieces.append(unescape(tokens[at + 1]))
    return "".join(pieces)


def are_blank(tokens: list[bytes], begin: int, end: int) -> bool:
    """Return whether nothing but white space stands between two tags, by their numbers, in no element and no CDATA section."""
    return all(is_blank_after(tokens[2 * at + 1], tokens[2 * at + 2]) for at in range(begin, end))


def is_blank(text: bytes) -> bool:
    """Return whether a text is white space, however that is written."""
    return text.isspace() or unescape(text).isspace()


def is_blank_after(tag: bytes, text: bytes) -> bool:
    """Return whether nothing but white space stands right after a tag, and in it if it is a CDATA section."""
    shown = unescape(text)
    if tag.startswith(b"![CDATA["):
        shown += _line_ends(tag[8:-2]).decode()
    return not shown or shown.isspace()


def unescape(text: bytes) -> str:
    """Return a text as a parser gives it: line ends normalised, references resolved."""
    if _AMPERSAND not in text and _RETURN not in text:
        return text.decode()
    text = _line_ends(text)
    pieces = _REFERENCE.split(text)
    for at in range(1, len(pieces), 4):
        pieces[at], pieces[at + 1], pieces[at + 2] = (
            b"",
            b"",
            _character(*pieces[at : at + 3]).encode("utf-8", "surrogatepass"),
        )
    return b"".join(pieces).decode("utf-8", "surrogatepass")


def _line_ends(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _character(hexadecimal: bytes | None, decimal: bytes | None, name: bytes | None) -> str:
    """Return what a reference stands for; a document that was parsed has no others."""
    if name is not None:
        return _ENTITIES.get(name, "")
    # Zeros can lead without end, and Python bounds the digits that it takes for a decimal.
    return chr(int(hexadecimal, 16) if hexadecimal is not None else int((decimal or b"").lstrip(b"0")))
