"""The meaning of FAILURE responses: a verdict of its own, and never a pass."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ....rules.model import FailureMeaning, Rulebook
from ...core.errors import UncheckedError
from ...core.limits import Limits
from ...messages.xml.reader import XmlReader
from .cases import Case, Password


class FailureKind(StrEnum):
    """The kinds of failure that a run distinguishes; FAILED is any whose code the rulebook gives no meaning."""

    REFUSED = "refused"
    LOGIN_REFUSED = "login refused"
    NOT_FOUND = "not found"
    RATE_LIMITED = "rate-limited"
    CAPTCHA = "CAPTCHA asked"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"


_KIND_OF: Mapping[FailureMeaning, FailureKind] = {
    "refused": FailureKind.REFUSED,
    "unknown-user": FailureKind.LOGIN_REFUSED,
    "wrong-login": FailureKind.LOGIN_REFUSED,
    "invalid-ticket": FailureKind.LOGIN_REFUSED,
    "not-found": FailureKind.NOT_FOUND,
    "rate-limited": FailureKind.RATE_LIMITED,
    "captcha": FailureKind.CAPTCHA,
    "unavailable": FailureKind.UNAVAILABLE,
}

_UNRELATED_TO_PASSWORD = (
    FailureKind.NOT_FOUND,
    FailureKind.RATE_LIMITED,
    FailureKind.CAPTCHA,
    FailureKind.UNAVAILABLE,
)


def failure_kind(rulebook: Rulebook, content: bytes, limits: Limits) -> FailureKind | None:
    """Return the kind of a FAILURE response, None if it is not one or cannot be read."""
    try:
        statuses = XmlReader(rulebook, limits).status_texts(content)
    except UncheckedError:
        return None
    for texts in statuses:
        if texts.get("result", "").upper() == "FAILURE":
            return _kind(rulebook, texts.get("exceptionID", ""), texts.get("reason", "").casefold())
    return None


def _kind(rulebook: Rulebook, code: str, reason: str) -> FailureKind:
    entries = rulebook.document.wire.failure_kinds
    for entry in entries:
        if entry.reason_contains and entry.reason_contains.casefold() in reason:
            return _KIND_OF[entry.kind]
    return next((_KIND_OF[entry.kind] for entry in entries if code in entry.codes), FailureKind.FAILED)


def expects_failure(case: Case, kind: FailureKind | None) -> bool:
    """Return whether a case expects the failure it got: one for an unrelated reason says nothing about a password."""
    if case.password is not Password.WRONG or kind in _UNRELATED_TO_PASSWORD:
        return False
    return kind is not FailureKind.LOGIN_REFUSED or case.caller.anonymous
