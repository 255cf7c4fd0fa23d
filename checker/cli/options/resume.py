"""Resuming of ``check``: with ``--resume STATE`` a run goes on where an earlier one was broken off."""

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
"""Judges recordings with as many processes, in their order."""


def resume_option(function: F) -> F:
    """Add the file that a run is resumed from; the command gets its name as ``resume``."""
    return click.option(
        "--resume",
        metavar="STATE",
        help="Keep what was judged in this file, and recall from it what an earlier run has judged.",
    )(function)


@contextlib.contextmanager
def resuming(file: str | None, settings: Settings, rulebook: Rulebook) -> Iterator[Judging]:
    """Give what judges recordings: anew, or with the state in a file. A usage error where that cannot be used."""
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
        said = f"{count(state.recalled, 'recording')} recalled, {state.judged:,} judged"
        click.echo(f"whosees: {state.name}: {said}", err=True)
    if state.failure is not None:
        click.echo(f"whosees: {state.name} cannot be written: {state.failure}", err=True)
