"""Documents of known templates held against the same documents without any template: both have to be judged the same."""

from __future__ import annotations

import re
from functools import cache, partial

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.core.limits import Limits, limit_exceeded
from whosees.checker.messages.xml.document import Document, DocumentReader
from whosees.checker.messages.xml.encoding import to_utf_8
from whosees.checker.recordings import Recording
from whosees.engine.policy import Policy
from whosees.engine.result import ResponseResult

from .judging import RULEBOOK
from .messages import response

PATHS = {
    column.id: [row.path for row in RULEBOOK.rows if row.cells[column.id] != "never"]
    for column in RULEBOOK.columns
}
"""The paths that each service can show."""
MC = response("MC", PATHS["MC"])

_TEXT = re.compile(rb">[^<>]+</|<!--[^<>]+?-->|<!\[CDATA\[[^<>]+?\]\]>")

Results = list[ResponseResult | Skipped]


def parsing_all(checker: Checker) -> Checker:
    """Make a checker parse every document, and read it whole: nothing is taken from pieces, known or not, or from a glance."""
    checker._reader.glance = lambda *_: None  # type: ignore[method-assign]
    for reader in (checker._reader._responses, checker._reader._requests):  # type: ignore[attr-defined]  # of XML
        reader.read = partial(_read_whole, reader)
    return checker


def _read_whole(reader: DocumentReader, content: bytes) -> Document:
    if len(content) > reader._limits.size:
        raise limit_exceeded(f"larger than {reader._limits.size:,} bytes", "size")
    content, is_utf_8 = to_utf_8(content)
    reader._parser.parse(content, is_utf_8)
    return reader._read_whole(content)


def plain(content: bytes) -> bytes:
    """Return the document with an `x` in place of each text that is cut out: of the same template, and sound if that can be."""
    return _TEXT.sub(lambda found: found[0][:1] + _x(found[0][1:]), content)


def _x(text: bytes) -> bytes:
    for begin, end in ((b"!--", b"-->"), (b"![CDATA[", b"]]>")):
        if text.startswith(begin):
            return begin + b"x" + end
    return b"x</"


def judged(
    checker: Checker, content: bytes, request: bytes | None = None, sidecar: bytes | None = None
) -> Results:
    """Return what a checker says of a message."""
    return list(checker.check(Recording("it", content, request, sidecar)))


class BothWays:
    """A checker that knows the template of what it judges, and one that parses all, with the same settings."""

    def __init__(self, policy: Policy | None = None, limits: Limits | None = None) -> None:
        settings = Settings(policy=policy or Policy(), limits=limits or Limits())
        self._with, self._without = Checker(settings), parsing_all(Checker(settings))

    def agree(self, content: bytes, request: bytes | None = None, sidecar: bytes | None = None) -> Results:
        """Return the results of a message, which have to be those of each time that its template is known."""
        expected = judged(self._without, content, request, sidecar)
        for known in (plain(content), plain(content)):
            judged(self._with, known, plain(request) if request is not None else None, sidecar)
        for _ in range(3):
            assert judged(self._with, content, request, sidecar) == expected
        return expected


@cache
def _experienced() -> BothWays:
    both = BothWays()
    for column, paths in PATHS.items():
        both.agree(response(column, paths))
    return both


def one(data: bytes) -> None:
    """Compare the two ways for any bytes: for a fuzzer to call.

    The first byte says how much of the rest is the request; without one there is none.
    """
    length = data[0] * 8 if data else 0
    request, content = data[1 : 1 + length], data[1 + length :]
    _experienced().agree(content, request or None)
