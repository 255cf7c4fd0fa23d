"""Finding recordings: a response with the request and the sidecar that belong to it.

``NAME.response.xml`` goes with ``NAME.request.xml`` and ``NAME.context.toml`` beside it, where they exist; so does a
plain ``NAME.xml``, which is a response by itself.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .refusal import Limits, Reason, Refusal
from .say import fault, printable

STDIN = "-"

Content = Path | bytes | None
"""Where the bytes of a message are: in a file, at hand, or (None) still to come on standard input."""

_RESPONSE, _REQUEST, _SIDECAR = ".response.xml", ".request.xml", ".context.toml"


@dataclass(frozen=True, slots=True)
class Recording:
    """A response to judge, with what belongs to it. ``source`` is its name for people.

    ``request`` and ``sidecar`` are None where there is none. ``named`` says that the user named the recording, so
    that it is not passed over in silence whatever it is. ``stated_by`` is what the sidecar is called for people.
    """

    source: str
    response: Content
    request: Path | bytes | None = None
    sidecar: Path | bytes | None = None
    named: bool = True
    stated_by: str = "sidecar"


@dataclass(frozen=True, slots=True)
class Stray:
    """A file that was found and belongs to no response, or a folder that cannot be read."""

    source: str
    why: str
    unreadable: bool = False


def find_recordings(paths: Iterable[str]) -> Iterator[Recording | Stray]:
    """Give the recordings that paths name, in their order; what is in a folder comes sorted by name."""
    given = list(paths)
    beside = {os.path.normpath(path) for path in given}
    for path in given:
        if path == STDIN:
            yield Recording(STDIN, None)
        elif os.path.isdir(path):
            yield from _in_folder(path)
        elif (companion := _companion_of(path)) is not None and os.path.normpath(companion) in beside:
            continue  # a shell wildcard names a pair's request too; it is read with its response
        else:
            yield _recording(path, named=True)


def _in_folder(folder: str) -> Iterator[Recording | Stray]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Stray(printable(folder), f"the folder cannot be read: {error.strerror}", unreadable=True)
        return
    for entry in entries:
        path = os.path.join(folder, entry.name)
        name = entry.name.lower()
        if entry.is_dir(follow_symlinks=False):
            yield from _in_folder(path)
        elif name.endswith((_REQUEST, _SIDECAR)):
            if (companion := _companion_of(path)) is None or not os.path.exists(companion):
                yield Stray(printable(path), "no response stands beside it")
        elif name.endswith(".xml"):
            yield _recording(path, named=False)


def _companion_of(path: str) -> str | None:
    """Give the response that a request or sidecar belongs to by its name; None for any other file."""
    for suffix in (_REQUEST, _SIDECAR):
        if path.lower().endswith(suffix):
            stem = path[: -len(suffix)]
            paired = stem + _RESPONSE
            plain = stem + ".xml"
            return plain if not os.path.exists(paired) and os.path.exists(plain) else paired
    return None


def _recording(path: str, *, named: bool) -> Recording:
    stem = path[: -len(_RESPONSE)] if path.lower().endswith(_RESPONSE) else os.path.splitext(path)[0]
    request, sidecar = stem + _REQUEST, stem + _SIDECAR
    return Recording(
        source=printable(path),
        response=Path(path),
        request=Path(request) if _companion_of(request) == path and os.path.lexists(request) else None,
        sidecar=Path(sidecar) if _companion_of(sidecar) == path and os.path.lexists(sidecar) else None,
        named=named,
    )


def read_bounded(content: Content, limits: Limits) -> bytes:
    """Read a message, up to the limit and one byte more; raises Refusal (unreadable)."""
    if isinstance(content, bytes):
        return content
    try:
        if content is None:
            return sys.stdin.buffer.read(limits.size + 1)
        if stat.S_ISDIR(os.stat(content).st_mode):
            raise Refusal(Reason.UNREADABLE, "it is a folder")
        with open(content, "rb") as stream:
            return stream.read(limits.size + 1)
    except (OSError, ValueError) as error:
        raise Refusal(Reason.UNREADABLE, f"it cannot be read: {fault(error)}") from None


def name_of(content: Path | bytes, kind: str) -> str:
    """Name a companion of a response for people: its file, or what it is."""
    return f"its {kind} `{printable(content.name)}`" if isinstance(content, Path) else f"its {kind}"
