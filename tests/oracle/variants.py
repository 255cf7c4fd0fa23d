"""The ways in which one and the same message can be written, by family; each is drawn from a random source."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import NamedTuple

from .messages import EP, SERV


class Family(StrEnum):
    """Differences in the writing of a message, and in the content beside the rows of the table."""

    PREFIX = "prefix"
    DEFAULT = "default namespace"
    ENCODING = "encoding"
    SPACE = "white space"
    COMMENT = "comment"
    REPEATED = "repeated container"
    UNLISTED = "unlisted element"
    STRANGE = "strange namespace"
    TEXT = "text"
    ORDER = "order"
    ATTRIBUTE = "attribute"
    SPELLING = "printed spelling"
    ENVELOPE = "envelope"


class Encoding(NamedTuple):
    """An encoding: how Python calls it, how the declaration does (None: none is declared), and its byte order mark."""

    codec: str
    declared: str | None
    mark: bytes = b""

    @property
    def wide(self) -> bool:
        """True if it has every character."""
        return self.codec.startswith("utf")


UTF_8 = Encoding("utf-8", "UTF-8")


@dataclass(frozen=True)
class Style:
    """The style in which a message is written. Chances are between 0 and 1."""

    encoding: Encoding = UTF_8
    prefixes: tuple[str, ...] = ("serv", "ep", "xsi", "other")
    default: float = 0.0
    redeclare: float = 0.0
    newline: str = "\n"
    indent: str = ""
    loose: float = 0.0
    spaces: tuple[str, ...] = ("  ",)
    comments: float = 0.0
    dressed: float = 0.0
    empty: float = 0.0
    shuffled: bool = False
    attributes: float = 0.0
    printed: float = 0.0
    bare_envelope: bool = False
    status_each: bool = False
    header_last: bool = False


ENCODINGS = (
    UTF_8,
    Encoding("utf-8", "utf-8", b"\xef\xbb\xbf"),
    Encoding("utf-8", None),
    Encoding("utf-8", None, b"\xef\xbb\xbf"),
    Encoding("utf-16-le", "UTF-16", b"\xff\xfe"),
    Encoding("utf-16-be", "UTF-16", b"\xfe\xff"),
    Encoding("utf-16-be", None, b"\xfe\xff"),
    Encoding("utf-16-le", "UTF-16LE"),
    Encoding("iso-8859-1", "ISO-8859-1"),
    Encoding("iso-8859-15", "ISO-8859-15"),
    Encoding("cp1252", "windows-1252"),
    Encoding("ascii", "US-ASCII"),
)

_NAMES = ("a", "ep", "serv", "xsi", "ns0", "_", "x-1.2", "EP", "Serv", "message", "status", "host", "com")
_WIDE_NAMES = ("é", "ß.π", "名前")


def _prefix(style: Style, draw: Random) -> Style:
    names = [*_NAMES, *(_WIDE_NAMES if style.encoding.wide else ())]
    draw.shuffle(names)
    return replace(style, prefixes=tuple(names[:5]), redeclare=draw.choice((0.0, 0.1, 0.5)))


def _default(style: Style, draw: Random) -> Style:
    return replace(
        style, default=draw.choice((0.4, 1.0)), redeclare=max(style.redeclare, draw.choice((0.0, 0.3, 1.0)))
    )


def _encoding(style: Style, draw: Random) -> Style:
    return replace(style, encoding=draw.choice(ENCODINGS))


def _space(style: Style, draw: Random) -> Style:
    newline = draw.choice(("\n", "\r\n", "", "\n\n", "\n \t\n", "\r"))
    return replace(
        style,
        newline=newline,
        spaces=("  ", "\t", newline + "\t"),
        indent=draw.choice(("", " ", "\t", "    ")),
        loose=draw.choice((0.0, 0.2, 1.0)),
    )


def _comment(style: Style, draw: Random) -> Style:
    return replace(style, comments=draw.choice((0.05, 0.5)))


def _text(style: Style, draw: Random) -> Style:
    return replace(style, dressed=draw.choice((0.3, 1.0)), empty=draw.choice((0.0, 0.3, 1.0)))


def _order(style: Style, _: Random) -> Style:
    return replace(style, shuffled=True)


def _attribute(style: Style, draw: Random) -> Style:
    return replace(style, attributes=draw.choice((0.1, 0.6)))


def _spelling(style: Style, draw: Random) -> Style:
    return replace(style, printed=draw.choice((0.5, 1.0)))


def _envelope(style: Style, draw: Random) -> Style:
    chosen = [draw.random() < 0.5 for _ in range(3)]
    return replace(style, bare_envelope=chosen[0], status_each=chosen[1], header_last=chosen[2])


_DRAWN: dict[Family, Callable[[Style, Random], Style]] = {
    Family.ENCODING: _encoding,
    Family.PREFIX: _prefix,
    Family.DEFAULT: _default,
    Family.SPACE: _space,
    Family.COMMENT: _comment,
    Family.TEXT: _text,
    Family.ORDER: _order,
    Family.ATTRIBUTE: _attribute,
    Family.SPELLING: _spelling,
    Family.ENVELOPE: _envelope,
}
"""Draws for the families that concern the writing; the encoding is first, since it decides which names there are."""


def drawing(seed: str | int) -> Random:
    """A random source that draws the same for the same seed."""
    return Random(seed)  # noqa: S311 - it guards nothing


def draw_style(families: Collection[Family], draw: Random) -> Style:
    """Draw how a message is written: plainly, but for these families."""
    style = Style()
    for family, drawn in _DRAWN.items():
        if family in families:
            style = drawn(style, draw)
    return style


STRANGERS = ("", EP, SERV, "urn:made-up", "http://www.webex.com/schemas/2002/06/service/meeting")
"""Namespaces of elements that nobody knows; "" is none."""
