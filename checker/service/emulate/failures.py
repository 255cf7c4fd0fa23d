"""FAILURE answers of the emulator: the vendor's IDs where they are known, its own where they are not.

The vendor's IDs for a wrong meeting password, a refused anonymous call and a CAPTCHA are not known. The emulator's
own are in a range of their own, and their texts say whose they are.
"""

from __future__ import annotations

from ....rules.model import Rulebook

USER_NOT_FOUND = "030001"
WRONG_LOGIN = "030002"
WRONG_TICKET = "030047"
NO_SESSION = "060001"

WRONG_SESSION_PASSWORD = "990001"  # noqa: S105 - an ID
ANONYMOUS_REFUSED = "990002"
CAPTCHA_ASKED = "990003"
NO_SITE = "990004"
WRONG_TOKEN = "990005"  # noqa: S105 - an ID
NOT_UNDERSTOOD = "990006"

_OWN = {
    WRONG_SESSION_PASSWORD: "the meeting password is wrong",
    ANONYMOUS_REFUSED: "anonymous calls are refused",
    CAPTCHA_ASKED: "a CAPTCHA is asked for",
    NO_SITE: "there is no such site",
    WRONG_TOKEN: "the access token is not valid",
    NOT_UNDERSTOOD: "it is no single GetSessionInfo request",
}


class Failure(Exception):  # noqa: N818 - an answer, not a fault of the program
    """A call that is answered with FAILURE."""

    def __init__(self, exception_id: str) -> None:
        super().__init__(exception_id)
        self.exception_id = exception_id


def reason(rulebook: Rulebook, exception_id: str) -> str:
    """Say what a FAILURE means; what is the emulator's own, or an ID of a fault, says so."""
    known = rulebook.document.wire.failures.get(exception_id)
    if known is not None:
        return known
    return f"Whosees emulator, not a vendor's ID: {_OWN.get(exception_id, 'asked for with --fault')}"
