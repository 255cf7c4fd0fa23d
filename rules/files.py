"""Reading of the files that people write: rulebooks, plans, configurations, baselines."""

from __future__ import annotations

import errno
import os
import stat

from .names import lower_first

MAX_BYTES = 8 * 1024 * 1024
"""The largest size of such a file; parsing takes many times as much memory."""

_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


def read_text_file(path: str | os.PathLike[str], limit: int = MAX_BYTES) -> bytes:
    """Return the content of a regular file of bounded size; nothing else is waited for.

    Raises OSError, of which `os_error_text` says what is wrong, and ValueError for a name with a NUL.
    """
    with open(os.open(path, _READING), "rb") as stream:
        mode = os.fstat(stream.fileno()).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"it is larger than {limit:,} bytes")
    return content


def os_error_text(error: OSError | ValueError) -> str:
    """Return the text of an operating system's error as it stands within a message."""
    return lower_first(error.strerror if isinstance(error, OSError) and error.strerror else str(error))
