"""The meaning of failed calls: a verdict of its own, and never a pass."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from ....rules.http import status_matches
from ....rules.model import FailureMeaning, Rulebook
from ...core.errors import UncheckedError
from ...core.limits import Limits
from ...messages.xml.reader import XmlReader
from .cases import Case, SessionCase
from .http_request import OutgoingRequest, ReceivedResponse


class FailureKind(StrEnum):
    """The kinds of failure that a run distinguishes; FAILED is any whose code the rulebook gives no meaning."""

    REFUSED = "refused"
    LOGIN_REFUSED = "login refused"
    NOT_FOUND = "not found"
    RATE_LIMITED = "rate-limited"
    CAPTCHA = "CAPTCHA asked"
    UNAVAILABLE = "unavailable"
    REDIRECT = "redirect"
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


_KIND_OF_STATUS: Mapping[str, FailureKind] = {
    "3xx": FailureKind.REDIRECT,
    "401": FailureKind.LOGIN_REFUSED,
    "403": FailureKind.REFUSED,
    "404": FailureKind.NOT_FOUND,
    "429": FailureKind.RATE_LIMITED,
    "4xx": FailureKind.FAILED,
    "5xx": FailureKind.UNAVAILABLE,
}
_TRY_LATER = (403, 503)
"""Statuses that mean that a call was made too often if the response says when to try again."""


def failure_kind(
    rulebook: Rulebook, request: OutgoingRequest, response: ReceivedResponse, limits: Limits
) -> FailureKind | None:
    """Return the kind of a failed call, None if it did not fail or its response cannot be read."""
    if not request.is_session and (kind := _kind_of_status(response)):
        return kind
    if rulebook.document.wire.format != "xml":
        return None
    return _kind_of_message(rulebook, response.body, limits)


def retry_after(response: ReceivedResponse) -> float:
    """Return the seconds that a server asks to wait before the next call, 0 if it does not say."""
    values = [value for name, value in response.headers if name.lower() == "retry-after"]
    return float(values[0]) if values and values[0].isdecimal() else 0.0


def _kind_of_status(response: ReceivedResponse) -> FailureKind | None:
    if response.status in _TRY_LATER and retry_after(response):
        return FailureKind.RATE_LIMITED
    return next(
        (kind for pattern, kind in _KIND_OF_STATUS.items() if status_matches(pattern, response.status)), None
    )


def _kind_of_message(rulebook: Rulebook, content: bytes, limits: Limits) -> FailureKind | None:
    try:
        statuses = _reader(rulebook, limits).status_texts(content)
    except UncheckedError:
        return None
    for texts in statuses:
        if texts.get("result", "").upper() == "FAILURE":
            return _kind(rulebook, texts.get("exceptionID", ""), texts.get("reason", "").casefold())
    return None


@lru_cache(maxsize=4)
def _reader(rulebook: Rulebook, limits: Limits) -> XmlReader:
    """Return the reader of a run, which learns the form of the messages once."""
    return XmlReader(rulebook, limits)


def _kind(rulebook: Rulebook, code: str, reason: str) -> FailureKind:
    entries = rulebook.document.wire.failure_kinds
    for entry in entries:
        if entry.reason_contains and entry.reason_contains.casefold() in reason:
            return _KIND_OF[entry.kind]
    return next((_KIND_OF[entry.kind] for entry in entries if code in entry.codes), FailureKind.FAILED)


def expects_failure(case: Case, kind: FailureKind | None) -> bool:
    """Return whether a case expects the failure it got: one for an unrelated reason says nothing about a refusal.

    To a caller who must not see a thing, many APIs say that it is not there.
    """
    if not case.must_fail:
        return False
    if not isinstance(case, SessionCase):
        return kind not in (FailureKind.RATE_LIMITED, FailureKind.UNAVAILABLE, FailureKind.REDIRECT)
    if kind in _UNRELATED_TO_PASSWORD:
        return False
    return kind is not FailureKind.LOGIN_REFUSED or case.caller.anonymous
