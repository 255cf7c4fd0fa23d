"""However a message is encoded, its verdict is that of the same message in UTF-8, or it is refused with a reason."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from support.command import whosees
from support.messages import body, elements, message
from support.traffic import SHOWN, Call, har, json_lines, judged, vcrpy
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.result import ResponseResult

TEXTS = {"metaData/serviceType": "MeetingCenter", "status": "café", "host/email": "naïve"}
PLAIN = message(body(elements([*SHOWN, "programName"], TEXTS) + "<ep:él/>\n")).decode()
"""A response with a leak, with an element whose name is not ASCII, and with texts that are not."""


def verdict(content: bytes) -> object:
    """The result of judging: findings with their lines, or the reason why there are none."""
    (result,) = Checker(Settings()).check(Recording("a", content))
    assert isinstance(result, ResponseResult)
    return result.reason or [(f.rule, f.path, f.lines, f.message) for f in result.findings]


def refused(content: bytes) -> tuple[str | None, str]:
    """Return why a message is not judged."""
    (result,) = Checker(Settings()).check(Recording("a", content))
    assert isinstance(result, ResponseResult)
    return result.reason, result.detail or ""


EXPECTED = verdict(PLAIN.encode())


def declared(encoding: str | None, text: str = PLAIN) -> str:
    """A message with a declaration on its own first line; None declares no encoding."""
    return '<?xml version="1.0"{}?>{}'.format(f' encoding="{encoding}"' if encoding else "", text)


SAME: dict[str, bytes] = {
    "UTF-8": PLAIN.encode(),
    "UTF-8, declared": declared("UTF-8").encode(),
    "UTF-8, declared in small letters": declared("utf-8").encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + PLAIN.encode(),
    "UTF-8 with a mark, declared": codecs.BOM_UTF8 + declared("UTF-8").encode(),
    "UTF-8, declared as XML 1.1": PLAIN.replace("<serv", '<?xml version="1.1"?><serv', 1).encode(),
    "UTF-16LE with a mark": codecs.BOM_UTF16_LE + PLAIN.encode("utf-16-le"),
    "UTF-16BE with a mark": codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
    "UTF-16LE with a mark, declared": codecs.BOM_UTF16_LE + declared("UTF-16").encode("utf-16-le"),
    "UTF-16BE with a mark, declared": codecs.BOM_UTF16_BE + declared("UTF-16").encode("utf-16-be"),
    "UTF-16LE without a mark, declared": declared("UTF-16LE").encode("utf-16-le"),
    "UTF-16BE without a mark, declared": declared("UTF-16BE").encode("utf-16-be"),
    "UTF-16LE without a mark, declared as UTF-16": declared("UTF-16").encode("utf-16-le"),
    "UTF-16LE without a mark, with a declaration of none": declared(None).encode("utf-16-le"),
    "ISO-8859-1": declared("ISO-8859-1").encode("latin-1"),
    "windows-1252": declared("windows-1252").encode("cp1252"),
    "US-ASCII with references": declared("US-ASCII", PLAIN.replace("<ep:él/>\n", "")).encode(
        "ascii", "xmlcharrefreplace"
    ),
    # A mark, or how the first bytes look, says more than a declaration that came along when the text was recoded.
    "UTF-8 with a mark, declared as ISO-8859-1": codecs.BOM_UTF8 + declared("ISO-8859-1").encode(),
    "UTF-16 with a mark, declared as UTF-8": declared("UTF-8").encode("utf-16"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_verdict_is_that_of_utf_8(name: str) -> None:
    without = [entry for entry in EXPECTED if entry[1] != "él"] if isinstance(EXPECTED, list) else []
    assert verdict(SAME[name]) == (without if name.startswith("US-ASCII") else EXPECTED)


def test_utf_8_declared_as_iso_8859_1_is_read_as_that() -> None:
    """Nothing says otherwise: letters of texts come out wrong, and the names that the table lists have none of them."""
    without = PLAIN.replace("<ep:él/>\n", "")
    assert verdict(declared("ISO-8859-1", without).encode()) == verdict(without.encode())


NO_BYTES = "bytes that its encoding does not have"
NO_CHARACTER = "a character that XML does not allow"
NOT_READ = "an encoding that is not read; UTF-8, UTF-16 and the ISO-8859 family are"
WITH = "<ep:status>{}</ep:status>"


def with_text(text: bytes) -> bytes:
    """A message with these bytes as a text."""
    return PLAIN.encode().replace("café".encode(), text)


REFUSED: dict[str, tuple[bytes, str]] = {
    "ISO-8859-1, not declared": (PLAIN.encode("latin-1"), NO_BYTES),
    "ISO-8859-1, declared as UTF-8": (declared("UTF-8").encode("latin-1"), NO_BYTES),
    "windows-1252, with a byte that it has not": (
        declared("windows-1252").encode("cp1252").replace(b"caf\xe9", b"\x81"),
        NO_BYTES,
    ),
    "UTF-8, declared as UTF-16": (declared("UTF-16").encode(), NOT_READ),
    "UTF-32LE": (declared("UTF-32LE").encode("utf-32-le"), NOT_READ),
    "UTF-7": (declared("UTF-7").encode("utf-7"), NOT_READ),
    "letters in US-ASCII": (declared("US-ASCII").encode("latin-1"), NO_BYTES),
    "UTF-16 cut in a character": (PLAIN.encode("utf-16")[:-1], NO_BYTES),
    "an encoding of nobody": (declared("x-nobody").encode(), NOT_READ),
    "an encoding that is no name": (declared("é").encode(), "it is not well-formed"),
    "a NUL": (with_text(b"\0"), NO_CHARACTER),
    "a NUL in the mark-up": (PLAIN.encode().replace(b"<ep:status>", b"<ep:st\0atus>"), NO_CHARACTER),
    "a control character": (with_text(b"\x01"), NO_CHARACTER),
    "an escape of a terminal": (with_text(b"\x1b[2J"), NO_CHARACTER),
    "a NUL by reference": (with_text(b"&#0;"), NO_CHARACTER),
    "a control character by reference": (with_text(b"&#27;"), NO_CHARACTER),
    "half a pair by reference": (with_text(b"&#xD800;"), NO_CHARACTER),
    "no character by reference": (with_text(b"&#x110000;"), NO_CHARACTER),
    "U+FFFF": (with_text("\uffff".encode()), NO_CHARACTER),
    "half a pair in UTF-8": (with_text(b"\xed\xa0\x80"), NO_BYTES),
    "a pair in UTF-8, each half by itself": (with_text(b"\xed\xa0\xbd\xed\xb8\x80"), NO_BYTES),
    "an overlong form": (with_text(b"\xc0\xaf"), NO_BYTES),
    "an overlong tag": (PLAIN.encode().replace(b"<ep:status>", b"\xc0\xbcep:status>"), NO_BYTES),
    "letters of UTF-8 in a name, declared as ISO-8859-1": (
        declared("ISO-8859-1").encode(),
        "it is not well-formed",
    ),
    "a character cut off": (with_text(b"\xe2\x82"), NO_BYTES),
    "half a pair in UTF-16": (PLAIN.replace("café", "\ud800").encode("utf-16", "surrogatepass"), NO_BYTES),
    "a pair the wrong way round in UTF-16": (
        PLAIN.replace("café", "\udc00\ud800").encode("utf-16", "surrogatepass"),
        NO_BYTES,
    ),
    "a NUL in UTF-16": (PLAIN.replace("café", "\0").encode("utf-16"), NO_CHARACTER),
    "a mark, and another": (codecs.BOM_UTF8 * 2 + PLAIN.encode(), "no XML begins there"),
    "a mark of UTF-16 before UTF-8": (codecs.BOM_UTF16_LE + PLAIN.encode(), "no XML begins there"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_text_of_its_encoding_is_refused(name: str) -> None:
    content, said = REFUSED[name]
    reason, detail = refused(content)
    assert reason == "not-xml"
    assert detail.startswith("at line ")
    assert detail.endswith(said)
    assert detail.isprintable()


IN_JSON = '{"id": "x", "title": "caf\\u00e9", "hostKey": "k", "\\u00e9l": 1, "agenda": ""}'
JSON_SETTINGS = Settings(rules="webex-rest-meeting")


def json_verdict(content: bytes) -> object:
    """The result of judging a response in JSON, as an administrator's."""
    (result,) = Checker(JSON_SETTINGS).check(Recording("a", content, None, b'view = "admin"\n'))
    assert isinstance(result, ResponseResult)
    return (
        (result.reason, result.detail)
        if result.reason
        else [(f.rule, f.path, f.lines) for f in result.findings]
    )


JSON_EXPECTED = json_verdict(IN_JSON.encode())
JSON_SAME: dict[str, bytes] = {
    "letters as they are": IN_JSON.replace("\\u00e9", "é").encode(),
    "a mark": codecs.BOM_UTF8 + IN_JSON.encode(),
    "UTF-16 with a mark": IN_JSON.encode("utf-16"),
    "UTF-16BE with a mark": codecs.BOM_UTF16_BE + IN_JSON.encode("utf-16-be"),
    "UTF-32 with a mark": IN_JSON.encode("utf-32"),
    "UTF-32BE with a mark": codecs.BOM_UTF32_BE + IN_JSON.encode("utf-32-be"),
    "half a pair in a text": IN_JSON.replace("caf\\u00e9", "\\ud800").encode(),
    "a pair in a text": IN_JSON.replace("caf\\u00e9", "\\ud83d\\ude00").encode(),
    "a NUL in a text": IN_JSON.replace("caf\\u00e9", "\\u0000").encode(),
    "control characters in a text": IN_JSON.replace("caf\\u00e9", "\\u001b[2J\\u009b").encode(),
}
NOT_UTF_8 = "at line 1: not UTF-8"
NOT_WIDE = "at line 1: bytes that {0} does not have, with whose byte order mark it begins"
STRING = "a string that does not end, or contains what JSON does not allow"
JSON_REFUSED: dict[str, tuple[bytes, str]] = {
    "UTF-16 cut in a character": (IN_JSON.encode("utf-16")[:-1], NOT_WIDE.format("UTF-16")),
    "half a pair in UTF-16": (
        IN_JSON.replace("caf\\u00e9", "\ud800").encode("utf-16", "surrogatepass"),
        NOT_WIDE.format("UTF-16"),
    ),
    "UTF-16LE without a mark": (IN_JSON.encode("utf-16-le"), "the name of a member has to stand there"),
    "UTF-16BE without a mark": (IN_JSON.encode("utf-16-be"), "no value of JSON begins there"),
    "UTF-32 cut in a character": (IN_JSON.encode("utf-32")[:-1], NOT_WIDE.format("UTF-32")),
    "ISO-8859-1": (IN_JSON.replace("\\u00e9", "é").encode("latin-1"), NOT_UTF_8),
    "half a pair in UTF-8": (IN_JSON.encode().replace(b"caf\\u00e9", b"\xed\xa0\x80"), NOT_UTF_8),
    "an overlong form": (IN_JSON.encode().replace(b"caf\\u00e9", b"\xc0\xa2"), NOT_UTF_8),
    "a NUL": (IN_JSON.encode().replace(b"caf\\u00e9", b"\0"), STRING),
    "a control character": (IN_JSON.encode().replace(b"caf\\u00e9", b"\x1b"), STRING),
    "a NUL outside of texts": (IN_JSON.encode() + b"\0", "content after the end of the document"),
    "a mark within": (IN_JSON.encode().replace(b" ", codecs.BOM_UTF8, 1), "no value of JSON begins there"),
}


@pytest.mark.parametrize("name", JSON_SAME)
def test_json_has_the_verdict_of_utf_8(name: str) -> None:
    assert isinstance(JSON_EXPECTED, list)
    assert ("leaked", "hostKey", (1,)) in JSON_EXPECTED
    assert json_verdict(JSON_SAME[name]) == JSON_EXPECTED


@pytest.mark.parametrize("name", JSON_REFUSED)
def test_json_in_another_encoding_is_refused(name: str) -> None:
    content, said = JSON_REFUSED[name]
    found = json_verdict(content)
    assert isinstance(found, tuple)
    assert found[0] == "not-json"
    assert found[1].startswith("at line 1")
    assert found[1].endswith(said)


NO_TEXTS = ["\\ud800", "\\u0000", "\\u001b[2J", "\\u202e", "\\ud83d\\ude00"]


def test_names_of_json_that_are_no_text_can_be_shown(tmp_path: Path) -> None:
    """In every format, and none of them steers what shows it."""
    members = "".join(f', "{name}": 1' for name in NO_TEXTS)
    (tmp_path / "a.response.json").write_text(f'{{"id": "x"{members}}}')
    formats = ("text", "html", "junit", "github", "gitlab", "markdown", "sarif")
    reports = [part for format_ in formats for part in ("--report", f"{format_}=out.{format_}")]
    options = ("--rules", "webex-rest-meeting", "--fact", "view=admin", "--unlisted", "error")
    run = whosees("check", "a.response.json", *options, *reports, "--format", "json", cwd=tmp_path)
    assert run.code == 1
    found = run.json["responses"][0]["findings"]
    unlisted = [finding["path"] for finding in found if finding["rule"] == "unlisted"]
    assert len(unlisted) == 1 + len(NO_TEXTS)  # `id` is in no row either
    assert all(path.isprintable() for path in unlisted)
    for written in (run.out, *((tmp_path / f"out.{format_}").read_text("utf-8") for format_ in formats)):
        assert written
        assert not set(written) & set("\0\x1b\u202e\x9b")


HALF = json.dumps(PLAIN).replace("caf\\u00e9", "\\ud800")


@pytest.mark.parametrize(
    "content",
    [
        b'{"response": %s}\n' % HALF.encode(),
        b'{"log": {"entries": [{"response": {"status": 200, "content": {"text": %s}}}]}}' % HALF.encode(),
        b"interactions:\n- request: {body: x}\n  response: {body: {string: %s}}\n" % HALF.encode(),
    ],
    ids=["JSON Lines", "HAR", "vcrpy"],
)
def test_half_a_pair_in_a_text_that_holds_a_message_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content)
    (result,) = judged(tmp_path / "a")
    assert isinstance(result, ResponseResult)
    assert result.reason in ("not-xml", "unreadable")
    assert (result.detail or "").isprintable()


@pytest.mark.parametrize("pack", [json_lines, har, vcrpy])
def test_a_text_that_was_decoded_is_judged_by_its_characters(pack: object, tmp_path: Path) -> None:
    """Whatever encoding it declares: what it declares is what it had on the wire."""
    for encoding in ("UTF-8", "UTF-16", "ISO-8859-1", "windows-1252", "x-nobody"):
        assert callable(pack)
        (tmp_path / "a").write_bytes(pack([Call(declared(encoding).encode(), b"")]))
        (result,) = judged(tmp_path / "a")
        assert isinstance(result, ResponseResult)
        assert [(f.rule, f.path, f.lines, f.message) for f in result.findings] == EXPECTED
