"""Every format that `check` reports in: `check`, its ``--report`` and `convert` all choose from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ...rules.model import Rulebook
from ..text.locations import Places
from ..text.style import Style
from .base import CheckReport, TableReport
from .github import CheckGithub
from .gitlab import CheckGitlab
from .html.report import CheckHtml
from .json import CheckJson
from .junit import CheckJunit
from .markdown import CheckMarkdown
from .sarif import CheckSarif
from .text import CheckText


@dataclass(frozen=True, slots=True)
class Medium:
    """What a report has to know of where it goes and who reads it.

    ``verbose``, ``quiet`` and ``coverage`` are for the text; ``places`` says where files are, ``version`` who writes.
    """

    style: Style = field(default_factory=Style)
    verbose: bool = False
    quiet: bool = False
    coverage: bool = False
    places: Places = field(default_factory=Places)
    version: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what it is for, and how a report in it is made."""

    what: str
    make: Callable[[Rulebook, Medium], CheckReport]


FORMATS = {
    "text": Format(
        "for people",
        lambda rulebook, medium: CheckText(
            rulebook, medium.style, verbose=medium.verbose, quiet=medium.quiet, coverage=medium.coverage
        ),
    ),
    "json": Format("for programs, and for `convert`", lambda rulebook, _: CheckJson(rulebook)),
    "junit": Format("JUnit XML", lambda rulebook, medium: CheckJunit(rulebook, medium.places)),
    "sarif": Format(
        "SARIF 2.1.0", lambda rulebook, medium: CheckSarif(rulebook, medium.places, medium.version)
    ),
    "github": Format("GitHub annotations", lambda rulebook, medium: CheckGithub(rulebook, medium.places)),
    "gitlab": Format("GitLab Code Quality", lambda rulebook, medium: CheckGitlab(rulebook, medium.places)),
    "markdown": Format("for a job's summary", lambda rulebook, _: CheckMarkdown(rulebook)),
    "html": Format("a page to look into", lambda rulebook, medium: CheckHtml(rulebook, medium.version)),
}
"""The formats by their names on the command line; the first is the default."""

TABLES = {
    "parquet": "a table of results in Parquet",
    "arrow": "the same as an Arrow file",
}
"""What results are written as for programs that read tables: in bytes, by the name that ends such files, too."""


def table_report(name: str, rulebook: Rulebook) -> TableReport:
    """Make a report that is one of `TABLES`; raises ImportError where pyarrow is not installed."""
    # Imported here: it needs what an extra brings.
    from .table import CheckTable

    return CheckTable(rulebook, name)
