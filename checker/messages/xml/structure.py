"""The structure of an XML message: its envelope, and where each element of its bodies stands.

A document's tags are followed through an automaton that is learnt on the way: a place and the bytes of a tag lead to the next
place. What a tag means rests on the place alone, which knows the names above it and the prefixes that are declared there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from ....engine.finding import Finding
from ....engine.near_miss import fold_name, rows_named
from ....engine.observation import Container, Unlisted
from ....engine.places import PathNode, Place, path_tree
from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_exceeded
from .markup import Markup, unescape

_XML = "http://www.w3.org/XML/1998/namespace"
ATTRIBUTE = re.compile(rb"""([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
NAMEABLE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,79}")

MAX_STEPS = 20_000
"""Steps of the automaton that are remembered; then it is begun anew."""

_ENTER, _LEAVE, _TEXT, _UNLISTED, _BEGIN, _END, _FIELD, _OUTSIDE, _ATTRIBUTE = (1 << n for n in range(9))


class XmlPlace(Place):
    """A place in a document: where its end tag leads to, its role in the envelope, and the namespaces by prefix."""

    __slots__ = ("in_body", "outer", "role", "scope", "steps")

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


Scope = Mapping[str, str]
"""Namespaces by prefix."""

Step = tuple[XmlPlace, int, int, XmlPlace]
"""Where a tag leads to, the bit of the row whose element begins, what is to be done, and for which place."""


class Span(msgspec.Struct, eq=False):
    """An element of the envelope that is wanted.

    ``begin`` and ``end`` are the numbers of its tags, ``fields`` those of the elements directly in it, ``own_fields`` of those in
    the envelope's namespace or none, by name. For a body there is what was seen in it; ``texts`` are evidence, by path,
    and ``memo`` is what was found in it, by judge, as long as no line can differ. ``kind`` is the reader's own.
    """

    begin: int
    place: XmlPlace
    end: int = -1
    fields: list[tuple[str, int]] = []
    own_fields: dict[str, list[int]] = {}
    containers: list[Container] = []
    unlisted: list[Unlisted] = []
    texts: dict[str, list[int]] = {}
    memo: dict[object, tuple[Finding, ...]] = {}
    kind: object = None

    def positions(self) -> list[int]:
        """Return the numbers of the tags whose texts can be asked for."""
        return [*(at for _, at in self.fields), *(at for found in self.texts.values() for at in found)]

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
        self._row_names = rows_named(rulebook)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._start = XmlPlace(None, {"xml": _XML})
        self._room = MAX_STEPS

    def follow(self, markup: Markup) -> dict[str, list[Span]]:
        """Return the wanted elements of a sound document, by role.

        Raises UncheckedError: not-a-message, or too-large for a place too deep or a name too long.
        """
        if self._room <= 0:
            self._begin_anew()
        spans: dict[str, list[Span]] = {role: [] for role in self._envelope.spans}
        spans[OUTSIDE] = [Span(0, self._start)]
        self._walk(enumerate(markup.tags), markup, Span(0, self._start), spans)
        return spans

    def observe(self, body: Span, tags: Iterable[tuple[int, bytes]], markup: Markup) -> Span:
        """Return a body anew, with no more than these of its tags."""
        again = Span(body.begin, body.place, body.end)
        present = self._walk(tags, markup, again, {OUTSIDE: [again]})
        again.containers.append((None, body.begin, present))
        return again

    def _walk(
        self, tags: Iterable[tuple[int, bytes]], markup: Markup, span: Span, spans: dict[str, list[Span]]
    ) -> int:
        """Follow tags from the place of a span on; returns the bits of the rows that are there outside of all containers."""
        place, present = span.place, 0
        containers, unlisted, texts = span.containers, span.unlisted, span.texts
        open_: list[tuple[int, int]] = []
        for at, tag in tags:
            place, bit, action, subject = place.steps.get(tag) or self._learn(place, tag, at, markup)
            present |= bit
            if not action:
                continue
            if action & _UNLISTED:
                unlisted.append((subject, at))
            if action & _TEXT:
                texts.setdefault(subject.path, []).append(at)
            if action & _BEGIN:
                span = Span(at, subject)
                spans[subject.role].append(span)
                containers, unlisted, texts = span.containers, span.unlisted, span.texts
            if action & (_OUTSIDE | _ATTRIBUTE):
                self._note(subject, action, at, tag, spans[OUTSIDE][0] if not subject.in_body else span)
            if action & _ENTER:
                open_.append((at, present))
                present = 0
            if action & _LEAVE:
                begin, outside = open_.pop()
                containers.append((subject.row.path if subject.row else None, begin, present))
                present = outside
            if action & _END:
                span.end = at
            if action & _FIELD:
                span.fields.append((subject.name, at))
                if not subject.other_namespace:
                    span.own_fields.setdefault(subject.name, []).append(at)
        return present

    def _note(self, subject: XmlPlace, action: int, at: int, tag: bytes, span: Span) -> None:
        """Note an element outside of the bodies, and attributes with names of rows."""
        if action & _OUTSIDE:
            span.unlisted.append((subject, at))
        if action & _ATTRIBUTE:
            for name, _ in attributes(tag):
                local = name.rpartition(":")[2]
                if fold_name(local) in self._row_names:
                    span.unlisted.append((XmlPlace(subject, subject.scope, f"@{local}"), at))

    def find(
        self, body: Span, tags: Iterable[tuple[int, bytes]], paths: frozenset[str] | None, markup: Markup
    ) -> dict[str, list[int]]:
        """Return the numbers of those of a body's tags that begin elements with these paths, or with any that rows could have."""
        found: dict[str, list[int]] = {}
        place = body.place
        for at, tag in tags:
            place, _, _, subject = place.steps.get(tag) or self._learn(place, tag, at, markup)
            if (
                not tag.startswith((b"/", b"!", b"?"))
                and subject.is_reachable
                and (paths is None or subject.path in paths)
            ):
                found.setdefault(subject.path, []).append(at)
        return found

    def _learn(self, place: XmlPlace, tag: bytes, at: int, markup: Markup) -> Step:
        """Find out what a tag leads to, and remember it while there is room."""
        if tag.startswith((b"!", b"?")):
            return place, 0, 0, place
        if tag.startswith(b"/"):
            return self._remember(place, tag, (place.outer or place, 0, self._at_end(place), place))
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
        """Whether an attribute has the name of a row."""
        return any(fold_name(name.rpartition(":")[2]) in self._row_names for name, _ in attributes(tag))

    def _remember(self, place: XmlPlace, key: bytes, step: Step) -> Step:
        if self._room > 0:
            self._room -= 1
            place.steps[key] = step
        return step

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


def attributes(tag: bytes) -> list[tuple[str, str]]:
    """Return the attributes of a start tag in order, by their names as written."""
    return [
        (name.decode(), unescape(double or single).replace("\t", " ").replace("\n", " "))
        for name, double, single in ATTRIBUTE.findall(tag)
    ]


def _declarations(tag: bytes) -> dict[str, str]:
    """Return the namespaces that a start tag declares, by prefix."""
    return {
        name.removeprefix("xmlns").removeprefix(":"): value
        for name, value in attributes(tag)
        if name == "xmlns" or name.startswith("xmlns:")
    }
