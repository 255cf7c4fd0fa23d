"""An XML document that was read: the elements of its envelope, and the texts and lines that are asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import partial

from ....engine.observation import Observation
from ...core.limits import Limits, limit_exceeded
from .markup import Markup, to_utf_8, unescape
from .parser import Parser
from .structure import ATTRIBUTE, OUTSIDE, Automaton, Span
from .templates import Cut, Templates, cut_document, starts

Spans = dict[str, list[Span]]
"""Elements of an envelope, by role."""

Sources = Mapping[int, int | str]
"""Where the wanted texts of a template's documents are, by the number of their tag: which of the texts that were cut out it is,
or the text itself, if it is part of the template."""


class Document:
    """A sound document. Of one whose template is known, the markup is taken apart only if a line is asked for."""

    __slots__ = ("_automaton", "_content", "_cut", "_markup", "_sources", "spans")

    def __init__(
        self,
        content: bytes,
        automaton: Automaton,
        known: tuple[Spans, Sources] | None = None,
        cut: Cut | None = None,
    ) -> None:
        self._content = content
        self._automaton = automaton
        self._markup: Markup | None = None
        self._sources: Sources = {}
        self._cut = cut
        if known is not None:
            self.spans, self._sources = known
        else:
            self.spans = automaton.follow(self.markup)

    @property
    def markup(self) -> Markup:
        """Its markup, taken apart."""
        if self._markup is None:
            self._markup = Markup(self._content)
        return self._markup

    def text(self, at: int) -> str:
        """Return the text of an element, up to the first element in it, by the number of its tag."""
        if self._cut is None:
            return self.markup.text(at)
        source = self._sources[at]
        return source if isinstance(source, str) else unescape(self._cut.texts[source])

    def line(self, at: int) -> int:
        """Return the line on which a tag begins; 1 is the first."""
        return self.markup.line(at)

    def observation(self, body: Span, *, empty_is_absent: bool = False) -> Observation:
        """Return what is seen in a body."""
        memo, kept = None, None
        if empty_is_absent:
            kept = self.markup.without_empty(body.begin, body.end)
            body = self._automaton.observe(body, kept, self.markup)
        elif self._cut is not None and not self._cut.has_lines:
            memo = body.memo
        outside = self.spans[OUTSIDE][0].unlisted
        unlisted = [*body.unlisted, *outside] if outside else body.unlisted
        return Observation(body.containers, unlisted, self.line, partial(self._find, body, kept), memo)

    def has_text(self, body: Span) -> bool:
        """Whether there is any text in a body, or in an element in it."""
        return not all(map(self.markup.is_blank_after, range(body.begin, body.end)))

    def _find(
        self, body: Span, kept: list[tuple[int, bytes]] | None, paths: frozenset[str] | None
    ) -> dict[str, list[int]]:
        markup = self.markup
        tags = kept if kept is not None else markup.between(body.begin, body.end)
        return self._automaton.find(body, tags, paths, markup)

    def sources(self) -> Sources | None:
        """Return where the wanted texts are; None if one of them is not a text that is cut out, or none at all."""
        begins = starts(self._content)
        found: dict[int, int | str] = {}
        for span in (span for spans in self.spans.values() for span in spans):
            for at in span.positions():
                begin, end = self.markup.text_span(at)
                number = bisect_left(begins, begin)
                is_cut = number < len(begins) and begins[number] < end
                if (is_cut and begins[number] != begin) or self.markup.goes_on(at):
                    return None
                found[at] = number if is_cut else self.markup.text(at)
        return found


class DocumentReader:
    """Reads documents of one direction; those of a template that is known are not parsed again."""

    def __init__(self, automaton: Automaton, limits: Limits) -> None:
        self._automaton = automaton
        self._limits = limits
        self._parser = Parser(limits)
        self._templates: Templates[tuple[Spans, Sources]] = Templates()

    def read(self, content: bytes) -> Document:
        """Read a document; raises UncheckedError (too-large, not-xml, unsafe-xml, not-a-message)."""
        if len(content) > self._limits.size:
            raise limit_exceeded(f"larger than {self._limits.size:,} bytes", "size")
        content, is_utf_8 = to_utf_8(content)
        found = cut_document(content)
        known = None if found is None else self._templates.get(found.template)
        if known is not None and found is not None:
            return Document(content, self._automaton, known, found)
        self._parser.parse(content, is_utf_8)
        document = Document(content, self._automaton)
        if content.count(b"=") > self._limits.attributes:
            self._require_few_attributes(document.markup)
        if found is not None:
            self._learn(document, found)
        return document

    def _learn(self, document: Document, found: Cut) -> None:
        if self._templates.is_worth_keeping(found.template):
            sources = document.sources()
            if sources is not None:
                self._templates.put(found.template, (document.spans, sources))

    def _require_few_attributes(self, markup: Markup) -> None:
        limit = self._limits.attributes
        for at, tag in enumerate(markup.tags):
            if tag.count(b"=") > limit and len(ATTRIBUTE.findall(tag)) > limit:
                raise limit_exceeded(
                    f"at line {markup.line(at)}: more than {limit:,} attributes of an element", "attributes"
                )
