"""The messages of a service that speaks JSON: a document is one body."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from ....engine.near_miss import fold_name, rows_named
from ....rules.model import Rulebook
from ....rules.names import join_words
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ..base import BodyKind, EvidenceTexts, Glance, Payload, Request
from ..evidence_paths import EvidencePaths
from .childless import count_childless, count_withheld
from .document import JsonDocumentReader, describe_kind
from .encoding import to_utf_8
from .observe import JsonDocument
from .telling import failures_of_items, shows
from .unrelated import is_unrelated

_AnyValue = dict[str, msgspec.Raw] | list[msgspec.Raw] | str | int | float | bool | None
"""A value of any kind, of which no more is read than its outermost members or items."""

_KINDS = {False: BodyKind.ITEM, True: BodyKind.NULL_ITEM}
_ITEMS = tuple(_KINDS.values())
_MESSAGE, _ITEM = BodyKind.MESSAGE, BodyKind.ITEM  # members of enumerations are slow to look up


class JsonBody(EvidenceTexts):
    """The object that a call came back with, or an item of its list."""

    def __init__(
        self,
        rulebook: Rulebook,
        document: JsonDocument,
        paths: EvidencePaths,
        kind: BodyKind = BodyKind.MESSAGE,
        index: int = 0,
    ) -> None:
        self.index = index
        self.kind = kind
        self._rulebook = rulebook
        self._document = document
        self._paths = paths

    @property
    def shape(self) -> Hashable | None:
        """The elements that it shows and whether it is an answer, to compare it by; None if that does not tell the lines of its elements."""
        document, variables = self._document, self._paths.variables_path
        if not document.is_object:
            return None
        if variables and any(path == variables for path, _ in document.texts):
            return None
        shown = document.shape
        if shown is None:
            return None
        return shown, document.names, document.empty_names, self.kind is _ITEM

    @property
    def evidence(self) -> Hashable | None:
        """The evidence about the call, to compare it by."""
        return tuple(self._document.texts) if self._document.has_short_texts else None

    def texts(self, path: str) -> list[str]:
        """Return the texts of the elements with a path that is evidence."""
        return [text.strip() for read, text in self._document.texts if read == path]

    def childless(self) -> Mapping[str, int]:
        """Return how often each element is null, or an array without items."""
        return count_childless(self._document.value)

    def withheld(self) -> Mapping[str, int]:
        """Return how often each element counts as absent, by what ``[wire]`` says of masks and nulls."""
        wire = self._rulebook.document.wire
        nulls_are_absent = wire.nulls == "absent"
        if not wire.masks and not nulls_are_absent:
            return {}
        return count_withheld(self._document.value, wire.masks, nulls_are_absent=nulls_are_absent)

    @property
    def answered(self) -> bool:
        """True if the call succeeded."""
        return not self._failure_members()

    @property
    def is_empty(self) -> bool:
        """True if there is nothing in it that the table lists, in whatever place."""
        document, names = self._document, rows_named(self._rulebook)
        if document.shows_rows:
            return False
        return not any(fold_name(place.name) in names for place in document.unlisted)

    def read_failure(self) -> Payload:
        """Return what the answer to a failed call shows all the same."""
        return self.read()

    def _failure_members(self) -> list[str]:
        wire, names = self._rulebook.document.wire, self._document.names
        if self.kind in _ITEMS:  # they are judged whatever is beside their list
            failed = (names & failures_of_items(self._rulebook)) - self._document.empty_names
            return [name for name in wire.failure_members if name in failed] if failed else []
        if self._document.empty_names and self._may_have_answered:
            names -= self._document.empty_names
        return [name for name in wire.failure_members if name in names]

    @property
    def _may_have_answered(self) -> bool:
        """True unless its failure members, although there is nothing in them, are all that tells what it is."""
        if self.kind is BodyKind.SURROUNDINGS:
            return True
        wire = self._rulebook.document.wire
        return not wire.unit and (
            not wire.recognised_by or not self._document.names.isdisjoint(wire.recognised_by)
        )

    def require_answer(self, *, is_recognized: bool = False) -> None:
        """Raise UncheckedError if it is an error object, or not an answer of this operation."""
        wire = self._rulebook.document.wire
        if members := self._failure_members():
            said = f"the service answered with an error object: it holds {_join_quoted(members, 'and')}"
            if not self.is_empty:
                said += "; it holds elements of the table too"
            raise UncheckedError(Reason.FAILURE_RESPONSE, said)
        if misshapen := self._describe_shape():
            raise UncheckedError(Reason.NOT_A_MESSAGE, misshapen)
        is_told = is_recognized or not wire.recognised_by
        if not is_told and not self._document.names.intersection(wire.recognised_by):
            raise UncheckedError(
                Reason.NOT_A_MESSAGE,
                f"it has no {_join_quoted(wire.recognised_by, 'or')}, so nothing says that it is a response of {self._rulebook.id}",
            )

    def _describe_shape(self) -> str:
        """Return what it is in place of what the rulebook expects; empty if it is that."""
        document, unit = self._document, self._rulebook.document.wire.unit
        if self.kind is not _MESSAGE or not unit:
            if document.is_object or self.kind is BodyKind.SURROUNDINGS:
                return ""
            what = "the item of its list" if self.kind is _ITEM else "its root"
            hint = "" if unit else '; a rulebook with `unit = "[]"` judges each item'
            return f"{what} is {describe_kind(document.value)}, not an object{hint}"
        path, lacks = unit.removesuffix("[]"), f"so it has no unit of {self._rulebook.id}"
        where = f"`{path}`" if path else "its root"
        try:
            came = describe_kind(_value_at(document.value, path.split("/") if path else ()))
        except KeyError:
            root = "" if document.is_object else f"its root is {describe_kind(document.value)}; "
            return f"{root}it has no list at {where}, {lacks}"
        return f"{where} is {came}, not an array, {lacks}"

    def read(self) -> Payload:
        """Return what was read."""
        variables: dict[str, None] = {}
        lines: set[int] = set()
        path_of_variables = self._paths.variables_path
        for path, at, text in self._document.located_texts() if path_of_variables else ():
            if path == path_of_variables and (found := self._paths.variables_in(text)):
                variables |= dict.fromkeys(found)
                lines.add(self._document.line(at))
        return Payload(self._document.observation(), self, tuple(variables), tuple(sorted(lines)))


class JsonReader:
    """Reads JSON messages by the names of one rulebook."""

    shapes_recur = False

    def __init__(self, rulebook: Rulebook, limits: Limits, *, empty_is_absent: bool = False) -> None:
        self.rulebook = rulebook
        self.limits = limits
        self._paths = EvidencePaths.of_responses(rulebook)
        self._request_paths = EvidencePaths.of_requests(rulebook).read
        self._responses = JsonDocumentReader(
            *(rulebook, limits, self._paths.read, rulebook.document.wire.unit),
            empty_is_absent=empty_is_absent,
        )
        self._requests = JsonDocumentReader(rulebook, limits, self._request_paths)
        self._has_units = bool(rulebook.document.wire.unit)
        evidence = rulebook.document.evidence
        self._compares_texts = bool(evidence.match or evidence.session)
        conditions = {path for options in rulebook.document.rows.values() for path in options.when}
        self._claims = conditions.union(entry.path for entry in evidence.response)
        self.reads_requests = bool(self._request_paths) or rulebook.document.wire.request is None
        """True if the body of a request is evidence; otherwise it may be anything."""

    def looks_like_message(self, document: bytes) -> bool:
        """Return whether a document has a member that tells a message, or is JSON that cannot be read.

        If no member tells one, any document with a sign of the operation can be one.
        """
        wire = self.rulebook.document.wire
        try:
            content = to_utf_8(document).removeprefix(BOM_UTF8)
        except UncheckedError:
            return True
        known = {*wire.recognised_by, *wire.failure_members}
        try:
            members = msgspec.json.decode(content, type=dict[str, msgspec.Raw] | list[msgspec.Raw])
            is_told = any(shows(each, path) for each in _told_by(members, wire.unit) for path in known)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            blank = b" \t\r\n\0"  # with zero, for encodings of several bytes a letter
            return content.lstrip(blank)[:1] in (b"{", b"[")
        if not wire.recognised_by:
            return not is_unrelated(self.rulebook, content)
        return is_told

    def glance(self, response: bytes, request: bytes | None) -> Glance | None:
        """Return what shows at a glance; None for lists of units, and if the body of a request is evidence. Raises UncheckedError."""
        if self._has_units or (request is not None and self.reads_requests):
            return None
        document = self._responses.read(response)
        if not document.is_object:
            return None
        told: tuple[tuple[str, str], ...] = ()
        if document.texts:
            if (
                any(path == self._paths.variables_path for path, _ in document.texts)
                or not document.has_short_texts
            ):
                return None
            told = tuple([pair for pair in document.texts if pair[0] in self._claims])
        texts = JsonBody(self.rulebook, document, self._paths) if self._compares_texts else None
        evidence = document.names, document.empty_names, told
        return Glance(document.shape, evidence, document.observation, (), texts)

    def bodies(self, document: bytes) -> tuple[JsonBody, ...]:
        """Read a response, or each item of its list; raises UncheckedError if it is no JSON, or neither an object nor an array."""
        read = self._responses.read(document)
        if not read.has_units:
            return (JsonBody(self.rulebook, read, self._paths),)
        items = [
            JsonBody(self.rulebook, unit, self._paths, _KINDS[unit.is_null], index)
            for index, unit in enumerate(read.take_units())
        ]
        return (*items, JsonBody(self.rulebook, read, self._paths, BodyKind.SURROUNDINGS, len(items)))

    def requests(self, document: bytes) -> tuple[Request | None, ...]:
        """Read the members of a request's object; raises UncheckedError if it is no JSON, or no object."""
        read, texts = self._requests.read(document), dict[str, str]()
        if not read.is_object:
            raise UncheckedError(Reason.NOT_A_MESSAGE, "its root is an array, not an object")
        for path, text in read.texts:
            texts.setdefault(path, text.strip())
        return (Request(security=None, body={name: text for name, text in texts.items() if text}),)


def _told_by(root: dict[str, msgspec.Raw] | list[msgspec.Raw], unit: str) -> Iterator[dict[str, msgspec.Raw]]:
    """Yield the objects whose members tell what a document is: its units, or its root if it has none. Raises DecodeError."""
    decode = partial(msgspec.json.decode, type=_AnyValue)
    found: object = root
    for name in filter(None, unit.removesuffix("[]").split("/")):
        found = decode(found[name]) if isinstance(found, dict) and name in found else None
    items = found if unit and isinstance(found, list) else []
    objects = (item for item in map(decode, items) if isinstance(item, dict))
    first = next(objects, root)
    if isinstance(first, dict):
        yield first
    yield from objects


def _value_at(root: Any, names: Iterable[str]) -> Any:
    """Return the value that names lead to; raises KeyError if there is none."""
    for name in names:
        if type(root) is not dict:
            raise KeyError(name)
        root = root[name]
    return root


def _join_quoted(names: Iterable[str], last: str) -> str:
    return join_words([f"`{name}`" for name in names], last)
