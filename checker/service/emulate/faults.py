"""Faults that the emulator injects on request, ``KIND[:WHAT][@CASE]``, to test that they are found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ....engine.explain.lookup import known_names, matching_paths
from ....rules.model import Rulebook
from ....rules.names import did_you_mean, join_names, suggestion
from ..case_names import case_names, context_names, matches_case


class FaultError(ValueError):
    """A fault cannot be injected; the message says why."""


class FaultKind(StrEnum):
    """The kinds of faults."""

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


_OF_SESSIONS = (
    FaultKind.WRONG_NAMESPACE,
    FaultKind.FAILURE,
    FaultKind.ACCEPT_PASSWORD,
    FaultKind.IGNORE_PASSWORD,
)
"""The faults of the XML service alone."""

_ELEMENT_KINDS = (FaultKind.LEAK, FaultKind.OMIT, FaultKind.EMPTY)
_ARGUMENTS = {
    FaultKind.STATUS: re.compile(r"[2-5]\d\d"),
    FaultKind.SLOW: re.compile(r"\d{1,4}(\.\d{1,3})?"),
    FaultKind.FAILURE: re.compile(r"\d{6}"),
}
_ARGUMENT_HELP = {
    FaultKind.STATUS: "an HTTP status such as 500",
    FaultKind.SLOW: "seconds",
    FaultKind.FAILURE: "an exceptionID of six digits",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: ``argument`` is the path, status, seconds or exceptionID of its kind; ``case`` selects cases, all if None."""

    kind: FaultKind
    argument: str = ""
    case: str | None = None


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults that apply to one case."""

    active: tuple[Fault, ...] = ()

    def paths(self, kind: FaultKind) -> frozenset[str]:
        """Return the elements that faults of a kind name."""
        return frozenset(fault.argument for fault in self.active if fault.kind is kind)

    def has(self, kind: FaultKind) -> bool:
        """Return whether a fault of this kind applies."""
        return any(fault.kind is kind for fault in self.active)

    def argument(self, kind: FaultKind) -> str | None:
        """Return the argument of the first fault of this kind, or None."""
        return next((fault.argument for fault in self.active if fault.kind is kind), None)


def faults_in_case(faults: Iterable[Fault], case: str | None) -> Faults:
    """Return the faults that apply to a case; for an unknown case, those that apply to all."""
    return Faults(
        tuple(
            fault
            for fault in faults
            if fault.case is None or (case is not None and matches_case(fault.case, case))
        )
    )


def read_fault(rulebook: Rulebook, text: str) -> Fault:
    """Parse a fault as it is typed; raises FaultError."""
    fault, case = _split_case(rulebook, text)
    name, colon, argument = fault.partition(":")
    try:
        kind = FaultKind(name)
    except ValueError:
        raise FaultError(f"`{text}`: unknown fault `{name}`{suggestion(name, FaultKind)}") from None
    if kind in _OF_SESSIONS and rulebook.document.wire.format != "xml":
        raise FaultError(f"`{text}`: `{kind}` is for rulebooks of XML services; `status:403` refuses a call")
    if case is not None:
        _require_case(rulebook, text, case)
    if kind in _ELEMENT_KINDS:
        argument = _path(rulebook, text, argument)
        if kind is FaultKind.OMIT and rulebook.row_by_path[argument].is_free_key:
            raise FaultError(
                f"`{text}`: `*` stands for any name, and no member is demanded, so none is missing"
            )
    elif kind in _ARGUMENTS:
        if not _ARGUMENTS[kind].fullmatch(argument):
            raise FaultError(f"`{text}`: `{kind}:` needs {_ARGUMENT_HELP[kind]}")
    elif colon:
        raise FaultError(f"`{text}`: `{kind}` takes no argument, only `@CASE`")
    return Fault(kind, argument, case or None)


def _split_case(rulebook: Rulebook, text: str) -> tuple[str, str | None]:
    """Return a fault and its case, None if it has none: names of elements, such as `@type`, can have an `@` too."""
    places = [place for place, letter in enumerate(text) if letter == "@"]
    ends = [place for place in (len(text), *reversed(places)) if _names_element(rulebook, text[:place])]
    end = ends[0] if ends else (*places, len(text))[0]
    return text[:end], text[end + 1 :] if end < len(text) else None


def _names_element(rulebook: Rulebook, fault: str) -> bool:
    """Return whether a fault ends with the path of a row, or with its last names."""
    _, _, name = fault.partition(":")
    return bool(name) and any(f"/{row.path}".endswith(f"/{name}") for row in rulebook.rows)


def _require_case(rulebook: Rulebook, text: str, pattern: str) -> None:
    """Raise FaultError for a pattern that no call can match."""
    names = case_names(rulebook) if rulebook.document.wire.format == "xml" else context_names(rulebook)
    if not pattern:
        raise FaultError(f"`{text}`: `@` needs a case after it, such as `{names[0]}`")
    if not any(matches_case(pattern, name) for name in names):
        parts = pattern.split("/")
        known = {name.split("/")[len(parts) - 1] for name in names if len(parts) <= name.count("/") + 1}
        hint = "" if parts[-1] in known else did_you_mean(parts[-1], known)
        hint = hint or f"; cases are named as in `{names[0]}`"
        raise FaultError(f"`{text}`: no case matches `{pattern}`{hint}")


def _path(rulebook: Rulebook, text: str, name: str) -> str:
    if not name:
        raise FaultError(f"`{text}`: it needs the path of an element, as in `leak:{rulebook.rows[0].path}`")
    if name in rulebook.row_by_path:
        return name
    found = matching_paths(rulebook, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise FaultError(f"`{text}`: `{name}` is ambiguous: {join_names(found)}; give the path")
    hint = did_you_mean(name, known_names(rulebook)) or "; `whosees matrix` lists the elements"
    raise FaultError(f"`{text}`: unknown element `{name}`{hint}")
