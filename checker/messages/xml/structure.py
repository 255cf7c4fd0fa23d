"""The structure of an XML message: its envelope, and where each element of its bodies stands.

A document's tags are followed through an automaton that is learnt on the way: a place and the bytes of a tag lead to the next
place. What a tag means rests on the place alone, which knows the names above it and the prefixes that are declared there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import msgspec

from ....engine.near_miss import fold_name, rows_named
from ....engine.observation import Container, Unlisted, rows_of
from ....engine.places import TEXT, PathNode, Place, path_tree
from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_exceeded
from .markup import SHIFT, Markup, are_blank, text_after, unescape
from .text_states import TextStates

_XML = "http://www.w3.org/XML/1998/namespace"
ATTRIBUTE = re.compile(rb"""([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
NAMEABLE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,79}")

MAX_STEPS = 40_000
BYTES_A_STEP = 512
"""Steps of the automaton that are remembered, a long one counted as several; then it is begun anew."""

_UNLISTED, _TEXT, _BEGIN, _OUTSIDE, _ATTRIBUTE, _ENTER, _LEAVE, _END, _FIELD = _ACTIONS = tuple(
    1 << n for n in range(9)
)
"""Actions at the start or end of an element, in the order in which they are taken."""
_BETWEEN = 1 << 9
"""The action at text that was cut out where only elements may stand: each document has its own."""


class XmlPlace(Place):
    """A place in a document: where its end tag leads to, its role in the envelope, and the namespaces by prefix."""

    __slots__ = ("in_body", "outer", "pieces", "role", "scope", "steps", "text")

    def __init__(
        self,
        outer: XmlPlace | None,
        scope: Scope,
        name: str = "",
        node: PathNode | None = None,
        *,
        role: str = "",
        other_namespace: bool = False,
        is_body: bool = False,
    ) -> None:
        is_root = is_body or outer is None or outer.outer is None
        super().__init__(None if is_root else outer, name, node, other_namespace=other_namespace)
        self.outer: XmlPlace | None = outer
        self.scope = scope
        self.role = role
        self.in_body: bool = is_body or (outer is not None and outer.in_body)
        self.steps: dict[bytes, Step] = {}
        self.pieces: dict[bytes, Piece] = {}
        self.text: XmlPlace | None = None

    @property
    def holds_elements_only(self) -> bool:
        """Whether text directly in it is in no element that counts: in the envelope, a body or a row with rows in it."""
        if not self.in_body:
            return self.role not in ("", OUTSIDE)
        return self.parent is None or (
            self.row is not None and self.node is not None and self.node.is_container
        )

    def between(self) -> XmlPlace:
        """Return the place of text directly in it."""
        if self.text is None:
            self.text = XmlPlace(self, self.scope, TEXT)
            self.text.is_text = True
        return self.text


Scope = Mapping[str, str]
"""Namespaces by prefix."""

Step = tuple[XmlPlace, int, int, XmlPlace]
"""The place that a tag leads to, the bit of the row whose element begins, the actions, and their place."""

Event = tuple[int, int, int, XmlPlace, Any]
"""The bits of the rows that begin up to a tag, what is to be done there, the number of the tag in its piece, for which place, and
the text of its element: None if it is the one that follows the piece, GOES_ON if it has to be put together. Instead of a text there
is the type of a span, and the path of a container."""

Piece = tuple[XmlPlace, "dict[bytes, Piece]", int, tuple[Event, ...], tuple[tuple[int, XmlPlace], ...]]
"""The place that a piece leads to, the pieces that are known there, the bits of rows that begin after its last event, its events, and the
elements that begin in it, with the numbers of their tags."""

GOES_ON = object()

Text = tuple[int, Any]
"""The position of an element, and its text as in an event."""


Spans = dict[str, list["Span"]]
"""Elements of an envelope, by role."""


class CutSectionError(Exception):
    """A document has markup in a comment, a CDATA section or a processing instruction, so that pieces of it make no sense."""


class BodyType(msgspec.Struct, frozen=True, cache_hash=True):
    """A body's ``xsi:type``: as written, and its namespace (None if the prefix is not declared) and local name."""

    text: str | None
    namespace: str | None
    local: str

    def is_response(self, rulebook: Rulebook) -> bool:
        """Return whether a body of this type answers the operation."""
        wire = rulebook.document.wire
        return self.namespace == wire.namespace and self.local in wire.response_types

    def is_request(self, rulebook: Rulebook) -> bool:
        """Return whether a body of this type asks for the operation."""
        wire = rulebook.document.wire
        in_namespace = self.namespace == wire.namespace and self.local in wire.request_type_names
        return in_namespace or (self.text or "") in wire.request_types


NO_TYPE = BodyType(None, None, "")


class Span:
    """An element of the envelope that is wanted.

    ``fields`` are the elements directly in it: name, whether it is in the envelope's namespace or none, and text. For a body there
    is what was seen in it; ``texts`` are evidence, by path, and ``evidence`` is the reader's own. ``between`` are texts that were cut
    out where only elements may stand; ``pick_between`` is the document's own.
    ``begin`` and ``end`` are the positions of its tags.
    """

    __slots__ = (
        "_rows",
        "begin",
        "between",
        "containers",
        "end",
        "evidence",
        "fields",
        "pick_between",
        "place",
        "texts",
        "type",
        "unlisted",
    )

    def __init__(self, begin: int, place: XmlPlace, type_: BodyType | None) -> None:
        self.begin = begin
        self.end = begin
        self.place = place
        self.type = type_
        self.fields: list[tuple[str, bool, Text]] = []
        self.containers: list[Container] = []
        self.unlisted: list[Unlisted] = []
        self._rows: Hashable | None = None
        self.texts: dict[str, list[Text]] = {}
        self.evidence: list[Text] | None = None
        self.between: list[tuple[XmlPlace, Text]] = []
        self.pick_between: Callable[[list[bytes]], Iterable[bytes]] | None = None

    @property
    def rows(self) -> Hashable:
        """The rows in a body, to compare it by."""
        if self._rows is None:
            self._rows = rows_of(self.containers)
        return self._rows

    @property
    def has_elements(self) -> bool:
        """Whether there is anything in a body."""
        return bool(self.unlisted or self.containers[-1][2])


class Envelope(msgspec.Struct, frozen=True):
    """The elements of the envelope that are wanted in one direction, by the names that lead there.

    The rulebook's paths begin in ``body``; of the others the elements directly below are wanted too.
    """

    spans: tuple[str, ...]
    body: str = ""

    @property
    def roles(self) -> frozenset[str]:
        """The spans, and what leads to them."""
        return frozenset(span[:end] for span in self.spans for end in _ends(span))


def _ends(path: str) -> list[int]:
    return [at for at, letter in enumerate(path) if letter == "/"] + [len(path)]


OUTSIDE = "outside"
"""The role of what is not expected in an envelope, and of all in it."""

STATUS, CONTENT, SECURITY = (
    "message/header/response",
    "message/body/bodyContent",
    "message/header/securityContext",
)
RESPONSE = Envelope((STATUS, CONTENT), CONTENT)
REQUEST = Envelope((SECURITY, CONTENT))


class Automaton:
    """Follows the tags of messages of one direction, by the names of one rulebook."""

    def __init__(
        self, rulebook: Rulebook, limits: Limits, envelope: Envelope, read: frozenset[str] = frozenset()
    ) -> None:
        wire = rulebook.document.wire
        self._namespace = wire.namespace
        self._envelope_namespace = wire.envelope
        self._limits = limits
        self._envelope = envelope
        self._roles = envelope.roles
        self._tree = path_tree(rulebook, read)
        self.states = TextStates(rulebook)
        self._row_names = rows_named(rulebook)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._start = XmlPlace(None, {"xml": _XML})
        self._end = XmlPlace(None, {})
        self._room = MAX_STEPS

    def recall(self, markup: Markup) -> Spans | None:
        """Return the wanted elements of a document, by role; None unless every piece was met before in the same place.

        Such a document is sound if its texts are.
        """
        return self._walk(markup, learn=False)

    def follow(self, markup: Markup) -> Spans:
        """Return the wanted elements of a sound document, by role, and remember its pieces.

        Raises UncheckedError (not-a-message, or too-large for a place too deep, a name too long, or too many attributes), and
        CutSectionError if the document can only be read whole.
        """
        if self._room <= 0:
            self._begin_anew()
        return self._walk(markup, learn=True) or {}

    def _walk(self, markup: Markup, *, learn: bool) -> Spans | None:  # noqa: C901, PLR0912 - a call for each event costs more
        spans: Spans = {role: [] for role in self._envelope.spans}
        span = Span(0, self._start, None)
        spans[OUTSIDE] = [span]
        outside, outside_between = span.unlisted, span.between
        containers, unlisted = span.containers, span.unlisted
        open_: list[tuple[int, int]] = []
        place, pieces, present = self._start, self._start.pieces, 0
        for number, piece in enumerate(markup.parts[::2]):
            step = pieces.get(piece)
            if step is None:
                if not learn:
                    return None
                step = self._learn_piece(place, number, markup)
            place, pieces, bits, events, _ = step
            for before, action, index, subject, text in events:
                present |= before
                at = number << SHIFT | index
                if action == _ENTER:
                    open_.append((at, present))
                    present = 0
                elif action == _LEAVE:
                    begin, around = open_.pop()
                    containers.append((text, begin, present))
                    present = around
                elif action == _UNLISTED:
                    unlisted.append((subject, at))
                elif action == _OUTSIDE:
                    outside.append((subject, at))
                elif action == _TEXT:
                    span.texts.setdefault(subject.path, []).append((at, text))
                elif action == _FIELD:
                    span.fields.append((subject.name, not subject.other_namespace, (at, text)))
                elif action == _BEGIN:
                    span = Span(at, subject, text)
                    spans[subject.role].append(span)
                    containers, unlisted = span.containers, span.unlisted
                elif action == _BETWEEN:
                    between = span.between if subject.in_body else outside_between
                    between.append((subject, (at, text)))
                else:
                    span.end = at
            present |= bits
        return spans if place is self._end else None

    def find(self, body: Span, paths: frozenset[str] | None, markup: Markup) -> dict[str, list[int]]:
        """Return the positions of the elements in a body with these paths, or with any that rows could have."""
        found: dict[str, list[int]] = {}
        place = self._start
        for number, piece in enumerate(markup.parts[::2]):
            step = place.pieces.get(piece) or markup.learnt.get(number)
            if step is None:
                step = self._learn_piece(place, number, markup)
            place = step[0]
            for index, inner in step[4]:
                at = number << SHIFT | index
                is_wanted = inner.is_reachable and (paths is None or inner.path in paths)
                if is_wanted and body.begin < at < body.end:
                    found.setdefault(inner.path, []).append(at)
        return found

    def _learn_piece(self, place: XmlPlace, number: int, markup: Markup) -> Piece:
        """Find out what a piece leads to, and remember it while there is room."""
        tokens = markup.tokens(number)
        if any(b"<" in text for text in tokens[::2]):
            raise CutSectionError
        bits, known = 0, place.pieces
        events: list[Event] = []
        element_tags: list[_ElementTag] = []
        for index, tag in markup.tags(number):
            at = number << SHIFT | index
            place, bit, actions, subject = place.steps.get(tag) or self._learn(place, tag, at, markup)
            bits |= bit
            for action in _ACTIONS if actions else ():
                if action & actions == _ATTRIBUTE:
                    events += self._attribute_events(bits, tag, index, subject)
                elif action & actions:
                    text = self._text(action, subject, tokens, index, markup)
                    events.append((bits, action, index, subject, text))
                    bits = 0
            if not tag.startswith((b"!", b"?")):
                element_tags.append((index, tag, place, subject))
        is_last = 2 * number + 1 == len(markup.parts)
        between = _text_events(element_tags, tokens, markup, is_last=is_last)
        if between:
            events = sorted([*events, *between], key=_tag_number)
        if is_last:
            place = self._end
        found = place, place.pieces, bits, tuple(events), _begins(element_tags)
        piece = markup.parts[2 * number]
        if not markup.is_whole and b"xml:id" not in piece and self._has_room(piece):
            known[piece] = found
        else:
            markup.learnt[number] = found
        return found

    def _attribute_events(self, bits: int, tag: bytes, index: int, subject: XmlPlace) -> list[Event]:
        """Return an event for each attribute that has the name of a row."""
        action = _UNLISTED if subject.in_body else _OUTSIDE
        names = _attribute_names(tag)
        return [
            (bits, action, index, XmlPlace(subject, subject.scope, f"@{name}"), None)
            for name in names
            if fold_name(name) in self._row_names
        ]

    def _text(self, action: int, subject: XmlPlace, tokens: list[bytes], index: int, markup: Markup) -> Any:
        """Return what an event knows of the text of its element, or of its type; of a container its path."""
        tag = tokens[2 * index + 1]
        if action == _BEGIN:
            return body_type(tag, subject.scope)
        if action == _LEAVE:
            return subject.row.path if subject.row is not None else None
        if action not in (_TEXT, _FIELD):
            return None
        if markup.is_whole or tag.endswith(b"/"):
            return text_after(tokens, index)
        if 2 * index + 3 == len(tokens):
            return GOES_ON if tokens[-1] else None
        return GOES_ON if tokens[2 * index + 3].startswith((b"!", b"?")) else text_after(tokens, index)

    def _learn(self, place: XmlPlace, tag: bytes, at: int, markup: Markup) -> Step:
        """Find out what a tag leads to, and remember it while there is room."""
        if tag.startswith((b"!", b"?")):
            return place, 0, 0, place
        if tag.startswith(b"/"):
            return self._remember(place, tag, (place.outer or place, 0, self._at_end(place), place))
        limit = self._limits.attributes
        if tag.count(b"=") > limit and len(ATTRIBUTE.findall(tag)) > limit:
            raise limit_exceeded(
                f"at line {markup.line(at)}: more than {limit:,} attributes of an element", "attributes"
            )
        is_empty = tag.endswith(b"/")
        name, *rest = tag.removesuffix(b"/").split(None, 1)
        key, scope = name + b"/" * is_empty, place.scope  # most attributes lead nowhere
        has_row_name = bool(rest) and self._has_row_name(rest[0])
        if rest and b"xmlns" in rest[0]:
            key, scope = tag, {**scope, **_declarations(rest[0])}
        elif has_row_name:
            key = tag
        elif key in place.steps:
            return self._remember(place, tag, place.steps[key])
        prefix, _, local = name.decode().rpartition(":")
        inner = self._inside(place, scope, scope.get(prefix) or None, local, at, markup)
        action = self._at_begin(place, inner) | (self._at_end(inner) if is_empty else 0)
        action |= _ATTRIBUTE if has_row_name else 0
        bit = inner.node.bit if inner.node is not None and inner.row is not None else 0
        step = self._remember(place, key, (place if is_empty else inner, bit, action, inner))
        return self._remember(place, tag, step) if key != tag else step

    def _has_row_name(self, tag: bytes) -> bool:
        """Return whether an attribute has the name of a row."""
        return any(fold_name(name) in self._row_names for name in _attribute_names(tag))

    def _remember(self, place: XmlPlace, key: bytes, step: Step) -> Step:
        if self._has_room(key):
            place.steps[key] = step
        return step

    def _has_room(self, key: bytes) -> bool:
        """Return whether one more key can be remembered."""
        self._room -= 1 + len(key) // BYTES_A_STEP
        return self._room > 0

    def _at_begin(self, place: XmlPlace, inner: XmlPlace) -> int:
        """Return what is to be done where an element begins."""
        if inner.role in self._envelope.spans:
            return _BEGIN | (_ENTER if inner.in_body else 0)
        if not inner.in_body:
            field = _FIELD if place.role in self._envelope.spans else 0
            return field | (_OUTSIDE if inner.is_unlisted else 0)
        action = _UNLISTED if inner.row is None else 0
        if inner.node is not None and inner.is_reachable:
            action |= _TEXT if inner.node.is_read else 0
            action |= _ENTER if inner.row is not None and inner.node.is_container else 0
        return action

    def _at_end(self, place: XmlPlace) -> int:
        """Return what is to be done where an element ends."""
        if place.role in self._envelope.spans:
            return _END | (_LEAVE if place.in_body else 0)
        return _LEAVE if place.row is not None and place.node is not None and place.node.is_container else 0

    def _inside(
        self, place: XmlPlace, scope: Scope, namespace: str | None, local: str, at: int, markup: Markup
    ) -> XmlPlace:
        """Return the place of an element below another."""
        if place.in_body:
            return self._in_body(place, scope, namespace, local, at, markup)
        if place is self._start:
            self._require_message(namespace, local)
            return XmlPlace(place, scope, "/message", role="message")
        in_envelope = namespace in (None, self._envelope_namespace)
        role = f"{place.role}/{local}" if place.role else local
        if not in_envelope or role not in self._roles:
            role = OUTSIDE
        is_body = role == self._envelope.body
        inner = XmlPlace(
            place, scope, "" if is_body else local, self._tree if is_body else None,
            role=role, other_namespace=not in_envelope, is_body=is_body,
        )  # fmt: skip
        in_span = place.role in self._envelope.spans or (place.is_structural and place.role == OUTSIDE)
        bears_name = fold_name(local) in self._row_names
        inner.is_structural = (role != OUTSIDE or in_span) and not (role == OUTSIDE and bears_name)
        return inner

    def _in_body(
        self, place: XmlPlace, scope: Scope, namespace: str | None, local: str, at: int, markup: Markup
    ) -> XmlPlace:
        limits = self._limits
        if len(local) > limits.name:
            raise limit_exceeded(
                f"at line {markup.line(at)}: a name of more than {limits.name:,} letters", "name"
            )
        node = place.node.children.get(local) if place.node is not None else None
        is_known = node is not None and node.is_known and namespace == self._envelope_namespace
        inner = XmlPlace(
            place, scope, local, node, other_namespace=namespace != self._namespace and not is_known
        )
        if inner.depth > limits.depth:
            raise limit_exceeded(f"more than {limits.depth} levels of elements", "depth")
        return inner

    def _require_message(self, namespace: str | None, local: str) -> None:
        if local != "message" or namespace != self._envelope_namespace:
            shown = f"`{local}`" if NAMEABLE.fullmatch(local) else "something else"
            where = " in another namespace" if local == "message" else ""
            raise UncheckedError(
                Reason.NOT_A_MESSAGE,
                f"its root is {shown}{where}, not `message` of {self._envelope_namespace}",
            )


_ElementTag = tuple[int, bytes, XmlPlace, XmlPlace]
"""The number of an element's tag in its piece, the tag, the place of what follows it, and the element's own."""


def _begins(tags: list[_ElementTag]) -> tuple[tuple[int, XmlPlace], ...]:
    """Return the elements that begin in a piece and could be in a row, with the numbers of their tags."""
    return tuple(
        (at, inner)
        for at, tag, _, inner in tags
        if inner.in_body and inner.parent is not None and inner.is_reachable and not tag.startswith(b"/")
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
            sections = (tokens[2 * each + 1].startswith(b"![CDATA[") for each in range(at + 1, following))
            if not markup.is_whole and any(sections):  # of which a piece has the line ends alone
                events.append((0, _BETWEEN, at, place.between(), GOES_ON))
            elif not are_blank(tokens, at, following):
                events.append((0, _UNLISTED if place.in_body else _OUTSIDE, at, place.between(), None))
        elif not is_last:
            events.append((0, _BETWEEN, at, place.between(), GOES_ON if 2 * at + 3 < len(tokens) else None))
    return events


def _tag_number(event: Event) -> int:
    return event[2]


def attributes(tag: bytes) -> list[tuple[str, str]]:
    """Return the attributes of a start tag in order, by their names as written."""
    return [
        (name.decode(), unescape(double or single).replace("\t", " ").replace("\n", " "))
        for name, double, single in ATTRIBUTE.findall(tag)
    ]


def _attribute_names(tag: bytes) -> list[str]:
    """Return the local names of a start tag's attributes; declarations of namespaces are none."""
    return [name.rpartition(":")[2] for name, _ in attributes(tag) if not name.startswith("xmlns:")]


_XSI_TYPE = ("http://www.w3.org/2001/XMLSchema-instance", "type")


def body_type(tag: bytes, scope: Scope) -> BodyType:
    """Return the type that a start tag gives."""
    for name, text in attributes(tag):
        prefix, _, local = name.rpartition(":")
        if prefix and (scope.get(prefix), local) == _XSI_TYPE:
            text = text.strip()  # noqa: PLW2901 - as a QName is read
            prefix, _, local = text.rpartition(":")
            return BodyType(text, scope.get(prefix) or None, local)
    return NO_TYPE


def _declarations(tag: bytes) -> dict[str, str]:
    """Return the namespaces that a start tag declares, by prefix."""
    return {
        name.removeprefix("xmlns").removeprefix(":"): value
        for name, value in attributes(tag)
        if name == "xmlns" or name.startswith("xmlns:")
    }
