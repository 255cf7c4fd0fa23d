"""Scrubbing: keep everything of an exchange that its verdict depends on, and no text that a person wrote.

The structure is kept, including whether an element is empty; of the attributes only a body's type, and of the
namespaces the known ones. Texts are kept only if they are on a fixed list: the result, the exceptionID, the names of
services and of printed variables, `true` and `false` in elements that no condition guards, and the name of the site
if that was stated by whoever runs the program.
Texts that a verdict compares are replaced by placeholders, equal ones by the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from ....rules.model import Document, Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ...messages.xml.parser import XSI_TYPE, parse

SCRUBBED = "scrubbed"
HOST_KEY = "hostKey"

_TYPE = re.compile(r"[A-Za-z_][\w.-]{0,79}(:[A-Za-z_][\w.-]{0,79})?", re.ASCII)
_ID = re.compile(r"[0-9]{1,12}")
_UNSCRUBBABLE = {
    Reason.NOT_XML: b"This response was not XML. What cannot be scrubbed is not kept.\n",
    Reason.UNSAFE_XML: b"<!DOCTYPE removed>\n<removed/>\n",
}
"""Replacements of responses that cannot be scrubbed; they cannot be judged for the same reason."""


@dataclass(slots=True)
class _Placeholders:
    """Placeholders for texts of one exchange, such as `person-1` for the first webExID in it."""

    placeholders: dict[tuple[str, str], str] = field(default_factory=dict)

    def replace(self, kind: str, text: str, form: str) -> str:
        number = sum(kind_of == kind for kind_of, _ in self.placeholders) + 1
        return self.placeholders.setdefault((kind, text), form.format(number))


class Scrubber:
    """Scrubs exchanges by the names in one rulebook."""

    def __init__(self, rulebook: Rulebook, limits: Limits, *, keeps_site: bool = True) -> None:
        document, evidence = rulebook.document, rulebook.document.evidence
        self._limits = limits
        self._keeps_site = keeps_site
        self._canonical = rulebook.spelled_paths
        self._services = evidence_texts(document)
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
        """Return request and response without their texts, None if nothing can replace the response."""
        placeholders = _Placeholders()
        sent = self._scrub(parse(request, self._limits), placeholders)
        try:
            received = self._scrub(parse(response, self._limits), placeholders)
        except UncheckedError as error:
            replacement = _UNSCRUBBABLE.get(error.reason)
            return None if replacement is None else (sent, replacement)
        return sent, received

    def _scrub(self, root: etree._Element, placeholders: _Placeholders) -> bytes:
        copy = self._copy(root, (), placeholders)
        return etree.tostring(copy, xml_declaration=True, encoding="UTF-8")

    def _copy(
        self, element: etree._Element, above: tuple[str, ...], placeholders: _Placeholders
    ) -> etree._Element:
        path = (*above, etree.QName(element).localname)
        space, name = etree.QName(element).namespace, path[-1]
        nsmap = {prefix: self._space(uri, placeholders) for prefix, uri in element.nsmap.items()}
        copy = etree.Element(
            name if space is None else f"{{{self._space(space, placeholders)}}}{name}", nsmap=nsmap
        )
        kind = element.get(XSI_TYPE)
        if kind is not None and path == ("message", "body", "bodyContent"):
            copy.set(XSI_TYPE, kind if _TYPE.fullmatch(kind.strip()) else SCRUBBED)
        copy.text = self._text(element.text, path, placeholders)
        for child in element:
            inner = self._copy(child, path, placeholders)
            inner.tail = _replace(child.tail, SCRUBBED)
            copy.append(inner)
        return copy

    def _space(self, uri: str, placeholders: _Placeholders) -> str:
        """Return a known namespace as it is, otherwise a placeholder: a namespace is a text like any other."""
        return uri if uri in self._spaces else placeholders.replace("namespace", uri, "urn:scrubbed:{}")

    def _text(self, text: str | None, path: tuple[str, ...], placeholders: _Placeholders) -> str | None:
        if text is None or not text.strip():
            return text
        inside = "/".join(path[3:])
        match path[:3]:
            case ("message", "header", "response"):
                kept = self._status_text(text.strip(), inside)
            case ("message", "header", "securityContext"):
                kept = (
                    text.strip()
                    if inside == "siteName" and self._keeps_site
                    else self._identifier(text.strip(), inside, placeholders)
                )
            case ("message", "body", "bodyContent"):
                kept = self._response_text(text, self._canonical.get(inside, inside), placeholders)
            case _:
                kept = None
        return _replace(text, kept or SCRUBBED)

    @staticmethod
    def _status_text(text: str, name: str) -> str | None:
        known = (name == "result" and text.upper() in ("SUCCESS", "FAILURE")) or (
            name == "exceptionID" and _ID.fullmatch(text)
        )
        return text if known else None

    def _identifier(self, text: str, name: str, placeholders: _Placeholders) -> str | None:
        """Return the placeholder of a text by which a request names a person or a session."""
        if name not in self._compared:
            return None
        kind, ignore_case = self._compared[name]
        form = "{}" if kind == "session" else "person-{}@scrubbed.invalid" if ignore_case else "person-{}"
        return placeholders.replace(name, text.casefold() if ignore_case else text, form)

    def _response_text(self, text: str, path: str, placeholders: _Placeholders) -> str | None:
        stripped = text.strip()
        if stripped.casefold() in self._services.get(path, ()):
            return stripped
        if self._variables is not None and path == self._variables.path:
            return " ".join(variable.name for variable in self._variables.names if variable.name in text)
        if path in self._matched or path in self._compared:
            return self._identifier(stripped, self._matched.get(path, path), placeholders)
        return stripped if path in self._flags and stripped in ("true", "false") else None


def evidence_texts(document: Document) -> dict[str, set[str]]:
    """Return the texts by which responses state facts, without letter case, by path."""
    absent = [name for each in document.columns.without for name in each.names]
    texts: dict[str, set[str]] = {}
    for entry in document.evidence.response:
        names = map(str.casefold, (*entry.equals, *entry.names, *absent))
        texts.setdefault(entry.path, set()).update(names)
    return texts


def _replace(text: str | None, kept: str) -> str | None:
    """Replace a text that is more than white space, keeping its line count so that findings keep their lines."""
    return text if text is None or not text.strip() else kept + "\n" * text.count("\n")
