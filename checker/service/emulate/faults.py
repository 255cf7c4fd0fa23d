"""Faults that the emulator can be asked for: ``KIND[:WHAT][@CASE]``, to see that they are caught."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ....engine.explain.lookup import known_names, matching
from ....rules.model import Rulebook
from ....rules.names import did_you_mean, listed
from ..case_names import covers


class FaultError(ValueError):
    """A fault cannot be asked for; the text says what is wrong with it."""


class Kind(StrEnum):
    """What goes wrong."""

    LEAK = "leak"
    OMIT = "omit"
    EMPTY = "empty"
    STATUS = "status"
    SLOW = "slow"
    TRUNCATE = "truncate"
    GARBAGE = "garbage"
    WRONG_NAMESPACE = "wrong-namespace"
    FAILURE = "failure"
    ACCEPT_PASSWORD = "accept-password"  # noqa: S105 - the name of a fault
    IGNORE_PASSWORD = "ignore-password"  # noqa: S105 - the name of a fault


_OF_ELEMENTS = (Kind.LEAK, Kind.OMIT, Kind.EMPTY)
_WHAT = {
    Kind.STATUS: re.compile(r"[2-5]\d\d"),
    Kind.SLOW: re.compile(r"\d{1,4}(\.\d{1,3})?"),
    Kind.FAILURE: re.compile(r"\d{6}"),
}
_MEANT = {
    Kind.STATUS: "an HTTP status such as 500",
    Kind.SLOW: "seconds",
    Kind.FAILURE: "an exceptionID of six digits",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: ``what`` is the path, status, seconds or exceptionID that its kind asks for; ``case`` where it is."""

    kind: Kind
    what: str = ""
    case: str | None = None


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults that hold in one case."""

    active: tuple[Fault, ...] = ()

    def paths(self, kind: Kind) -> frozenset[str]:
        """Give the elements that a kind of fault is about."""
        return frozenset(fault.what for fault in self.active if fault.kind is kind)

    def has(self, kind: Kind) -> bool:
        """Whether a fault of this kind holds."""
        return any(fault.kind is kind for fault in self.active)

    def what(self, kind: Kind) -> str | None:
        """Give what the first fault of this kind says, None where there is none."""
        return next((fault.what for fault in self.active if fault.kind is kind), None)


def in_case(faults: Iterable[Fault], case: str | None) -> Faults:
    """Give the faults that hold in a case; where no case is known, those that are limited to none."""
    return Faults(
        tuple(
            fault for fault in faults if fault.case is None or (case is not None and covers(fault.case, case))
        )
    )


def read_fault(rulebook: Rulebook, text: str) -> Fault:
    """Read a fault as it is typed; raises FaultError."""
    asked, _, case = text.partition("@")
    name, colon, what = asked.partition(":")
    try:
        kind = Kind(name)
    except ValueError:
        hint = did_you_mean(name, Kind) or f"; known are {listed(Kind)}"
        raise FaultError(f"`{text}`: there is no fault `{name}`{hint}") from None
    if "@" in text and not case:
        raise FaultError(f"`{text}`: after `@` comes a case, such as `MC/anonymous`")
    if kind in _OF_ELEMENTS:
        what = _path(rulebook, text, what)
    elif kind in _WHAT:
        if not _WHAT[kind].fullmatch(what):
            raise FaultError(f"`{text}`: `{kind}:` is followed by {_MEANT[kind]}")
    elif colon:
        raise FaultError(f"`{text}`: `{kind}` is followed by nothing but `@CASE`")
    return Fault(kind, what, case or None)


def _path(rulebook: Rulebook, text: str, name: str) -> str:
    if name in rulebook.row_by_path:
        return name
    found = matching(rulebook, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise FaultError(f"`{text}`: `{name}` can be {listed(found)}; give the path")
    hint = did_you_mean(name, known_names(rulebook)) or "; `whosees matrix` lists the elements"
    raise FaultError(f"`{text}`: there is no element `{name}`{hint}")
