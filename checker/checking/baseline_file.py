"""The file of a baseline: TOML that people edit by hand. What they wrote stays as they wrote it.

Entries are added at the end and taken out by their lines. Where the file is laid out in a way that this does not
fit (``entries`` as an inline array, say), it is written anew, which loses comments and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import msgspec

from ...engine.baseline import REASON_REQUIRED, Entry, Key
from ...engine.finding_rules import RULES
from ...rules.decode import DecodeError, decode_toml, quote_toml
from ...rules.files import os_error_text, read_text_file
from ...rules.names import suggestion
from ..core.atomic_files import atomic_write
from ..core.display import escape_unprintable
from ..core.file_lock import exclusive_lock

HEADING = """\
# Findings of `whosees check` that are known and accepted for now; see docs/guides/baseline.md.
# An entry may say: reason, ticket, expires (the last day on which it is accepted, as in 2030-12-31).
format = 1
"""

_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*entries[ \t]*\]\][ \t]*(#.*)?$")


class BaselineError(ValueError):
    """A file is no baseline; the text says which entry or key, and what is wrong."""


class MissingBaselineError(BaselineError):
    """There is no such file."""


class _EntryTable(Entry, frozen=True, forbid_unknown_fields=True):
    """An entry as a file has it: a misspelt key is an error there."""


class _BaselineTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    format: Literal[1]
    entries: tuple[_EntryTable, ...] = ()


@dataclass(frozen=True, slots=True)
class BaselineFile:
    """A baseline as it was read: its text, what that says, and the rules that its entries may name."""

    text: str = HEADING
    entries: tuple[Entry, ...] = ()
    rules: Collection[str] = field(default_factory=lambda: RULES, repr=False, compare=False)

    def edit(self, added: Sequence[Entry], removed: Iterable[Entry]) -> str:
        """Return the text with entries added and removed; every other line stays."""
        gone = {entry.key for entry in removed}
        wanted = (*(entry for entry in self.entries if entry.key not in gone), *added)
        text = _without(self.text, [entry.key in gone for entry in self.entries])
        newline = "\r\n" if "\r\n" in self.text else "\n"
        for entry in added:
            text = text.rstrip() + "\n\n" + _block(entry)
        text = text.replace("\r\n", "\n").replace("\n", newline)
        try:
            if read_baseline(text.encode(), self.rules).entries == wanted:
                return text
        except BaselineError:
            pass
        return HEADING + "".join("\n" + _block(entry) for entry in wanted)


def read_baseline(content: bytes, rules: Collection[str] = RULES) -> BaselineFile:
    """Read a baseline of findings of some rules; raises BaselineError for what is no TOML, for a wrong key or value, and for duplicates."""
    try:
        table = decode_toml(content, _BaselineTable)
    except DecodeError as error:
        raise BaselineError(str(error)) from None
    entries: dict[Key, Entry] = {}
    for number, stated in enumerate(table.entries):
        entry = Entry(**msgspec.structs.asdict(stated))
        if entry.rule not in rules:
            raise BaselineError(
                f"`entries[{number}]`: there is no rule `{entry.rule}`{suggestion(entry.rule, rules)}"
            )
        if entry.key in entries:
            raise BaselineError(
                f"`entries[{number}]`: an entry above is about `{entry.rule}` of `{entry.id}` too"
            )
        entries[entry.key] = entry
    return BaselineFile(content.decode("utf-8-sig"), tuple(entries.values()), rules)


def load_baseline(path: str, rules: Collection[str] = RULES) -> BaselineFile:
    """Read a baseline's file; raises BaselineError, whose text names the file."""
    name = f"the baseline `{escape_unprintable(path)}`"
    try:
        return read_baseline(read_text_file(path), rules)
    except BaselineError as error:
        raise BaselineError(f"{name}: {error}") from None
    except (OSError, ValueError) as error:
        kind = MissingBaselineError if isinstance(error, FileNotFoundError) else BaselineError
        raise kind(f"{name} cannot be read: {os_error_text(error)}") from None


def update_baseline(
    path: str, added: Sequence[Entry], removed: Iterable[Entry], rules: Collection[str] = RULES
) -> None:
    """Add entries to a baseline file and remove entries from it, whatever other runs have changed in it meanwhile.

    Raises BaselineError if it is not a baseline any more, and OSError.
    """
    with exclusive_lock(path):
        try:
            current = read_baseline(read_text_file(path), rules)
        except FileNotFoundError:
            current = BaselineFile(rules=rules)
        known = {entry.key for entry in current.entries}
        text = current.edit([entry for entry in added if entry.key not in known], removed)
        if text != current.text or not known:
            with atomic_write(path) as stream:
                stream.write(text)


def _without(text: str, gone: Sequence[bool]) -> str:
    """Take out the lines of entries, each with the comment that stands directly above it."""
    lines = text.splitlines(keepends=True)
    heads = [number for number, line in enumerate(lines) if _HEADER.match(line.rstrip("\r\n"))]
    if len(heads) != len(gone) or not any(gone):
        return text
    kept = [True] * len(lines)
    for (start, end), is_gone in zip(pairwise([*heads, len(lines)]), gone, strict=True):
        if is_gone:
            first = _above(lines, start)
            last = _end_of_entry(lines, start, _above(lines, end) if end < len(lines) else end)
            first -= first > 0 and not lines[first - 1].strip()  # one blank line goes with it
            kept[first:last] = [False] * (last - first)
    return "".join(line for line, stays in zip(lines, kept, strict=True) if stays)


def _above(lines: Sequence[str], end: int) -> int:
    """Return the line where the comment directly above a line begins, or the line itself."""
    while end > 0 and lines[end - 1].lstrip().startswith("#"):
        end -= 1
    return end


def _end_of_entry(lines: Sequence[str], start: int, end: int) -> int:
    """Return the line where an entry ends; a comment after a blank line does not belong to it."""
    while end > start:
        if not lines[end - 1].strip():
            end -= 1
        elif (comment := _above(lines, end)) < end and not lines[comment - 1].strip():
            end = comment
        else:
            break
    return end


def _block(entry: Entry) -> str:
    """Write an entry, with a word on what its rule asks for and it lacks."""
    lines = ["[[entries]]", f"rule = {quote_toml(entry.rule)}", f"id = {quote_toml(entry.id)}"]
    lines += [f"reason = {quote_toml(entry.reason)}", f"ticket = {quote_toml(entry.ticket)}"]
    if entry.first_seen is not None:
        lines.append(f"first_seen = {entry.first_seen.isoformat()}")
    if entry.expires is not None:
        lines.append(f"expires = {entry.expires.isoformat()}")
    elif entry.rule in REASON_REQUIRED:
        lines.append("# it counts until it has a reason and: expires = YYYY-MM-DD")
    return "\n".join(lines) + "\n"
