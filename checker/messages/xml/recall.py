"""Glances at messages: a few of their texts decide what they say of a call, and most documents are like others.

Two responses of one template have the same elements in the same places. Two that have the same elements of evidence say the same of
their calls if they agree in the texts that a rulebook compares with words of its own, in which other texts of evidence
are there, and in which of those are equal in request and response.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import msgspec

from ....rules.model import Rulebook
from ...core.errors import UncheckedError
from ..base import MAX_COMPARED, Glance
from ..evidence_paths import EvidencePaths
from .document import MAX_TEMPLATES, Document, DocumentReader, Template
from .envelope import CONTENT, OUTSIDE, SECURITY, STATUS
from .markup import MAX_DOCUMENT
from .spans import Span, Text, pick_parts
from .texts import unescape


class ResponseTexts(msgspec.Struct, frozen=True, eq=False):
    """The texts that decide in a response, or in all of a template.

    ``kind`` stands for the names of their elements. ``claims`` are compared with words of the rulebook, and ``pick`` takes them out of the
    parts of a document, if each is one of them. ``variables`` may contain variables. ``compared`` are compared with texts of a
    request, each with the number of the entry that says so.
    """

    kind: object
    body: Span
    claims: Sequence[Text]
    pick: Callable[[list[bytes]], tuple[bytes, ...]] | None
    variables: Sequence[Text]
    compared: Sequence[tuple[int, Text]]
    has_between: bool


class RequestTexts(msgspec.Struct, frozen=True, eq=False):
    """The texts that are evidence in a request, or in all of a template; ``compared`` has the numbers of those that an entry is about.

    ``pick`` takes them out of the parts of a document, if each is one of them.
    """

    kind: object
    sent: Sequence[Text]
    pick: Callable[[list[bytes]], tuple[bytes, ...]] | None
    compared: Sequence[Sequence[int]]


class Recall:
    """Glances at messages, by the names of one rulebook."""

    def __init__(
        self, rulebook: Rulebook, paths: EvidencePaths, responses: DocumentReader, requests: DocumentReader
    ) -> None:
        evidence = rulebook.document.evidence
        entries = [(entry.part, entry.request, entry.response, entry.ignore_case) for entry in evidence.match]
        if session := evidence.session:
            entries.append((session.part, session.request, session.response, False))
        self._entries = entries
        self._paths_of_claims = tuple(dict.fromkeys(entry.path for entry in evidence.response))
        self._names_sent = EvidencePaths.of_requests(rulebook).read
        self._paths = paths
        self._responses = responses
        self._requests = requests
        self._of_responses: dict[Template, ResponseTexts | None] = {}
        self._of_requests: dict[Template, RequestTexts] = {}
        self._kinds: dict[Hashable, object] = {}

    def glance(self, response: bytes, request: bytes | None) -> Glance | None:
        """Return what shows at a glance; None if it takes more. Raises UncheckedError if the response cannot be read."""
        if len(response) > MAX_DOCUMENT:
            return None
        answer = self._responses.read(response)
        template = answer.template
        texts = self._of_responses.get(template) if template is not None else None
        texts = texts or self._texts_of_response(answer)
        if texts is None or self._may_say_more(answer, texts):
            return None
        claims = (
            texts.pick(answer.parts) if texts.pick else tuple([answer.raw(text) for text in texts.claims])
        )
        if sum(map(len, claims)) > MAX_COMPARED:
            return None
        evidence: tuple[Hashable, ...] = texts.kind, claims
        if request is not None:
            sent = self._relation(request, answer, texts)
            if sent is None:
                return None
            evidence = *evidence, *sent
        shape = None
        if template is not None:
            line_ends = answer.line_ends()
            shape = (template, line_ends) if line_ends else template
        return Glance(shape, evidence, answer.observation, (texts.body,))

    def _may_say_more(self, answer: Document, texts: ResponseTexts) -> bool:
        """Return whether there may be variables in a response, or text where only elements may stand."""
        for text in texts.variables:
            if self._paths.may_contain_variables(answer.raw(text)):
                return True
        return texts.has_between and answer.has_text_between(texts.body)

    def _relation(
        self, request: bytes, answer: Document, texts: ResponseTexts
    ) -> tuple[Hashable, ...] | None:
        """Return which texts of evidence are there in a request and its response, and which of them are equal; None if it takes more to read it."""
        if not request.startswith(b"<") or len(request) > MAX_DOCUMENT:
            return None
        try:
            asked = self._requests.read(request)
        except UncheckedError:
            return None
        asks = self._of_requests.get(asked.template) if asked.template is not None else None
        asks = asks or self._texts_of_request(asked)
        if asks.pick is not None:
            sent = [unescape(text).strip() for text in asks.pick(asked.parts)]
        else:
            sent = [asked.text(text).strip() for text in asks.sent]
        relation = [bool(text) for text in sent]
        for entry, text in texts.compared:
            told = answer.text(text).strip()
            relation.append(bool(told))
            for number in asks.compared[entry]:
                other, folds = sent[number], self._entries[entry][3]
                relation.append(told == other or (folds and told.casefold() == other.casefold()))
        return asks.kind, tuple(relation)

    def _texts_of_response(self, answer: Document) -> ResponseTexts | None:
        """Return the texts that decide in a response; None if it takes more than a glance to know."""
        known, template = self._of_responses, answer.template
        if template is None:
            return self._find_in_response(answer)
        if template not in known:
            if len(known) >= MAX_TEMPLATES:
                known.clear()
            known[template] = self._find_in_response(answer)
        return known[template]

    def _find_in_response(self, answer: Document) -> ResponseTexts | None:
        spans, bodies = answer.spans, answer.spans[CONTENT]
        if not len(spans[STATUS]) == len(bodies) == 1 or answer.reads_states:
            return None
        body, fields = bodies[0], spans[STATUS][0].fields
        names: list[Hashable] = [body.type, *[name for name, is_own, _ in fields if is_own]]
        claims = [text for _, is_own, text in fields if is_own]
        texts = body.texts
        for path in self._paths_of_claims:
            for text in texts.get(path, ()):
                names.append((path,))
                claims.append(text)
        compared = []
        for entry, (_, _, path, _) in enumerate(self._entries):
            for text in texts.get(path, ()):
                names.append(entry)
                compared.append((entry, text))
        return ResponseTexts(
            kind=self._kind(tuple(names)),
            body=body,
            claims=claims,
            pick=pick_parts(claims) if answer.template is not None else None,
            variables=texts.get(self._paths.variables_path, ()),
            compared=compared,
            has_between=bool(body.between or spans[OUTSIDE][0].between),
        )

    def _texts_of_request(self, asked: Document) -> RequestTexts:
        """Return the texts of a request that are evidence."""
        known, template = self._of_requests, asked.template
        if template is None:
            return self._find_in_request(asked)
        if template not in known:
            if len(known) >= MAX_TEMPLATES:
                known.clear()
            known[template] = self._find_in_request(asked)
        return known[template]

    def _find_in_request(self, asked: Document) -> RequestTexts:
        securities, bodies = asked.spans[SECURITY][:1], asked.spans[CONTENT]
        parts = [("security", span) for span in securities] + [("body", span) for span in bodies]
        fields = [
            (part, number, name, text)
            for number, (part, span) in enumerate(parts)
            for name, _, text in span.fields
            if name in self._names_sent
        ]
        compared = [
            [at for at, (in_part, _, sent, _) in enumerate(fields) if (in_part, sent) == (part, name)]
            for part, name, _, _ in self._entries
        ]
        names = [(part, number, name) for part, number, name, _ in fields]
        kind = self._kind((len(securities), tuple(span.type for span in bodies), tuple(names)))
        sent = [text for *_, text in fields]
        pick = pick_parts(sent) if asked.template is not None else None
        return RequestTexts(kind, sent, pick, compared)

    def _kind(self, names: Hashable) -> object:
        """Return what stands for names: an object that only equal names share."""
        if len(self._kinds) >= MAX_TEMPLATES:
            self._kinds.clear()
        return self._kinds.setdefault(names, object())
