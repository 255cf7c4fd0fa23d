"""FAILURE responses of the emulator: the rulebook's codes if it has one for the situation, otherwise the emulator's own.

No source says which codes the service uses for a wrong meeting password, a refused anonymous call or a CAPTCHA. The
emulator's own codes are in a separate range, and their texts say that they are the emulator's.
"""

from __future__ import annotations

from dataclasses import dataclass

from ....rules.model import FailureMeaning, Rulebook


@dataclass(frozen=True, slots=True)
class Situation:
    """A reason to refuse a call: the rulebook's kind of failure for it, if any, and the emulator's own code and text."""

    code: str
    text: str
    kind: FailureMeaning | None = None


WRONG_SESSION_PASSWORD = Situation("990001", "the meeting password is wrong")
ANONYMOUS_REFUSED = Situation("990002", "anonymous calls are refused")
CAPTCHA_REQUIRED = Situation("990003", "a CAPTCHA is required", "captcha")
NO_SITE = Situation("990004", "the site does not exist")
INVALID_TOKEN = Situation("990005", "the access token is not valid")
NOT_UNDERSTOOD = Situation("990006", "the message is not a single request of this operation")
UNKNOWN_USER = Situation("990007", "the user does not exist", "unknown-user")
WRONG_LOGIN = Situation("990008", "the user or password is wrong", "wrong-login")
INVALID_TICKET = Situation("990009", "the session ticket is not valid", "invalid-ticket")
NO_SESSION = Situation("990010", "the session does not exist", "not-found")

_OWN_TEXTS = {
    situation.code: situation.text
    for situation in (
        WRONG_SESSION_PASSWORD,
        ANONYMOUS_REFUSED,
        CAPTCHA_REQUIRED,
        NO_SITE,
        INVALID_TOKEN,
        NOT_UNDERSTOOD,
        UNKNOWN_USER,
        WRONG_LOGIN,
        INVALID_TICKET,
        NO_SESSION,
    )
}


class FailureResponse(Exception):  # noqa: N818 - a response, not a fault of the program
    """Stops handling of a call that is answered with FAILURE, either in a situation or with a given code."""

    def __init__(self, cause: Situation | str) -> None:
        super().__init__(cause)
        self.cause = cause


def code_of(rulebook: Rulebook, cause: Situation | str) -> str:
    """Return the exceptionID of a failure: the rulebook's first code of its kind, otherwise the emulator's own."""
    if isinstance(cause, str):
        return cause
    for entry in rulebook.document.wire.failure_kinds:
        if entry.kind == cause.kind and entry.codes:
            return entry.codes[0]
    return cause.code


def reason_of(rulebook: Rulebook, code: str) -> str:
    """Return the text of a failure; for a code unknown to the rulebook it names the emulator as its source."""
    known = rulebook.document.wire.failures.get(code)
    if known is not None:
        return known
    return f"Whosees emulator, not a vendor's ID: {_OWN_TEXTS.get(code, 'asked for with --fault')}"
