"""Parquet and Arrow files: rows are read within bounds, and judged as other recordings are."""

from __future__ import annotations

import gzip
import io
import os
import random
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import ipc
from pyarrow import parquet as pq

from support.command import whosees
from support.traffic import (
    ASKED,
    CALLS,
    GOOD,
    LEAKING,
    arrow_file,
    arrow_stream,
    detail,
    judged,
    outcomes,
    parquet,
)
from whosees.checker.core.limits import Limits
from whosees.checker.integrations.arrow import ColumnError, check
from whosees.checker.recordings import find_recordings
from whosees.checker.recordings.formats.arrow_rows import columns_of


def packed(rows: pa.Table, kind: str) -> bytes:
    """A table as a file of a kind."""
    written = io.BytesIO()
    if kind == "parquet":
        pq.write_table(rows, written, store_schema=False)
    else:
        make = ipc.new_file if kind == "arrow" else ipc.new_stream
        with make(written, rows.schema) as writer:
            writer.write_table(rows)
    return written.getvalue()


KINDS = ("parquet", "arrow", "stream")
TYPES = {
    "binary": pa.binary(),
    "large binary": pa.large_binary(),
    "text": pa.string(),
    "large text": pa.large_string(),
    "text by number": pa.dictionary(pa.int32(), pa.string()),
    "binary by number": pa.dictionary(pa.int8(), pa.binary()),
    "view of binary": pa.binary_view(),
    "view of text": pa.string_view(),
}


@pytest.mark.parametrize("name", TYPES)
def test_bytes_and_text_are_read_in_every_form(name: str, tmp_path: Path) -> None:
    """Text was decoded already: what its declaration says of its encoding on the wire does not count."""
    declared = "<?xml version='1.0' encoding='ISO-8859-1'?>" + GOOD.decode().replace(">x<", ">\u00e9<", 1)
    content = declared if "text" in name else declared.encode("latin-1")
    rows = pa.table({"response": pa.array([content, None], TYPES[name]), "request": [None, ASKED]})
    (tmp_path / "calls").write_bytes(packed(rows, "arrow"))
    assert outcomes(judged(tmp_path / "calls"), tmp_path) == [
        ("calls#row-0", "conformant"),
        ("calls#row-1", "not-a-message"),
    ]


def test_a_row_says_of_its_call_what_a_sidecar_can(tmp_path: Path) -> None:
    rows = pa.table(
        {
            "response": [LEAKING] * 7,
            "role": pa.array(["host", None, None, "panelist", "nobody", "host", None]).dictionary_encode(),
            "caller": pa.array([None, None, "anonymous", None, None, None, None]),
            "status": pa.array([200, 0, None, 200, 200, 500, 200], pa.uint64()),
            "context": pa.array(
                [
                    {"role": "host", "outcome": None},
                    {"role": "none", "outcome": None},
                    None,
                    {"role": "none", "outcome": None},
                    None,
                    None,
                    {"role": None, "outcome": "failure"},
                ]
            ),
            "recorder": [1] * 7,
        }
    )
    (tmp_path / "calls.parquet").write_bytes(packed(rows, "parquet"))
    run = whosees("check", "calls.parquet", "--format", "json", cwd=tmp_path)
    seen = [(r["context"]["role"], r["reason"], r["detail"]) for r in run.json["responses"]]
    unknown = {"value": "unknown", "from": "default"}
    assert seen == [
        ({"value": "host", "from": "sidecar"}, None, None),
        ({"value": "none", "from": "sidecar"}, None, None),
        ({"value": "none", "from": "sidecar"}, None, None),
        (unknown, "unreadable", "its sidecar: the columns `role` and `context` contradict each other"),
        (
            unknown,
            "unreadable",
            (
                "its sidecar: `role`: not a known role; the values are `host`, `invited-attendee`, `panelist`, "
                "`presenter`, `none`, `unknown`"
            ),
        ),
        (
            {"value": "host", "from": "sidecar"},
            "not-a-message",
            "the server answered with HTTP status 500, and a message comes with 200",
        ),
        (unknown, None, None),
    ]
    assert "unexpected-success" in [f["rule"] for f in run.json["responses"][6]["findings"]]


def test_a_map_is_a_context_too_and_other_facts_are_stated_in_it() -> None:
    kind = pa.map_(pa.string(), pa.string())
    rows = pa.table({"response": [GOOD], "context": pa.array([[("role", "host"), ("caller", None)]], kind)})
    (row,) = check(rows).read_all().to_pylist()
    assert row["context"]["role"] == {"value": "host", "from": "sidecar"}
    rows = pa.table({"response": [GOOD], "context": [{"role": 1}]})
    (row,) = check(rows).read_all().to_pylist()
    assert row["detail"] == "its sidecar: `context` contains values that are not text"


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_beyond_a_bound_is_refused_and_the_others_are_judged(kind: str, tmp_path: Path) -> None:
    size = len(LEAKING)
    rows = pa.table(
        {"response": [GOOD, LEAKING + b" ", None, LEAKING], "request": [ASKED, ASKED, None, None]}
    )
    (tmp_path / "calls").write_bytes(packed(rows, kind))
    results = judged(tmp_path, limits=Limits(size=size))
    assert [said for _, said in outcomes(results)] == ["conformant", "too-large", "unreadable", "violating"]
    assert detail(results[1]) == f"larger than {size:,} bytes; --max-size allows more"
    assert detail(results[2]) == "the row has no `response`"


def test_text_that_is_none_is_refused_in_its_row(tmp_path: Path) -> None:
    """Parquet vouches for no encoding."""
    rows = pa.table({"response": pa.array([GOOD, b"<a>\xff</a>"], pa.binary())})
    text = pa.table({"response": pa.Array.from_buffers(pa.string(), 2, rows["response"].chunk(0).buffers())})
    (tmp_path / "calls").write_bytes(packed(text, "parquet"))
    results = judged(tmp_path)
    assert [said for _, said in outcomes(results)] == ["conformant", "unreadable"]
    assert detail(results[1]) == "its `response` has a text type, and is not UTF-8"


BOMB = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), pa.array([b"x" * 100_000]))


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_more_than_recordings_come_to_is_refused(kind: str, tmp_path: Path) -> None:
    """A value that all rows share is written once."""
    (tmp_path / "calls").write_bytes(packed(pa.table({"response": BOMB}), kind))
    limits = Limits(size=1 << 20, ratio_free_bytes=1 << 20, compression_ratio=4)
    found = judged(tmp_path, limits=limits)
    assert len(found) < 100
    assert detail(found[-1]) == (
        "it unpacks to more than 4 times its size; the rest is not read; --limit compression-ratio=N allows more"
    )


def held_at_most(path: Path) -> int:
    """Return the most bytes that are held while the recordings of a file are gone through."""
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    most = max(pa.total_allocated_bytes() for _ in find_recordings([str(path)])) - before
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return int(most + peak)


@pytest.mark.parametrize("kind", ["parquet", "arrow", "stream"])
def test_memory_stays_flat_however_many_rows_there_are(kind: str, tmp_path: Path) -> None:
    rows = pa.record_batch({"response": [os.urandom(10_000) for _ in range(200)]})
    held = []
    for groups in (2, 16):
        path = tmp_path / str(groups)
        with path.open("wb") as stream:
            make = {"arrow": ipc.new_file, "stream": ipc.new_stream, "parquet": pq.ParquetWriter}[kind]
            with make(stream, rows.schema) as writer:
                for _ in range(groups):
                    writer.write_batch(rows)
        assert path.stat().st_size > groups * 2_000_000
        held.append(held_at_most(path))
    assert held[1] < 1.1 * held[0]


NOT_OURS: dict[str, tuple[Any, str]] = {
    "no response": (
        {"respnse": ["x"]},
        "it has no column `response`; did you mean `respnse`?",
    ),
    "nothing like it": (
        {"x": [1]},
        (
            "it has no column `response`; the columns that are read are `id`, `response`, `request`, `method`, `url`, "
            "`status`, `request_headers`, `response_headers`, `context`, `service`, `caller`, `role`, `password`"
        ),
    ),
    "numbers": (
        {"response": [1]},
        "its column `response` has the type int64; it has to contain bytes or text",
    ),
    "no status": (
        {"response": ["x"], "status": ["200"]},
        "its column `status` has the type string; it has to contain whole numbers",
    ),
    "a fact in numbers": (
        {"response": ["x"], "role": [1]},
        "its column `role` has the type int64; it has to contain text",
    ),
    "a fact in bytes": (
        {"response": ["x"], "role": [b"host"]},
        "its column `role` has the type binary; it has to contain text",
    ),
    "a slip": (
        {"response": ["x"], "Roles": ["host"]},
        "its column `Roles` resembles `role`: rename or remove it",
    ),
    "a context as text": (
        {"response": ["x"], "context": ["{}"]},
        "its column `context` has the type string; it has to contain a struct or a map of text",
    ),
}


@pytest.mark.parametrize("name", NOT_OURS)
def test_columns_that_cannot_be_used_are_said(name: str, tmp_path: Path) -> None:
    columns, said = NOT_OURS[name]
    rows = pa.table(columns)
    with pytest.raises(ColumnError) as refused:
        check(rows)
    assert str(refused.value) == said
    (tmp_path / "calls").write_bytes(packed(rows, "parquet"))
    (result,) = judged(tmp_path / "calls")
    assert (outcomes([result])[0][1], detail(result)) == ("not-a-message", said)
    in_folder = outcomes(judged(tmp_path))
    assert (in_folder == []) is ("response" not in columns)  # a table of something else, which nobody named


def test_a_doubled_column_is_said() -> None:
    with pytest.raises(ColumnError, match="it has more than one column `response`"):
        columns_of(pa.schema([("response", pa.string()), ("response", pa.string())]))


def test_columns_that_are_none_of_its_own_are_left_in_peace() -> None:
    rows = pa.table({"response": [GOOD], "caller_id": [1], "service_name": ["gateway"], "rolled": [True]})
    assert [row["outcome"] for row in check(rows).read_all().to_pylist()] == ["conformant"]


def test_old_feather_and_what_only_looks_like_arrow(tmp_path: Path) -> None:
    (tmp_path / "old.feather").write_bytes(b"FEA1" + bytes(100))
    (tmp_path / "noise").write_bytes(b"\xff\xff\xff\xff" + bytes(range(256)))
    results = judged(tmp_path)
    assert [(result.source.rpartition("/")[2], detail(result)) for result in results] == [
        ("old.feather", "it is Feather version 1; convert it to version 2 or Parquet")
    ]


@pytest.mark.parametrize("make", [parquet, arrow_file, arrow_stream])
def test_whatever_is_broken_is_one_refusal(make: Callable[..., bytes], tmp_path: Path) -> None:
    """Rows are judged as they were written, or what is wrong is said, once and at the end; nothing else happens."""
    whole, chance = make(CALLS), random.Random(20_261_123)  # noqa: S311 - the same each time
    expected = judged_of(whole, tmp_path)
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        del broken[chance.choice([len(broken), chance.randrange(12, len(broken))]) :]
        results = judged_of(bytes(broken), tmp_path)
        assert len(results) <= len(expected) + 1
        for source, said in results[:-1]:
            assert source.startswith("calls.arrow#row-"), (source, said)
    cut = judged_of(whole[: len(whole) // 2], tmp_path)
    assert cut[-1] == ("calls.arrow", "unreadable")


def test_a_file_that_ends_the_library_is_one_refusal(tmp_path: Path) -> None:
    """Found by fuzzing: asked for the metadata of a column in it, pyarrow 26 ends the process."""
    (tmp_path / "good.xml").write_bytes(GOOD)
    run = whosees(
        "check", Path(__file__).parents[2] / "data" / "broken-parquet", tmp_path, "--format", "json"
    )
    assert (run.code, run.err) == (3, "")
    assert [(r["outcome"], r["detail"]) for r in run.json["responses"]] == [
        ("unchecked", "it is broken or cut off"),
        ("conformant", None),
    ]


def judged_of(content: bytes, folder: Path) -> list[tuple[str, str]]:
    (folder / "calls.arrow").write_bytes(content)
    return outcomes(judged(folder / "calls.arrow"), folder)


def test_without_pyarrow_one_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of what is no table of calls nothing is said, unless it was named."""
    other = pa.table({"amount": [1]})
    for name, content in {
        "calls.parquet": parquet(CALLS),
        "calls.arrow": arrow_file(CALLS),
        "calls.arrow.gz": gzip.compress(arrow_file(CALLS)),
        "other.arrow": packed(other, "arrow"),
        "other.parquet": packed(other, "parquet"),
    }.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    results = judged(tmp_path)
    assert [(source, said) for source, said in outcomes(results, tmp_path)] == [
        ("calls.arrow", "unreadable"),
        ("calls.arrow.gz", "unreadable"),
        ("calls.parquet", "unreadable"),
    ]
    assert detail(results[0]) == "Arrow needs pyarrow: pip install 'whosees[arrow]'"
    assert detail(results[2]) == "Parquet needs pyarrow: pip install 'whosees[arrow]'"
    assert outcomes(judged(tmp_path / "other.parquet"))[0][1] == "unreadable"
