"""Reading of XML documents: what is known of their pieces stands for parsing them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

import msgspec

from ....engine.observation import Container, Observation, Unlisted, rows_of, split_located
from ....engine.recurrence import Recurrence
from ...core.limits import Limits, limit_exceeded
from .automaton import Automaton, CutSectionError
from .encoding import to_utf_8
from .envelope import CONTENT, OUTSIDE
from .markup import GAP, MAX_DOCUMENT, SHIFT, Markup, are_sound, cut, ends_lines_inside
from .parser import Parser
from .prefixes import Prefixes
from .spans import GOES_ON, Span, Spans, Text, pick_parts
from .texts import is_blank, unescape

MAX_TEMPLATES = 2_048
MAX_BYTES = 32 * 1024 * 1024
"""Templates that are remembered, and their bytes in all."""


class Document:
    """A sound document: the elements of its envelope, by role, and the texts and lines that are asked for.

    ``template`` is its template, if that was met before.
    """

    __slots__ = ("_automaton", "_markup", "_shown", "content", "parts", "spans", "template")

    def __init__(
        self,
        content: bytes,
        parts: list[bytes],
        spans: Spans,
        automaton: Automaton,
        template: Template | None = None,
        markup: Markup | None = None,
        shown: Document | None = None,
    ) -> None:
        self.content = content
        self.parts = parts
        self.spans = spans
        self.template = template
        self._automaton = automaton
        self._markup = markup
        self._shown = shown

    @property
    def markup(self) -> Markup:
        """The markup, without which most documents are judged."""
        if self._markup is None:
            self._markup = Markup(self.content, self.parts)
        return self._markup

    def line(self, at: int) -> int:
        """Return the line on which a tag begins; 1 is the first."""
        return self.markup.line(at)

    def text(self, text: Text) -> str:
        """Return the text of an element, up to the first element in it."""
        at, known = text
        if known is None:
            return unescape(self.parts[2 * (at >> SHIFT) + 1])
        return self.markup.text(at) if known is GOES_ON else str(known)

    def raw(self, text: Text) -> bytes | str:
        """Return the text of an element as it is written, if it is one that was cut out."""
        return self.parts[2 * (text[0] >> SHIFT) + 1] if text[1] is None else self.text(text)

    def line_ends(self) -> tuple[int, ...]:
        """Return the number of line ends in each text, () if there are none: documents of one template that agree have the same lines."""
        if not ends_lines_inside(self.content, self.parts):
            return ()
        if self.template is not None and self.content.count(b"\n") == self.template.line_ends:
            return ()
        return tuple([text.count(b"\n") for text in self.parts[1::2]])

    def observation(self, body: Span) -> Observation:
        """Return what is seen in a body; without the elements that hold nothing if they are not to be seen."""
        outside = self.spans[OUTSIDE][0]
        if self._shown is not None:
            role = OUTSIDE if body is outside else CONTENT
            return self._shown.observation(self._shown.spans[role][self.spans[role].index(body)])
        beside = self._unlisted_in(outside) if outside.between else outside.unlisted
        unlisted = self._unlisted_in(body) if body.between else body.unlisted
        if beside and body is not outside:
            unlisted = [*unlisted, *beside]
        only_line = None if beside else self._only_line_of(body)
        find = partial(self._automaton.find, body, self.markup)
        places, line = split_located(unlisted), self.markup.line
        if not self.reads_states:
            return Observation(body.containers, *places, line, find, only_line, body.rows)
        containers, masked = self._apply_states(body)
        shown = partial(_find_shown, find, masked)
        return Observation(containers, *places, line, shown, only_line, rows_of(containers))

    @property
    def reads_states(self) -> bool:
        """True if texts decide which rows are in it."""
        return self._automaton.reads_states

    def _apply_states(self, body: Span) -> tuple[Sequence[Container], Collection[int]]:
        """Return the containers of a body in which texts decide which rows are there, and the positions of masked elements."""
        texts = {path: [(text[0], self.text(text)) for text in each] for path, each in body.texts.items()}
        return self._automaton.states.apply(body.containers, texts, body.unlisted)

    def _only_line_of(self, body: Span) -> int | None:
        """Return the line on which all elements of a body begin; None if they are known to begin on several, or nobody has looked."""
        return self.markup.only_line if body.begin >> SHIFT else None

    def unlisted_outside(self) -> list[Unlisted]:
        """Return what no row lists beside the bodies."""
        return self._unlisted_in(self.spans[OUTSIDE][0])

    def _unlisted_in(self, span: Span) -> list[Unlisted]:
        """Return what no row lists in a span: elements, and text between elements."""
        if not span.between or not self._has_text_in(span):
            return span.unlisted
        between = [(place, text[0]) for place, text in span.between if not self._is_blank(text)]
        return sorted([*span.unlisted, *between], key=_position)

    def has_text_between(self, body: Span) -> bool:
        """Return whether there is text where only elements may stand, in a body or beside the bodies."""
        return self._has_text_in(body) or self._has_text_in(self.spans[OUTSIDE][0])

    def _has_text_in(self, span: Span) -> bool:
        if not span.between:  # as in most traffic
            return False
        if span.pick_between is None:
            span.pick_between = pick_parts([text for _, text in span.between]) or (lambda _: ())
        if b"".join(span.pick_between(self.parts)).isspace():
            return False
        return not all(self._is_blank(text) for _, text in span.between)

    def _is_blank(self, text: Text) -> bool:
        """Return whether a text between elements is white space."""
        at, known = text
        if known is GOES_ON:
            return not self.markup.has_text_after(at)
        return is_blank(self.parts[2 * (at >> SHIFT) + 1])

    def has_text(self, body: Span) -> bool:
        """Return whether there is any text in a body, or in an element in it."""
        return self.markup.has_text(body.begin, body.end)


def _find_shown(
    find: Callable[[frozenset[str] | None], dict[str, list[int]]],
    masked: Collection[int],
    paths: frozenset[str] | None,
) -> dict[str, list[int]]:
    """Return what is found and not masked."""
    shown = {path: [at for at in each if at not in masked] for path, each in find(paths).items()}
    return {path: each for path, each in shown.items() if each}


def _position(unlisted: Unlisted) -> int:
    return unlisted[1]


class DocumentReader:
    """Reads documents of one direction; those of which every piece is known, or certainly sound, are not parsed."""

    def __init__(self, automaton: Automaton, limits: Limits, *, empty_is_absent: bool = False) -> None:
        self._automaton = automaton
        self._limits = limits
        self._parser = Parser(limits)
        self._templates = Templates()
        self._prefixes = Prefixes()
        self._known = self._templates.get
        self._empty_is_absent = empty_is_absent
        self._last: tuple[bytes, Document] | None = None
        self._largest_known = 0 if empty_is_absent else min(MAX_DOCUMENT, limits.elements)

    def read(self, content: bytes) -> Document:
        """Read a document, unless it is the one that was read last; raises UncheckedError (too-large, not-xml, unsafe-xml, not-a-message)."""
        last = self._last
        if last is not None and last[0] is content:
            return last[1]
        if len(content) > self._limits.size:
            raise limit_exceeded(f"larger than {self._limits.size:,} bytes", "size")
        text, is_utf_8 = to_utf_8(content)
        parts, template = cut(text), b""
        if len(text) <= self._largest_known and are_sound(text, parts):
            template = GAP.join(parts[::2])
            known = self._known(template)
            if known is not None:
                return Document(text, parts, known.spans, self._automaton, known)
        document = self._follow(text, parts, template)
        if document is None and template:
            renamed = self._prefixes.rename(template)
            if renamed is not None:
                parts[::2] = renamed.split(GAP)
                document = self._follow(text, parts, renamed)
        document = document or self._parse(text, parts, template, is_utf_8=is_utf_8)
        self._last = (content, document) if len(content) <= MAX_DOCUMENT else None
        return document

    def _follow(self, content: bytes, parts: list[bytes], template: bytes) -> Document | None:
        """Return a document whose texts are sound, if all its pieces certainly are: then so is the document."""
        if not template:
            return None
        known = self._known(template)
        if known is not None:
            return Document(content, parts, known.spans, self._automaton, known)
        markup = Markup(content, parts)
        spans = self._automaton.recall(markup)
        if spans is None:
            return None
        self._templates.put(template, spans)
        return Document(content, parts, spans, self._automaton, markup=markup)

    def _parse(self, content: bytes, parts: list[bytes], template: bytes, *, is_utf_8: bool) -> Document:
        self._parser.parse(content, is_utf_8)
        if self._empty_is_absent:
            return self._read_whole(content)
        markup = Markup(content, parts)
        try:
            spans = self._automaton.follow(markup)
        except CutSectionError:
            return self._read_whole(content)
        if template:
            self._prefixes.note(template)
        return Document(content, parts, spans, self._automaton, markup=markup)

    def _read_whole(self, content: bytes) -> Document:
        whole = self._follow_whole(Markup(content))
        if self._empty_is_absent:
            bodies = whole.spans[CONTENT]
            rest = whole.markup.without_empty((body.begin, body.end) for body in bodies)
            return Document(
                content,
                whole.parts,
                whole.spans,
                self._automaton,
                markup=whole.markup,
                shown=self._follow_whole(rest),
            )
        return whole

    def _follow_whole(self, markup: Markup) -> Document:
        return Document(
            markup.content, markup.parts, self._automaton.follow(markup), self._automaton, markup=markup
        )


class Template(msgspec.Struct, frozen=True, eq=False):
    """The common part of documents that differ in texts alone: their elements, and the number of line ends outside texts."""

    spans: Spans
    line_ends: int


class Templates:
    """Remembers templates. Its size is bounded."""

    def __init__(self) -> None:
        self._known: dict[bytes, Template] = {}
        self._met = Recurrence()
        self._bytes = 0
        self.get = self._known.get

    def put(self, template: bytes, spans: Spans) -> None:
        """Remember a template if it was met before: most of those that are met once are never met again."""
        if not self._met.was_met(template):
            return
        self._bytes += len(template)
        if len(self._known) >= MAX_TEMPLATES or self._bytes > MAX_BYTES:
            self._known.clear()
            self._bytes = len(template)
        self._known[template] = Template(spans, template.count(b"\n"))
