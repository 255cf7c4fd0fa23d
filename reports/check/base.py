"""The interface of the report formats of `check`, and the options that all of them share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from ...engine.result import ResponseResult, Summary
from ..text.locations import SourceLocations
from ..text.style import Style

Content_co = TypeVar("Content_co", str, bytes, covariant=True)

MAX_CACHED_VERDICTS = 512
"""Verdicts whose text is kept for results that repeat them."""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """Options of a report; each format uses those that concern it.

    ``style``, ``verbose``, ``quiet`` and ``coverage`` shape the text for people. ``locations`` resolves sources to
    files, and ``version`` is the version of Whosees that writes the report. ``allowed`` are the reasons for which the user accepts
    unchecked responses.
    """

    style: Style = field(default_factory=Style)
    verbose: bool = False
    quiet: bool = False
    coverage: bool = False
    locations: SourceLocations = field(default_factory=SourceLocations)
    version: str = ""
    allowed: tuple[str, ...] = ()


class Formatter(Protocol[Content_co]):
    """A report that is written while results arrive, so that it need not keep them."""

    def begin(self) -> Content_co:
        """Return the start of the report."""
        ...

    def response(self, result: ResponseResult) -> Content_co:
        """Return what to write after one more response; a format may write several responses at once."""
        ...

    def end(self, summary: Summary) -> Content_co:
        """Return the end of the report, with the totals."""
        ...

    def truncation_notice(self) -> str:
        """Return what the format had no room for, once the report has ended; empty if nothing is missing."""
        return ""


class CheckFormatter(Formatter[str], Protocol):
    """A report as text."""


class TableFormatter(Formatter[bytes], Protocol):
    """A report as bytes: a file of rows and columns for data tools."""
