"""What a document that was parsed in full teaches of its pieces: the state after each, and what is in it."""

from __future__ import annotations

import re
from collections.abc import Hashable
from enum import Enum, auto
from typing import NamedTuple

from lxml import etree

from ...engine.sketch import row_bits
from ...rules.model import Rulebook
from ..envelope import bodies, children, open_message
from ..refusal import Limits, Refusal
from ..response import ROOT, PayloadReader, Place
from ..vocabulary import Vocabulary
from .drawing import Envelope, Event, Kind, Named
from .skeleton import MARK, Split, fill, plain

_TAG = re.compile(rb"<(/?)([^\s/>]+)[^>]*?(/?)>")
_RESERVED = b"xml:"
"""What attributes of XML itself begin with; they can mean something for a document as a whole, such as an identity."""


class Unteachable(Exception):  # noqa: N818 - no fault of the program: such a document is parsed in full each time
    """A document of which nothing is learnt."""


class Step(NamedTuple):
    """What one piece teaches: the state that it leads to, what is in it, the bits of the rows after that, its line ends."""

    state: Hashable
    events: tuple[Event, ...]
    rows: int
    ends: int


class Teacher:
    """Teaches from the responses of one rulebook."""

    def __init__(self, rulebook: Rulebook, limits: Limits) -> None:
        self.rulebook = rulebook
        self.reader = PayloadReader(rulebook, limits)
        self.evidence = Vocabulary.of_responses(rulebook).wanted
        self._limits = limits

    def lesson(self, document: Split) -> list[Step]:
        """Give what each piece of a document teaches; raises Unteachable where that is not certain."""
        form = plain(document)
        if form is None or _RESERVED in document.skeleton:
            raise Unteachable
        try:
            # The texts are no part of the lesson: a letter in their places does as well.
            message = open_message(self.rulebook, fill(document.skeleton, [b"x"] * form.texts), self._limits)
            (body,) = bodies(self.rulebook, message)
        except (Refusal, ValueError):
            raise Unteachable from None
        if body.content is None:
            raise Unteachable
        walk = _Walk(self, message, body.content, only_ascii=form.only_ascii)
        pieces = document.skeleton.split(MARK)
        last = len(pieces) - 1
        return [walk.step(number, piece, last=number == last) for number, piece in enumerate(pieces)]


class _Phase(Enum):
    """Where in a message a piece ends."""

    BEFORE = auto()
    INSIDE = auto()
    AFTER = auto()


class _Open(NamedTuple):
    """An element of the body that is open: its start tag as it is written, and what its end adds to a drawing."""

    tag: bytes
    place: Place
    in_place: bool
    end: Event | None = None


class _Walk:
    """The way through one document, tag by tag, beside the tree that the parser made of it."""

    def __init__(
        self, teacher: Teacher, message: etree._Element, content: etree._Element, *, only_ascii: bool
    ) -> None:
        rulebook = teacher.rulebook
        self._teacher, self._rulebook = teacher, rulebook
        self._bits = row_bits(rulebook)
        self._elements = iter(list(message.iter()))
        self._content = content
        self._status = [
            child for result in children(rulebook, message, "header", "response") for child in result
        ]
        self._said: list[int] = []  # the numbers of the texts of status
        self._only_ascii = only_ascii
        self._phase = _Phase.BEFORE
        self._outside = {_Phase.BEFORE: b"", _Phase.AFTER: b""}
        self._stack: list[_Open] = []
        self._containers: list[str | None] = [None]
        self._unlisted = 0
        self._line = 1
        self._events: list[Event] = []
        self._rows = 0

    def step(self, number: int, piece: bytes, *, last: bool) -> Step:
        """Read the next piece; raises Unteachable."""
        text = (b"</" if number else b"") + piece + (b"" if last else b">")
        self._events, self._rows, begin, tag = [], 0, 0, None
        for tag in _TAG.finditer(text):
            if tag[2].startswith(b"?"):
                continue
            before = self._phase
            if not tag[1]:
                self._start(tag, text, None if last or tag.end() < len(text) else number)
            if tag[1] or tag[3]:
                self._end()
            if self._phase is not before:
                if before is _Phase.BEFORE:
                    self._outside[before] += text[begin : tag.end()]
                begin = tag.end()
        if not last and (tag is None or tag.end() != len(text) or tag[1] or tag[3]):
            raise Unteachable  # a text that stands beside elements
        if self._phase is not _Phase.INSIDE:
            self._outside[self._phase] += text[begin:]
        ends = piece.count(b"\n")
        self._line += ends
        return Step(self._state(), tuple(self._events), self._rows, ends)

    def _state(self) -> Hashable:
        return self._phase, tuple(entry.tag for entry in self._stack), *self._outside.values()

    def _start(self, tag: re.Match[bytes], text: bytes, number: int | None) -> None:
        element = next(self._elements, None)
        ends = text.count(b"\n", 0, tag.end())
        if element is None or element.sourceline != self._line + ends:
            raise Unteachable
        if self._phase is _Phase.INSIDE:
            self._inside(element, tag[0], ends, holds_text=number is not None)
        elif element is self._content:
            self._phase = _Phase.INSIDE
            self._stack.append(_Open(tag[0], ROOT, in_place=True))
            self._add(Event(Kind.BODY, ends, envelope=Envelope(tuple(self._said), self._only_ascii)))
        elif any(element is status for status in self._status):
            if self._phase is _Phase.AFTER:
                raise Unteachable  # what is said of the body is known before it begins
            if number is not None:
                self._said.append(number)

    def _inside(self, element: etree._Element, tag: bytes, ends: int, *, holds_text: bool) -> None:
        around = self._stack[-1]
        place = self._teacher.reader.place(around.place, element)
        in_place = around.in_place and not place.foreign
        if place.noted and place.path in self._teacher.evidence:
            self._add(Event(Kind.TELLS, path=place.path, filled=holds_text))
        end = None
        listed = in_place and place.path in self._rulebook.row_by_path
        if listed:
            end = self._listed(place.path, ends)
        if not listed or self._unlisted:
            named = Named(around.place.path, place.path, place.name, not holds_text, place.foreign, {})
            if len(element):
                self._add(Event(Kind.BEGINS, ends, named=named))
                self._unlisted += 1
                end = Event(Kind.ENDS, named=named)
            else:
                self._add(Event(Kind.INNER if self._unlisted else Kind.SINGLE, ends, named=named))
        self._stack.append(_Open(tag, place, in_place, end))

    def _listed(self, path: str, ends: int) -> Event | None:
        """Show a row, and begin its container where it is one; gives what its end adds."""
        if self._rulebook.row_by_path[path].container != self._containers[-1]:
            raise Unteachable
        if not self._rulebook.rows_below[path]:
            self._rows |= self._bits[path]
            return None
        if self._unlisted:
            raise Unteachable
        self._rows |= self._bits[path]
        self._add(Event(Kind.OPENS, ends, path=path))
        self._containers.append(path)
        inside = sum(self._bits[row.path] for row in self._rulebook.rows_below[path])
        return Event(Kind.CLOSES, path=path, inside=inside)

    def _end(self) -> None:
        if self._phase is not _Phase.INSIDE:
            return
        end = self._stack.pop().end
        if end is not None:
            self._add(end)
            if end.kind is Kind.CLOSES:
                self._containers.pop()
            else:
                self._unlisted -= 1
        if not self._stack:
            self._phase = _Phase.AFTER

    def _add(self, event: Event) -> None:
        self._events.append(event._replace(bits=self._rows))
        self._rows = 0
