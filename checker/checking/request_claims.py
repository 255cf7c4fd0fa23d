"""The claims that a request makes by itself, for questions that are asked without its response."""

from __future__ import annotations

from ...engine.claims import Claim
from ...rules.model import Rulebook
from ..core.limits import Limits
from ..messages.registry import reader_for
from ..recordings import extract_request_body
from .evidence import claims_of


def request_claims(rulebook: Rulebook, content: bytes) -> tuple[Claim, ...]:
    """Return the claims that a request proves, which may be in a form and below HTTP headers.

    Raises UncheckedError if it is no such request.
    """
    requests = reader_for(rulebook, Limits()).requests(extract_request_body(content))
    first = next(request for request in requests if request is not None)
    return claims_of(rulebook, first, None).claims
