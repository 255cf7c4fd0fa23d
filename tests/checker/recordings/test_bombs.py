"""Files that unpack or nest out of all proportion: bounded, and said so once."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zlib
from pathlib import Path

import pytest

from support.traffic import (
    ARCHIVES,
    CALLS,
    DOCUMENTS,
    GOOD,
    Call,
    json_lines,
    judged,
    only,
    outcomes,
    tarred,
    zipped,
)
from whosees.checker.core.limits import Limits


def zeros() -> bytes:
    """A gigabyte of zeros, packed: one packed megabyte a thousand times; its end, which nobody reaches, is left out."""
    packer = zlib.compressobj(9, wbits=31)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    return head + (packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)) * 1024


@pytest.fixture(scope="module")
def gigabyte() -> bytes:
    packed = zeros()
    assert len(packed) < 1_100_000
    return packed


def test_a_gigabyte_of_zeros_is_not_unpacked(gigabyte: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(gigabyte)
    (tmp_path / "b.xml").write_bytes(GOOD)
    assert outcomes(judged(tmp_path), tmp_path) == [("a.xml", "too-large"), ("b.xml", "conformant")]


def test_a_gigabyte_of_zeros_in_a_body_is_too_large(gigabyte: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.http").write_bytes(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gigabyte)
    result = only(judged(tmp_path / "a.http"))
    assert (result.reason, result.detail) == (
        "too-large",
        "larger than 16,777,216 bytes; --max-size allows more",
    )


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_gigabyte_in_an_archive_ends_that_archive(kind: str, tmp_path: Path, gigabyte: bytes) -> None:
    """A member that unpacks out of all proportion exceeds a limit of its archive, and is reported once."""
    (tmp_path / "a").write_bytes(
        ARCHIVES[kind]([("bomb.jsonl.gz", gigabyte), ("inner.gz", gigabyte), ("c.xml", GOOD)])
    )
    limits = Limits(ratio_free_bytes=1 << 20)
    results = outcomes(judged(tmp_path / "a", limits=limits), tmp_path)
    assert results == [("a!c.xml", "conformant")]


def test_a_tar_of_zeros_packed_stops_by_its_ratio(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, wbits=31)
    info = tarfile.TarInfo("big.xml")
    info.size = 256 << 20
    parts = [packer.compress(info.tobuf()), *(packer.compress(bytes(1 << 20)) for _ in range(256))]
    (tmp_path / "a.tar.gz").write_bytes(b"".join([*parts, packer.compress(bytes(1024)), packer.flush()]))
    result = only(judged(tmp_path / "a.tar.gz"))
    assert (result.source, result.reason) == (str(tmp_path / "a.tar.gz"), "too-large")
    assert result.detail == (
        "it unpacks to more than 400 times its size; the rest is not read; --limit compression-ratio=N allows more"
    )


def test_all_that_unpacks_is_bounded(tmp_path: Path) -> None:
    limits = Limits(unpacked_size=3 * len(GOOD))
    (tmp_path / "a").write_bytes(zipped([(f"{n}.xml", GOOD) for n in range(5)]))
    results = outcomes(judged(tmp_path / "a", limits=limits), tmp_path)
    assert results == [(f"a!{n}.xml", "conformant") for n in range(3)] + [("a", "too-large")]


@pytest.mark.parametrize("kind", ARCHIVES)
def test_members_are_bounded_in_number(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(ARCHIVES[kind]([(f"{n}.xml", GOOD) for n in range(5)]))
    result = only(judged(tmp_path / "a", limits=Limits(members=4)))
    assert (result.reason, result.detail) == (
        "too-large",
        "its archives contain more than 4 members; --limit members=N allows more",
    )


def test_a_zip_that_tells_of_a_huge_directory_is_not_opened(tmp_path: Path) -> None:
    whole = zipped([(f"{n:0100}.xml", b"") for n in range(50)])
    (tmp_path / "a").write_bytes(whole)
    result = only(judged(tmp_path / "a", limits=Limits(buffered=1000)))
    assert (result.reason, result.detail) == (
        "too-large",
        "its directory is larger than 1,000 bytes; --limit buffered=N allows more",
    )


def test_names_of_members_are_bounded_together(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(tarred([(f"{n:090}.xml", b"") for n in range(50)]))
    assert only(judged(tmp_path / "a", limits=Limits(buffered=1000))).reason == "too-large"


def test_a_name_is_bounded_in_a_tar(tmp_path: Path) -> None:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("n" * 1_000_000))
    (tmp_path / "a").write_bytes(gzip.compress(written.getvalue(), 1))
    result = only(judged(tmp_path / "a"))
    assert (result.reason, result.detail) == (
        "too-large",
        "one of its members has more than 262,144 bytes of name and attributes",
    )


def test_packing_over_and_over_is_bounded(tmp_path: Path) -> None:
    content = GOOD
    for depth in range(5):
        (tmp_path / "a").write_bytes(content)
        result = only(judged(tmp_path / "a"))
        assert result.outcome == ("conformant" if depth <= 3 else "unchecked")
        content = gzip.compress(content)
    assert (result.reason, result.detail) == (
        "too-large",
        "it is packed more than 3 times over; --limit nesting=N allows more",
    )


def test_deep_json_is_refused(tmp_path: Path) -> None:
    deep = b'{"log": {"entries": [' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]}}"
    for name, content in {
        "a.har": deep,
        "b.jsonl": b'{"response": "x", "request": ' + b"[" * 100_000 + b"\n" + json_lines(CALLS[:1]),
    }.items():
        (tmp_path / name).write_bytes(content)
    results = outcomes(judged(tmp_path / "a.har", tmp_path / "b.jsonl"), tmp_path)
    assert results == [("a.har", "too-large"), ("b.jsonl:1", "too-large"), ("b.jsonl:2", "conformant")]


def test_a_long_line_is_passed_without_being_held(tmp_path: Path) -> None:
    limits = Limits(size=len(GOOD) * 2)
    long = json_lines([Call(GOOD.replace(b"SUCCESS", b"S" * 10 * limits.size))])
    (tmp_path / "a").write_bytes(json_lines(CALLS[:1]) + long + json_lines(CALLS[:2]))
    results = outcomes(judged(tmp_path / "a", limits=limits), tmp_path)
    assert [outcome for _, outcome in results] == ["conformant", "too-large", "conformant", "violating"]


@pytest.mark.parametrize("name", ["har", "vcrpy", "journal", "zip on standard input"])
def test_what_is_read_whole_is_bounded(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whosees.checker.core.limits._MIN_CONTAINER", 1000)
    content = zipped([("a.xml", os.urandom(2000))]) if name.startswith("zip") else DOCUMENTS[name](CALLS)
    (tmp_path / "inner.tar").write_bytes(tarred([("x", content)]))
    limits = Limits(size=500)
    result = only(judged(tmp_path / "inner.tar", limits=limits))
    assert (result.source, result.reason) == (f"{tmp_path}/inner.tar!x", "too-large")
    assert result.detail == ("it is read whole, and is larger than 1,000 bytes; --max-size allows more")


def test_a_folder_of_many_bombs_is_gone_through(tmp_path: Path, gigabyte: bytes) -> None:
    """Each file has a bound of its own."""
    for name in ("a.gz.xml", "b.gz.xml"):
        (tmp_path / name).write_bytes(gigabyte)
    (tmp_path / "c.xml").write_bytes(GOOD)
    assert [outcome for _, outcome in outcomes(judged(tmp_path))] == ["too-large", "too-large", "conformant"]
