"""Truncated, mistyped and empty files: unchecked, with the place and without a value, and the rest is judged."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from support.command import whosees
from support.traffic import (
    ARCHIVES,
    CALLS,
    DOCUMENTS,
    GOOD,
    LEAKING,
    har,
    journal,
    judged,
    mappings,
    only,
    outcomes,
    tarred,
    zipped,
)


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_document_cut_off_is_unchecked(name: str, part: float, tmp_path: Path) -> None:
    """Also where it is only found in a folder: it begins as a recording does."""
    whole = DOCUMENTS[name](CALLS)
    (tmp_path / "a").write_bytes(whole[: int(len(whole) * part)])
    (tmp_path / "b.xml").write_bytes(GOOD)
    results = outcomes(judged(tmp_path), tmp_path)
    assert results[-1] == ("b.xml", "conformant")
    assert "unreadable" in {outcome for _, outcome in results}


@pytest.mark.parametrize("kind", ARCHIVES)
@pytest.mark.parametrize("part", [0.3, 0.6])
def test_an_archive_cut_off_is_unchecked(kind: str, part: float, tmp_path: Path) -> None:
    whole = ARCHIVES[kind]([(f"{n}.xml", GOOD + b" " * n) for n in range(40)])
    (tmp_path / "a").write_bytes(whole[: int(len(whole) * part)])
    results = outcomes(judged(tmp_path / "a"), tmp_path)
    assert results[-1] == ("a", "unreadable")


def test_a_tar_without_its_end_may_be_cut_off(tmp_path: Path) -> None:
    """Between two members a cut leaves no other trace."""
    (tmp_path / "a").write_bytes(tarred([("x.xml", GOOD)])[: 512 + -(-len(GOOD) // 512) * 512])
    assert outcomes(judged(tmp_path / "a"), tmp_path) == [("a", "unreadable")]


def test_a_broken_header_in_a_tar_is_not_taken_for_its_end(tmp_path: Path) -> None:
    """A member after it could be a leak: the archive does not count as conformant."""
    whole = bytearray(tarred([("a.xml", GOOD), ("b.xml", LEAKING)]))
    second = whole.index(b"b.xml")
    whole[second + 148 : second + 156] = b"0000000\0"  # its checksum
    (tmp_path / "a").write_bytes(whole)
    result = only(judged(tmp_path / "a"))
    assert (result.reason, result.detail) == (
        "unreadable",
        "it is broken or cut off: the rest after its last complete member is not read",
    )


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}", b"[]", b"no recording", b"{", b"HTTP/1.1 200 OK\r\n\r\n"]
)
def test_what_holds_nothing_is_unchecked_where_it_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content)
    assert only(judged(tmp_path / "a")).reason in ("not-xml", "not-a-message", "unreadable")
    assert whosees("check", tmp_path / "a").code == 3
    assert whosees("check", "-", stdin=content).code == 3


EMPTY = {
    "har": har([]),
    "vcrpy": b"interactions: []\nversion: 1\n",
    "journal": journal([]),
    "mappings": mappings([]),
    "zip": zipped([]),
    "tar": tarred([("folder/README", b"")]),
    "gzip": gzip.compress(b""),
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_container_without_recordings_is_unchecked_where_it_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(EMPTY[name])
    assert only(judged(tmp_path / "a")).reason in ("not-a-message", "not-xml")
    assert judged(tmp_path) == []


MISTYPED = {
    "har": (
        b'{"log": {"entries": 3}}',
        "its log does not have the structure of its format: expected `array`, got `int`",
    ),
    "har without entries": (
        b'{"log": {}}',
        "its log does not have the structure of its format: object missing required field",
    ),
    "mappings": (b'{"mappings": [], "request": 1}', "it contains no recording"),
    "vcrpy": (b"interactions: 3\n", "its interactions are not a list"),
    "ruby": (b"---\nhttp_interactions: {}\n", "its interactions are not a list"),
}


@pytest.mark.parametrize("name", MISTYPED)
def test_a_wrong_shape_is_said_with_its_place(name: str, tmp_path: Path) -> None:
    content, said = MISTYPED[name]
    (tmp_path / "a").write_bytes(content)
    assert (only(judged(tmp_path / "a")).detail or "").startswith(said)


def test_a_broken_entry_does_not_stop_the_others(tmp_path: Path) -> None:
    document = json.loads(har([CALLS[0], CALLS[0], CALLS[1]]))
    document["log"]["entries"][1]["response"]["content"]["text"] = ["secret"]
    (tmp_path / "a").write_text(json.dumps(document))
    results = judged(tmp_path / "a")
    assert [outcome for _, outcome in outcomes(results)] == ["conformant", "unreadable", "violating"]
    detail = getattr(results[1], "detail", "")
    assert detail == (
        "the entry does not have the structure of its format: expected `str | null`, got `array` - at `$.response.content.text`"
    )


def test_values_of_broken_documents_are_not_shown(tmp_path: Path) -> None:
    for name, content in {
        "a.json": b'{"log": {"entries": [{"request": {"postData": "hunter2"}}, {"response": {"content": "hunter2"}}]}}',
        "b.jsonl": b'{"response": hunter2}\n{"response": "x", "context": {"role": ["hunter2"]}}\n{"response": "hunter2"}',
        "c.yaml": b"interactions:\n- response: !hunter2 hunter2\n",
        "d.yaml": b"interactions:\n- response: {body: {string: !!binary hunter2!}}\n  request: {body: hunter2}\n",
        "e.yaml": b"interactions:\n  hunter2: [hunter2\n hunter2",
        "f.zip": b"PK\x03\x04hunter2",
    }.items():
        (tmp_path / name).write_bytes(content)
        run = whosees("check", tmp_path / name, "--format", "json")
        assert "hunter2" not in run.out + run.err, name
        assert run.code == 3, run.out
