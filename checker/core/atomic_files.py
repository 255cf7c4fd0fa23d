"""Files that come into being whole or not at all: written beside their place, then renamed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

_PIECE = 256 * 1024

UNFINISHED = ".whosees-"
"""What the name of a file begins with that is being written; it gets its own name when it is whole."""


@contextlib.contextmanager
def atomic_write(
    path: str, *, binary: bool = False, destination: Callable[[str], str] = lambda place: place
) -> Iterator[IO[Any]]:
    """Open a file, for text or for bytes, that takes its place when it was written to the end; raises OSError.

    Whatever happens on the way, what was there before stays as it was, and nothing unfinished is left. If the path is
    a link, the link stays. ``destination`` has the last word on where the file goes.
    """
    place = os.path.realpath(path)
    handle, unfinished = _begin(place)
    try:
        # Nobody reads it before it is whole: so it can be written in large pieces.
        with opened(handle, binary=binary, buffering=_PIECE) as stream:
            yield stream
        os.replace(unfinished, destination(place))
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(unfinished)


def opened(file: str | int, *, binary: bool = False, buffering: int = -1) -> IO[Any]:
    """Open a file for writing: for bytes, or for text, in which what UTF-8 lacks becomes an escape."""
    if binary:
        return open(file, "wb", buffering)
    return open(file, "w", buffering, encoding="utf-8", errors="backslashreplace")


def write_together(contents: Mapping[os.PathLike[str], bytes]) -> None:
    """Write files that belong together; raises OSError, and then none of them is new.

    All are whole before the first takes its place. Where even that fails half way, those that have theirs are
    removed: a part of a whole would be taken for one.
    """
    unfinished: list[str] = []
    placed: list[str | os.PathLike[str]] = []
    try:
        for path, content in contents.items():
            handle, name = _begin(os.fspath(path))
            unfinished.append(name)
            with open(handle, "wb") as stream:
                stream.write(content)
        for name, path in zip(unfinished, contents, strict=True):
            os.replace(name, path)
            placed.append(path)
    except BaseException:
        for file in (*placed, *unfinished):
            with contextlib.suppress(OSError):
                os.unlink(file)
        raise


def _begin(place: str) -> tuple[int, str]:
    # Imported here: most output goes to no file.
    import tempfile

    handle, name = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(place)), prefix=UNFINISHED)
    os.chmod(name, 0o666 & ~_umask())
    return handle, name


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
