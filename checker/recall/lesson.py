"""What a piece of a document teaches that was parsed in full: the state that it leads to, and what is in it.

The document was sound, and had a single body. So nothing needs to be checked here: it has to be seen what the parser
saw, from the state before the piece and the tags in it alone.
"""

from __future__ import annotations

from collections.abc import Hashable
from enum import Enum, auto
from re import Match
from typing import NamedTuple

from ...engine.sketch import row_bits
from ...rules.model import Rulebook
from ..core.limits import Limits
from ..messages.vocabulary import Vocabulary
from ..messages.xml.observe import ROOT, PayloadReader, Place
from .drawing import Envelope, Event, Kind, Named
from .skeleton import MARK
from .tags import TAG, Spaces, Unteachable, declared, resolved

_BODY = ("message", "body", "bodyContent")
_STATUS = ("message", "header", "response")


class Phase(Enum):
    """Where in a message a piece ends."""

    BEFORE = auto()
    INSIDE = auto()
    AFTER = auto()


class _Around(NamedTuple):
    """An element that is open outside of the body; ``name`` is None where it is none of the envelope's."""

    name: str | None
    spaces: Spaces


class _Open(NamedTuple):
    """An element of the body that is open.

    ``tag`` is its start tag as it is written, ``in_place`` says that every element around it is of the rulebook's
    vocabulary, ``end`` is what its end adds to a drawing.
    """

    tag: bytes
    spaces: Spaces
    place: Place
    in_place: bool
    end: Event | None = None


class Situation(NamedTuple):
    """All that decides what can follow, and what it means.

    ``before`` and ``after`` are the bytes of the envelope so far, ``around`` and ``stack`` the elements that are open in
    it and in the body. ``containers`` are the rows that are open, ``unlisted`` how many unlisted elements are, and
    ``said`` the numbers of the texts that may say that the call failed.
    """

    phase: Phase = Phase.BEFORE
    before: bytes = b""
    after: bytes = b""
    around: tuple[_Around, ...] = ()
    stack: tuple[_Open, ...] = ()
    containers: tuple[str | None, ...] = (None,)
    unlisted: int = 0
    said: tuple[int, ...] = ()

    @property
    def key(self) -> Hashable:
        """What it comes to: all else follows from the bytes of the envelope and from the tags that are open."""
        return self.phase, self.before, self.after, tuple(entry.tag for entry in self.stack)


class Step(NamedTuple):
    """What a piece teaches: the situation after it, what is in it, the bits of the rows after that, its line ends."""

    situation: Situation
    events: tuple[Event, ...]
    rows: int
    ends: int


class Teacher:
    """Teaches from the responses of one rulebook."""

    def __init__(self, rulebook: Rulebook, limits: Limits) -> None:
        self.rulebook = rulebook
        self.place = PayloadReader(rulebook, limits).place
        self.evidence = Vocabulary.of_responses(rulebook).wanted
        self.bits = row_bits(rulebook)

    def step(self, before: Situation, piece: bytes, number: int, *, last: bool, only_ascii: bool) -> Step:
        """Give what the piece with this number teaches in a situation; raises Unteachable.

        ``only_ascii`` says that the document's encoding means the same as UTF-8 for ASCII alone.
        """
        return _Walk(self, before, only_ascii=only_ascii).step(piece, number, last=last)


class _Walk:
    """The way through one piece, tag by tag."""

    def __init__(self, teacher: Teacher, before: Situation, *, only_ascii: bool) -> None:
        self._teacher = teacher
        self._rulebook = teacher.rulebook
        self._spaces_of_envelope = (None, teacher.rulebook.document.wire.envelope)
        self._only_ascii = only_ascii
        self._phase = before.phase
        self._before, self._after = before.before, before.after
        self._around = list(before.around)
        self._stack = list(before.stack)
        self._containers = list(before.containers)
        self._unlisted = before.unlisted
        self._said = before.said
        self._events: list[Event] = []
        self._rows = 0

    def step(self, piece: bytes, number: int, *, last: bool) -> Step:
        """Read the piece."""
        text = (b"</" if number else b"") + piece + (b"" if last else b">")
        begin, tag = 0, None
        for tag in TAG.finditer(text):
            if tag[2].startswith(b"?"):
                continue
            phase = self._phase
            if not tag[1]:
                self._start(tag, number if not last and tag.end() == len(text) else None)
            if tag[1] or tag[4]:
                self._end()
            if self._phase is not phase:
                if phase is Phase.BEFORE:
                    self._before += text[begin : tag.end()]
                begin = tag.end()
        if not last and (tag is None or tag.end() != len(text) or tag[1] or tag[4]):
            raise Unteachable  # a text that stands beside elements
        if self._phase is Phase.BEFORE:
            self._before += text[begin:] + MARK
        elif self._phase is Phase.AFTER:
            self._after += text[begin:] + MARK
        return Step(self._situation(), tuple(self._events), self._rows, piece.count(b"\n"))

    def _situation(self) -> Situation:
        return Situation(
            self._phase,
            self._before,
            self._after,
            tuple(self._around),
            tuple(self._stack),
            tuple(self._containers),
            self._unlisted,
            self._said,
        )

    def _start(self, tag: Match[bytes], number: int | None) -> None:
        """Read a start tag; the text with a number follows, or None."""
        ends = tag.string.count(b"\n", 0, tag.start())
        if self._phase is Phase.INSIDE:
            self._inside(tag, ends, holds_text=number is not None)
            return
        spaces = declared(self._around[-1].spaces if self._around else {}, tag[3])
        namespace, local = resolved(spaces, tag[2])
        self._around.append(_Around(local if namespace in self._spaces_of_envelope else None, spaces))
        names = tuple(entry.name for entry in self._around)
        if names == _BODY and self._phase is Phase.BEFORE:
            self._phase = Phase.INSIDE
            self._stack.append(_Open(tag[0], spaces, ROOT, in_place=True))
            self._add(Event(Kind.BODY, ends, what=Envelope(self._said, self._only_ascii)))
        elif names == _BODY or (self._phase is Phase.AFTER and names[:-1] == _STATUS):
            raise Unteachable  # what is said of the body is known before it begins
        elif names[:-1] == _STATUS and number is not None:
            self._said += (number,)

    def _inside(self, tag: Match[bytes], ends: int, *, holds_text: bool) -> None:
        if self._only_ascii and b"\n" in tag[0]:
            raise Unteachable  # not every encoding lets the parser tell where such a tag begins
        around = self._stack[-1]
        spaces = declared(around.spaces, tag[3])
        place = self._teacher.place(around.place.path, *resolved(spaces, tag[2]))
        in_place = around.in_place and not place.foreign
        if place.noted and place.path in self._teacher.evidence:
            self._add(Event(Kind.TELLS, what=place.path, more=holds_text))
        end = None
        listed = in_place and place.path in self._rulebook.row_by_path
        if listed:
            end = self._listed(place.path, ends)
        if not listed or self._unlisted:
            end = self._not_listed(around, place, tag, ends, blank=not holds_text)
        self._stack.append(_Open(tag[0], spaces, place, in_place, end))

    def _listed(self, path: str, ends: int) -> Event | None:
        """Show a row, and begin its container where it is one; gives what its end adds."""
        if self._rulebook.row_by_path[path].container != self._containers[-1]:
            raise Unteachable
        if not self._rulebook.rows_below[path]:
            self._rows |= self._teacher.bits[path]
            return None
        if self._unlisted:
            raise Unteachable
        self._rows |= self._teacher.bits[path]
        self._add(Event(Kind.OPENS, ends))
        self._containers.append(path)
        return Event(Kind.CLOSES, what=path)

    def _not_listed(
        self, around: _Open, place: Place, tag: Match[bytes], ends: int, *, blank: bool
    ) -> Event | None:
        """Show an element that no row lists, or that is in one; gives what its end adds."""
        named = Named(around.place.path, place.path, place.name, blank, place.foreign, {})
        follows = TAG.search(tag.string, tag.end())
        if not blank or tag[4] or (follows is not None and follows[1]):
            kind = Kind.INNER if self._unlisted else Kind.SINGLE
            self._add(Event(kind, ends, what=named, more=named.places))
            return None
        self._add(Event(Kind.BEGINS, ends, what=named))
        self._unlisted += 1
        return Event(Kind.ENDS, what=named)

    def _end(self) -> None:
        if self._phase is not Phase.INSIDE:
            if self._around:
                self._around.pop()
            return
        end = self._stack.pop().end
        if end is not None:
            self._add(end)
            if end.kind is Kind.CLOSES:
                self._containers.pop()
            else:
                self._unlisted -= 1
        if not self._stack:
            self._phase = Phase.AFTER
            self._around.pop()

    def _add(self, event: Event) -> None:
        self._events.append(event._replace(bits=self._rows))
        self._rows = 0
