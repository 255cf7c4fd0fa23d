"""Atomic writes: a file is written under a temporary name beside its place, then renamed.

The library for this, atomicwrites, is archived; it also replaces links, and gives a file other rights than it had.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

_BUFFER_SIZE = 256 * 1024

TEMPORARY_PREFIX = ".whosees-"
"""The prefix of a file's name while it is being written."""


@contextlib.contextmanager
def atomic_write(
    path: str, *, binary: bool = False, destination: Callable[[str], str] = lambda place: place
) -> Iterator[IO[Any]]:
    """Open a file, for text or for bytes, that takes its place once it is complete; raises OSError.

    If writing fails, the previous file stays as it was, and no temporary file is left. If the path is a link, the link
    stays. ``destination`` is called at the end with the path and returns the one that the file gets.
    """
    target = os.path.realpath(path)
    handle, temporary = _create_temporary(target)
    try:
        # Nobody reads it before it is complete, so the buffer can be large.
        with open_for_writing(handle, binary=binary, buffering=_BUFFER_SIZE) as stream:
            yield stream
        os.replace(temporary, destination(target))
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)


def open_for_writing(file: str | int, *, binary: bool = False, buffering: int = -1) -> IO[Any]:
    """Open a file for writing: for bytes, or for UTF-8 text, in which lone surrogates become escapes."""
    if binary:
        return open(file, "wb", buffering)
    return open(file, "w", buffering, encoding="utf-8", errors="backslashreplace")


def write_together(contents: Mapping[os.PathLike[str], bytes]) -> None:
    """Write files that belong together, all or none; raises OSError.

    All are complete before the first takes its place. If placing them fails half-way, those already placed are
    removed, because an incomplete set would be taken for a complete one.
    """
    temporary: list[str] = []
    placed: list[str | os.PathLike[str]] = []
    try:
        for path, content in contents.items():
            handle, name = _create_temporary(os.fspath(path))
            temporary.append(name)
            with open(handle, "wb") as stream:
                stream.write(content)
        for name, path in zip(temporary, contents, strict=True):
            os.replace(name, path)
            placed.append(path)
    except BaseException:
        for file in (*placed, *temporary):
            with contextlib.suppress(OSError):
                os.unlink(file)
        raise


def _create_temporary(target: str) -> tuple[int, str]:
    # Imported here, because most output goes to no file.
    import tempfile

    handle, name = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(target)), prefix=TEMPORARY_PREFIX)
    os.chmod(name, 0o666 & ~_umask())
    return handle, name


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
