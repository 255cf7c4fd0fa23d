"""A grammar of responses, learnt from those that were parsed in full.

A response's skeleton is read as a row of *pieces*, the bytes between one text and the next. The state between two
pieces is all that decides which bytes can follow, and what they mean: the bytes of the envelope so far, the start tags
of the elements that are open, letter by letter, and the bytes after the body. A piece that was seen in a state, in a
document that the parser took, is known there from then on; and a document whose every piece is known in the state
that the ones before lead to is one that the parser takes:

- well-formedness and namespaces of what `skeleton` calls plain rest on the tags that are open, and on nothing else;
- an element's path and vocabulary rest on the start tags around it, and on nothing else;
- the envelope is known as a whole, so that a message has one body, and the same header, as one that was parsed.

So the pieces of known documents make up many more documents, with other elements there or in another order, and none
of them needs to be parsed again: what following the pieces gives is a sketch of what parsing would have shown.
"""

from __future__ import annotations

from contextlib import suppress
from operator import length_hint
from typing import Any, NoReturn

from ...engine.sketch import Occurrence, Sketch, Unlisted
from ...rules.model import Rulebook
from ..core.limits import Limits
from .drawing import UNTOLD, Drawing, Kind, Nest
from .lesson import Situation, Teacher
from .skeleton import Split, plain
from .tags import Unteachable

KNOWN = 32 * 1024 * 1024
"""Bytes, roughly, that what is known may take; beyond, it is forgotten and learnt anew."""

COST = 512
"""Bytes, roughly, that a piece or a state takes beside its own."""

TRIALS = 512
"""Documents that are learnt from whatever comes of it; beyond, as long as what was learnt is of use."""

_RESERVED = b"xml:"
"""What attributes of XML itself begin with; they can mean something for a document as a whole, such as an identity."""

LINES = 65_000
"""Lines from which on the parser does not count reliably."""


class _State(dict[bytes, "_Move"]):
    """What is known in a situation: for each piece that can come next, what it means there."""

    __slots__ = ("situation",)

    def __init__(self, situation: Situation) -> None:
        super().__init__()
        self.situation = situation

    def __missing__(self, piece: bytes) -> NoReturn:
        raise _Unknown


class _Unknown(Exception):  # noqa: N818 - no fault: such a document is parsed
    """A piece that is not known in its place."""


_Plain = tuple[Kind, int, int, Any, Any]
"""An event without its names, which takes less to take apart."""

_Move = tuple[_State, tuple[_Plain, ...], int, int]
"""What a piece means: the state that it leads to, what is in it, the bits of the rows after that, and its line ends."""

_SINGLE, _OPENS, _CLOSES, _TELLS, _BODY = Kind.SINGLE, Kind.OPENS, Kind.CLOSES, Kind.TELLS, Kind.BODY


class Grammar:
    """What is known of the responses of one rulebook."""

    def __init__(self, rulebook: Rulebook, limits: Limits) -> None:
        self._teacher = Teacher(rulebook, limits)
        self._begin = _State(Situation())
        self._end = _State(Situation())
        self._states: dict[object, _State] = {}
        self._size = 0
        self._lessons = 0
        self._followed = 0

    def follow(self, pieces: list[bytes]) -> Drawing | None:
        """Give what the parser would see in a document; None where one of its pieces is not known in its place."""
        try:
            drawing = self._followed_to_end(pieces)
        except _Unknown:
            return None
        self._followed += drawing is not None
        return drawing

    def _followed_to_end(self, pieces: list[bytes]) -> Drawing | None:  # noqa: C901 - one loop: a call for each piece would cost more than what it does
        """Follow pieces; raises _Unknown at the first that is not known in its place."""
        occurrences: list[Occurrence] = []
        unlisted: list[Unlisted] = []
        told: dict[str, int] = {}
        begun: list[int] = []
        around: list[int] = []
        nest, envelope = None, UNTOLD
        rows, line = 0, 1
        state = self._begin
        rest = iter(pieces)
        for piece in rest:
            state, events, shown, ends = state[piece]
            if events:
                for kind, before, bits, what, more in events:
                    rows |= bits
                    if kind is _SINGLE:
                        unlisted.append(more.get(line + before) or what.at(line + before))
                    elif kind is _CLOSES:
                        occurrences.append((what, begun.pop(), rows))
                        rows = around.pop()
                    elif kind is _OPENS:
                        begun.append(line + before)
                        around.append(rows)
                        rows = 0
                    elif kind is _TELLS:
                        told.setdefault(what, len(pieces) - length_hint(rest) - 1 if more else -1)
                    elif kind is _BODY:
                        begun.append(line + before)
                        envelope = what
                    else:
                        nest = nest or Nest(unlisted)
                        nest.take(kind, what, line + before)
            rows |= shown
            if ends:
                line += ends
        if state is not self._end or line > LINES:
            return None
        occurrences.append((None, begun.pop(), rows))
        return Drawing(Sketch(occurrences, unlisted), told, envelope)

    def learn(self, document: Split) -> None:
        """Learn from a document that was parsed in full and found sound, as far as that is certain to be right."""
        # Each lesson is followed once to see what it taught, which is no use yet.
        if self._lessons >= TRIALS + self._followed - self._lessons:
            return
        self._lessons += 1
        form = plain(document)
        if form is None or _RESERVED in document.skeleton() or (form.only_ascii and not document.ascii):
            return
        if self._size > KNOWN:
            self._begin, self._states, self._size = _State(Situation()), {}, 0
        with suppress(Unteachable):
            self._learn(document.pieces, only_ascii=form.only_ascii)

    def _learn(self, pieces: list[bytes], *, only_ascii: bool) -> None:
        state = self._begin
        last = len(pieces) - 1
        for number, piece in enumerate(pieces):
            move = state.get(piece)
            if move is None:
                if not piece.isascii():
                    raise Unteachable  # not every parser that numbers lines knows all names of other scripts
                step = self._teacher.step(
                    state.situation, piece, number, last=number == last, only_ascii=only_ascii
                )
                after = self._end if number == last else self._state(step.situation)
                events = tuple(
                    tuple(event) for event in step.events
                )  # plain ones, which are taken apart faster
                move = state[piece] = (after, events, step.rows, step.ends)
                self._size += len(piece) + COST
            state = move[0]

    def _state(self, situation: Situation) -> _State:
        key = situation.key
        known = self._states.get(key)
        if known is None:
            known = self._states[key] = _State(situation)
            self._size += len(situation.before) + len(situation.after) + 4 * COST
        return known
