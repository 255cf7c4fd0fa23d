"""``--max-size`` and ``--limit NAME=N``: the bounds that recordings are held to."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import click

from ....rules.names import did_you_mean, listed
from ...core.errors import Limits

F = TypeVar("F", bound=Callable[..., Any])

BYTES = ("expansion", "unsuspected", "held")
"""Limits that are sizes; all others are numbers of something."""

MOST: Mapping[str, int] = {"depth": 250, "name": 50_000, "nesting": 20, "levels": 500}
"""What can be asked for at most, where a parser or the stack sets a bound of its own."""

NAMES = tuple(name for name in Limits.__dataclass_fields__ if name != "size")

_UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def size_of(text: str) -> int:
    """Read a size: bytes, or a number with K, M or G. Raises click.BadParameter."""
    digits, unit = (text[:-1], text[-1].lower()) if text[-1:].lower() in _UNITS else (text, "")
    number = _number(digits)
    if number == 0:
        raise click.BadParameter(f"`{text}` is no size; say it in bytes, or with K, M or G")
    return number * _UNITS.get(unit, 1)


def _number(digits: str) -> int:
    """Read a whole number of a usual length; 0 for anything else."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0  # noqa: PLR2004 - more than any memory


def limit_of(text: str) -> tuple[str, int]:
    """Read ``NAME=N``. Raises click.BadParameter."""
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"`{text}`: a limit is said as NAME=N")
    if name not in NAMES:
        hint = did_you_mean(name, NAMES) or f"; known are {listed(NAMES)}"
        raise click.BadParameter(f"there is no limit `{name}`{hint}")
    number = size_of(value) if name in BYTES else _number(value)
    if number == 0:
        raise click.BadParameter(f"`{text}`: `{value}` is no number above 0")
    if number > (most := MOST.get(name, number)):
        raise click.BadParameter(f"`{text}`: at most {most:,} can be allowed")
    return name, number


def limit_options(function: F) -> F:
    """Add what bounds recordings; the command gets it as ``limits``."""

    @functools.wraps(function)
    def with_limits(*args: Any, max_size: int, limit: tuple[tuple[str, int], ...], **rest: Any) -> Any:
        return function(*args, limits=Limits(size=max_size, **dict(limit)), **rest)

    command: Any = with_limits
    for option in (
        click.option(
            "--limit",
            type=limit_of,
            multiple=True,
            metavar="NAME=N",
            help="Another bound on what is read: depth, elements, members …; docs/limits.md has them all.",
        ),
        click.option(
            "--max-size",
            type=size_of,
            default="16M",
            show_default=True,
            metavar="SIZE",
            help="The largest message to read.",
        ),
    ):
        command = option(command)
    return cast("F", command)
