"""The HTTP facts of requests and responses as libraries represent them.

Objects are recognised by their attributes, so that no HTTP library has to be installed.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..recordings import NO_HTTP_FACTS, Headers, HttpFacts, parse_request_facts
from ..recordings.http_facts import parse_headers, parse_method, parse_url

_REQUESTS = ("request", "wsgi_request", "asgi_request", "request_info")
"""The names under which responses keep their request: most libraries; Django's test clients; aiohttp."""


def request_of(response: object) -> object | None:
    """Return the request that a response object keeps, or None."""
    for name in _REQUESTS:
        try:
            request: object = getattr(response, name, None)
        except RuntimeError:  # httpx: a response that was made by hand
            continue
        if request is not None and not isinstance(request, Mapping):  # Django: the WSGI environment
            return request
    return None


def http_facts(response: object, request: object | None) -> HttpFacts:
    """Return what a response object and a request, in any form, tell of HTTP."""
    sent = _facts_of_request(request)
    received = None if isinstance(response, Mapping) else _headers(getattr(response, "headers", None))
    return HttpFacts(
        sent.method,
        sent.url,
        status_of(response),
        sent.request_headers,
        received,
    )


def status_of(response: object) -> int | None:
    """Return the status of a response object, None if the object has none."""
    statuses = (getattr(response, name, None) for name in ("status_code", "status"))  # aiohttp has the second
    return next((status for status in statuses if isinstance(status, int)), None)


def _facts_of_request(request: object | None) -> HttpFacts:
    if isinstance(request, bytes):
        return parse_request_facts(request)
    if request is None or isinstance(request, str | Mapping | list):
        return NO_HTTP_FACTS
    return HttpFacts(
        parse_method(getattr(request, "method", None)),
        _url(request),
        request_headers=_headers(getattr(request, "headers", None)),
    )


def _url(request: object) -> str | None:
    url = getattr(request, "url", None)
    if url is not None:
        return parse_url(str(url))
    full_path = getattr(request, "get_full_path", None)  # Django
    return parse_url(full_path()) if callable(full_path) else None


def _headers(headers: object) -> Headers | None:
    """Return headers in their order; those that were sent twice are there twice if the library keeps them apart."""
    pairs = getattr(headers, "multi_items", None) or getattr(headers, "items", None)  # httpx has both
    return parse_headers(list(pairs())) if callable(pairs) else None
