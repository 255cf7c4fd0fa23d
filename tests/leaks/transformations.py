"""The ways in which a server, hostile or careless, can leak an element in an XML message. A new one is one entry."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from .corpus import KNOWN_PATHS
from .planting import BODY, SECRET, after, before, element, failed, in_its_place, replace

Write = Callable[[str, str, str], "str | bytes | None"]
"""Writes a message, the path of a row and its name as a message that leaks it; None if that is no leak, or cannot be."""


class Transformation(NamedTuple):
    """A way to leak: in which group of ways, under which name, and how the result is recorded.

    ``is_failure`` leaks come with a sidecar that expects the failure. ``without_request`` ones are found in traffic that holds no
    request, so that nothing but the response itself says whose it is.
    """

    group: str
    name: str
    write: Write
    is_failure: bool = False
    without_request: bool = False


def _in(container: str) -> Write:
    """Return a way to plant an element directly in a container that is not its own."""

    def write(message: str, _path: str, name: str) -> str | None:
        planted = f"{container}/{name}" if container else name
        if planted in KNOWN_PATHS:  # a row, or an element known as unlisted: then that is what it is
            return None
        return in_its_place(message, planted, element(name))

    return write


def _at(pattern: str, planted: Callable[[str], str] = element) -> Write:
    return lambda message, _, name: after(message, pattern, planted(name))


def _attribute(tag: str, prefix: str = "") -> Write:
    return lambda message, _, name: replace(message, f"<{tag}", f'<{tag} {prefix}{name}="{SECRET}"')


def _spelt(spell: Callable[[str], str], prefix: str = "ep:", declared: str = "") -> Write:
    """Return a way to plant an element in its own place, under another name."""
    return lambda message, path, name: in_its_place(message, path, element(spell(name), prefix, declared))


def _same(name: str) -> str:
    return name


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name) if re.search("[a-z][A-Z]", name) else f"{name}_"


def _dotted(name: str) -> str:
    return ".".join((name[:1], name[1:]))


def _written(change: Callable[[str], str | bytes]) -> Write:
    """Return a way to plant an element in its own place, and then to write the whole message in another way."""

    def write(message: str, path: str, name: str) -> str | bytes | None:
        planted = in_its_place(message, path, element(name))
        return None if planted is None else change(planted)

    return write


def _encoded(name: str, codec: str) -> Callable[[str], bytes]:
    return lambda message: f'<?xml version="1.0" encoding="{name}"?>{_undeclared(message)}'.encode(codec)


def _undeclared(message: str) -> str:
    return re.sub(r"^<\?xml[^>]*\?>", "", message)


def _with_references(message: str) -> str:
    """Write the letter ``s`` in every namespace as a character reference."""
    return message.replace("www.webex.com/schemas", "www.webex.com/&#115;chema&#x73;")


def _failing(write: Write) -> Write:
    return lambda message, path, name: write(failed(message), path, name)


def _second_body(kind: str, opening: str = "serv:bodyContent", parent: str = "") -> Write:
    """Return a way to leak in a second body of another type, or in another element that looks like one."""

    def write(message: str, _path: str, name: str) -> str | None:
        shown = f"<{opening}{kind}>{element(name)}</{opening}>"
        if parent:
            return after(message, "</serv:body>", f"<{parent}>{shown}</{parent}>")
        return after(message, "</serv:bodyContent>", shown)

    return write


_NESTED = "<serv:message><serv:body><serv:bodyContent>{}</serv:bodyContent></serv:body></serv:message>"
_TYPE = ' xsi:type="ep:getSessionInfoResponse"'

PLACES: dict[str, Write] = {
    "at the top of the body": _in(""),
    "in metaData": _in("metaData"),
    "in attendeeOptions/telephony": _in("attendeeOptions/telephony"),
    "in an unknown element": _at(BODY, lambda name: f"<ep:extra>{element(name)}</ep:extra>"),
    "in an element of no namespace": _at(BODY, lambda name: f"<extra>{element(name)}</extra>"),
    "in a foreign element": _at(BODY, lambda name: f'<x:extra xmlns:x="urn:x">{element(name)}</x:extra>'),
    "40 levels down": _at(BODY, lambda name: "<ep:a>" * 40 + element(name) + "</ep:a>" * 40),
    "in a message in the body": _at(BODY, lambda name: _NESTED.format(element(name))),
    "as an attribute": _attribute("ep:host"),
    "as a prefixed attribute": _attribute("ep:host", "ep:"),
    "as an attribute of the body": _attribute("serv:bodyContent"),
    "as an attribute of an unknown element": _at(BODY, lambda name: f'<ep:extra {name}="{SECRET}"/>'),
    "twice": _written(lambda message: message.replace(SECRET, "made up")),
}

BESIDE: dict[str, Write] = {
    "in header": _at("<serv:header>"),
    "in header/response": _at("<serv:response>"),
    "in header/response, in its namespace": _at("<serv:response>", lambda name: element(name, "serv:")),
    "in header/response/result": lambda m, _, name: before(m, "</serv:result>", element(name)),
    "in an unknown child of header": _at("<serv:header>", lambda name: f"<x>{element(name)}</x>"),
    "in body before bodyContent": lambda message, _, name: before(message, BODY, element(name)),
    "in body after bodyContent": _at("</serv:bodyContent>"),
    "after body": _at("</serv:body>"),
    "in message before header": lambda message, _, name: before(message, "<serv:header>", element(name)),
    "as an attribute of message": _attribute("serv:message"),
    "as an attribute of header": _attribute("serv:header"),
    "as an attribute of header/response": _attribute("serv:response"),
    "as an attribute of body": _attribute("serv:body"),
}

FAILURES: dict[str, Write] = {
    "in bodyContent": _failing(_spelt(_same)),
    "in bodyContent, elsewhere": _failing(_in("")),
    "as bare text in bodyContent": _failing(_at(BODY, lambda name: f"{name}: {SECRET}")),
    "as CDATA in bodyContent": _failing(_at(BODY, lambda name: f"<![CDATA[{name}: {SECRET}]]>")),
    "as an attribute of bodyContent": _failing(_attribute("serv:bodyContent")),
    **{f"{name}": _failing(write) for name, write in BESIDE.items()},
}

SPELLINGS: dict[str, Write] = {
    "capitals": _spelt(str.upper),
    "small letters": _spelt(lambda name: name.lower() if name != name.lower() else name.capitalize()),
    "capitalised": _spelt(lambda name: name[:1].swapcase() + name[1:]),
    "kebab-case": _spelt(_kebab),
    "snake_case": _spelt(_snake),
    "a dot": _spelt(_dotted),
    "the namespace of the envelope": _spelt(_same, "serv:"),
    "no namespace": _spelt(_same, ""),
    "another namespace": _spelt(_same, "q:", ' xmlns:q="urn:q"'),
    "the prefix bound to another namespace": _spelt(_same, "ep:", ' xmlns:ep="urn:q"'),
    "another prefix": _spelt(_same, "q:", ' xmlns:q="http://www.webex.com/schemas/2002/06/service/ep"'),
    "the namespace written with references": _spelt(
        _same, "q:", ' xmlns:q="http://www.webex.com/schemas/2002/06/service/e&#112;"'
    ),
}

BODIES: dict[str, Write] = {
    "no type": _second_body(""),
    "another letter case of the type": _second_body(' xsi:type="ep:GetSessionInfoResponse"'),
    "a type of another namespace": _second_body(' xsi:type="serv:getSessionInfoResponse"'),
    "a type without a prefix": _second_body(' xsi:type="getSessionInfoResponse"'),
    "a type of an undeclared prefix": _second_body(' xsi:type="zz:getSessionInfoResponse"'),
    "the type of another operation": _second_body(' xsi:type="ep:getSessionInfoReply"'),
    "a type without xsi": _second_body(' type="ep:getSessionInfoResponse"'),
    "the right type": _second_body(_TYPE),
    "ep:bodyContent": _second_body(_TYPE, "ep:bodyContent"),
    "BodyContent": _second_body(_TYPE, "serv:BodyContent"),
    "a second ep:body": _second_body(_TYPE, parent="ep:body"),
    "a second serv:body": _second_body(_TYPE, parent="serv:body"),
}

ENCODINGS: dict[str, Write] = {
    "UTF-8 with a mark": _written(lambda message: message.encode("utf-8-sig")),
    "UTF-16": _written(lambda message: _undeclared(message).encode("utf-16")),
    "UTF-16 without a mark": _written(_encoded("UTF-16", "utf-16-le")),
    "UTF-32": _written(lambda message: _undeclared(message).encode("utf-32")),
    "Latin-1": _written(_encoded("ISO-8859-1", "latin-1")),
    "windows-1252": _written(_encoded("windows-1252", "cp1252")),
    "US-ASCII": _written(_encoded("US-ASCII", "ascii")),
    "UTF-7": _written(_encoded("UTF-7", "utf-7")),
    "EBCDIC": _written(_encoded("cp037", "cp037")),
    "namespaces written with references": _written(_with_references),
}

WRITING: dict[str, Write] = {
    "plain": _spelt(_same),
    "CDATA": _written(lambda message: message.replace(SECRET, f"<![CDATA[{SECRET}]]>")),
    "empty": _written(lambda message: message.replace(SECRET, "")),
    "white space": _written(lambda message: message.replace(SECRET, "\n ")),
    "comments with tags": _written(lambda message: message.replace(SECRET, f"<!-- </ep:x> -->{SECRET}")),
    "processing instructions": _written(lambda message: message.replace(SECRET, f"<?x <a> ?>{SECRET}")),
    "references": _written(lambda message: message.replace(SECRET, "&#109;&amp;&lt;")),
    "xsi:nil": _written(lambda m: re.sub(f">{SECRET}</ep:", ' xsi:nil="true"></ep:', m)),
    "white space in tags": _written(lambda m: re.sub(rf"(<[^<]*)>{SECRET}(</[^>]*)", r"\1\n >x\2 ", m)),
    "line ends of CR": _written(lambda message: message.replace("\n", "\r")),
    "a document type": _written(lambda m: f"<!DOCTYPE x [<!ENTITY e 'x'>]>{_undeclared(m)}"),
    "white space before the declaration": _written(lambda message: f"\n {message}"),
}

PLAIN = WRITING["plain"]

XML_WAYS = (
    *(Transformation("place", *entry) for entry in PLACES.items()),
    *(Transformation("beside the body", *entry) for entry in BESIDE.items()),
    *(Transformation("failure", *entry, is_failure=True) for entry in FAILURES.items()),
    *(Transformation("spelling", *entry) for entry in SPELLINGS.items()),
    *(Transformation("second body", *entry) for entry in BODIES.items()),
    *(Transformation("encoding", *entry) for entry in ENCODINGS.items()),
    *(Transformation("encoding, no request", *entry, without_request=True) for entry in ENCODINGS.items()),
    *(Transformation("writing", *entry) for entry in WRITING.items()),
)
