"""Groups of options that several commands share, each passed to the command as one argument."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

Decorator = Callable[[F], F]


def option_group(
    name: str, build: Callable[..., Any], options: Sequence[Decorator[Any]], *, more: Sequence[str] = ()
) -> Decorator[Any]:
    """Return a decorator that adds options to a command, in the order of its help.

    The command gets one argument of that name: what ``build`` returns for the values of its own parameters,
    and of ``more`` if it takes any.
    """
    kinds = inspect.signature(build).parameters.values()
    parameters = (*(kind.name for kind in kinds if kind.kind is not kind.VAR_KEYWORD), *more)

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def with_group(*args: Any, **rest: Any) -> Any:
            value = build(**{parameter: rest.pop(parameter) for parameter in parameters})
            return function(*args, **{name: value}, **rest)

        command: Any = with_group
        for option in reversed(options):
            command = option(command)
        return cast("Callable[..., Any]", command)

    return add
