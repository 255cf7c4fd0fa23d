"""Resuming: take the results of an earlier run from its checkpoint, and judge only the other recordings.

A recording is identified by a digest of everything that its verdict depends on: its name, the content of its files,
and what is known of the call. So whatever was changed, renamed or added is judged, regardless of dates and sizes.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path

from lxml import etree
from msgspec import structs

from ...rules.model import Rulebook
from ..checking.results import Result, Skipped
from ..checking.settings import Settings
from ..core.errors import Reason, UncheckedError
from ..core.limits import Limits
from ..recordings import Batch, Discovered, Recording, SkippedFile, UnreadableContent, read_all, read_bounded
from ..recordings.model import AttachmentContent, LoadedFile
from .checkpoint import Checkpoint
from .pool import check_each

_KEY = 16
"""Bytes of a key: enough that two recordings cannot share one by chance."""

_PLACEHOLDER = SkippedFile("", "recalled")
"""Goes to the workers in place of a recording whose results are known, so that all stay in order."""


def run_fingerprint(settings: Settings, rulebook: Rulebook) -> dict[str, str]:
    """Return everything besides the recordings that verdicts depend on, by name; of a request only a digest."""
    policy = settings.policy
    facts = ", ".join(f"{claim.fact} {claim.value} ({claim.source})" for claim in settings.claims)
    return {
        "Whosees": version("whosees"),
        "XML parser": ".".join(map(str, etree.LIBXML_VERSION)),
        "rulebook": f"{rulebook.id} {rulebook.version} {rulebook.digest}",
        "`--strict`": str(policy.strict).lower(),
        "`--unlisted`": str(policy.unlisted or "ignore"),
        "`--undecided`": str(policy.undecided or "ignore"),
        "`--select`": ", ".join(policy.select) or "none",
        "`--ignore`": ", ".join(policy.ignore) or "none",
        "`--require`": ", ".join(settings.required) or "none",
        "`--empty-as`": "absent" if policy.empty_is_absent else "present",
        "`--max-size`": str(settings.limits.size),
        "`--limit`": ", ".join(_changed_limits(settings.limits)) or "none",
        "facts of the call": facts or "none",
        "`--request`": "none"
        if settings.request is None
        else hashlib.blake2b(settings.request, digest_size=_KEY).hexdigest(),
    }


def _changed_limits(limits: Limits) -> Iterator[str]:
    """Yield the limits that are not the default, besides the size, as `--limit` takes them."""
    for field in fields(limits):
        value = getattr(limits, field.name)
        if field.name != "size" and value != field.default:
            yield f"{field.name.replace('_', '-')}={value}"


def check_resuming(
    checkpoint: Checkpoint, settings: Settings, recordings: Iterable[Discovered | Batch], jobs: int
) -> Iterator[Result]:
    """Judge recordings as `check_all` does, except those that the checkpoint has, and store the results in it."""
    waiting: deque[tuple[bool, bytes | None, tuple[Result, ...] | None]] = deque()

    def unknown() -> Iterator[Recording | SkippedFile]:
        for recording in read_all(recordings):
            key = key_of(recording, settings.limits) if isinstance(recording, Recording) else None
            known = None if key is None else checkpoint.get(key)
            waiting.append((isinstance(recording, Recording), key, known))
            yield recording if known is None else _PLACEHOLDER

    for judged in check_each(settings, unknown(), jobs):
        is_recording, key, known = waiting.popleft()
        if known is not None:
            checkpoint.recalled += 1
            yield from known
            continue
        checkpoint.judged += is_recording
        if key is not None and not any(map(_is_transient, judged)):
            checkpoint.put(key, judged)
        yield from judged


def _is_transient(result: Result) -> bool:
    """Return whether a result can change next time: what was unreadable, or ended a process, is tried again."""
    return not isinstance(result, Skipped) and result.reason == Reason.UNREADABLE


def key_of(recording: Recording, limits: Limits) -> bytes | None:
    """Return the digest that identifies a recording, None if it cannot be read or can be read only once."""
    digest = hashlib.blake2b(digest_size=_KEY)
    flags = f"{recording.explicit} {recording.traffic}"
    _add(digest, recording.source.encode("utf-8", "surrogatepass"))
    _add(digest, flags.encode())
    http = recording.http
    headers = [kept and structs.astuple(kept) for kept in (http.request_headers, http.response_headers)]
    _add(digest, repr((http.method, http.url, http.status, headers)).encode())
    _add(digest, recording.sidecar_name.encode("utf-8", "surrogatepass"))
    if recording.response is None:  # still to come on standard input
        return None
    for context in recording.contexts:
        _add(digest, context.name.encode("utf-8", "surrogatepass"))
    contexts = [context.content for context in recording.contexts]
    for content in (recording.response, recording.request, recording.sidecar, *contexts):
        try:
            _add_content(digest, content, limits)
        except UncheckedError:
            return None
    return digest.digest()


def _add_content(digest: hashlib.blake2b, content: AttachmentContent, limits: Limits) -> None:
    if content is None:
        _add(digest, b"none")
    elif isinstance(content, UnreadableContent):
        _add(digest, f"unusable {content.reason}".encode())
        _add(digest, content.detail.encode("utf-8", "surrogatepass"))
    else:
        if isinstance(content, (Path, LoadedFile)):  # a finding may name the file
            _add(digest, b"file")
            _add(digest, content.name.encode("utf-8", "surrogatepass"))
        else:
            _add(digest, b"content")
        _add(digest, read_bounded(content, limits))


def _add(digest: hashlib.blake2b, part: bytes) -> None:
    """Add a part with its length, so that no two lists of parts give the same bytes."""
    digest.update(len(part).to_bytes(8, "big"))
    digest.update(part)
