"""A cache in front of the reader: what decides about messages whose templates came before.

Two pairs of messages with the same templates have the same elements in the same places. All that is said of them is the same if they also
agree in the texts that a rulebook compares with words of its own, in which other texts of evidence are there, in which of those
are equal in request and response, and in the line ends within their texts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import msgspec

from ....rules.model import Rulebook
from ..base import MAX_COMPARED
from ..evidence_paths import EvidencePaths
from .document import MAX_TEMPLATES, Document, DocumentReader, Template
from .envelope import CONTENT, OUTSIDE, SECURITY, STATUS
from .spans import Span, Text, pick_parts


class ResponseTexts(msgspec.Struct, frozen=True, eq=False):
    """The texts that decide in all responses of a template.

    ``pick`` takes those out of a document's parts that are compared with words of the rulebook. ``variables`` may contain variables.
    ``compared`` are those that are compared with texts of a request, each with the number of the entry that says so. ``body`` is None
    if no text can stand where only elements may.
    """

    pick: Callable[[list[bytes]], tuple[bytes, ...]]
    variables: Sequence[Text]
    compared: Sequence[tuple[int, Text]]
    body: Span | None


class RequestTexts(msgspec.Struct, frozen=True, eq=False):
    """The texts that are evidence in all requests of a template; ``compared`` has the numbers of those that an entry is about."""

    sent: Sequence[Text]
    compared: Sequence[Sequence[int]]


class Recall:
    """Finds keys by which the verdicts on pairs of messages can be remembered."""

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
        self._of_responses: dict[Template | None, ResponseTexts | None] = {}
        self._of_requests: dict[Template | None, RequestTexts] = {}

    def key(self, response: bytes, request: bytes | None) -> Hashable | None:
        """Return a key that pairs of messages share only if all that is said of them is the same; None if a glance does not tell."""
        answer = self._responses.known(response)
        if answer is None or (texts := self._texts_of_response(answer)) is None:
            return None
        claims = texts.pick(answer.parts)
        if len(b"".join(claims)) > MAX_COMPARED or self._may_say_more(answer, texts):
            return None
        if request is None:
            return answer.template, claims, answer.line_ends()
        asked = self._requests.known(request)
        if asked is None:
            return None
        return (
            answer.template,
            claims,
            answer.line_ends(),
            asked.template,
            self._relation(asked, answer, texts),
        )

    def _may_say_more(self, answer: Document, texts: ResponseTexts) -> bool:
        """Return whether there may be variables in a response, or text where only elements may stand."""
        for text in texts.variables:
            if self._paths.may_contain_variables(answer.raw(text)):
                return True
        return texts.body is not None and answer.has_text_between(texts.body)

    def _relation(self, asked: Document, answer: Document, texts: ResponseTexts) -> Hashable:
        """Return which texts of evidence are there in a request and its response, and which of them are equal."""
        asks = self._texts_of_request(asked)
        sent = [asked.text(text).strip() for text in asks.sent]
        relation = [bool(text) for text in sent]
        for entry, text in texts.compared:
            told = answer.text(text).strip()
            relation.append(bool(told))
            for number in asks.compared[entry]:
                other = sent[number]
                folds = self._entries[entry][3]
                relation.append(told == other or (folds and told.casefold() == other.casefold()))
        return tuple(relation)

    def _texts_of_response(self, answer: Document) -> ResponseTexts | None:
        """Return the texts that decide in a response; None if it takes more than a glance to know."""
        known, template = self._of_responses, answer.template
        if template not in known:
            if len(known) >= MAX_TEMPLATES:
                known.clear()
            known[template] = self._find_in_response(answer)
        return known[template]

    def _find_in_response(self, answer: Document) -> ResponseTexts | None:
        spans, bodies = answer.spans, answer.spans[CONTENT]
        if not len(spans[STATUS]) == len(bodies) == 1 or answer.reads_states:
            return None
        status = [text for _, is_own, text in spans[STATUS][0].fields if is_own]
        texts = bodies[0].texts
        pick = pick_parts(
            [*status, *(text for path in self._paths_of_claims for text in texts.get(path, ()))]
        )
        compared = [
            (entry, text)
            for entry, (_, _, path, _) in enumerate(self._entries)
            for text in texts.get(path, ())
        ]
        if pick is None:
            return None
        has_between = bodies[0].between or spans[OUTSIDE][0].between
        variables = texts.get(self._paths.variables_path, ())
        return ResponseTexts(pick, variables, compared, bodies[0] if has_between else None)

    def _texts_of_request(self, asked: Document) -> RequestTexts:
        """Return the texts of a request that are evidence."""
        known, template = self._of_requests, asked.template
        if template not in known:
            if len(known) >= MAX_TEMPLATES:
                known.clear()
            known[template] = self._find_in_request(asked)
        return known[template]

    def _find_in_request(self, asked: Document) -> RequestTexts:
        parts = {"security": asked.spans[SECURITY][:1], "body": asked.spans[CONTENT]}
        fields = [
            (part, name, text)
            for part, spans in parts.items()
            for span in spans
            for name, _, text in span.fields
            if name in self._names_sent
        ]
        compared = [
            [number for number, (in_part, sent, _) in enumerate(fields) if (in_part, sent) == (part, name)]
            for part, name, _, _ in self._entries
        ]
        return RequestTexts([text for _, _, text in fields], compared)
