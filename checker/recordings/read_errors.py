"""The errors of reading a recording, turned into recordings that say what could not be read."""

from __future__ import annotations

import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import TypeVar

from ...rules.files import os_error_text
from ..core.errors import Reason, UncheckedError
from .base import Source
from .batch import Batch
from .containers.unpack_budget import BudgetExceededError
from .model import Discovered, SkippedFile, UnreadableContent

F = TypeVar("F", bound=Discovered | Batch)

BROKEN = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,  # zipfile raises it for encrypted members, Python for deep recursion
    MemoryError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)
"""The errors that libraries raise for broken archives and streams. Their texts can quote the input, and are not used."""

CUT_OFF = "it is broken or cut off"

_EMPTY = UnreadableContent(Reason.NOT_A_MESSAGE, "it contains no recording")


def errors_as_recordings(found: Iterator[F], source: Source) -> Iterator[F | Discovered]:
    """Yield what is found; if reading fails, yield an unchecked recording in place of the rest.

    A source that must be a recording, and in which nothing was found, gives an unchecked recording too. A limit on a
    file with everything inside it is reported once, for that file.
    """
    count = 0
    try:
        for entry in found:
            count += not isinstance(entry, SkippedFile)
            yield entry
        if not count and source.must_be_recording:
            yield source.unreadable_recording(_EMPTY)
    except BudgetExceededError as error:
        if source.nesting:
            raise
        yield source.unreadable_recording(UnreadableContent(error.reason, error.detail))
    except UncheckedError as error:
        yield source.unreadable_recording(UnreadableContent(error.reason, error.detail))
    except BROKEN as error:
        yield source.unreadable_recording(UnreadableContent(Reason.UNREADABLE, _detail(error, count)))


def _detail(error: Exception, count: int) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be read: {os_error_text(error)}"
    recordings = f"{count:,} recordings" if count > 1 else "1 recording"
    return CUT_OFF + (f" after {recordings}; the rest was not read" if count else "")
