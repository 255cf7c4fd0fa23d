"""Options of ``whosees watch``: what it listens on, what is behind it, and where what it sees is kept."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from ....rules.files import os_error_text
from ...core.display import escape_unprintable
from ...core.limits import Limits
from .group import option_group

if TYPE_CHECKING:
    from ...service.watch.relay_process import RelaySettings

DEFAULT_LISTEN = "127.0.0.1:8766"
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port to listen on; port 0 is any free one."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class ProxyOptions:
    """The options of the proxy."""

    upstream: str
    listen: Address
    ca_file: str | None
    tls_cert: str | None
    tls_key: str | None
    trust_context_header: bool
    rewrite_host: bool

    def relay_settings(self, limits: Limits) -> RelaySettings:
        """Return the settings of the relay; raise UsageError for an upstream or a certificate that cannot be used."""
        # Imported here: the relay needs an extra.
        from ...service.watch.relay_process import Inbound, RelaySettings

        if self.tls_key is not None and self.tls_cert is None:
            raise click.UsageError("`--tls-key` needs `--tls-cert`")
        host, port, is_tls = _read_upstream(self.upstream)
        settings = RelaySettings(
            host=host,
            port=port,
            is_tls=is_tls,
            ca_file=self.ca_file,
            inbound=None if self.tls_cert is None else Inbound(self.tls_cert, self.tls_key),
            max_body=limits.size,
            max_held=limits.buffered,
            strips_context=self.trust_context_header,
            rewrites_host=self.rewrite_host,
        )
        _require_usable("--ca-file", self.ca_file, settings.upstream)
        if settings.inbound is not None:
            _require_usable("--tls-cert", self.tls_cert, settings.inbound.context)
        return settings


def _read_upstream(url: str) -> tuple[str, int, bool]:
    """Return host, port and whether TLS is used. The URL is never quoted, since it can contain a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise click.UsageError("`--upstream` is not a URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise click.UsageError("`--upstream` must begin with http:// or https:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise click.UsageError("`--upstream` must not contain a user or password; clients send their own")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise click.UsageError("`--upstream` must not have a path: requests keep their own")
    is_tls = parts.scheme == "https"
    return parts.hostname, port or (443 if is_tls else 80), is_tls


def _require_usable(option: str, file: str | None, use: object) -> None:
    if file is None or not callable(use):
        return
    try:
        use()
    except OSError as error:  # ssl.SSLError is one too
        problem = (
            "it is not a certificate in PEM" if isinstance(error, ssl.SSLError) else os_error_text(error)
        )
        raise click.UsageError(f"`{option} {escape_unprintable(file)}`: {problem}") from None


def parse_address(text: str) -> Address:
    """Parse HOST:PORT, or :PORT for this machine. Raises click.BadParameter."""
    host, colon, digits = text.rpartition(":")
    is_number = digits.isascii() and digits.isdigit() and int(digits) <= _MAX_PORT
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not is_number:
        raise click.BadParameter(f"`{text}` is not of the form HOST:PORT, such as {DEFAULT_LISTEN}")
    return Address(host or "127.0.0.1", int(digits))


proxy_options = option_group(
    "proxy",
    ProxyOptions,
    [
        click.option(
            "--upstream",
            required=True,
            metavar="URL",
            help="The server behind the proxy, such as http://127.0.0.1:8000.",
        ),
        click.option(
            "--listen",
            type=parse_address,
            default=DEFAULT_LISTEN,
            show_default=True,
            metavar="HOST:PORT",
            help="Where clients connect; port 0 is any free one.",
        ),
        click.option(
            "--ca-file", metavar="FILE", help="Certificates of the upstream's own authority, in PEM."
        ),
        click.option(
            "--tls-cert", metavar="FILE", help="Answer clients with TLS and this certificate, in PEM."
        ),
        click.option("--tls-key", metavar="FILE", help="The certificate's key, if it is in another file."),
        click.option(
            "--rewrite-host",
            is_flag=True,
            help="Put the upstream's name into the request header Host, which is that of the proxy otherwise.",
        ),
        click.option(
            "--trust-context-header",
            is_flag=True,
            help="Take facts from the request header X-Whosees-Context, and remove it before the upstream.",
        ),
    ],
)
"""Add what the proxy listens on and what is behind it; the command gets it as ``proxy``."""
