"""Where the XML service is reached: a POST to this path of a site, by the vendor's reference guide."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

SERVICE_PATH = "/WBXService/XMLService"


def with_service_path(url: str) -> str:
    """Give the address of the service on a server that is named without a path; another path stays as it is."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=SERVICE_PATH)) if parts.path in ("", "/") else url
