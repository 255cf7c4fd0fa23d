"""Places in XML documents, and the steps from one to the next: each tag leads to a place, which is learnt once.

What a tag means rests on the place alone, which knows the names above it and the prefixes that are declared there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ....engine.near_miss import fold_name, rows_named
from ....engine.places import TEXT, PathNode, Place, path_tree
from ....engine.recurrence import Recurrence
from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_exceeded
from .envelope import ATTRIBUTE, OUTSIDE, Envelope, Scope, declarations, local_name
from .markup import Markup

if TYPE_CHECKING:
    from .automaton import Piece

_XML = "http://www.w3.org/XML/1998/namespace"
_SLASH = ord("/")
NO_ELEMENT = b"!?"
"""The first bytes of declarations, comments, CDATA sections and processing instructions."""
NAMEABLE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,79}")

MAX_STEPS = 40_000
BYTES_A_STEP = 512
"""Steps that are remembered, a long one counted as several; then all are learnt anew.

Of the second half only those that were met before: names drawn at random come once."""

MAX_ATTRIBUTES = 1_024
"""Names of attributes of which it is remembered whether they are a row's."""

(
    NOTE_UNLISTED, READ_TEXT, BEGIN_SPAN, NOTE_OUTSIDE, NOTE_ATTRIBUTES, ENTER, LEAVE, LEAVE_THROUGH, END_SPAN, READ_FIELD,
) = ACTIONS = tuple(1 << n for n in range(10))  # fmt: skip
"""Actions at the start or end of an element, in the order in which they are taken."""
ACTIONS_OF = tuple(
    tuple([action for action in ACTIONS if action & actions]) for actions in range(1 << len(ACTIONS))
)
"""The actions that a number stands for."""
NOTE_BETWEEN = 1 << 10
"""The action at text that was cut out where only elements may stand: each document has its own."""


class XmlPlace(Place):
    """A place in a document: where its end tag leads to, its role in the envelope, and the namespaces by prefix.

    ``holds_elements_only`` says that text directly in it is in no element that counts: in the envelope, a body or a row with rows in it.
    """

    __slots__ = ("holds_elements_only", "in_body", "outer", "pieces", "role", "scope", "steps", "text")

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
        if self.in_body:
            is_container = self.row is not None and node is not None and node.is_container
            self.holds_elements_only: bool = self.parent is None or is_container
        else:
            self.holds_elements_only = role not in ("", OUTSIDE)

    def between(self) -> XmlPlace:
        """Return the place of text directly in it."""
        if self.text is None:
            self.text = XmlPlace(self, self.scope, TEXT)
            self.text.is_text = True
        return self.text


Step = tuple[XmlPlace, int, int, XmlPlace]
"""The place that a tag leads to, the bit of the row whose element begins, the actions, and their place."""


class Steps:
    """Learns where tags lead to in messages of one direction, by the names of one rulebook."""

    def __init__(self, rulebook: Rulebook, limits: Limits, envelope: Envelope, read: frozenset[str]) -> None:
        wire = rulebook.document.wire
        self._namespace = wire.namespace
        self._envelope_namespace = wire.envelope
        self._limits = limits
        self._envelope = envelope
        self._roles = envelope.roles
        self._tree = path_tree(rulebook, read)
        self.row_names = rows_named(rulebook)
        self._bear_row_names: dict[bytes, bool] = {}
        self._begin()

    def begin_anew(self) -> None:
        """Forget everything, also for those who keep a place: a finding's place would keep all others alive."""
        places = [self.start]
        while places:
            place = places.pop()
            places += [each for after, _, _, inner in place.steps.values() for each in (after, inner)]
            place.steps.clear()
            place.pieces.clear()
        self._begin()

    def _begin(self) -> None:
        self.start = XmlPlace(None, {"xml": _XML})
        self.end = XmlPlace(None, {})
        self._room = MAX_STEPS
        self._met = Recurrence()

    @property
    def is_full(self) -> bool:
        """True if nothing more can be remembered."""
        return self._room <= 0

    def learn(self, place: XmlPlace, tag: bytes, at: int, markup: Markup) -> Step:
        """Find out what a tag leads to, and remember it while there is room."""
        first = tag[0]
        if first in NO_ELEMENT:
            return place, 0, 0, place
        if first == _SLASH:
            return self._remember(place, tag, (place.outer or place, 0, self._at_end(place), place))
        is_empty = tag[-1] == _SLASH
        parts = (tag[:-1] if is_empty else tag).split(None, 1)
        name = parts[0]
        key, scope, has_row_name = tag, place.scope, False
        if len(parts) > 1:
            attributes = parts[1]
            self._require_few_attributes(tag, at, markup)
            has_row_name = self._has_row_name(attributes)
            if attributes.find(b"xmlns") >= 0:
                scope = {**scope, **declarations(attributes)}
            elif not has_row_name:  # most attributes lead nowhere
                key = name + b"/" * is_empty
                if key in place.steps:
                    return self._remember(place, tag, place.steps[key])
        prefix, _, local = name.decode().rpartition(":")
        inner = self._inside(place, scope, scope.get(prefix) or None, local, at, markup)
        action = self._at_begin(place, inner)
        if is_empty:
            action |= self._at_end(inner)
        if has_row_name:
            action |= NOTE_ATTRIBUTES
        bit = inner.node.bit if inner.node is not None and inner.row is not None else 0
        step = self._remember(place, key, (place if is_empty else inner, bit, action, inner))
        if not is_empty:
            inner.steps[b"/" + name] = place, 0, self._at_end(inner), inner
        return self._remember(place, tag, step) if key != tag else step

    def _require_few_attributes(self, tag: bytes, at: int, markup: Markup) -> None:
        limit = self._limits.attributes
        if tag.count(b"=") > limit and len(ATTRIBUTE.findall(tag)) > limit:
            raise limit_exceeded(
                f"at line {markup.line(at)}: more than {limit:,} attributes of an element", "attributes"
            )

    def _has_row_name(self, attributes: bytes) -> bool:
        """Return whether an attribute has the name of a row."""
        known = self._bear_row_names
        for name, _, _ in ATTRIBUTE.findall(attributes):
            if name not in known:
                if len(known) >= MAX_ATTRIBUTES:
                    known.clear()
                known[name] = fold_name(local_name(name.decode())) in self.row_names
            if known[name]:
                return True
        return False

    def _remember(self, place: XmlPlace, key: bytes, step: Step) -> Step:
        if self.has_room(place, key):
            place.steps[key] = step
        return step

    def has_room(self, place: XmlPlace, key: bytes) -> bool:
        """Return whether one more key of a place can be remembered; where room is short it has to be met twice."""
        if self._room < MAX_STEPS // 2 and not self._met.was_met((place, key)):
            return False
        self._room -= 1 + len(key) // BYTES_A_STEP
        return self._room > 0

    def _at_begin(self, place: XmlPlace, inner: XmlPlace) -> int:
        """Return what is to be done where an element begins."""
        if inner.role in self._envelope.spans:
            return BEGIN_SPAN | (ENTER if inner.in_body else 0)
        if not inner.in_body:
            field = READ_FIELD if place.role in self._envelope.spans else 0
            return field | (NOTE_OUTSIDE if inner.is_unlisted else 0)
        action = NOTE_UNLISTED if inner.row is None else 0
        if inner.node is not None and inner.is_reachable:
            action |= READ_TEXT if inner.node.reads else 0
            action |= ENTER if inner.node.is_container or inner.node.bits_below else 0
        return action

    def _at_end(self, place: XmlPlace) -> int:
        """Return what is to be done where an element ends."""
        if place.role in self._envelope.spans:
            return END_SPAN | (LEAVE if place.in_body else 0)
        if place.node is None or not (place.in_body and place.is_reachable):
            return 0
        return LEAVE if place.node.is_container else LEAVE_THROUGH if place.node.bits_below else 0

    def _inside(
        self, place: XmlPlace, scope: Scope, namespace: str | None, local: str, at: int, markup: Markup
    ) -> XmlPlace:
        """Return the place of an element below another."""
        if place.in_body:
            return self._in_body(place, scope, namespace, local, at, markup)
        if place is self.start:
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
        bears_name = fold_name(local) in self.row_names
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
        node = place.node.child(local) if place.node is not None else None
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
