"""JSON Lines, text that was decoded already, and what belongs together in an archive."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.traffic import (
    ASKED,
    CALLS,
    GOOD,
    LEAKING,
    OTHER_REQUEST,
    PASSWORD,
    Call,
    context,
    har,
    journal,
    json_lines,
    judged,
    only,
    outcomes,
    raw_http,
    tarred,
    vcrpy,
    zipped,
)
from whosees.checker.core.limits import Limits
from whosees.checker.messages.xml.parser import parse
from whosees.checker.recordings.encoding import encode_text


@given(
    text=st.text(st.characters(codec="utf-8", exclude_characters="<>&\r"), max_size=20).filter(
        lambda text: all(c.isprintable() or c == "\n" for c in text)
    ),
    encoding=st.sampled_from(["ISO-8859-1", "windows-1252", "UTF-16", "US-ASCII", "utf-8"]),
    mark=st.sampled_from(["", "\ufeff"]),
    quote=st.sampled_from("'\""),
)
def test_text_keeps_its_characters_whatever_encoding_it_had(
    text: str, encoding: str, mark: str, quote: str
) -> None:
    """The declaration names the encoding on the wire; JSON and YAML hold characters."""
    document = f"{mark}<?xml version={quote}1.0{quote} encoding = {quote}{encoding}{quote} standalone='yes'?>\n<a>{text}</a>"
    root = parse(encode_text(document), Limits())
    assert (root.text or "", root.sourceline) == (text, 2)


def test_only_the_declaration_is_touched() -> None:
    text = "<a><?xml encoding='ISO-8859-1'?> encoding='ISO-8859-1'</a>"
    assert encode_text(text) == text.encode()
    assert encode_text("\ud800") == b"\xed\xa0\x80"


@pytest.mark.parametrize("pack", [har, journal, vcrpy, json_lines])
def test_a_declared_encoding_is_no_trouble_in_any_format(pack: Any, tmp_path: Path) -> None:
    declared = b"<?xml version='1.0' encoding='ISO-8859-1'?>\n" + GOOD.replace(b">x<", ">é€<".encode())
    (tmp_path / "a").write_bytes(pack([Call(declared)]))
    assert only(judged(tmp_path / "a")).outcome == "conformant"


def line(**members: Any) -> bytes:
    return json.dumps(members).encode() + b"\n"


def test_a_context_counts_as_a_sidecar(tmp_path: Path) -> None:
    failed = CALLS[0].response.replace(b"SUCCESS", b"FAILURE")
    (tmp_path / "a").write_bytes(
        line(id=1, response=GOOD.decode(), context={"caller": "anonymous", "password": None})
        + b"\n"
        + line(response=GOOD.decode(), context={"caller": "\x7f\n\"'\\"})
        + line(response=GOOD.decode(), context={"caler": "x"})
        + line(response=GOOD.decode(), context={"caller": 3})
        + line(response=GOOD.decode(), context=None, more=[{}])
        + line(response=failed.decode(), context={"outcome": "failure"})
        + line(response=GOOD.decode(), context={"outcome": "failure"})
    )
    results = judged(tmp_path / "a")
    assert outcomes(results, tmp_path) == [
        ("a:1", "conformant"),
        ("a:3", "unreadable"),
        ("a:4", "unreadable"),
        ("a:5", "unreadable"),
        ("a:6", "conformant"),
        ("a:7", "failure-response"),
        ("a:8", "violating"),
    ]
    assert context(results[0])["caller"] == "anonymous"
    details = [getattr(result, "detail", "") or "" for result in results[1:4]]
    assert "`caller`" in details[0]
    assert "`caler`" in details[1]
    assert details[2].startswith(
        "its sidecar: `context` does not have the structure of its format: expected `str | null`, got `int`"
    )


def test_a_line_without_a_response(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(
        line(request=ASKED.decode(), response=None)
        + line(request=OTHER_REQUEST.decode())
        + line(request="nothing known", response="")
        + line(respnse="x")
        + b'{"response": "\xff"}\n'
        + b"[]\n"
        + GOOD.splitlines()[0]
    )
    results = judged(tmp_path / "a")
    assert [outcome for _, outcome in outcomes(results)] == [
        "not-a-message",
        "skipped",
        "not-a-message",
        "unreadable",
        "unreadable",
        "unreadable",
        "unreadable",
    ]
    assert [getattr(result, "detail", None) for result in results[3:5]] == [
        "the line has no `response`",
        "`response` is not JSON: a text in it is not UTF-8",
    ]


def test_a_long_first_line_is_known_by_how_it_begins(tmp_path: Path) -> None:
    padded = GOOD.replace(b"<serv:body>", b"<serv:body>" + b" " * 100_000)
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbf" + json_lines([Call(padded), CALLS[1]]))
    assert [outcome for _, outcome in outcomes(judged(tmp_path / "a"))] == ["conformant", "violating"]


def test_pairs_are_found_in_any_order(tmp_path: Path) -> None:
    members = [
        ("b.request.xml", ASKED),
        ("a.response.xml", GOOD),
        ("b.response.http", raw_http(Call(LEAKING))),
        ("a.context.toml", b'caller = "anonymous"\n'),
        ("c.context.toml", b""),
        ("a.request.xml", PASSWORD),
        ("d.xml", gzip.compress(GOOD)),
    ]
    for name, pack in {"zip": zipped, "tar": tarred}.items():
        (tmp_path / name).write_bytes(pack(members))
        results = judged(tmp_path / name)
        assert outcomes(results, tmp_path) == [
            (f"{name}!b.response.http", "violating"),
            (f"{name}!c.context.toml", "skipped"),
            (f"{name}!a.response.xml", "conformant"),
            (f"{name}!d.xml", "conformant"),
        ]
        assert context(results[2])["password"] == "supplied"
        assert context(results[2])["caller"] == "anonymous"


def test_archives_inside_archives_are_named_through(tmp_path: Path) -> None:
    inner = gzip.compress(tarred([("x/run.har", har(CALLS[:1])), ("log", json_lines(CALLS[:2]))]))
    (tmp_path / "a.zip").write_bytes(zipped([("b.tar.gz", inner), ("c.zip", zipped([("d.xml", GOOD)]))]))
    assert outcomes(judged(tmp_path / "a.zip"), tmp_path) == [
        ("a.zip!b.tar.gz!x/run.har#entry-0", "conformant"),
        ("a.zip!b.tar.gz!log:1", "conformant"),
        ("a.zip!b.tar.gz!log:2", "violating"),
        ("a.zip!c.zip!d.xml", "conformant"),
    ]
