"""Lines: where an element's start tag begins, however the tag is laid out."""

from __future__ import annotations

import pytest

from support.judging import RULEBOOK, check_one
from support.messages import response
from whosees.checker.core.limits import Limits
from whosees.checker.messages.xml import line_numbers as xml_lines
from whosees.checker.messages.xml.parser import parse

ALWAYS_MC = [row.path for row in RULEBOOK.rows if row.cells["MC"] == "always"]
MC = response("MC", [*ALWAYS_MC, "presenter"])
TAG = b"<ep:presenter>"
LINE = MC.split(TAG)[0].count(b"\n") + 1

TAGS = {
    "on one line": b"<ep:presenter a='b'>",
    "over two lines": b"<ep:presenter\n a='b'>",
    "over many lines": b"<ep:presenter\r\n\ta='b'\r\n\tc='d'\r\n>",
    "with a name that no letter of the alphabet begins": "<ep:presenter\n 名前='b'>".encode(),
    "with a value over two lines": b"<ep:presenter a='x\ny'>",
    "with a value of which a line looks like its end": b"<ep:presenter a='>\n'>",
    "with a value of which a line looks like its end, and a quote": b'<ep:presenter a = \n"it\'s >\r\n" >',
    "with a value that looks like its end": b"<ep:presenter a='> \n' b=\">\"\n>",
}


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
def test_an_element_is_at_the_line_where_its_tag_begins(tag: str, encoding: str) -> None:
    mark = "\ufeff" if "16" in encoding else ""
    written = (mark + MC.replace(TAG, TAGS[tag]).decode()).encode(encoding)
    result = check_one(written, facts={"caller": "anonymous", "password": "not-supplied"})
    assert [f.lines for f in result.findings if f.path == "presenter"] == [(LINE,)]


@pytest.mark.parametrize("encoding", ["ISO-8859-15", "windows-1252", "US-ASCII", "UTF-8"])
def test_lines_are_counted_in_every_encoding(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<a>\n<b\n/><c\n\nd=""/></a>'
    assert [element.sourceline for element in parse(text.encode(), Limits()).iter()] == [2, 3, 4]


def test_comments_and_instructions_do_not_shift_what_is_counted() -> None:
    text = b"<a><?x\n?><!-- <z\n --><![CDATA[<y\n]]><b\n/><c/></a>"
    assert [element.sourceline for element in parse(text, Limits()).iter()] == [1, 4, 5]


def test_lines_past_what_can_be_numbered_are_left_as_they_are() -> None:
    text = b"<a\n>" + b"\n" * 70_000 + b"<b\n/></a>"
    assert next(element.sourceline for element in parse(text, Limits()).iter()) == 1


def test_an_encoding_that_lines_cannot_be_counted_in_leaves_the_lines_of_the_ends() -> None:
    text = '<?xml version="1.0" encoding="EUC-JP"?>\n<a>\n<b\n/>名前</a>'.encode("euc-jp")
    assert [element.sourceline for element in parse(text, Limits()).iter()] == [2, 4]


LAID_OUT = {
    "<a>{0}<b{0}/></a>": [0, 1],
    "<a>{0}<b/>{0}<c {0}/></a>": [0, 1, 2],
    "<a{0}>{0}<b/></a>{0}": [1, 2],  # the root alone goes over lines, and no finding is about it
}
"""Messages, and in which of their lines their elements stand; 0 is the first."""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "before", ["", "{0}", "<?xml version='1.0'?>{0}", "<?xml version='1.0'?>{0}<!-->{0}-->{0}"]
)
def test_lines_before_the_root_are_counted_and_say_nothing_of_those_after(before: str, end: str) -> None:
    head = before.format(end)
    root = head.count("\n") + 1
    for text, lines in LAID_OUT.items():
        document = (head + text.format(end)).encode()
        found = [element.sourceline for element in parse(document, Limits()).iter()]
        assert found == [root + line for line in lines]


class Untouched:
    """Stands in place of what is only needed for tags that go over lines."""

    def __call__(self, *asked: object) -> list[int]:
        raise AssertionError(f"looked at again: {asked!r}")

    finditer = __call__


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("before", ["", "{0}", "<?xml version='1.0'?>{0}", "<!-->{0}{0}-->{0}"])
@pytest.mark.parametrize("root", ["<a>", "<a{0}b=''>", "<a b='>{0}'>"])
def test_a_document_that_is_laid_out_as_most_are_is_not_looked_at_again(
    monkeypatch: pytest.MonkeyPatch, root: str, before: str, end: str
) -> None:
    """Where every line after the root's start tag ends with a tag: that spares time, and changes no number."""
    monkeypatch.setattr(xml_lines, "_OVER_LINES", Untouched())
    monkeypatch.setattr(xml_lines, "_begins", Untouched())
    text = f"{before}{root}{{0}}<b c='>'>x</b>{{0}}<c/>{{0}}</a>{{0}}".format(end)
    assert parse(text.encode(), Limits()).tag == "a"


def test_a_carriage_return_alone_ends_no_line() -> None:
    text = b"<a>\r<b\n/>\r<c/>\r\n<d/></a>"
    assert [element.sourceline for element in parse(text, Limits()).iter()] == [1, 1, 2, 3]


def test_an_encoding_of_four_bytes_leaves_the_lines_of_the_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Halves of its letters may be no letters of two bytes, and nothing that could be numbered is seen in it."""
    monkeypatch.setattr(xml_lines, "_begins", Untouched())
    for inside in ("", "\U0001d800", "x\U0001d8ffy"):
        text = f"<a>\n<b\n/>{inside}</a>".encode("utf-32")
        assert [element.sourceline for element in parse(text, Limits()).iter()] == [1, 3]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_encoding_of_two_bytes_may_come_without_a_mark(encoding: str, mark: str) -> None:
    text = f'{mark}<?xml version="1.0" encoding="utf-16"?>\n<a>\n<名前\n/><c/></a>'.encode(encoding)
    assert [element.sourceline for element in parse(text, Limits()).iter()] == [2, 3, 4]


def test_an_element_past_what_can_be_numbered_leaves_those_before_it_as_they_are_numbered() -> None:
    """The last line that can be numbered is 65,535."""
    for line in (65_534, 65_535):
        text = b"<a>" + b"\n" * (line - 1) + b"<b\n/></a>"
        assert [element.sourceline for element in parse(text, Limits()).iter()] == [1, line]
