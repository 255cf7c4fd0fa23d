"""Baselines: findings that are known and accepted for now, and the status of their entries on a day."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple

import msgspec

REASON_REQUIRED = frozenset({"leaked", "unmasked", "misplaced", "near-miss"})
"""Rules whose errors are accepted only with a reason and an expiry date: they disclose data to the wrong person."""


class Key(NamedTuple):
    """The key of an entry: the broken rule and the stable identity of the finding."""

    rule: str
    id: str


class EntryStatus(StrEnum):
    """The effect of an entry on its finding: only ACCEPTED takes effect.

    EXPIRED: its last day has passed. INCOMPLETE: it lacks keys that accepting a leak requires.
    """

    ACCEPTED = "accepted"
    EXPIRED = "expired"
    INCOMPLETE = "incomplete"


class Entry(msgspec.Struct, frozen=True):
    """A known finding. ``expires`` is the last day on which it is accepted, None if it does not expire."""

    rule: str
    id: str
    reason: str = ""
    ticket: str = ""
    first_seen: date | None = None
    expires: date | None = None

    @property
    def key(self) -> Key:
        """The rule and identity of its finding."""
        return Key(self.rule, self.id)

    @property
    def missing_keys(self) -> tuple[str, ...]:
        """The keys that accepting a leak requires and it lacks."""
        has = {"reason": bool(self.reason.strip()), "expires": self.expires is not None}
        return tuple(key for key, given in has.items() if not given)

    def status(self, today: date, *, is_leak: bool) -> EntryStatus:
        """Return the effect of the entry on a day, on a finding that is a leak or none."""
        if is_leak and self.missing_keys:
            return EntryStatus.INCOMPLETE
        if self.expires is not None and self.expires < today:
            return EntryStatus.EXPIRED
        return EntryStatus.ACCEPTED


class BaselineMatch(msgspec.Struct, frozen=True):
    """The entry of a finding in the baseline, and its status."""

    status: EntryStatus
    entry: Entry


class BaselineSummary(msgspec.Struct, frozen=True):
    """The use of a baseline in a run.

    ``accepted`` counts findings; the others are entries. ``expired`` and ``incomplete`` matched a finding without
    effect, ``added`` are new. ``stale`` no longer occur although responses in their context were judged, or can
    never occur. For ``unjudged``, no response in their context was judged.
    """

    accepted: int = 0
    expired: tuple[Entry, ...] = ()
    incomplete: tuple[Entry, ...] = ()
    added: tuple[Entry, ...] = ()
    stale: tuple[Entry, ...] = ()
    unjudged: tuple[Entry, ...] = ()
