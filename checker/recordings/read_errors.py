"""How reading can end early, and what is said of it."""

from __future__ import annotations

import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import TypeVar

from ..core.display import os_error_text
from ..core.errors import Reason, UncheckedError
from .base import Place
from .batch import Batch
from .containers.unpack_budget import BudgetExceededError
from .model import Discovered, UnreadableContent

F = TypeVar("F", bound=Discovered | Batch)

BROKEN = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,  # zipfile's for what is encrypted, and too deep a recursion
    MemoryError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the libraries raise for archives and streams that are not as they should be; their words can quote the input."""

BROKEN_OFF = "it is broken or cut off"

_NOTHING = UnreadableContent(Reason.NOT_A_MESSAGE, "it holds no recording")


def guarded(found: Iterator[F], place: Place) -> Iterator[F | Discovered]:
    """Give what is found; where reading ends early, an unchecked recording stands for the rest.

    So it does for what is to be a recording, and nothing was found in.
    Bounds that hold for a file with all that is inside it are said once, of that file.
    """
    given = 0
    try:
        for entry in found:
            given += 1
            yield entry
        if not given and place.counts:
            yield place.broken(_NOTHING)
    except BudgetExceededError as refusal:
        if place.nesting:
            raise
        yield place.broken(UnreadableContent(refusal.reason, refusal.detail))
    except UncheckedError as refusal:
        yield place.broken(UnreadableContent(refusal.reason, refusal.detail))
    except BROKEN as error:
        yield place.broken(UnreadableContent(Reason.UNREADABLE, _detail(error, given)))


def _detail(error: Exception, given: int) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be read: {os_error_text(error)}"
    return BROKEN_OFF + (f" after {given:,} of what it holds; the rest was not read" if given else "")
