"""A line or key of a rulebook that is wrong is named, with what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.broken_rulebooks import TABLE, TOML, edit, refusal

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
