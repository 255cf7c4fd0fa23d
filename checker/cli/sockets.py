"""Sockets that commands listen on."""

from __future__ import annotations

import socket

import click

from ...rules.files import os_error_text
from ..core.display import escape_unprintable


def listen(host: str, port: int, remedy: str) -> socket.socket:
    """Return a socket that listens; raise ClickException, with a remedy, if it cannot."""
    # asyncio sends without delay only if the protocol is named.
    listener = socket.socket(
        socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except (OSError, UnicodeError, TypeError) as error:
        listener.close()
        reason = os_error_text(error) if isinstance(error, OSError) else "not an address"
        raise click.ClickException(
            f"cannot listen on `{escape_unprintable(host)}`, port {port}: {reason}; {remedy}"
        ) from None
    return listener


def address_of(listener: socket.socket, host: str) -> str:
    """Return host and port of a socket as a URL has them."""
    return f"[{host}]:{listener.getsockname()[1]}" if ":" in host else f"{host}:{listener.getsockname()[1]}"
