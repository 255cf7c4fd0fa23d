"""The path of the XML service on a site, from the vendor's reference guide."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

SERVICE_PATH = "/WBXService/XMLService"


def with_service_path(url: str) -> str:
    """Return a server's URL with the service's path added, unless the URL has a path of its own."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=SERVICE_PATH)) if parts.path in ("", "/") else url
