"""Prefixes: what a document calls its namespaces changes no result, and need not be learnt."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.messages import body, message, response
from support.templates import MC, PATHS, judged, parsing_all
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.messages.xml.markup import GAP
from whosees.checker.messages.xml.prefixes import Prefixes

USUAL = (b"serv", b"ep", b"xsi")
NAMES = [*("serv", "ep", "xsi", "e", "p", "si", "xep", "ns1", "http", "urn", "a.b", "_x", "xmlx", "service")]
"""Prefixes that are others' too, begin or end as others do, or as the addresses of namespaces."""
WRITTEN = message(
    body(
        "<ep:status>x</ep:status><ep:metaData><ep:serviceType>MeetingCenter</ep:serviceType></ep:metaData>{}"
    )
)


def renamed(content: bytes, names: dict[bytes, bytes]) -> bytes:
    """Return a document with other prefixes, in its tags alone."""
    written = rb"(?<=[</ \"])(%b)(?=:)|(?<=xmlns:)(%b)(?==)" % ((b"|".join(names),) * 2)
    return re.sub(written, lambda found: names[found[1] or found[2]], content)


@settings(max_examples=examples(1), database=None)
@given(st.lists(st.permutations(NAMES).map(lambda names: names[:3]), min_size=2, max_size=5))
def test_no_prefix_changes_a_result(names: list[list[str]]) -> None:
    """Whatever the first document calls its namespaces, on which the pieces of all others are based."""
    checker = Checker(Settings())
    for column in ("MC", "EC"):
        content = response(column, PATHS[column])
        expected = judged(parsing_all(Checker(Settings())), content)
        for each in names:
            own = dict(zip(USUAL, (name.encode() for name in each), strict=True))
            assert judged(checker, renamed(content, own)) == expected


def test_documents_with_prefixes_of_their_own_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    checker = Checker(Settings())
    judged(checker, MC)
    monkeypatch.setattr(checker._reader._responses._parser, "parse", None)  # type: ignore[attr-defined]  # of the XML reader
    for number in range(9):
        own = {b"serv": b"a%d" % number, b"ep": b"ns%d" % number, b"xsi": b"i"}
        assert judged(checker, renamed(MC, own)) == judged(checker, MC)


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("<ep:agenda>x</ep:agenda>", "the usual prefix is not declared"),
        ("<q:agenda>x</ep:agenda>", "an end tag has the usual prefix"),
        (
            "<q:agenda xsi:nil='true' i:nil='true'>x</q:agenda>",
            "one attribute's usual prefix is not declared",
        ),
        ("<q:agenda>x</Q:agenda>", "prefixes differ in letter case"),
    ],
)
def test_a_document_that_is_unsound_stays_so(part: str, why: str) -> None:
    checker = Checker(Settings())
    own = {b"serv": b"s", b"ep": b"q", b"xsi": b"i"}
    for text in (b"<ep:agenda>x</ep:agenda>", b"<ep:agenda xsi:nil='true'>x</ep:agenda>"):
        judged(checker, WRITTEN.replace(b"{}", text))
    content = renamed(WRITTEN, own).replace(b"{}", part.encode())
    (result,) = judged(checker, content)
    assert getattr(result, "reason", None) == "not-xml", why


@pytest.mark.parametrize(
    ("first", "second"), [("q", "e"), ("e", "q"), ("s", "ns"), ("ns", "s"), ("b", "xe"), ("lns", "s")]
)
def test_prefixes_may_end_as_others_do(first: str, second: str) -> None:
    """WCF writes `s`, as which `xmlns` ends."""
    prefixes = Prefixes()
    prefixes.note(b'<axe:a xmlns:axe="u" xmlns:bs="v"/>')
    written = f'<{first}:a xmlns:{first}="u" xmlns:{second}="v"><{second}:e {first}:s=""/></{first}:a>'
    usual = b'<axe:a xmlns:axe="u" xmlns:bs="v"><bs:e axe:s=""/></axe:a>'
    assert prefixes.rename(written.encode()) == usual


@pytest.mark.parametrize(
    ("template", "why"),
    [
        (b'<q:a xmlns:q="u" xmlns:p="v"/>', "another namespace has the usual prefix"),
        (b'<q:a xmlns:q="u"><q:b xmlns:q="v"/></q:a>', "a prefix has two namespaces"),
        (b'<q:a xmlns:q="u" xmlns:r="u"/>', "a namespace has two prefixes"),
        (b'<q:a xmlns:q="u" xmlns="q:x"/>', "a namespace begins as the prefix does"),
        (b'<q:a xmlns:q="u">x > q:y</q:a>', "a text is left"),
        (b'<q:a xmlns:q="u" b="p:y"/>', "the usual prefix is written somewhere"),
        (b'<q:a xmlns:q = "u"/>', "not each declaration is told"),
        (b'<xml2:a xmlns:xml2="u"/>', "the prefix is reserved"),
    ],
)
def test_prefixes_are_left_where_it_is_not_certain_what_a_change_does(template: bytes, why: str) -> None:
    prefixes = Prefixes()
    prefixes.note(b'<p:a xmlns:p="u"/>')
    assert prefixes.rename(b'<q:a xmlns:q="u" q:b="q:c"' + GAP + b"q:a>") == (
        b'<p:a xmlns:p="u" p:b="p:c"' + GAP + b"p:a>"
    )
    assert prefixes.rename(template) is None, why
