"""What a report of `check` is: text, or the bytes of a table, that is written as results come."""

from __future__ import annotations

from typing import Protocol

from ...engine.result import ResponseResult, Summary


class CheckReport(Protocol):
    """A report that is written as results come, so that it holds none of them."""

    def begin(self) -> str:
        """Open the report."""
        ...

    def response(self, result: ResponseResult) -> str:
        """Give one response."""
        ...

    def end(self, summary: Summary) -> str:
        """Close the report with its totals."""
        ...

    def left_out(self) -> str:
        """Say, after the end, what the report's format had no room for; an empty string where it holds all."""
        return ""


class TableReport(Protocol):
    """The same in bytes: a file of rows and columns, for programs that read such files."""

    def begin(self) -> bytes:
        """Open the file."""
        ...

    def response(self, result: ResponseResult) -> bytes:
        """Give one response, now or with later ones."""
        ...

    def end(self, summary: Summary) -> bytes:
        """Close the file."""
        ...

    def left_out(self) -> str:
        """Say, after the end, what the format had no room for; an empty string where it holds all."""
        return ""
