"""Writing of a message in a drawn style, and where each of its places comes to stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from xml.sax.saxutils import escape

from .invented import STRANGE, is_invented
from .messages import EP, SERV, TELLING, XSI, order, texts
from .reading import ROW, Response, parent, plain
from .variants import STRANGERS, Style

BETWEEN = "/text()"
"""Ends the name of a text directly in a place, which can be one for other places; its line is that of the tag before it."""

Scope = dict[str, str]
"""The namespaces that are declared somewhere, by prefix; "" is the default namespace."""


@dataclass(frozen=True)
class Written:
    """A message, and for each of its bodies the line at which each of its places begins."""

    content: bytes
    lines: tuple[dict[str, int], ...]


def write(bodies: Sequence[Response], service: str, style: Style, draw: Random) -> Written:
    """Write one message with these bodies."""
    return _Writer(service, style, draw).message(bodies)


class _Tag:
    """The prefixes of one start tag: those that it uses, and what it declares."""

    def __init__(self, style: Style, draw: Random, scope: Scope) -> None:
        self.declared: Scope = {}
        self._scope = scope
        self._used: set[str] = set()
        self._style = style
        self._draw = draw

    def prefix(self, namespace: str, *, attribute: bool = False) -> str:
        """Choose a prefix for a namespace, declared here where none is or where it so happens; "" is the default."""
        prefix = self._chosen(namespace, attribute=attribute)
        self._used.add(prefix)
        return prefix

    def _chosen(self, namespace: str, *, attribute: bool) -> str:
        known = {**self._scope, **self.declared}
        if not namespace:
            if known.get(""):
                self.declared[""] = ""
            return ""
        usable = [each for each, uri in known.items() if uri == namespace and (each or not attribute)]
        if usable and self._draw.random() >= self._style.redeclare:
            return self._draw.choice(usable)
        if "" not in self._used and not attribute and self._draw.random() < self._style.default:
            new = ""
        else:
            free = [each for each in self._style.prefixes if each not in self._used]
            new = self._draw.choice([each for each in free if each not in known] or free)
        self.declared[new] = namespace
        return new


class _Writer:
    """One message in the making."""

    def __init__(self, service: str, style: Style, draw: Random) -> None:
        self._texts = texts(service)
        self._style = style
        self._draw = draw
        self._parts: list[str] = []
        self._line = 1

    def message(self, bodies: Sequence[Response]) -> Written:
        """Write it all."""
        style, envelope = self._style, "" if self._style.bare_envelope else SERV
        encoding = style.encoding
        if encoding.declared:
            self._put(f"<?xml version={self._quoted('1.0')} encoding={self._quoted(encoding.declared)}?>")
        self._gap(0, prolog=True)
        root, scope = self._open("message", SERV, {})
        statuses = len(bodies) if style.status_each else 1
        if style.header_last:
            lines = self._bodies(bodies, envelope, scope)
            self._header(statuses, envelope, scope)
        else:
            self._header(statuses, envelope, scope)
            lines = self._bodies(bodies, envelope, scope)
        self._close(root)
        self._gap(0, prolog=True)
        text = "".join(self._parts)
        return Written(encoding.mark + text.encode(encoding.codec, "strict"), lines)

    def _header(self, statuses: int, envelope: str, scope: Scope) -> None:
        header, scope = self._open("header", envelope, scope)
        for _ in range(statuses):
            response, inner = self._open("response", envelope, scope)
            for name, text in (("result", "SUCCESS"), ("gsbStatus", "PRIMARY")):
                element, _ = self._open(name, envelope, inner)
                self._text(text)
                self._close(element)
            self._close(response)
        self._close(header)
        self._gap(1)

    def _bodies(self, bodies: Sequence[Response], envelope: str, scope: Scope) -> tuple[dict[str, int], ...]:
        body, scope = self._open("body", envelope, scope)
        lines = tuple(self._body(places, envelope, scope) for places in bodies)
        self._close(body)
        self._gap(1)
        return lines

    def _body(self, places: Response, envelope: str, scope: Scope) -> dict[str, int]:
        where: dict[str, int] = {}
        inside: dict[str, list[str]] = {}
        for place in sorted(sorted(places), key=order):
            inside.setdefault(parent(place), []).append(place)
        self._gap(1)
        where[""] = self._line
        content, scope = self._open("bodyContent", envelope, scope, kind=True)
        self._children("", inside, scope, where, 2)
        self._close(content)
        return where

    def _children(
        self, container: str, inside: dict[str, list[str]], scope: Scope, where: dict[str, int], depth: int
    ) -> None:
        children = list(inside[container])
        if self._style.shuffled:
            self._draw.shuffle(children)
        for place in children:
            self._gap(depth)
            self._element(place, inside, scope, where, depth)
        self._gap(depth - 1)

    def _element(
        self, place: str, inside: dict[str, list[str]], scope: Scope, where: dict[str, int], depth: int
    ) -> None:
        path = plain(place)
        name = path.rpartition("/")[2].removesuffix(STRANGE)
        if path in ROW and self._chance(self._style.printed):
            name = ROW[path].printed
        where[place] = self._line
        holds = place in inside
        empty = not holds and path not in TELLING and self._chance(self._style.empty)
        element, scope = self._open(name, self._namespace(path), scope, empty=empty)
        if holds and path in ROW and self._chance(self._style.dressed):
            self._text("made up <between>")
            where[f"{place}{BETWEEN}"] = where[place]
        if holds:
            self._children(place, inside, scope, where, depth + 1)
        elif element and not (empty and self._chance(0.5)):
            self._text(" \t" if empty else self._texts.get(path, "made up & <ep:telephony/> é ☃ 𝄞"))
            if not empty:
                where[f"{place}{BETWEEN}"] = where[place]
        self._close(element)

    def _namespace(self, path: str) -> str:
        if path.endswith(STRANGE):
            return self._draw.choice([each for each in STRANGERS if each != EP])
        return self._draw.choice(STRANGERS) if is_invented(path) else EP

    # Tags ---------------------------------------------------------------------------------------------------------

    def _open(
        self, local: str, namespace: str, scope: Scope, *, kind: bool = False, empty: bool = False
    ) -> tuple[str, Scope]:
        """Write a start tag; gives the name to close, "" where it is closed already, and what is declared inside."""
        tag = _Tag(self._style, self._draw, scope)
        prefix = tag.prefix(namespace)
        attributes = self._attributes(tag, local) if self._chance(self._style.attributes) else []
        if kind:
            of = tag.prefix(EP)
            said = f"{of}:getSessionInfoResponse" if of else "getSessionInfoResponse"
            space = " " if self._chance(self._style.loose) else ""
            attributes.append(f"{tag.prefix(XSI, attribute=True)}:type={self._quoted(space + said + space)}")
        for each, uri in tag.declared.items():
            attributes.append(f"xmlns{each and ':'}{each}={self._quoted(uri)}")
        self._draw.shuffle(attributes)
        name = f"{prefix}:{local}" if prefix else local
        space = " " if not self._chance(self._style.loose) else self._draw.choice(self._style.spaces)
        closed = empty and self._chance(0.5)
        end = f"{space if space != ' ' else ''}{'/' if closed else ''}>"
        self._put("".join((f"<{name}", *(f"{space}{each}" for each in attributes), end)))
        return "" if closed else name, {**scope, **tag.declared}

    def _close(self, name: str) -> None:
        if name:
            self._put(f"</{name}{' ' if self._chance(self._style.loose) else ''}>")

    def _attributes(self, tag: _Tag, local: str) -> list[str]:
        given = [
            f"made-up={self._quoted('a > b')}",
            f"xml:lang={self._quoted('de')}",
            f"of-{local}={self._quoted('&lt;status&gt;&#10;')}",
            f"{tag.prefix(XSI, attribute=True)}:nil={self._quoted('true')}",
        ]
        return self._draw.sample(given, self._draw.randint(1, len(given)))

    def _quoted(self, value: str) -> str:
        mark = self._draw.choice("'\"")
        return f"{mark}{value}{mark}"

    # What stands between tags -------------------------------------------------------------------------------------

    def _gap(self, depth: int, *, prolog: bool = False) -> None:
        self._put(self._style.newline + self._style.indent * depth)
        if self._chance(self._style.comments):
            self._put(self._draw.choice(_ASIDES))
            self._put(self._style.newline)
        if not prolog and self._chance(self._style.dressed * 0.1):
            self._put("<![CDATA[ ]]>")

    def _text(self, text: str) -> None:
        """Write a text, as it is or in parts that are written in different ways."""
        if not self._chance(self._style.dressed):
            self._put(self._plain(text))
            return
        cut = self._draw.randint(0, len(text))
        for part in (text[:cut], text[cut:]):
            way = self._draw.randrange(4)
            if way == 0 and self._has(part):
                self._put(f"<![CDATA[{part}]]>")
            elif way == 1:
                self._put("".join(f"&#{ord(letter)};" for letter in part))
            elif way == 2:
                self._put("".join(f"&#x{ord(letter):X};" for letter in part))
            else:
                self._put(self._plain(part))
            if self._chance(self._style.comments):
                self._put(self._draw.choice(_ASIDES))

    def _plain(self, text: str) -> str:
        codec = self._style.encoding.codec
        escaped = escape(text, {"'": "&apos;", '"': "&quot;"})
        return escaped.encode(codec, "xmlcharrefreplace").decode(codec)

    def _has(self, text: str) -> bool:
        codec = self._style.encoding.codec
        return text.encode(codec, "ignore").decode(codec) == text

    def _chance(self, chance: float) -> bool:
        return chance > 0 and self._draw.random() < chance

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._line += text.count("\n")


_ASIDES = (
    "<!-- made up -->",
    "<!--<ep:telephony><ep:callInNum/></ep:telephony>-->",
    "<!--\n</serv:body>\n-->",
    "<!---->",
    "<?made up?>",
    "<?xml-stylesheet href='made-up.xsl'\ntype='text/xsl'?>",
    "<!-- <![CDATA[ ]]> & < > -->",
)
"""Comments and processing instructions: nothing in them is there."""


def lines_of(places: Iterable[str], where: dict[str, int]) -> tuple[int, ...]:
    """The lines of some places, each once."""
    return tuple(sorted({where[place] for place in places}))
