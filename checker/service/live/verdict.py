"""What a FAILURE comes to, in a word: it is a verdict of its own, and never a pass."""

from __future__ import annotations

from enum import StrEnum

from ....rules.model import Rulebook
from ...core.errors import UncheckedError
from ...core.limits import Limits
from ...messages.xml.reader import XmlReader
from .cases import Case, Password


class Word(StrEnum):
    """What the service said in place of an answer. FAILED is what is not known to be any of the others."""

    REFUSED = "refused"
    LOGIN_REFUSED = "login refused"
    NOT_FOUND = "not found"
    RATE_LIMITED = "rate-limited"
    CAPTCHA = "CAPTCHA asked"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"


_OF_ID = {
    "000000": Word.UNAVAILABLE,
    "000001": Word.REFUSED,
    "000015": Word.NOT_FOUND,
    "000035": Word.UNAVAILABLE,
    "000045": Word.RATE_LIMITED,
    "030001": Word.LOGIN_REFUSED,
    "030002": Word.LOGIN_REFUSED,
    "030047": Word.LOGIN_REFUSED,
    "060001": Word.NOT_FOUND,
}
"""The IDs whose meaning is known (see the rulebook's ``[wire.failures]``)."""

_SAYS_NOTHING_OF_PASSWORD = (Word.NOT_FOUND, Word.RATE_LIMITED, Word.CAPTCHA, Word.UNAVAILABLE)


def word_of(rulebook: Rulebook, content: bytes, limits: Limits) -> Word | None:
    """Say what a response that is a FAILURE comes to; None where it is none, or cannot be read."""
    try:
        statuses = XmlReader(rulebook, limits).status_texts(content)
    except UncheckedError:
        return None
    for texts in statuses:
        if texts.get("result", "").upper() == "FAILURE":
            # No ID is known for this one, so its text has to tell.
            if "captcha" in texts.get("reason", "").casefold():
                return Word.CAPTCHA
            return _OF_ID.get(texts.get("exceptionID", ""), Word.FAILED)
    return None


def expects_failure(case: Case, word: Word | None) -> bool:
    """Whether a case expects to fail, seen what it failed for: a FAILURE for another reason shows nothing of it."""
    if case.password is not Password.WRONG or word in _SAYS_NOTHING_OF_PASSWORD:
        return False
    return word is not Word.LOGIN_REFUSED or case.caller.anonymous
