"""A broken rulebook gives an error that names file, line or key, and what is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from whosees.engine.analysis import analyse
from whosees.engine.expectation import Evaluator
from whosees.rules import RulebookError, builtin_rulebook, load_rulebook
from whosees.rules.files import MAX_BYTES
from whosees.rules.registry import BUILTINS, DEFAULT

TABLE, TOML = "table-4-3.csv", "rulebook.toml"


@pytest.fixture
def rulebook(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUILTINS[DEFAULT], tmp_path / "rulebook"))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(RulebookError) as caught:
        load_rulebook(folder)
    return str(caught.value).replace(str(folder), "DIR")


BROKEN_TABLE = {
    "a marker that is none": (
        "agenda,metaData/agenda,PW,PW",
        "agenda,metaData/agenda,PW,Q",
        "line 20, column `$C`: `Q` is not a marker; the markers are `✓`, `X`, `PW`",
    ),
    "a cell too few": (
        "isLocked,isLocked,✓,✓,✓,✓,✓,",
        "isLocked,isLocked,✓,✓,✓,✓,✓",
        "line 3: 7 cells, but the header has 8",
    ),
    "a path twice": (
        "confID,confID,",
        "confID,isLocked,",
        "line 8: path `isLocked` is already in line 3",
    ),
    "a path that is none": (
        "confID,confID,",
        "confID,/confID,",
        "line 8: path `/confID` is not a path; write element names joined by `/`",
    ),
    "a row without a name": ("confID,confID,", ",confID,", "line 8: `element` is empty"),
    "a column that is missing": (
        "element,path,MC,$C,TC,EC,AO,comments",
        "element,path,MC,TC,EC,AO,SC,comments",
        "line 1: the header needs `$C` once; it has `element`, `path`, `MC`, `TC`, `EC`, `AO`, `SC`, `comments`",
    ),
    "a column too many": (
        "element,path,MC,$C,TC,EC,AO,comments",
        "element,path,MC,$C,TC,EC,AO,coments",
        "line 1: unknown column `coments`",
    ),
}


@pytest.mark.parametrize("case", BROKEN_TABLE)
def test_a_broken_table_is_refused_by_its_line(rulebook: Path, case: str) -> None:
    old, new, message = BROKEN_TABLE[case]
    edit(rulebook, TABLE, old, new)
    assert refusal(rulebook) == f"`DIR/{TABLE}`: {message}"


BROKEN_TOML = {
    "an unknown key": (
        'table_title = "Table 4-3"',
        'table_titel = "Table 4-3"',
        "`rulebook`: unknown key `table_titel`; did you mean `table_title`?",
    ),
    "a key that is missing": ('version = "1.0.0"\n', "", "`rulebook`: key `version` is missing"),
    "a value of another type": (
        'version = "1.0.0"',
        "version = 1",
        "`rulebook.version`: expected `str`, got `int`",
    ),
    "a table elsewhere": (
        f'table = "{TABLE}"',
        f'table = "../{TABLE}"',
        f"`rulebook.table`: `../{TABLE}` is outside of the rulebook's folder; name a file in it",
    ),
    "a table anywhere": (
        f'table = "{TABLE}"',
        'table = "/etc/passwd"',
        "`rulebook.table`: `/etc/passwd` is outside of the rulebook's folder; name a file in it",
    ),
    "a format of the future": ("format = 1", "format = 2", "`rulebook.format`: invalid enum value 2"),
    "an expectation that is none": (
        'granted = "should"',
        'granted = "shall"',
        "`markers[2].granted`: invalid enum value 'shall'",
    ),
    "a statement that is not there": (
        'statement = "pw"',
        'statement = "PW"',
        "`markers.pw.statement`: there is no `PW`; did you mean `pw`?",
    ),
    "a role that is not there": (
        'role = ["host", "invited-attendee", "panelist", "presenter"]',
        'role = ["host", "invited-attendees"]',
        "`markers.pw.granted_if.role`: there is no `invited-attendees`; did you mean `invited-attendee`?",
    ),
    "a fact that is not there": (
        'password = ["supplied"]',
        'passwort = ["supplied"]',
        "`markers.pw.granted_if`: there is no `passwort`; did you mean `password`?",
    ),
    "the column fact in a cell's condition": (
        'password = ["supplied"]',
        'service = ["MC"]',
        "`markers.pw.granted_if`: `service` picks the column, so a cell cannot depend on it",
    ),
    "a condition without facts": (
        'password = ["supplied"]',
        "",
        "`markers.pw.granted_if`: an entry names no fact",
    ),
    "a condition without values": (
        'password = ["supplied"]',
        "password = []",
        "`markers.pw.granted_if`: `password` has no value, so the entry never applies; list values, or remove the entry",
    ),
    "conditions that are none": (
        'granted = "must"\n',
        'granted = "must"\ngranted_if = []\n',
        "`markers[0].granted_if`: is an empty list; write an entry, or leave the key out",
    ),
    "an id twice": ('id = "I2"', 'id = "I1"', "`interpretations`: id `I1` is used twice"),
    "an id with a blank": (
        'id = "I2"',
        'id = "I 2"',
        "`interpretations`: id `I 2` must consist of letters, digits, hyphens and underscores",
    ),
    "a spelling of no row": (
        '"sessionkey" = ["sessionKey"]',
        '"sessionkeys" = ["sessionKey"]',
        "`spellings`: there is no `sessionkeys`; did you mean `sessionkey`?",
    ),
    "a spelling that is another's name": (
        '"sessionkey" = ["sessionKey"]',
        '"sessionkey" = ["confID"]',
        "`spellings`: `confID` for `sessionkey` is the name of another element",
    ),
    "a note on no row": (
        'rows = ["sipURL"]\ncite',
        'rows = ["sipUrl"]\ncite',
        "`notes.sipURL.rows`: there is no `sipUrl`; did you mean `sipURL`?",
    ),
    "an implication about nothing": (
        'when = { caller = "anonymous" }',
        "when = {}",
        "`implications.when`: names no fact",
    ),
    "a name of two values": (
        'names = ["SC", "$C", "SaC", "SalesCenter"]',
        'names = ["SC", "mc"]',
        "`columns`: the name `mc` is used twice (letter case, spaces and hyphens do not count)",
    ),
    "unknown as a name": (
        'names = ["panelist"]',
        'names = ["panelist", "Unknown"]',
        "`facts.role.values`: `Unknown` is the value of a fact without evidence; choose another name",
    ),
    "a value that does not answer to its id": (
        'names = ["panelist"]',
        'names = ["panel"]',
        "`facts.role.values.panelist.names`: must contain the id `panelist` itself",
    ),
    "a row among the unlisted": (
        '    "hostKey",',
        '    "confID",',
        "`unlisted.paths`: `confID` is a row of the table",
    ),
    "a path among the unlisted that is none": (
        '    "meetingLink",',
        '    "meeting link",',
        "`unlisted.paths`: `meeting link` is not a path; write element names joined by `/`",
    ),
    "evidence that says two things": (
        'path = "isAudioOnly"\nequals = ["true", "1"]\nas = "AO"',
        'path = "isAudioOnly"',
        "`evidence.response`: needs either `as` (with `equals`) or `names`",
    ),
    "printed twice over columns": (
        'printed = "$C"',
        'printed = "MC"',
        "`columns.values`: `MC` is the printed heading of two columns",
    ),
    "printed twice for markers": (
        'printed = "PW"',
        'printed = "X"',
        "`markers`: two markers are printed `X`",
    ),
    "not TOML": (
        "[rulebook]",
        "[rulebook",
        "not TOML: expected ']' at the end of a table declaration (at line 4, column 10)",
    ),
    "cited for what is not there": (
        'cited_for = { columns = ["SC"] }',
        'cited_for = { columns = ["XC"] }',
        "`interpretations.I1.cited_for.columns`: there is no `XC`; known are `MC`, `SC`, `TC`, `EC`, `AO`",
    ),
    "an unlisted interpretation that is not there": (
        'cite = "I13"',
        'cite = "I99"',
        "`unlisted.cite`: there is no `I99`",
    ),
    "values given for the column fact": (
        'state_unknown = "the service is not known"',
        'state_unknown = "x"\nvalues = [{ id = "a", names = ["a"], state = "a", change = "a" }]',
        "`facts.service.values`: the values of the column fact are the columns; remove this key",
    ),
}


@pytest.mark.parametrize("case", BROKEN_TOML)
def test_a_broken_document_is_refused_by_its_key(rulebook: Path, case: str) -> None:
    old, new, message = BROKEN_TOML[case]
    edit(rulebook, TOML, old, new)
    assert refusal(rulebook).startswith(f"`DIR/{TOML}`: {message}")


def test_a_fact_needs_values(rulebook: Path) -> None:
    path = rulebook / TOML
    text = path.read_text("utf-8")
    path.write_text(
        text.replace(
            "[columns]",
            '[[facts]]\nid = "mood"\nlabel = "mood"\ncaller_can = true\nstate_unknown = "?"\n\n[columns]',
            1,
        ),
        "utf-8",
    )
    assert refusal(rulebook) == f"`DIR/{TOML}`: `facts.mood.values`: a fact needs at least one value"


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
