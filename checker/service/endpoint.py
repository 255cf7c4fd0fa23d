"""Addresses of servers: whether a URL can be called, whether it is this machine, and the path of the XML service on a site."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit, urlunsplit

SERVICE_PATH = "/WBXService/XMLService"
"""From the vendor's reference guide."""


def with_service_path(url: str) -> str:
    """Return a server's URL with the service's path added, unless the URL has a path of its own."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=SERVICE_PATH)) if parts.path in ("", "/") else url


def is_loopback(url: str) -> bool:
    """Return whether a URL leads to this machine."""
    return is_loopback_host(urlsplit(url).hostname or "")


def is_loopback_host(host: str) -> bool:
    """Return whether a host's name or address is reached from this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def url_problem(url: str) -> str:
    """Return why a URL cannot be called, or an empty string. It is never quoted, since it can contain a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not a URL"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "must begin with https:// (or http://) and name a host"
    if parts.username is not None or parts.password is not None:
        return "must not contain a user or password; put them in `callers`"
    return ""
