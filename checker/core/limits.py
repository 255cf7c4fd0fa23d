"""The limits on every input, and the error of an input that exceeds one."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Reason, UncheckedError

_MIN_CONTAINER = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on an input. ``size`` and every other field that counts bytes says so; the rest are numbers of things.

    A message: ``size`` in bytes, ``depth`` in levels of elements, ``elements``, ``attributes`` of one element
    (namespace declarations included), ``name`` in characters.

    A container of messages: ``unpacked_size`` in bytes of everything that one file unpacks to, ``compression_ratio``
    of unpacked to packed bytes, which applies after ``ratio_free_bytes``, ``members`` of all archives in it,
    ``nesting`` of archives in archives, ``buffered`` bytes of members that wait for related members, ``nodes`` and
    ``levels`` of a YAML document.
    """

    size: int = 16 * 1024 * 1024
    depth: int = 200
    elements: int = 200_000
    attributes: int = 100
    name: int = 1_000
    unpacked_size: int = 4 * 1024 * 1024 * 1024
    compression_ratio: int = 400
    ratio_free_bytes: int = 64 * 1024 * 1024
    members: int = 250_000
    nesting: int = 3
    buffered: int = 128 * 1024 * 1024
    nodes: int = 2_000_000
    levels: int = 100

    @property
    def container(self) -> int:
        """The maximum size, in bytes, of a file that has to be read whole because its format has no separate parts."""
        return max(_MIN_CONTAINER, self.size)

    @property
    def line(self) -> int:
        """The maximum length, in bytes, of a JSON Lines line: a request and a response with their escapes."""
        return 4 * self.size


def limit_exceeded(problem: str, limit: str) -> UncheckedError:
    """Return the error of an input that exceeds a limit of `Limits`, with the option that raises it."""
    return UncheckedError(Reason.TOO_LARGE, f"{problem}; {limit_option(limit)} allows more")


def limit_option(limit: str) -> str:
    """Return the command-line option that sets a limit of `Limits`."""
    return "--max-size" if limit == "size" else f"--limit {limit.replace('_', '-')}=N"
