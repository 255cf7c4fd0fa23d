"""The command `explain` against the reading: expectation, marker and every way out, for each row in each context."""

from __future__ import annotations

from typing import Any

import pytest

from . import tool
from .reading import CONTEXTS, ROW, ROWS, SERVICES, UNKNOWN_CALLERS, Changes, Context, expectation, ways

_CALLS = sorted({context[1:] for context in (*CONTEXTS, *UNKNOWN_CALLERS)})


def _matches(path: str, call: tuple[str, str, str]) -> dict[str, dict[str, Any]]:
    """The tool's explanation of a row for each service; no service is named, so one answer has them all."""
    context = Context("", *call)
    answer = tool.answer("explain", path, *tool.flags(context)[2:])
    matches = [match for match in answer["matches"] if match["path"] == path]
    assert [match["context"] for match in matches] == [
        context._replace(service=service)._asdict() for service in SERVICES
    ]
    return {match["context"]["service"]: match for match in matches}


def _ways_of(match: dict[str, Any]) -> dict[Changes, str]:
    """The ways out that the tool lists; none twice."""
    listed = [(frozenset(way["changes"].items()), way["expectation"]) for way in match["would_appear_if"]]
    assert len(dict(listed)) == len(listed)
    return dict(listed)


@pytest.mark.parametrize("call", _CALLS, ids="-".join)
def test_explain_says_what_the_page_says_and_all_that_would_change_it(call: tuple[str, str, str]) -> None:
    """would_appear_if lists every minimal change of facts that gives must or should."""
    for row in ROWS:
        for service, match in _matches(row.path, call).items():
            context = Context(service, *call)
            assert match["element"] == row.printed
            assert match["marker"] == tool.MARKER[row.cell(service)], context
            assert match["expectation"] == expectation(*context, row), context
            assert _ways_of(match) == ways(row, context), (row.path, context)
            _require_order(match)


def _require_order(match: dict[str, Any]) -> None:
    """Changes that the caller can make (supply the password, sign in) come before those it can't (another service)."""
    can = [way["caller_can"] for way in match["would_appear_if"]]
    assert can == sorted(can, reverse=True)
    assert can == ["service" not in way["changes"] for way in match["would_appear_if"]]


def test_a_name_that_two_rows_share_is_answered_for_both() -> None:
    answer = tool.answer("explain", "STATUS", "--service", "TC", "--caller", "anonymous")
    assert [match["path"] for match in answer["matches"]] == ["status", "test/status"]


def test_a_wire_name_and_a_printed_name_are_answered_alike() -> None:
    for wire, printed in {(row.path.rpartition("/")[2], row.printed) for row in ROWS}:
        matches = tool.answer("explain", wire, "--service", "AO")["matches"]
        assert {match["path"] for match in matches} == {
            path for path in ROW if path.rpartition("/")[2].casefold() == wire.casefold()
        }
        if printed != wire:
            assert tool.answer("explain", printed, "--service", "AO")["matches"] == matches
