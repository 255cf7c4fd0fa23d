"""The automaton that follows the tags of XML messages, piece by piece; it is learnt on the way.

A place and the bytes of a piece lead to the next place, and to what has to be noted on the way there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ....engine.near_miss import fold_name
from ....rules.model import Rulebook
from ...core.errors import UncheckedError
from ...core.limits import Limits
from .envelope import OUTSIDE, Envelope, attribute_names, body_type
from .markup import SHIFT, Markup
from .places import (
    ACTIONS_OF,
    BEGIN_SPAN,
    END_SPAN,
    ENTER,
    LEAVE,
    LEAVE_THROUGH,
    NO_ELEMENT,
    NOTE_ATTRIBUTES,
    NOTE_BETWEEN,
    NOTE_OUTSIDE,
    NOTE_UNLISTED,
    READ_FIELD,
    READ_TEXT,
    Step,
    Steps,
    XmlPlace,
)
from .sound_tags import is_sound_tag
from .spans import GOES_ON, Span, Spans
from .text_states import TextStates
from .texts import are_blank, text_after

if TYPE_CHECKING:
    from ....engine.places import PathNode

Event = tuple[int, int, int, Any, Any]
"""The bits of the rows that begin up to a tag, what is to be done there, the number of the tag in its piece, for which place (of a text
that is evidence its path), and the text of its element (see `spans.Text`). Instead of a text there is the type of a span, the path of a
container, and the path of an element in no row that leads to some, with the bits of those whose lack is noted."""

Piece = tuple[XmlPlace, "dict[bytes, Piece]", int, tuple[Event, ...], tuple[tuple[int, str], ...]]
"""The place that a piece leads to, the pieces that are known there, the bits of rows that begin after its last event, its events, and the
numbers of the tags at which elements begin that could be in a row, with their paths."""


_LESS_THAN, _SLASH = b"</"
_SPACE = b" \t\r\n"
_ID = b"xml:id"
"""An attribute whose value no other in a document may have."""


class CutSectionError(Exception):
    """A document has markup in a comment, a CDATA section or a processing instruction, so that pieces of it make no sense."""


class Automaton:
    """Follows the tags of messages of one direction, by the names of one rulebook."""

    def __init__(
        self, rulebook: Rulebook, limits: Limits, envelope: Envelope, read: frozenset[str] = frozenset()
    ) -> None:
        self._envelope = envelope
        self._steps = Steps(rulebook, limits, envelope, read)
        self.states = TextStates(rulebook)
        self.reads_states = bool(self.states)

    def recall(self, markup: Markup) -> Spans | None:
        """Return the wanted elements of a document, by role; None unless every piece was met before in the same place, or is certainly sound.

        Such a document is sound if its texts are.
        """
        try:
            return self._walk(markup, is_sound=False)
        except UncheckedError:  # of which there may be a graver one
            return None

    def follow(self, markup: Markup) -> Spans:
        """Return the wanted elements of a sound document, by role, and remember its pieces.

        Raises UncheckedError (not-a-message, or too-large for a place too deep, a name too long, or too many attributes), and
        CutSectionError if the document can only be read whole.
        """
        if self._steps.is_full:
            self._steps.begin_anew()
        return self._walk(markup, is_sound=True) or {}

    def _walk(self, markup: Markup, *, is_sound: bool) -> Spans | None:  # noqa: C901, PLR0912 - a call for each event costs more
        spans: Spans = {role: [] for role in self._envelope.spans}
        span = Span(0, self._steps.start, None)
        spans[OUTSIDE] = [span]
        outside, outside_between = span.unlisted, span.between
        containers, unlisted = span.containers, span.unlisted
        open_: list[tuple[int, int]] = []
        place, pieces, present = self._steps.start, self._steps.start.pieces, 0
        for number, piece in enumerate(markup.parts[::2]):
            try:
                place, pieces, bits, events, _ = pieces[piece]
            except KeyError:
                learnt = self._learn_piece(place, number, markup, is_sound=is_sound)
                if learnt is None:
                    return None
                place, pieces, bits, events, _ = learnt
            for before, action, index, subject, text in events:
                if before:
                    present |= before
                if action == LEAVE:
                    begin, around = open_.pop()
                    containers.append((text, begin, present))
                    present = around
                    continue
                at = number << SHIFT | index
                if action == ENTER:
                    open_.append((at, present))
                    present = 0
                elif action == NOTE_UNLISTED:
                    unlisted.append((subject, at))
                elif action == NOTE_OUTSIDE:
                    outside.append((subject, at))
                elif action == READ_TEXT:
                    span.texts.setdefault(subject, []).append((at, text))
                elif action == READ_FIELD:
                    span.fields.append((subject.name, not subject.other_namespace, (at, text)))
                elif action == BEGIN_SPAN:
                    span = Span(at, subject, text)
                    spans[subject.role].append(span)
                    containers, unlisted = span.containers, span.unlisted
                elif action == NOTE_BETWEEN:
                    between = span.between if subject.in_body else outside_between
                    between.append((subject, (at, text)))
                elif action == LEAVE_THROUGH:
                    begin, around = open_.pop()
                    path, noted = text
                    if noted & ~present:
                        containers.append((path, begin, present))
                    present |= around
                else:
                    span.end = at
            if bits:
                present |= bits
        return spans if place is self._steps.end else None

    def find(self, body: Span, markup: Markup, paths: frozenset[str] | None) -> dict[str, list[int]]:
        """Return the positions of the elements in a body with these paths, or with any that rows could have."""
        found: dict[str, list[int]] = {}
        place = self._steps.start
        for number, piece in enumerate(markup.parts[::2]):
            known = place.pieces.get(piece) or markup.learnt.get(number)
            learnt = known or self._learn_piece(place, number, markup, is_sound=True)
            place, _, _, _, begins = cast("Piece", learnt)
            for index, path in begins:
                if paths is None or path in paths:
                    at = number << SHIFT | index
                    if body.begin < at < body.end:
                        found.setdefault(path, []).append(at)
        return found

    def _learn_piece(self, place: XmlPlace, number: int, markup: Markup, *, is_sound: bool) -> Piece | None:
        """Find out what a piece leads to, and remember it while there is room.

        Returns None for a piece of a document that is not known to be sound, unless the piece itself certainly is.
        """
        tokens = markup.tokens(number)
        followed = self._follow_tags(place, number, markup, tokens, is_sound=is_sound)
        if followed is None:
            return None
        bits = 0
        events: list[Event] = []
        tags: list[_ElementTag] = []
        after = place
        for index, tag, (after, bit, actions, subject) in followed:
            bits |= bit
            for action in ACTIONS_OF[actions]:
                if action == NOTE_ATTRIBUTES:
                    events += self._attribute_events(bits, tag, index, subject)
                else:
                    is_plain = action in _WITHOUT_TEXT
                    text = None if is_plain else self._text(action, subject, tokens, index, markup)
                    reads = subject.node.reads if action == READ_TEXT and subject.node is not None else ()
                    for noted in reads or (subject,):
                        events.append((bits, action, index, noted, text))
                        bits = 0
            if tag[0] not in NO_ELEMENT:
                tags.append((index, tag, after, subject))
        is_last = 2 * number + 1 == len(markup.parts)
        between = _text_events(tags, tokens, markup, is_last=is_last)
        if between:
            events = sorted([*events, *between], key=_tag_number)
        if is_last:
            after = self._steps.end
        found = after, after.pieces, bits, tuple(events), _begins(tags)
        piece = markup.parts[2 * number]
        if not markup.is_whole and piece.find(_ID) < 0 and self._steps.has_room(place, piece):
            place.pieces[piece] = found
        else:
            markup.learnt[number] = found
        return found

    def _follow_tags(
        self, place: XmlPlace, number: int, markup: Markup, tokens: list[bytes], *, is_sound: bool
    ) -> list[tuple[int, bytes, Step]] | None:
        """Return the steps of the tags of a piece; None unless it is certain that a sound document can have it there."""
        texts, outside = b"".join(tokens[::2]), None if is_sound else self._steps.start
        if is_sound:
            if _LESS_THAN in texts:
                raise CutSectionError
        elif number == 0 or texts.strip(_SPACE) or markup.parts[2 * number].find(_ID) >= 0:
            return None
        followed: list[tuple[int, bytes, Step]] = []
        for index, tag in markup.tags(tokens):
            step = place.steps.get(tag)
            if place is outside or not (step or is_sound or is_sound_tag(place, tag)):
                return None
            if step is None:
                step = self._steps.learn(place, tag, number << SHIFT | index, markup)
            followed.append((index, tag, step))
            place = step[0]
        is_last = 2 * number + 1 == len(markup.parts)
        return followed if is_sound or (place is outside) == is_last else None

    def _attribute_events(self, bits: int, tag: bytes, index: int, subject: XmlPlace) -> list[Event]:
        """Return an event for each attribute that has the name of a row."""
        action = NOTE_UNLISTED if subject.in_body else NOTE_OUTSIDE
        names = attribute_names(tag)
        return [
            (bits, action, index, XmlPlace(subject, subject.scope, f"@{name}"), None)
            for name in names
            if fold_name(name) in self._steps.row_names
        ]

    def _text(self, action: int, subject: XmlPlace, tokens: list[bytes], index: int, markup: Markup) -> Any:
        """Return what an event knows of the text of its element, or instead of it; see `Event`."""
        tag = tokens[2 * index + 1]
        if action == BEGIN_SPAN:
            return body_type(tag, subject.scope)
        if action in (LEAVE, LEAVE_THROUGH):
            return self._of_container(action, cast("PathNode", subject.node))
        if markup.is_whole or tag.endswith(b"/"):
            return text_after(tokens, index)
        if 2 * index + 3 == len(tokens):
            return GOES_ON if tokens[-1] else None
        return GOES_ON if tokens[2 * index + 3].startswith((b"!", b"?")) else text_after(tokens, index)

    def _of_container(self, action: int, node: PathNode) -> Any:
        if action == LEAVE:
            return node.path or None
        return node.path, -1 if self.reads_states else node.bits_below  # texts decide in all what they lack


_WITHOUT_TEXT = (NOTE_UNLISTED, NOTE_OUTSIDE, ENTER, END_SPAN)
"""Actions for which it does not count what an element holds."""

_ElementTag = tuple[int, bytes, XmlPlace, XmlPlace]
"""The number of an element's tag in its piece, the tag, the place of what follows it, and the element's own."""


def _begins(tags: list[_ElementTag]) -> tuple[tuple[int, str], ...]:
    """Return the numbers of the tags at which elements begin in a piece that could be in a row, with their paths."""
    return tuple(
        [
            (at, inner.path)
            for at, tag, _, inner in tags
            if inner.in_body and inner.parent is not None and inner.is_reachable and tag[0] != _SLASH
        ]
    )


def _text_events(
    tags: list[_ElementTag], tokens: list[bytes], markup: Markup, *, is_last: bool
) -> list[Event]:
    """Return an event for each text of a piece that stands where only elements may."""
    events: list[Event] = []
    for number, (at, _, place, _) in enumerate(tags):
        if not place.holds_elements_only:
            continue
        if number + 1 < len(tags):
            following = tags[number + 1][0]
            if following == at + 1 and not tokens[2 * following]:  # as in most documents
                continue
            sections = (tokens[2 * each + 1].startswith(b"![CDATA[") for each in range(at + 1, following))
            if not markup.is_whole and any(sections):  # of which a piece has the line ends alone
                events.append((0, NOTE_BETWEEN, at, place.between(), GOES_ON))
            elif not are_blank(tokens, at, following):
                events.append(
                    (0, NOTE_UNLISTED if place.in_body else NOTE_OUTSIDE, at, place.between(), None)
                )
        elif not is_last:
            goes_on = 2 * at + 3 < len(tokens) or tokens[-1]  # a text with `>` is cut behind that
            events.append((0, NOTE_BETWEEN, at, place.between(), GOES_ON if goes_on else None))
    return events


def _tag_number(event: Event) -> int:
    return event[2]
