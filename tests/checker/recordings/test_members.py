"""Members of archives: names that lead elsewhere, links, what is encrypted or there twice."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from support.traffic import (
    ARCHIVES,
    ASKED,
    CALLS,
    GOOD,
    LEAKING,
    har,
    judged,
    only,
    outcomes,
    tarred,
    zipped,
)
from whosees.checker.core.limits import Limits


@pytest.mark.parametrize("kind", ARCHIVES)
def test_names_lead_nowhere(kind: str, tmp_path: Path) -> None:
    """Members are called what they are called; nothing is written to where that would be."""
    names = ["../../evil.xml", "/etc/evil.xml", "C:\\evil.xml", "a/\x1b[31m.xml", "x" * 3000 + ".xml"]
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a").write_bytes(ARCHIVES[kind]([(name, GOOD) for name in names]))
    before = sorted(tmp_path.rglob("*"))
    results = judged(inside / "a")
    assert {result.outcome for result in results if hasattr(result, "outcome")} == {"conformant"}
    assert len(results) == len(names)
    assert sorted(tmp_path.rglob("*")) == before
    assert not any("\x1b" in result.source for result in results)


def test_links_and_devices_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_bytes(LEAKING)
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, kind in {
            "link.xml": tarfile.SYMTYPE,
            "hard.xml": tarfile.LNKTYPE,
            "pipe.xml": tarfile.FIFOTYPE,
            "null.xml": tarfile.CHRTYPE,
            "latest": tarfile.SYMTYPE,
            "folder": tarfile.DIRTYPE,
        }.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(tmp_path / "secret.xml")
            archive.addfile(info)
    (tmp_path / "a.tar").write_bytes(written.getvalue())
    results = outcomes(judged(tmp_path / "a.tar"), tmp_path)
    unread = [(f"a.tar!{name}.xml", "unreadable") for name in ("link", "hard", "pipe", "null")]
    assert results == [*unread, ("a.tar!latest", "skipped")]


@pytest.mark.parametrize("kind", ["tar", "tar.gz"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_occurs_twice_is_not_judged(kind: str, tmp_path: Path) -> None:
    members = [("a.xml", GOOD), ("a.xml", LEAKING), ("b.response.xml", GOOD), ("b.request.xml", ASKED)]
    (tmp_path / "a").write_bytes(ARCHIVES[kind]([*members, ("b.request.xml", ASKED), ("c.xml", GOOD)]))
    results = judged(tmp_path / "a")
    assert outcomes(results, tmp_path) == [
        ("a!a.xml", "unreadable"),
        ("a!b.response.xml", "unreadable"),
        ("a!c.xml", "conformant"),
    ]
    assert [getattr(result, "detail", None) for result in results[:2]] == [
        "the archive contains this name more than once, so that its content is ambiguous",
        "its request: the archive contains this name more than once, so that its content is ambiguous",
    ]


def test_encrypted_members_are_unchecked(tmp_path: Path) -> None:
    whole = bytearray(zipped([("a.xml", GOOD), ("b.har", har(CALLS)), ("c.xml", GOOD)]))
    for name in (b"a.xml", b"b.har"):
        whole[whole.rindex(name) - 46 + 8] |= 1  # the flag in the directory
    (tmp_path / "a").write_bytes(whole)
    results = judged(tmp_path / "a")
    assert outcomes(results, tmp_path) == [
        ("a!a.xml", "unreadable"),
        ("a!b.har", "unreadable"),
        ("a!c.xml", "conformant"),
    ]
    assert "encrypted" in (getattr(results[0], "detail", None) or "")


def test_other_packings_of_zip_are_said(tmp_path: Path) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.xml", GOOD)
    (tmp_path / "a").write_bytes(written.getvalue())
    assert (
        only(judged(tmp_path / "a")).detail
        == "it is compressed with a method that is not supported; use deflate"
    )


def test_a_member_that_is_broken_is_unchecked_alone(tmp_path: Path) -> None:
    whole = bytearray(zipped([("a.xml", GOOD), ("b.xml", GOOD), ("c.xml", GOOD)]))
    whole[whole.index(b"b.xml") + 20] ^= 0xFF
    whole[whole.rindex(b"c.xml") - 4] ^= 0x01  # where the directory says that it begins
    (tmp_path / "a").write_bytes(whole)
    assert outcomes(judged(tmp_path / "a"), tmp_path) == [
        ("a!a.xml", "conformant"),
        ("a!b.xml", "unreadable"),
        ("a!c.xml", "unreadable"),
    ]


def test_a_zip64_directory_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
    whole = zipped([(f"{n}.xml", GOOD) for n in range(3)])
    assert b"PK\x06\x06" in whole
    end = whole.rindex(b"PK\x05\x06")
    huge = whole[: end + 12] + struct.pack("<L", 0xFFFFFFFF) + whole[end + 16 :]
    (tmp_path / "a").write_bytes(huge)
    assert len(judged(tmp_path / "a", limits=Limits(buffered=1000))) == 3


def test_what_is_far_from_its_response_is_not_forgotten(tmp_path: Path) -> None:
    """Waiting is bounded; a response whose request was let go is unchecked, not judged without it."""
    members = [
        ("a.request.xml", ASKED),
        ("b.response.xml", GOOD),
        ("b.request.xml", ASKED),
        ("a.response.xml", GOOD),
    ]
    (tmp_path / "a").write_bytes(tarred(members))
    results = outcomes(judged(tmp_path / "a", limits=Limits(buffered=len(ASKED) + len(GOOD) // 2)), tmp_path)
    assert results == [("a!b.response.xml", "too-large"), ("a!a.response.xml", "too-large")]


def test_a_companion_that_cannot_be_had_is_said_of_its_response(tmp_path: Path) -> None:
    members = [
        ("a.response.xml", GOOD),
        ("a.request.xml", ASKED),
        ("b.response.xml", GOOD),
        ("b.request.xml", ASKED),
    ]
    whole = bytearray(zipped(members))
    whole[whole.rindex(b"a.request.xml") - 46 + 8] |= 1
    whole[whole.index(b"b.request.xml") + 20] ^= 0xFF
    (tmp_path / "a").write_bytes(whole)
    results = judged(tmp_path / "a")
    assert outcomes(results, tmp_path) == [
        ("a!a.response.xml", "unreadable"),
        ("a!b.response.xml", "unreadable"),
    ]
    first, second = (getattr(result, "detail", "") for result in results)
    assert first.startswith("its request: it is encrypted")
    assert second == "its request: it is broken or cut off"


def test_a_bomb_among_companions_ends_its_archive(tmp_path: Path) -> None:
    members = [("a.response.xml", GOOD), ("a.request.xml", bytes(1 << 20)), ("b.xml", GOOD)]
    (tmp_path / "a").write_bytes(zipped(members))
    limits = Limits(ratio_free_bytes=1 << 16, compression_ratio=100)
    assert outcomes(judged(tmp_path / "a", limits=limits), tmp_path) == [("a", "too-large")]


def test_a_file_with_holes_is_not_read_from_a_tar(tmp_path: Path) -> None:
    info = tarfile.TarInfo("a.xml")
    info.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    (tmp_path / "a").write_bytes(bytes(header) + bytes(1024))
    result = only(judged(tmp_path / "a"))
    assert (result.reason, result.detail) == (
        "unreadable",
        "it is stored as a sparse file, which is not supported; pack it without `--sparse`",
    )
