"""Limits on what is read: ``--max-size`` and ``--limit NAME=N``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from ....rules.names import suggestion
from ...core.limits import Limits
from .group import option_group

BYTES = ("unpacked-size", "ratio-free-bytes", "buffered")
"""Limits that are sizes; all others are numbers of something."""

MOST: Mapping[str, int] = {"depth": 250, "name": 50_000, "nesting": 20, "levels": 500}
"""The largest values, for limits where a parser or the stack has one of its own."""

NAMES = tuple(name.replace("_", "-") for name in Limits.__dataclass_fields__ if name != "size")

_UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_MAX_DIGITS = 15
"""More bytes than any memory has."""


def parse_size(text: str) -> int:
    """Parse a size: bytes, or a number with K, M or G. Raises click.BadParameter."""
    digits, unit = (text[:-1], text[-1].lower()) if text[-1:].lower() in _UNITS else (text, "")
    number = _number(digits)
    if number == 0:
        raise click.BadParameter(f"`{text}` is not a size; use a number of bytes, or one with K, M or G")
    return number * _UNITS.get(unit, 1)


def _number(digits: str) -> int:
    """Parse a whole number of reasonable length; return 0 for anything else."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS else 0


def parse_limit(text: str) -> tuple[str, int]:
    """Parse ``NAME=N``. Raises click.BadParameter."""
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"`{text}` is not of the form NAME=N")
    if name not in NAMES:
        raise click.BadParameter(f"there is no limit `{name}`{suggestion(name, NAMES)}")
    number = parse_size(value) if name in BYTES else _number(value)
    if number == 0:
        raise click.BadParameter(f"`{text}`: `{value}` is not a number above 0")
    if number > (most := MOST.get(name, number)):
        raise click.BadParameter(f"`{text}`: the largest value is {most:,}")
    return name.replace("-", "_"), number


def _limits(*, max_size: int, limit: Sequence[tuple[str, int]]) -> Limits:
    return Limits(size=max_size, **dict(limit))


limit_options = option_group(
    "limits",
    _limits,
    [
        click.option(
            "--max-size",
            type=parse_size,
            default="16M",
            show_default=True,
            metavar="SIZE",
            help="The largest message to read.",
        ),
        click.option(
            "--limit",
            type=parse_limit,
            multiple=True,
            metavar="NAME=N",
            help=f"Another limit on what is read; repeatable. NAME is one of {', '.join(NAMES)}.",
        ),
    ],
)
"""Add the limits on what is read; the command gets them as ``limits``."""
