"""Baselines: findings that people know of and accept for now, and whether an entry may do that today."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple

import msgspec

REASON_REQUIRED = frozenset({"leaked"})
"""Rules whose findings are accepted only with a reason and until a day: what is shown to the wrong person."""


class Key(NamedTuple):
    """What an entry is found by: the rule that was broken, and the stable identity of the finding."""

    rule: str
    id: str


class EntryStatus(StrEnum):
    """What an entry does to its finding: only ACCEPTED takes effect.

    EXPIRED: its day has passed. INCOMPLETE: its rule asks for more than it says.
    """

    ACCEPTED = "accepted"
    EXPIRED = "expired"
    INCOMPLETE = "incomplete"


class Entry(msgspec.Struct, frozen=True):
    """One finding that is known. ``expires`` is the last day on which it is accepted, None for no end."""

    rule: str
    id: str
    reason: str = ""
    ticket: str = ""
    first_seen: date | None = None
    expires: date | None = None

    @property
    def key(self) -> Key:
        """What it is found by."""
        return Key(self.rule, self.id)

    @property
    def lacks(self) -> tuple[str, ...]:
        """The keys that its rule asks for and it does not have."""
        if self.rule not in REASON_REQUIRED:
            return ()
        has = {"reason": bool(self.reason.strip()), "expires": self.expires is not None}
        return tuple(key for key, given in has.items() if not given)

    def status(self, today: date) -> EntryStatus:
        """Decide what the entry does on a day."""
        if self.lacks:
            return EntryStatus.INCOMPLETE
        if self.expires is not None and self.expires < today:
            return EntryStatus.EXPIRED
        return EntryStatus.ACCEPTED


class BaselineMatch(msgspec.Struct, frozen=True):
    """That a finding is in the baseline, and what that does to it."""

    status: EntryStatus
    entry: Entry


class BaselineSummary(msgspec.Struct, frozen=True):
    """What a run made of its baseline.

    ``accepted`` counts findings; the others are entries. ``expired`` and ``incomplete`` were met and did not take
    effect, ``added`` are new. ``stale`` no longer occur, though responses in their context were judged, or can
    never occur; of ``unjudged`` nothing can be said, since no response in their context was judged.
    """

    accepted: int = 0
    expired: tuple[Entry, ...] = ()
    incomplete: tuple[Entry, ...] = ()
    added: tuple[Entry, ...] = ()
    stale: tuple[Entry, ...] = ()
    unjudged: tuple[Entry, ...] = ()
