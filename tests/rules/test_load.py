"""A broken rulebook gives an error that names file, line or key, and what is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from support.broken_rulebooks import TABLE, TOML, edit, refusal
from whosees.engine.analysis import analyse
from whosees.engine.expectation import Evaluator
from whosees.rules import RulebookError, builtin_rulebook, load_rulebook
from whosees.rules.files import MAX_BYTES

UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no such folder": (shutil.rmtree, "`DIR`: cannot be read: no such file or directory"),
    "no table": (lambda d: (d / TABLE).unlink(), f"`DIR/{TABLE}`: cannot be read: no such file or directory"),
    "an empty table": (
        lambda d: (d / TABLE).write_bytes(b""),
        f"`DIR/{TABLE}`: line 1: the header is missing",
    ),
    "a table without rows": (
        lambda d: (d / TABLE).write_text("element,path,MC,$C,TC,EC,AO\n"),
        f"`DIR/{TABLE}`: line 2: the table has no rows",
    ),
    "a table that is not UTF-8": (
        lambda d: (d / TABLE).write_bytes(b"element\n\xff"),
        f"`DIR/{TABLE}`: line 2: not UTF-8",
    ),
    "a table with an open quote": (
        lambda d: (d / TABLE).write_text('element,"path\n'),
        f"`DIR/{TABLE}`: line 1: unexpected end of data",
    ),
    "a document that is not UTF-8": (
        lambda d: (d / TOML).write_bytes(b"a = 1\n\xff"),
        f"`DIR/{TOML}`: line 2: not UTF-8",
    ),
    "a key that would fill any memory": (
        lambda d: (d / TOML).write_text("\n" + " . ".join(["a", '"\\"."', "'b'"] * 34) + " = 1\n"),
        f"`DIR/{TOML}`: line 2: a key has more than 100 parts",
    ),
    "an empty document": (lambda d: (d / TOML).write_bytes(b""), f"`DIR/{TOML}`: key `rulebook` is missing"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_named(rulebook: Path, case: str) -> None:
    spoil, message = UNREADABLE[case]
    spoil(rulebook)
    assert refusal(rulebook) == message


def test_a_file_has_to_be_regular_and_of_bounded_size(rulebook: Path) -> None:
    """A named pipe would otherwise be waited for, and a device read without end."""
    (rulebook / TABLE).unlink()
    os.mkfifo(rulebook / TABLE)
    assert refusal(rulebook) == f"`DIR/{TABLE}`: cannot be read: it is not a regular file"
    with (rulebook / TOML).open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    assert refusal(rulebook) == f"`DIR/{TOML}`: cannot be read: it is larger than {MAX_BYTES:,} bytes"


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(RulebookError, match="cannot be read: embedded null byte"):
        load_rulebook("a\0b")


def test_the_digest_is_of_the_content_and_not_of_line_ends(rulebook: Path) -> None:
    same = load_rulebook(rulebook)
    assert same.digest == builtin_rulebook().digest
    assert same.location == str(rulebook)
    assert load_rulebook(rulebook / TOML).digest == same.digest
    for name in (TABLE, TOML):
        content = (rulebook / name).read_bytes()
        (rulebook / name).write_bytes(content.replace(b"\n", b"\r\n"))
    assert load_rulebook(rulebook).digest == same.digest
    edit(rulebook, TABLE, "agenda,metaData/agenda,PW", "agenda,metaData/agenda,X")
    assert load_rulebook(rulebook).digest != same.digest


def test_a_byte_order_mark_is_no_part_of_the_content(rulebook: Path) -> None:
    for name in (TABLE, TOML):
        content = (rulebook / name).read_bytes()
        (rulebook / name).write_bytes(b"\xef\xbb\xbf" + content)
    assert len(load_rulebook(rulebook).rows) == 57


def test_a_child_more_visible_than_its_parent_is_remarked_with_a_witness(rulebook: Path) -> None:
    edit(
        rulebook,
        TABLE,
        "telephonySupport,telephony/telephonySupport,PW",
        "telephonySupport,telephony/telephonySupport,✓",
    )
    (remark,) = [r for r in analyse(Evaluator(load_rulebook(rulebook))) if r.severity != "note"]
    assert (remark.id, remark.severity) == ("contradictory", "error")
    assert remark.text.startswith(
        "`telephony/telephonySupport` is `must`, but `telephony`, which encloses it, is "
    )
    assert remark.witness is not None
    assert remark.witness.startswith("MC/")
