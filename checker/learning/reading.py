"""Reading of recordings as evidence: each body that can be read becomes a presence, all others are counted."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from ...engine.claims import Claim
from ...engine.learning.evidence import Evidence, Presence
from ...rules.decode import DecodeError, parse_toml
from ...rules.load import load_rulebook
from ...rules.model import Document, Row, Wire
from ..checking.checker import Checker
from ..checking.exchange import ParsedExchange
from ..checking.settings import Settings
from ..core.errors import UncheckedError
from ..core.limits import Limits
from ..recordings import Recording, SkippedFile, read_bounded
from .body_elements import ElementReader
from .vocabulary import RulebookFolder, Vocabulary, empty_row, key_of, with_keys, without_rows

_CONFLICT = "state facts that their messages contradict; what is stated counts"

MAX_DETAIL = 120
"""Letters up to which the detail of a reason is shown: recordings are counted by it, so it stands for many."""

MAX_EXAMPLES = 3
"""Sources that are named for each reason that a recording was not learnt from."""

OUTCOME = "outcome"
"""The key of a sidecar that states no fact."""


@dataclass(frozen=True, slots=True)
class Source:
    """The settings by which recordings are read; they can be sent to another process.

    ``rules`` is the path of a base rulebook, or None; then ``wire`` and ``vocabulary`` say what is known. ``keys`` are
    elements whose texts tell objects apart, the first that a body has counts; ``salt`` keeps them from being guessed.
    ``maps`` are containers whose children have free keys for names.
    """

    column: str
    rules: str | None = None
    wire: Wire | None = None
    keys: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    limits: Limits = field(default_factory=Limits)
    maps: tuple[str, ...] = ()
    salt: bytes = field(default_factory=lambda: os.urandom(16), repr=False)


@dataclass(slots=True)
class SkipCounts:
    """Recordings that were not learnt from, by reason, with the first sources of each."""

    count: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, source: str, count: int = 1) -> None:
        """Count a recording."""
        self.count[reason] += count
        named = self.examples.setdefault(reason, [])
        if len(named) < MAX_EXAMPLES:
            named.append(source)

    def merge(self, other: SkipCounts) -> None:
        """Count what another process has counted."""
        for reason, count in other.count.items():
            self.count[reason] += count
            named = self.examples.setdefault(reason, [])
            named += other.examples[reason][: MAX_EXAMPLES - len(named)]


@dataclass(slots=True)
class EvidenceBatch:
    """The evidence of a number of recordings, and what was not used of them.

    ``conflicts`` are recordings whose messages contradict what is stated of them. ``known`` are the facts that were known of any call, ``stated`` the values that sidecars state where there is no base;
    ``keyed`` counts the bodies whose object is known, ``withheld`` are elements that were there and count as absent.
    """

    evidence: Evidence = field(default_factory=Evidence)
    unused: SkipCounts = field(default_factory=SkipCounts)
    conflicts: SkipCounts = field(default_factory=SkipCounts)
    known: set[str] = field(default_factory=set)
    stated: dict[str, list[str]] = field(default_factory=dict)
    keyed: int = 0
    withheld: set[str] = field(default_factory=set)

    def merge(self, other: EvidenceBatch) -> None:
        """Take over what another process has read."""
        self.evidence.merge(other.evidence)
        self.unused.merge(other.unused)
        self.conflicts.merge(other.conflicts)
        self.keyed += other.keyed
        self.known |= other.known
        self.withheld |= other.withheld
        for fact, values in other.stated.items():
            stated = self.stated.setdefault(fact, [])
            stated += [value for value in values if value not in stated]


class EvidenceReader:
    """Reads recordings by a base rulebook, or by a vocabulary that grows with them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._folder = RulebookFolder()
        self._vocabulary = None if source.rules is not None else Vocabulary(source.column)
        self._base = None if source.rules is None else load_rulebook(source.rules)
        self._checker = self._new_checker() if self._base else None
        self.batch = EvidenceBatch()
        self._shown = ElementReader(source.maps)
        self._stated = lru_cache(4096)(_stated_facts)

    def read_all(self, recordings: Iterable[Recording | SkippedFile]) -> EvidenceBatch:
        """Take some recordings in, and return all that was read; whatever they contain, nothing is raised."""
        recordings = list(recordings)
        self.learn_facts(recordings)
        for recording in recordings:
            self._read(recording)
        if self._vocabulary is not None:
            self.batch.stated = self._vocabulary.texts()
        return self.batch

    def learn_facts(self, recordings: Iterable[Recording | SkippedFile]) -> None:
        """Take the facts that some recordings state into the vocabulary, so that one rulebook reads them all."""
        if self._vocabulary is None:
            return
        grown = self._vocabulary.add({claim.fact: claim.value for claim in self._source.claims})
        for recording in recordings:
            if not isinstance(recording, SkippedFile):
                grown |= self._vocabulary.add(self._facts_of(recording))
        if grown:
            self._checker = None

    def _read(self, recording: Recording | SkippedFile) -> None:
        if isinstance(recording, SkippedFile):
            self.batch.unused.add("not a response of this operation", recording.source)
            return
        for parsed in self._current_checker().parse(recording):
            if isinstance(parsed, UncheckedError):
                self._note_unused(recording, parsed)
            else:
                self._use(parsed)

    def presences(self, recordings: Iterable[Recording]) -> Iterator[ParsedExchange]:
        """Return the bodies of recordings that can be read."""
        recordings = list(recordings)
        self.learn_facts(recordings)
        for recording in recordings:
            for parsed in self._current_checker().parse(recording):
                if not isinstance(parsed, UncheckedError):
                    yield parsed

    def _use(self, parsed: ParsedExchange) -> None:
        if parsed.resolved.conflicts:
            self.batch.conflicts.add(_CONFLICT, parsed.source)
        body = parsed.payload.evidence
        withheld = body.withheld()
        self.batch.withheld.update(withheld)
        shown = self._shown.of(parsed.observation, body.childless(), withheld)
        known = parsed.resolved.context.known_facts()
        self.batch.known.update(known)
        key = self._key(parsed)
        self.batch.keyed += key is not None
        self.batch.evidence.add(Presence(parsed.source, key, known, shown.paths, shown.partial, shown.empty))

    def _key(self, parsed: ParsedExchange) -> bytes | None:
        for path in self._source.keys:
            text = parsed.payload.text(path)
            if text:
                return blake2b(
                    text.encode("utf-8", "surrogatepass"), digest_size=12, key=self._source.salt
                ).digest()
        return None

    def _note_unused(self, recording: Recording, error: UncheckedError) -> None:
        is_short = len(error.detail) < MAX_DETAIL
        reason = f"{error.reason.value}: {error.detail}" if is_short else error.reason.value
        self.batch.unused.add(reason, recording.source)

    def _current_checker(self) -> Checker:
        """Return what reads recordings, by the vocabulary as it is now if there is no base."""
        if self._checker is None:
            self._checker = self._new_checker()
        return self._checker

    def _facts_of(self, recording: Recording) -> dict[str, str]:
        if recording.sidecar is None:
            return {}
        try:
            return self._stated(read_bounded(recording.sidecar, self._source.limits))
        except UncheckedError:
            return {}

    def _new_checker(self) -> Checker:
        document, rows = self._document()
        path = self._folder.write(with_keys(document, self._source.keys), rows)
        return Checker(Settings(rules=path, limits=self._source.limits, claims=self._source.claims))

    def _document(self) -> tuple[Document, tuple[Row, ...]]:
        if self._base is not None:
            document = without_rows(self._base.document)
            return document, (empty_row(document),)
        if self._vocabulary is None or self._source.wire is None:
            raise ValueError("without a base the wire has to be known")
        document = self._vocabulary.document(self._source.wire)
        return document, (empty_row(document),)


def _stated_facts(content: bytes) -> dict[str, str]:
    """Return the facts that a sidecar states; none if it cannot be read, which the checker then reports."""
    try:
        stated = parse_toml(content)
    except DecodeError:
        return {}
    return {fact: value for fact, value in stated.items() if fact != OUTCOME and isinstance(value, str)}


def session_key(rules: str | None) -> str | None:
    """Return the element by which a base rulebook tells objects apart, if it names one."""
    return None if rules is None else key_of(load_rulebook(rules))
