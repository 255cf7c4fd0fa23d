"""Groups of rows: each row is in one, and each finding belongs to one."""

from __future__ import annotations

import pytest

from whosees.engine.finding import Finding
from whosees.engine.finding_rules import rules_of
from whosees.engine.groups import CALL, TOP, group_of, row_groups
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()


def test_what_stands_alone_at_the_top_is_a_group_and_each_container_is_one() -> None:
    groups = row_groups(RULEBOOK)
    assert {name: len(paths) for name, paths in groups.items()} == {
        TOP: 11,
        "accessControl": 5,
        "metaData": 9,
        "telephony": 9,
        "material": 6,
        "test": 7,
        "host": 6,
        "schedule": 4,
    }
    assert groups["accessControl"] == (
        "accessControl",
        "accessControl/sessionPassword",
        "accessControl/listStatus",
        "accessControl/registration",
        "accessControl/registrationURL",
    )
    assert groups[TOP] == tuple(
        path for path in RULEBOOK.row_by_path if path.count("/") == 0 and path not in groups
    )


def test_each_row_is_in_one_group() -> None:
    assert sorted(path for paths in row_groups(RULEBOOK).values() for path in paths) == sorted(
        RULEBOOK.row_by_path
    )


def finding(rule: str, path: str | None) -> Finding:
    return Finding(rule, rules_of(RULEBOOK)[rule].severity, path, None, "", "", rule)


@pytest.mark.parametrize(
    ("rule", "path", "group"),
    [
        ("leaked", "status", TOP),
        ("leaked", "telephony", "telephony"),
        ("missing", "telephony/callInNum/backupTollNum", "telephony"),
        ("unlisted", "host/x/y", "host"),
        ("unlisted", "hostKey", TOP),
        ("unlisted", "made/host", TOP),
        ("unexpanded-variable", "telephony/extTelephonyDescription", "telephony"),
        ("pair-mismatch", "sessionkey", CALL),
        ("context-conflict", None, CALL),
        ("unexpected-success", None, CALL),
        ("password-not-enforced", None, CALL),
    ],
)
def test_a_finding_belongs_to_the_container_that_it_is_in(rule: str, path: str | None, group: str) -> None:
    """An unlisted element outside of any container belongs to the top, and the call is a group of its own."""
    assert group_of(row_groups(RULEBOOK), finding(rule, path)) == group
