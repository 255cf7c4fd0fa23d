"""The file of a baseline: what people wrote stays, and what is wrong is said with its place."""

from __future__ import annotations

import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from whosees.checker.checking.baseline_file import BaselineError, BaselineFile, read_baseline, update_baseline
from whosees.engine.baseline import Entry
from whosees.engine.finding_rules import RULES

WRITTEN = """\
# Ours; ask the platform team.
format = 1

# Agreed with the vendor,
# see the minutes.
[[entries]]
id = 'a'   # single quotes
rule = "missing"
reason = "the host's address is gone"
ticket = "OPS-1"
first_seen = 2026-01-02
expires = 2027-01-02

[[entries]]
rule = "leaked"
id = "b"
# until the release
expires = "2026-12-31"

# Below: new ones.

[[ entries ]] # an odd header
rule = "missing"
id = "c"
"""
A, B, C = read_baseline(WRITTEN.encode()).entries
NEW = Entry("omitted", "d", first_seen=date(2026, 11, 23))


def test_an_entry_is_read_with_all_that_it_says() -> None:
    day = date(2027, 1, 2)
    assert Entry("missing", "a", "the host's address is gone", "OPS-1", date(2026, 1, 2), day) == A
    assert (B.expires, C) == (date(2026, 12, 31), Entry("missing", "c"))


def test_adding_keeps_every_line() -> None:
    text = read_baseline(WRITTEN.encode()).edit([NEW], [])
    assert text.startswith(WRITTEN)
    assert read_baseline(text.encode()).entries == (A, B, C, NEW)


def test_removing_takes_an_entry_with_its_comment_and_nothing_else() -> None:
    file = read_baseline(WRITTEN.encode())
    first, rest = WRITTEN.split("\n# Agreed")
    assert file.edit([], [A]) == first + rest[rest.index("\n[[entries]]\nrule") :]
    assert (
        file.edit([], [B])
        == WRITTEN[: WRITTEN.index('\n[[entries]]\nrule = "leaked"')]
        + (WRITTEN[WRITTEN.index("\n# Below") :])
    )
    assert file.edit([], [C]) == WRITTEN[: WRITTEN.index("\n[[ entries ]]")]
    assert file.edit([], [A, B, C]) == "# Ours; ask the platform team.\nformat = 1\n\n# Below: new ones.\n"


@pytest.mark.parametrize(
    "text",
    [
        'format = 1\nentries = [{rule = "missing", id = "a"}, {rule = "missing", id = "c"}]\n',
        'format = 1\n[[entries]]\nrule = "missing"\nid = "a"\nreason = """\n[[entries]]\n"""\n[["entries"]]\nrule = "missing"\nid = "c"\n',
    ],
)
def test_a_file_of_another_layout_is_written_anew(text: str) -> None:
    file = read_baseline(text.encode())
    first, second = file.entries
    changed = file.edit([NEW], [second])
    assert changed.startswith("# Findings of")
    assert read_baseline(changed.encode()).entries == (first, NEW)


def test_line_ends_stay_as_they_are() -> None:
    file = read_baseline(WRITTEN.replace("\n", "\r\n").encode())
    changed = file.edit([NEW], [B])
    assert changed.count("\n") == changed.count("\r\n")
    assert read_baseline(changed.encode()).entries == (A, C, NEW)


def test_a_new_leak_says_what_it_needs() -> None:
    text = BaselineFile().edit([Entry("leaked", "x", first_seen=date(2026, 11, 23))], [])
    assert text.endswith("# it counts until it has a reason and: expires = YYYY-MM-DD\n")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
DAYS = st.none() | st.dates()
ENTRIES = st.builds(Entry, st.sampled_from(sorted(RULES)), TEXTS, TEXTS, TEXTS, DAYS, DAYS)


@settings(deadline=None)
@given(st.lists(ENTRIES, unique_by=lambda entry: entry.key), st.data())
def test_what_is_written_is_read_again(entries: list[Entry], data: st.DataObject) -> None:
    """Law: adding some entries and removing others leaves exactly the rest, whatever their texts hold."""
    text = BaselineFile().edit(entries, [])
    assert tomllib.loads(text)["format"] == 1
    file = read_baseline(text.encode())
    assert file.entries == tuple(entries)
    gone = data.draw(st.lists(st.sampled_from(entries), unique_by=lambda entry: entry.key)) if entries else []
    left = read_baseline(file.edit([], gone).encode()).entries
    assert left == tuple(entry for entry in entries if entry not in gone)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "key `format` is missing"),
        ("format = 2", "`format`: invalid enum value 2"),
        ("format = 1\nentrys = []", "unknown key `entrys`; did you mean `entries`?"),
        ("format = 1\n[[entries]]\nid = 'a'", "`entries[0]`: key `rule` is missing"),
        (
            "format = 1\n[[entries]]\nid = 'a'\nrule = 'leak'",
            "`entries[0]`: there is no rule `leak`; did you mean `leaked`?",
        ),
        (
            "format = 1\n[[entries]]\nid = 'a'\nrule = 'leaked'\nexpire = 2026-01-01",
            "`entries[0]`: unknown key `expire`; did you mean `expires`?",
        ),
        (
            "format = 1\n[[entries]]\nid = 'a'\nrule = 'leaked'\nexpires = 'soon'",
            "`entries[0].expires`: invalid RFC3339 encoded date",
        ),
        (
            "format = 1" + "\n[[entries]]\nid = 'a'\nrule = 'leaked'" * 2,
            "`entries[1]`: an entry above is about `leaked` of `a` too",
        ),
        ("format = ", "not TOML: invalid value (at end of document)"),
    ],
)
def test_what_is_no_baseline_is_said_with_its_place(text: str, message: str) -> None:
    with pytest.raises(BaselineError) as error:
        read_baseline(text.encode())
    assert str(error.value) == message


def test_runs_that_end_at_the_same_time_lose_no_entry(tmp_path: Path) -> None:
    """Each reads the file again under a lock, and adds only what is not in it yet."""
    file = tmp_path / "known.toml"
    entries = [replace(NEW, id=f"getsessioninfo:MC/x#{number}") for number in range(33)]
    with ThreadPoolExecutor(11) as runs:
        list(runs.map(lambda entry: update_baseline(str(file), list({entry, entries[0]}), []), entries))
    written = read_baseline(file.read_bytes()).entries
    assert sorted(entry.id for entry in written) == sorted(entry.id for entry in entries)
    with ThreadPoolExecutor(11) as runs:
        list(runs.map(lambda entry: update_baseline(str(file), [], [entry]), entries[1:]))
    assert read_baseline(file.read_bytes()).entries == (entries[0],)
    assert list(tmp_path.iterdir()) == [file]
