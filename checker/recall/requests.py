"""Requests that are recognised: one whose shape was read before is not parsed again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...rules.model import Rulebook
from ..core.errors import UncheckedError
from ..core.limits import Limits
from ..messages.xml.request import read_requests
from .shelf import Shelf
from .skeleton import Plain, Split, fill, plain, split

_NUMBERED = re.compile(r"text-([0-9]+)")


@dataclass(frozen=True, slots=True, eq=False)
class RequestShape:
    """A request's shape.

    ``matched`` has an entry for each pair of elements that evidence compares: the number of the request's text, None
    where it has none; the path of the response's element; and whether letter case counts for nothing.
    """

    plain: Plain
    matched: tuple[tuple[int | None, str, bool], ...]


class Requests:
    """The shapes of requests that are remembered."""

    def __init__(self, rulebook: Rulebook, limits: Limits, largest: int) -> None:
        self._rulebook = rulebook
        self._limits = limits
        self._largest = largest
        self._shelf: Shelf[RequestShape] = Shelf()

    def recognise(self, content: bytes) -> tuple[Split, RequestShape] | None:
        """Recognise a request, reading it if its shape is new; None where it is not certain what it says."""
        document = split(content) if len(content) <= self._largest else None
        if document is None:
            return None
        skeleton = document.skeleton()
        shape, again = self._shelf.get(skeleton)
        if shape is None and again:
            shape = self._read(document)
            if shape is not None:
                self._shelf.put(skeleton, shape)
        return (document, shape) if shape is not None and shape.plain.holds(document) else None

    def _read(self, document: Split) -> RequestShape | None:
        """Find out which text is which element's, by reading a request of the same shape with numbers for texts."""
        form = plain(document)
        if form is None:
            return None
        numbered = fill(document.skeleton(), [b"text-%d" % number for number in range(form.texts)])
        try:
            (request,) = read_requests(self._rulebook, numbered, self._limits)
            if request is None:
                return None
            security = _numbers(request.security or {})
            return RequestShape(form, self._matched(security, _numbers(request.body)))
        except (UncheckedError, ValueError):
            return None

    def _matched(
        self, security: Mapping[str, int], body: Mapping[str, int]
    ) -> tuple[tuple[int | None, str, bool], ...]:
        evidence = self._rulebook.document.evidence
        matched = [
            (
                (security if entry.part == "security" else body).get(entry.request),
                entry.response,
                entry.ignore_case,
            )
            for entry in evidence.match
        ]
        if evidence.session is not None:
            matched.append((body.get(evidence.session.request), evidence.session.response, False))
        return tuple(matched)


def _numbers(texts: Mapping[str, str]) -> dict[str, int]:
    """Give the number that each text is; ValueError for a text that was not cut out."""
    numbers = {}
    for name, text in texts.items():
        match = _NUMBERED.fullmatch(text)
        if match is None:
            raise ValueError("a text that was not cut out")
        numbers[name] = int(match[1])
    return numbers
