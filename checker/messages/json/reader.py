"""The messages of a service that speaks JSON: a document is one body."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Hashable, Iterable

import msgspec

from ....engine.near_miss import fold_name, rows_named
from ....reports.text.style import listing
from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ..base import Payload, Request, Told
from ..evidence_paths import EvidencePaths
from .observe import JsonDocument, JsonDocumentReader


class JsonBody(Told):
    """The object that a call came back with."""

    index = 0

    def __init__(self, rulebook: Rulebook, document: JsonDocument, paths: EvidencePaths) -> None:
        self._rulebook = rulebook
        self._document = document
        self._paths = paths

    @property
    def key(self) -> Hashable | None:
        """All that decides what it comes to beside its call; None if its elements stand on several lines."""
        document = self._document
        if not document.is_one_line or any(
            path == self._paths.variables_path for path, _, _ in document.texts
        ):
            return None
        told = tuple([(path, text) for path, _, text in document.texts])
        return tuple(document.containers), tuple(document.unlisted), document.names, told

    def texts(self, path: str) -> list[str]:
        """Return the texts of the elements with a path that is evidence."""
        return [text.strip() for read, _, text in self._document.texts if read == path]

    @property
    def answered(self) -> bool:
        """Whether the call succeeded."""
        return not self._failed_by()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that the table lists, in whatever place."""
        if any(present for _, _, present in self._document.containers):
            return False
        names = rows_named(self._rulebook)
        return not any(fold_name(place.name) in names for place, _ in self._document.unlisted)

    def shown(self) -> Payload:
        """Return what the answer to a failed call shows all the same."""
        return self.read()

    def _failed_by(self) -> list[str]:
        return [name for name in self._rulebook.document.wire.failure_members if name in self._document.names]

    def require_answer(self) -> None:
        """Raise UncheckedError if it is an error object, or not an answer of this operation."""
        wire = self._rulebook.document.wire
        if members := self._failed_by():
            said = f"the service answered with an error object: it holds {_listed(members, 'and')}"
            if not self.is_empty:
                said += "; it holds elements of the table too"
            raise UncheckedError(Reason.FAILURE_RESPONSE, said)
        if not self._document.names.intersection(wire.recognised_by):
            raise UncheckedError(
                Reason.NOT_A_MESSAGE,
                f"it has no {_listed(wire.recognised_by, 'or')}, so nothing says that it is a response of {self._rulebook.id}",
            )

    def read(self) -> Payload:
        """Return what was read."""
        variables: dict[str, None] = {}
        lines: set[int] = set()
        for path, at, text in self._document.texts:
            if path == self._paths.variables_path and (found := self._paths.variables_in(text)):
                variables |= dict.fromkeys(found)
                lines.add(self._document.line(at))
        return Payload(self._document.observation(), self, tuple(variables), tuple(sorted(lines)))


class JsonReader:
    """Reads JSON messages by the names of one rulebook."""

    def __init__(self, rulebook: Rulebook, limits: Limits, *, empty_is_absent: bool = False) -> None:
        self.rulebook = rulebook
        self.limits = limits
        self._paths = EvidencePaths.of_responses(rulebook)
        asked = EvidencePaths.of_requests(rulebook).read
        self._responses = JsonDocumentReader(
            rulebook, limits, self._paths.read, empty_is_absent=empty_is_absent
        )
        self._requests = JsonDocumentReader(rulebook, limits, asked)

    def looks_like_message(self, document: bytes) -> bool:
        """Return whether a document is an object with a member that tells a message, or JSON that cannot be read."""
        wire = self.rulebook.document.wire
        try:
            members = msgspec.json.decode(
                document.removeprefix(BOM_UTF8), type=dict[str, msgspec.Raw] | list[msgspec.Raw]
            )
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return document.removeprefix(BOM_UTF8).lstrip()[:1] in (b"{", b"[")
        known = {*wire.recognised_by, *wire.failure_members}
        return not known.isdisjoint(members)

    def bodies(self, document: bytes) -> tuple[JsonBody, ...]:
        """Read a response; raises UncheckedError if it is no JSON, or no object."""
        return (JsonBody(self.rulebook, self._responses.read(document), self._paths),)

    def requests(self, document: bytes) -> tuple[Request | None, ...]:
        """Read the members of a request's object; raises UncheckedError if it is no JSON, or no object."""
        texts: dict[str, str] = {}
        for path, _, text in self._requests.read(document).texts:
            texts.setdefault(path, text.strip())
        return (Request(security=None, body={name: text for name, text in texts.items() if text}),)


def _listed(names: Iterable[str], last: str) -> str:
    return listing([f"`{name}`" for name in names], last)
