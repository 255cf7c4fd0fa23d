"""A short run of every target of the fuzzer, without the fuzzer: its seeds, and mutations of them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.figures import Round, table
from fuzz.targets import TARGETS
from fuzz.words import FOLDER, dictionary, words
from whosees.checker.recordings.containers.streams import HEAD
from whosees.checker.recordings.formats import JSON_FORMATS, READERS, ZIP_LAYOUTS
from whosees.checker.recordings.formats.arrow import ArrowReader, ParquetReader
from whosees.checker.recordings.registry import reader_of

Edit = tuple[int, int, bytes]
"""An edit: the position, how many bytes go, and what comes in their place."""


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_keep_the_law(name: str) -> None:
    seeds = list(TARGETS[name].seeds())
    assert seeds
    for seed in seeds:
        TARGETS[name].run(seed)


def test_every_format_that_is_read_has_a_seed() -> None:
    """Tables are left out: a library reads them, in a language of its own."""
    seeds = [seed for target in TARGETS.values() for seed in target.seeds()]
    for reader in (each for each in READERS if not isinstance(each, (ParquetReader, ArrowReader))):
        assert any(reader_of(seed[:HEAD], ("xml", "json")) is reader for seed in seeds), type(reader)
    objects = list(filter(None, map(first_object, seeds)))
    for form in JSON_FORMATS:
        assert any(form.matches(each) or form.matches_items(each) for each in objects), form.info
    names = [zipfile.ZipFile(io.BytesIO(seed)).namelist() for seed in seeds if seed.startswith(b"PK")]
    for layout in ZIP_LAYOUTS:
        assert any(map(layout.matches, names)), layout.info


def first_object(seed: bytes) -> dict[str, msgspec.Raw] | None:
    """The members of a JSON object, or of the first one in an array; None for anything else."""
    try:
        decoded = msgspec.json.decode(seed, type=dict[str, msgspec.Raw] | list[msgspec.Raw])
        return (
            decoded
            if isinstance(decoded, dict)
            else msgspec.json.decode(decoded[0], type=dict[str, msgspec.Raw])
        )
    except (msgspec.DecodeError, IndexError):
        return None


def edited(content: bytes, edits: Sequence[Edit]) -> bytes:
    """Make edits one after the other."""
    for at, gone, put in edits:
        place = at % (len(content) + 1)
        content = content[:place] + put + content[place + gone :]
    return content


@pytest.mark.parametrize("name", TARGETS)
def test_mutations_keep_the_law(name: str) -> None:
    target = TARGETS[name]
    put = st.sampled_from(list(words(target.words))) | st.binary(max_size=6)
    edits = st.lists(st.tuples(st.integers(0, 4095), st.integers(0, 40), put), min_size=1, max_size=6)

    @settings(database=None)
    @given(st.sampled_from(list(target.seeds())), edits)
    def keeps(seed: bytes, changes: list[Edit]) -> None:
        target.run(edited(seed, changes)[: target.longest])

    keeps()


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.iterdir()))
def test_dictionaries_are_what_the_fuzzer_reads(name: str) -> None:
    lines = [line for line in dictionary([name]).splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r'"(?:[ !#-\[\]-~]|\\(?:["\\]|x[0-9a-f]{2}))+"', line) for line in lines)
    assert len(set(lines)) == len(lines) == len(list(words([name])))
    assert any(name in target.words for target in TARGETS.values())


def test_figures_are_added_up() -> None:
    rounds = [
        Round("har", 1000, 2.0, 60, 64, 70, 10, 5, "whole"),
        Round("har", 3000, 2.0, 62, 63, 70, 12, 6, "broken (77)", "crash-1"),
        Round("tar", 500, 1.0, 60, 60, 60, 3, 2, "whole"),
    ]
    assert list(table(rounds))[2:] == [
        "| har | 4,000 | 1,000 | 2 | 62 | 64 | 12 | 6 | 1 |",
        "| tar | 500 | 500 | 1 | 60 | 60 | 3 | 2 | 0 |",
        "| in all | 4,500 | 900 | 3 | | | | | 1 |",
    ]
