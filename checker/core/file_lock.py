"""Locks for files that several runs may change at the same time.

The library filelock locks a file of its own, which would stand beside the user's files.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator


@contextlib.contextmanager
def exclusive_lock(path: str) -> Iterator[None]:
    """Keep other runs from changing a file until the end; waits for one that does. Raises OSError.

    The lock is on the file's folder, so that it survives the file's replacement, and leaves no file behind.
    """
    handle = os.open(os.path.dirname(os.path.realpath(path)), os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
