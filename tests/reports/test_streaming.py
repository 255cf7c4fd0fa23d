"""`Memory stays flat however many recordings there are`: a report holds none of its responses, or a bounded part."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from support.reporting import ALWAYS_MC, OPTIONS, RULEBOOK, check
from whosees.reports.check.base import CheckFormatter
from whosees.reports.check.markdown import MarkdownFormatter
from whosees.reports.check.registry import FORMATS
from whosees.reports.check.sarif import SarifFormatter

RESULT = check([*ALWAYS_MC, "metaData/agenda", "hostKey", "hots"], facts={"caller": "anonymous"})

REPORTS: dict[str, Callable[[], CheckFormatter]] = {
    name: (lambda name=name: FORMATS[name].make(RULEBOOK, OPTIONS)) for name in FORMATS
} | {
    # Their formats have a limit; within it they hold what comes last, so here it is reached at once.
    "sarif": lambda: SarifFormatter(RULEBOOK, OPTIONS, limit=20),
    "markdown": lambda: MarkdownFormatter(RULEBOOK, OPTIONS, limit=2_000),
}
OF_A_NAME = 200
"""Bytes that remembering a response's name may cost where a format asks for unique names."""


def memory_after(report: CheckFormatter, first: int, last: int) -> int:
    """Write responses with names of their own; give the bytes that are held afterwards."""
    for number in range(first, last):
        report.response(replace(RESULT, source=f"night/{number:06}/{'long' * 50}.response.xml"))
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_report_holds_no_responses(format_: str) -> None:
    report = REPORTS[format_]()
    report.begin()
    gc.freeze()  # what other tests left need not be searched for garbage again and again
    tracemalloc.start()
    try:
        before = memory_after(report, 0, 400)  # until caches of names are as large as they get
        after = memory_after(report, 400, 600)
    finally:
        tracemalloc.stop()
        gc.unfreeze()
    assert (after - before) / 200 < (OF_A_NAME if format_ in ("junit", "gitlab") else 10)
