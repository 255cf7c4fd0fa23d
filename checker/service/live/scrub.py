"""Scrubbing: an exchange with everything that its verdict rests on, and no text that anybody wrote.

Structure is kept, and whether an element is empty; of attributes only a body's type, of namespaces the known ones. Of texts only those are kept that are told from a fixed list:
the result, the exceptionID, the names of services and of printed variables, `true` and `false` outside of what the
table calls PW, and the name of the site. Texts that a verdict compares get stand-ins, the same where they were the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ...messages.xml.parser import XSI_TYPE, parse

SCRUBBED = "scrubbed"
HOST_KEY = "hostKey"

_TYPE = re.compile(r"[A-Za-z_][\w.-]{0,79}(:[A-Za-z_][\w.-]{0,79})?", re.ASCII)
_ID = re.compile(r"[0-9]{1,12}")
_UNSCRUBBABLE = {
    Reason.NOT_XML: b"This answer was no XML. What cannot be scrubbed is not kept.\n",
    Reason.UNSAFE_XML: b"<!DOCTYPE removed>\n<removed/>\n",
}
"""What stands for an answer that cannot be scrubbed; it cannot be judged for the same reason."""


@dataclass(slots=True)
class _StandIns:
    """Stand-ins for texts of one exchange: `person-1` for the first webExID in it, whoever that is."""

    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, kind: str, text: str, form: str) -> str:
        number = sum(known == kind for known, _ in self.known) + 1
        return self.known.setdefault((kind, text), form.format(number))


class Scrubber:
    """Scrubs exchanges by the names of one rulebook."""

    def __init__(self, rulebook: Rulebook, limits: Limits) -> None:
        document, evidence = rulebook.document, rulebook.document.evidence
        self._limits = limits
        self._canonical = {
            _sibling(path, spelling): path
            for path, others in document.spellings.items()
            for spelling in others
        }
        self._services: dict[str, set[str]] = {}
        for entry in evidence.response:
            known = {*entry.equals, *(name.casefold() for name in entry.names)}
            known |= {name.casefold() for absent in document.columns.without for name in absent.names}
            self._services.setdefault(entry.path, set()).update(known)
        guarded = {
            row.path
            for row in rulebook.rows
            if any(rulebook.markers[m].granted_if for m in row.cells.values())
        }
        self._flags = {
            path
            for path in (*rulebook.row_by_path, *document.unlisted.paths)
            if path != HOST_KEY and not any(f"{path}/".startswith(f"{row}/") for row in guarded)
        }
        self._variables = document.variables
        self._spaces = {document.wire.namespace, document.wire.envelope, XSI_TYPE[1:].partition("}")[0]}
        self._compared = {entry.request: ("match", entry.ignore_case) for entry in evidence.match}
        self._matched = {entry.response: entry.request for entry in evidence.match}
        if evidence.session is not None:
            self._compared[evidence.session.request] = ("session", False)
            self._matched[evidence.session.response] = evidence.session.request

    def exchange(self, request: bytes, response: bytes) -> tuple[bytes, bytes] | None:
        """Give request and response without their texts; None where nothing can stand for the response."""
        stand_ins = _StandIns()
        asked = self._copied(parse(request, self._limits), stand_ins)
        try:
            answered = self._copied(parse(response, self._limits), stand_ins)
        except UncheckedError as refusal:
            instead = _UNSCRUBBABLE.get(refusal.reason)
            return None if instead is None else (asked, instead)
        return asked, answered

    def _copied(self, root: etree._Element, stand_ins: _StandIns) -> bytes:
        copy = self._copy(root, (), stand_ins)
        return etree.tostring(copy, xml_declaration=True, encoding="UTF-8")

    def _copy(self, element: etree._Element, above: tuple[str, ...], stand_ins: _StandIns) -> etree._Element:
        path = (*above, etree.QName(element).localname)
        space, name = etree.QName(element).namespace, path[-1]
        nsmap = {prefix: self._space(uri, stand_ins) for prefix, uri in element.nsmap.items()}
        copy = etree.Element(
            name if space is None else f"{{{self._space(space, stand_ins)}}}{name}", nsmap=nsmap
        )
        kind = element.get(XSI_TYPE)
        if kind is not None and path == ("message", "body", "bodyContent"):
            copy.set(XSI_TYPE, kind if _TYPE.fullmatch(kind.strip()) else SCRUBBED)
        copy.text = self._text(element.text, path, stand_ins)
        for child in element:
            inner = self._copy(child, path, stand_ins)
            inner.tail = _replaced(child.tail, SCRUBBED)
            copy.append(inner)
        return copy

    def _space(self, uri: str, stand_ins: _StandIns) -> str:
        """Give a namespace that is known, or the stand-in of another one: its name is a text as any."""
        return uri if uri in self._spaces else stand_ins.of("namespace", uri, "urn:scrubbed:{}")

    def _text(self, text: str | None, path: tuple[str, ...], stand_ins: _StandIns) -> str | None:
        if text is None or not text.strip():
            return text
        inside = "/".join(path[3:])
        match path[:3]:
            case ("message", "header", "response"):
                kept = self._status(text.strip(), inside)
            case ("message", "header", "securityContext"):
                kept = text.strip() if inside == "siteName" else self._asked(text.strip(), inside, stand_ins)
            case ("message", "body", "bodyContent"):
                kept = self._shown(text, self._canonical.get(inside, inside), stand_ins)
            case _:
                kept = None
        return _replaced(text, kept or SCRUBBED)

    @staticmethod
    def _status(text: str, name: str) -> str | None:
        known = (name == "result" and text.upper() in ("SUCCESS", "FAILURE")) or (
            name == "exceptionID" and _ID.fullmatch(text)
        )
        return text if known else None

    def _asked(self, text: str, name: str, stand_ins: _StandIns) -> str | None:
        """Give the stand-in of what a request names a person or a session by."""
        if name not in self._compared:
            return None
        kind, ignore_case = self._compared[name]
        form = "{}" if kind == "session" else "person-{}@scrubbed.invalid" if ignore_case else "person-{}"
        return stand_ins.of(name, text.casefold() if ignore_case else text, form)

    def _shown(self, text: str, path: str, stand_ins: _StandIns) -> str | None:
        plain = text.strip()
        if plain.casefold() in self._services.get(path, ()):
            return plain
        if self._variables is not None and path == self._variables.path:
            return " ".join(variable.name for variable in self._variables.names if variable.name in text)
        if path in self._matched or path in self._compared:
            return self._asked(plain, self._matched.get(path, path), stand_ins)
        return plain if path in self._flags and plain in ("true", "false") else None


def _replaced(text: str | None, kept: str) -> str | None:
    """Replace a text that is more than space; as many lines as before, so that findings keep theirs."""
    return text if text is None or not text.strip() else kept + "\n" * text.count("\n")


def _sibling(path: str, name: str) -> str:
    parent = path.rpartition("/")[0]
    return f"{parent}/{name}" if parent else name
