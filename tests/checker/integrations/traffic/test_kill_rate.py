"""The same kill rate through every integration: each single-row leak of each built-in rulebook is found."""

from __future__ import annotations

import pytest

from support.integrations import INTEGRATIONS
from support.leaking import TEXT, Case, cases


@pytest.mark.parametrize("case", cases(), ids=str)
@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_each_single_row_leak_is_found(integration: str, case: Case) -> None:
    report = INTEGRATIONS[integration](case)
    leaked = {finding.path for finding in report.errors if finding.rule == "leaked"}
    assert leaked == set(case.leaks)
    assert (report.conformant, report.violating) == (1, len(case.leaks))
    assert (report.exchanges, report.unchecked, report.skipped) == (1 + len(case.leaks), {}, {})
    assert TEXT not in f"{report} {report.to_dict()} {report.findings}"
