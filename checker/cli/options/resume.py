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
from ...checking.results import Result
from ...checking.settings import Settings
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
    from ...batch.checkpoint import Checkpoint, CheckpointError
    from ...batch.resume import check_resuming, run_fingerprint

    try:
        checkpoint = Checkpoint(file, rulebook, run_fingerprint(settings, rulebook))
    except CheckpointError as error:
        raise click.UsageError(f"`--resume`: {error}") from None
    with checkpoint:
        yield functools.partial(check_resuming, checkpoint, settings)
    if checkpoint.recalled:
        counts = f"{count(checkpoint.recalled, 'recording')} recalled, {checkpoint.judged:,} judged"
        click.echo(f"whosees: {checkpoint.name}: {counts}", err=True)
    if checkpoint.failure is not None:
        click.echo(f"whosees: {checkpoint.name} cannot be written: {checkpoint.failure}", err=True)
