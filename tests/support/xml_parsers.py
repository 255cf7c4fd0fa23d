"""A count of the documents that are parsed, of those that are judged one after the other."""

from __future__ import annotations

import pytest

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings

from .templates import judged


class _Counting:
    """A parser that counts what it parses."""

    def __init__(self, parser: object) -> None:
        self._parser = parser
        self.count = 0

    def parse(self, *asked: object) -> object:
        self.count += 1
        return self._parser.parse(*asked)  # type: ignore[attr-defined]  # the one that is stood in for


def parsed(contents: list[bytes], monkeypatch: pytest.MonkeyPatch) -> int:
    """Count how many of these, judged one after the other, are parsed."""
    checker = Checker(Settings())
    documents_read = checker._reader._responses  # type: ignore[attr-defined]  # of the XML reader
    counting = _Counting(documents_read._parser)
    monkeypatch.setattr(documents_read, "_parser", counting)
    for content in contents:
        judged(checker, content)
    return counting.count
