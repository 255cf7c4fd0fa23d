"""Resuming of ``check``: with ``--resume STATE`` a run continues where an earlier one was interrupted."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import click

from ....reports.text.style import count
from ....rules.model import Rulebook
from ...batch.pool import check_all
from ...checking.checker import Result, Settings
from ...recordings import Batch, Discovered

F = TypeVar("F", bound=Callable[..., Any])

Judging = Callable[[Iterable[Discovered | Batch], int], Iterator[Result]]
"""Judges recordings in their order, with that many processes."""


def resume_option(function: F) -> F:
    """Add the file that a run resumes from; the command gets its name as ``resume``."""
    return click.option(
        "--resume",
        metavar="STATE",
        help="Save results to this file, and reuse those of an earlier run for recordings that are unchanged.",
    )(function)


@contextlib.contextmanager
def resuming(file: str | None, settings: Settings, rulebook: Rulebook) -> Iterator[Judging]:
    """Yield the function that judges recordings, with the state in a file if one is given.

    Raises UsageError if the state cannot be used.
    """
    if file is None:
        yield functools.partial(check_all, settings)
        return
    # Imported here: most runs are not resumed, and need no database.
    from ...batch.checkpoint import State, StateError
    from ...batch.resume import bound_of, check_resuming

    try:
        state = State(file, rulebook, bound_of(settings, rulebook))
    except StateError as error:
        raise click.UsageError(f"`--resume`: {error}") from None
    with state:
        yield functools.partial(check_resuming, state, settings)
    if state.recalled:
        counts = f"{count(state.recalled, 'recording')} recalled, {state.judged:,} judged"
        click.echo(f"whosees: {state.name}: {counts}", err=True)
    if state.failure is not None:
        click.echo(f"whosees: {state.name} cannot be written: {state.failure}", err=True)
