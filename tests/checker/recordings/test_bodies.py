"""YAML and bodies that nobody vouches for."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from support.command import whosees
from support.traffic import (
    CALLS,
    GOOD,
    LEAKING,
    Call,
    har,
    journal,
    judged,
    mappings,
    only,
    outcomes,
    raw_http,
    ruby_vcr,
    vcrpy,
    zipped,
)
from whosees.checker.core.errors import Reason
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import UnreadableContent
from whosees.checker.recordings.http_message import decode_content_encoding

YAML = {
    "a tag of Python": (
        b"interactions:\n- !!python/object/apply:os.system ['touch /tmp/evil']\n",
        "unreadable",
        "it is not plain YAML, at line 2: it has a tag, a merge key or a kind of key that plain data does not have",
    ),
    "a tag of Ruby": (
        b"interactions:\n- !ruby/object:Gem::Installer {}\n",
        "unreadable",
        "it is not plain YAML, at",
    ),
    "merges of merges": (
        b"interactions: []\na: &a {x: 1}\n"
        + b"".join(
            b"b%d: &b%d {<<: [%s]}\n" % (n, n, b", ".join([b"*b%d" % (n - 1) if n else b"*a"] * 9))
            for n in range(12)
        ),
        "unreadable",
        "it is not plain YAML, at line 3: it has a tag, a merge key or a kind of key that plain data does not have",
    ),
    "deep": (
        b"interactions:\n- " + b"[" * 400 + b"]" * 400,
        "too-large",
        "it has more than 100 levels; --limit levels=N allows more",
    ),
    "deeper": (
        b"interactions:\n" + b"- " * 200_000,
        "too-large",
        "it has more than 100 levels; --limit levels=N allows more",
    ),
    "a number in base 60 that would take the square of its length": (
        b"interactions:\n- 1" + b":1" * 50 + b"\n",
        "unreadable",
        "it is not plain YAML: one of its values",
    ),
    "a long number": (
        b"interactions:\n- 1." + b"1" * 99 + b"\n",
        "unreadable",
        "it is not plain YAML: one of its values",
    ),
    "a date that is none": (
        b"interactions:\n- 2026-99-99\n",
        "unreadable",
        "it is not plain YAML: one of its values",
    ),
    "a list for a key": (b"interactions:\n- {[a]: 1}\n", "unreadable", "it is not plain YAML, at line 2"),
    "a forbidden character": (b"interactions:\n- \x07\n", "unreadable", "it is not plain YAML"),
    "two documents": (b"interactions: []\n---\n{}\n", "unreadable", "it is not plain YAML"),
    "an anchor that is not there": (b"interactions: *x\n", "unreadable", "it is not plain YAML, at line 1"),
}


@pytest.mark.parametrize("name", YAML)
def test_yaml_is_plain_data_or_refused(name: str, tmp_path: Path) -> None:
    content, reason, detail = YAML[name]
    (tmp_path / "a").write_bytes(content)
    result = only(judged(tmp_path / "a"))
    assert (result.reason, (result.detail or "")[: len(detail)]) == (reason, detail)


def test_yaml_is_bounded_in_nodes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"interactions: [" + b"a," * 1000 + b"]")
    result = only(judged(tmp_path / "a", limits=Limits(nodes=500)))
    assert (result.reason, result.detail) == (
        "too-large",
        "it has more than 500 nodes; --limit nodes=N allows more",
    )


def test_an_alias_bomb_stays_small(tmp_path: Path) -> None:
    """Lists of lists of one list: nine to the power of twelve, if anything went through them."""
    levels = ['a: &l0 ["lol"]', *(f"a{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 13))]
    bomb = "interactions: []\n" + "\n".join(levels) + "\ninteractions2: *l12\n"
    (tmp_path / "a").write_text(bomb)
    assert only(judged(tmp_path / "a")).detail == "it contains no recording"
    (tmp_path / "b").write_text(
        bomb.replace("interactions: []\n", "version: 1\n").replace("interactions2", "interactions")
    )
    results = judged(tmp_path / "b")
    assert {outcome for _, outcome in outcomes(results)} <= {"unreadable", "too-large"}


def test_aliases_cannot_repeat_a_body_without_end(tmp_path: Path) -> None:
    large = LEAKING.replace(b"\n", b" " * 4000 + b"\n")
    cassette = (
        vcrpy([Call(large)])
        .replace(b"- request", b"- &one\n  request")
        .replace(b"\nversion", b"\n- *one" * 5000 + b"\nversion")
    )
    (tmp_path / "a").write_bytes(cassette)
    results = outcomes(judged(tmp_path / "a"), tmp_path)
    assert results[-1] == ("a", "too-large")
    assert {outcome for _, outcome in results[:-1]} == {"violating"}
    assert len(results) < 100


def test_a_shared_header_is_no_bomb(tmp_path: Path) -> None:
    """vcrpy shares what occurs twice by an alias."""
    cassette = vcrpy([CALLS[0], CALLS[1]]).replace(b"identity]", b"identity]\n    again: &h {a: [b]}", 1)
    (tmp_path / "a").write_bytes(cassette.replace(b"version: 1", b"version: 1\nshared: [*h, *h]"))
    assert [outcome for _, outcome in outcomes(judged(tmp_path / "a"))] == ["conformant", "violating"]


BODIES = {
    "cut off in a chunk": (
        b"Transfer-Encoding: chunked\r\n",
        b"ffff\r\n<serv",
        "its chunked body is cut off or broken",
    ),
    "no last chunk": (
        b"Transfer-Encoding: chunked\r\n",
        b"4\r\n<ser\r\n",
        "its chunked body is cut off or broken",
    ),
    "no end of a chunk": (
        b"Transfer-Encoding: chunked\r\n",
        b"4\r\n<serXX",
        "its chunked body is cut off or broken",
    ),
    "gzip cut off": (
        b"Content-Encoding: gzip\r\n",
        gzip.compress(GOOD)[:-20],
        "its compressed body is cut off",
    ),
    "gzip broken": (b"", b"\x1f\x8b" + b"x" * 20, "its compressed body is broken"),
    "deflate broken": (b"Content-Encoding: deflate\r\n", b"\x01\x02" * 9, "its compressed body is broken"),
    "brotli cut off": (
        b"Content-Encoding: br\r\n",
        brotli.compress(GOOD)[:-20],
        "its compressed body is cut off",
    ),
    "brotli broken": (b"Content-Encoding: br\r\n", b"\x01\x02" * 9, "its compressed body is broken"),
    "zstandard cut off": (
        b"Content-Encoding: zstd\r\n",
        zstandard.compress(GOOD)[:-20],
        "its compressed body is cut off",
    ),
    "zstandard broken": (b"Content-Encoding: zstd\r\n", b"\x01\x02" * 9, "its compressed body is broken"),
    "zstandard and more": (
        b"Content-Encoding: zstd\r\n",
        zstandard.compress(GOOD) + b"<leak/>",
        "its compressed body is followed by other bytes",
    ),
    "compress": (
        b"Content-Encoding: compress\r\n",
        b"\x8b\x02",
        "its body is compressed with `compress`; record it with gzip, deflate or uncompressed",
    ),
    "nonsense": (
        b"Content-Encoding: \x1b[31m\r\n",
        b"\x8b\x02",
        "its body is compressed with an unknown coding; record it with gzip, deflate or uncompressed",
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_cannot_be_had_is_unchecked(name: str, tmp_path: Path) -> None:
    headers, content, said = BODIES[name]
    (tmp_path / "a").write_bytes(raw_http(Call(content), headers))
    result = only(judged(tmp_path / "a"))
    assert (result.reason, result.detail) == ("unreadable", said)


def test_headers_that_do_not_end_are_unchecked(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100_000)
    assert only(judged(tmp_path / "a")).detail == "its HTTP headers do not end: is it cut off?"


def test_a_million_interim_responses_come_to_an_end(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"HTTP/1.1 100\r\n\r\n" * 500_000)
    assert only(judged(tmp_path / "a")).outcome == "unchecked"


@pytest.mark.parametrize("name", ["har", "journal", "mappings", "ruby"])
def test_base64_that_is_none_spoils_its_entry_alone(name: str, tmp_path: Path) -> None:
    pack = {"har": har, "journal": journal, "mappings": mappings, "ruby": ruby_vcr}[name]
    content = pack(CALLS[:2], as_base64=True)
    broken = content.replace(b"PHNlcnY6", b"?HNlcnY6", 4 if name == "journal" else 1)
    (tmp_path / "a").write_bytes(
        content.replace(b"PHNlcnY6", b"?HNlcnY6", 2) if name == "journal" else broken
    )
    results = judged(tmp_path / "a")
    assert [outcome for _, outcome in outcomes(results)] == ["unreadable", "violating"]
    assert "is not base64, or is cut off" in (getattr(results[0], "detail", None) or "")


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../secret.xml",
        "..",
        "x/../../secret.xml",
        "",
        "link.xml",
        "a\0b",
        "gone.xml",
        "y" * 5000,
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_body_file_names_lead_nowhere_else(name: str, tmp_path: Path, packed: bool) -> None:
    mapping = json.dumps({"request": {}, "response": {"status": 200, "bodyFileName": name}}).encode()
    (tmp_path / "secret.xml").write_bytes(LEAKING)
    root = tmp_path / "wiremock"
    (root / "mappings").mkdir(parents=True)
    (root / "__files").mkdir()
    (root / "mappings" / "m.json").write_bytes(mapping)
    (root / "__files" / "link.xml").symlink_to(tmp_path / "secret.xml")
    target = root
    if packed:
        target = tmp_path / "a.zip"
        target.write_bytes(
            zipped([("mappings/m.json", mapping), ("secret.xml", b""), ("__files/other", b"")])
        )
    (result,) = [r for r in judged(target) if r.source.endswith("m.json")]
    assert outcomes([result])[0][1] == "unreadable"
    assert "bodyFileName" in (getattr(result, "detail", None) or "")


def test_a_missing_extra_is_said_with_its_name(tmp_path: Path) -> None:
    """Without PyYAML a cassette is unchecked, and the rest is judged."""
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "yaml.py").write_text("raise ImportError('no yaml here')\n")
    (tmp_path / "a.yaml").write_bytes(vcrpy(CALLS))
    (tmp_path / "b.xml").write_bytes(GOOD)
    run = whosees(
        "check", tmp_path / "a.yaml", tmp_path / "b.xml", "--format", "json", PYTHONPATH=str(blocked)
    )
    first, second = run.json["responses"]
    assert (first["reason"], second["outcome"], run.code) == ("unreadable", "conformant", 3)
    assert first["detail"] == "it is YAML, which needs PyYAML: `pip install 'whosees[yaml]'`"


def test_limits_follow_the_largest_size() -> None:
    """``--max-size`` allows larger files that are read whole, and longer lines."""
    assert Limits().container == 128 << 20
    assert replace(Limits(), size=1 << 30).container == 1 << 30
    assert replace(Limits(), size=1 << 30).line == 1 << 32


COMPRESSED: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, quality=1),
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("coding", COMPRESSED)
def test_brotli_and_zstandard_are_decoded_up_to_the_limit(coding: str) -> None:
    compress = COMPRESSED[coding]
    assert decode_content_encoding(compress(GOOD), coding, Limits()) == GOOD
    bomb = decode_content_encoding(compress(b"x" * (1 << 27)), coding, Limits(size=1000))
    assert isinstance(bomb, bytes)
    assert 1000 < len(bomb) < 1 << 24, "more than the limit, so that it is too large, and not much more"


def test_releases_of_brotli_that_know_no_limit_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before 1.2, `process` takes the data alone: it was called as the current one, and ended the run as a defect."""

    class OldDecompressor:
        def __init__(self, made: Any = brotli.Decompressor) -> None:
            self._decompressor = made()

        def process(self, data: bytes) -> bytes:
            piece: bytes = self._decompressor.process(data)
            return piece

        def is_finished(self) -> bool:
            return bool(self._decompressor.is_finished())

    monkeypatch.setattr(brotli, "Decompressor", OldDecompressor)
    body = brotli.compress(GOOD)
    assert decode_content_encoding(body, "br", Limits()) == GOOD
    bomb = decode_content_encoding(brotli.compress(bytes(1 << 27)), "br", Limits(size=1000))
    assert isinstance(bomb, bytes)
    assert 1000 < len(bomb) < 1 << 26, "two blocks of 16 MiB at most begin and end in one piece"
    broken = [decode_content_encoding(wrong, "br", Limits()) for wrong in (body[:-20], body + b"<leak/>")]
    assert [each.detail for each in broken if isinstance(each, UnreadableContent)] == [
        "its compressed body is cut off",
        "its compressed body is broken",
    ]


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br, gzip", gzip.compress(brotli.compress(GOOD))),
        ("gzip,\tgzip", gzip.compress(gzip.compress(GOOD))),
        ("Deflate, identity, ZSTD", zstandard.compress(zlib.compress(GOOD))),
        ("gzip, gzip", gzip.compress(GOOD)),
        ("br, gzip", GOOD),
    ],
)
def test_several_codings_are_decoded_from_the_last_to_the_first(coding: str, body: bytes) -> None:
    """RFC 9110, 8.4: codings are listed in the order in which they were applied. Servers repeat one by mistake."""
    assert decode_content_encoding(body, coding, Limits()) == GOOD


def test_a_body_within_a_bomb_or_many_codings_is_refused() -> None:
    bomb = gzip.compress(gzip.compress(b"x" * (1 << 24)))
    assert len(decode_content_encoding(bomb, "gzip, gzip", Limits(size=1000))) == 1001  # type: ignore[arg-type]
    many = decode_content_encoding(b"\x8b\x02", "br, " * 20 + "br", Limits())
    assert many == UnreadableContent(Reason.UNREADABLE, "its body is compressed with more than 4 codings")


@pytest.mark.parametrize("coding", COMPRESSED)
def test_without_its_library_a_coding_is_named_with_what_to_install(
    coding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("brotli", "zstandard"):
        monkeypatch.setitem(sys.modules, library, None)
    assert decode_content_encoding(b"\x8b\x02", coding, Limits()) == UnreadableContent(
        Reason.UNREADABLE,
        f"its body is compressed with `{coding}`; record it with gzip, deflate or uncompressed; "
        f"or install the library for `{coding}`: pip install 'whosees[watch]'",
    )
