"""The messages of a service that speaks JSON, as the checker takes them: a document is one body."""

from __future__ import annotations

from collections.abc import Iterable

from ....reports.text.style import listing
from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ..base import Payload, Request
from ..vocabulary import Noted, Vocabulary
from .observe import json_node


class JsonBody:
    """The object that a call came back with."""

    index = 0

    def __init__(self, rulebook: Rulebook, payload: Payload) -> None:
        self._rulebook = rulebook
        self._payload = payload
        self._names = {node.name for node in payload.observation.children}

    @property
    def answered(self) -> bool:
        """Whether the call succeeded."""
        return not self._failed_by()

    @property
    def holds_elements(self) -> bool:
        """Whether there is anything in it that the table lists."""
        return any(self._payload.observation.lines(row.path) for row in self._rulebook.rows)

    def _failed_by(self) -> list[str]:
        return [name for name in self._rulebook.document.wire.failure_members if name in self._names]

    def require_answer(self) -> None:
        """See that it answers this operation; raises Refusal where it is an error object, or something else."""
        wire = self._rulebook.document.wire
        if members := self._failed_by():
            said = f"the service answered with an error object: it holds {_listed(members, 'and')}"
            if self.holds_elements:
                said += "; it holds elements of the table too, and is not judged"
            raise UncheckedError(Reason.FAILURE_RESPONSE, said)
        if not self._names.intersection(wire.recognised_by):
            raise UncheckedError(
                Reason.NOT_A_MESSAGE,
                f"it has no {_listed(wire.recognised_by, 'or')}, so nothing says that it is a response of {self._rulebook.id}",
            )

    def read(self) -> Payload:
        """Give what was read."""
        return self._payload


class JsonReader:
    """Reads JSON messages by the names of one rulebook."""

    def __init__(self, rulebook: Rulebook, limits: Limits) -> None:
        self.rulebook = rulebook
        self.limits = limits
        self._responses = Vocabulary.of_responses(rulebook)
        self._requests = Vocabulary.of_requests(rulebook)

    def speaks(self, document: bytes) -> bool:  # noqa: ARG002 - nothing short of reading it would tell
        """Whether a document can be a message: any can."""
        return True

    def bodies(self, document: bytes) -> tuple[JsonBody, ...]:
        """Read a response; raises Refusal where it is no JSON, or no object."""
        return (JsonBody(self.rulebook, self._payload(document, self._responses)),)

    def requests(self, document: bytes) -> tuple[Request | None, ...]:
        """Read the members of a request's object; raises Refusal where it is no JSON, or no object."""
        texts = self._payload(document, self._requests).texts
        return (Request(security=None, body={name: text for name, text in texts.items() if text}),)

    def _payload(self, document: bytes, vocabulary: Vocabulary) -> Payload:
        noted = Noted(vocabulary, self.limits)
        return noted.payload(json_node(document, vocabulary, noted, self.limits))


def _listed(names: Iterable[str], last: str) -> str:
    return listing([f"`{name}`" for name in names], last)
