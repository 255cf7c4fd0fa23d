"""The report formats of `check`; `--format`, `--report` and `convert` offer exactly these.

To add a format, add a module beside this one and a line to `FORMATS`; docs/contributing/report-format.md shows how.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Generic, TypeVar, cast

from ...rules.model import Rulebook
from .base import CheckFormatter, RenderOptions, TableFormatter

F = TypeVar("F", CheckFormatter, TableFormatter)


@dataclass(frozen=True, slots=True)
class Format(Generic[F]):
    """A report format.

    ``description`` completes `--report` help. ``target`` names the formatter as ``module:Class``; the module is
    imported when a report is made, so that a run loads only the formats it writes. ``requires`` names a package that
    only the extra ``extra`` installs.
    """

    description: str
    target: str
    requires: str = ""
    extra: str = ""

    def make(self, rulebook: Rulebook, options: RenderOptions) -> F:
        """Create the formatter of a report; raises ImportError if the package in ``requires`` is missing."""
        module, _, name = self.target.partition(":")
        formatter = getattr(import_module(f".{module}", __package__), name)
        return cast("F", formatter(rulebook, options))


FORMATS: dict[str, Format[CheckFormatter]] = {
    "text": Format("for people", "text:TextFormatter"),
    "json": Format("for programs, and for `convert`", "json:JsonFormatter"),
    "junit": Format("JUnit XML", "junit:JunitFormatter"),
    "sarif": Format("SARIF 2.1.0", "sarif:SarifFormatter"),
    "github": Format("GitHub annotations", "github:GithubFormatter"),
    "gitlab": Format("GitLab Code Quality", "gitlab:GitlabFormatter"),
    "markdown": Format("for a job summary", "markdown:MarkdownFormatter"),
    "html": Format("a page to explore", "html.report:HtmlFormatter"),
}
"""Text formats by their names on the command line; the first is the default."""

FORMATS_OF_SEVERAL = tuple(name for name in FORMATS if name != "html")
"""The formats in which a report can be on several rulebooks: a page or a table has the columns of one."""

TABLES: dict[str, Format[TableFormatter]] = {
    "parquet": Format("a Parquet table", "table:ParquetFormatter", "pyarrow", "arrow"),
    "arrow": Format("an Arrow file", "table:ArrowFormatter", "pyarrow", "arrow"),
}
"""Formats written as bytes, by their names, which are also their file extensions."""
