"""The commands `expect` and `matrix` against the reading: every context, every row, every cell."""

from __future__ import annotations

from collections import Counter

import pytest

from . import tool
from .reading import (
    COLUMNS,
    CONTEXTS,
    MAY,
    MUST,
    MUST_NOT,
    ROWS,
    SERVICES,
    SHOULD,
    UNKNOWN,
    UNKNOWN_CALLERS,
    Context,
    expectation,
)


def _read(context: Context) -> list[dict[str, str]]:
    return [
        {
            "path": row.path,
            "element": row.printed,
            "marker": tool.MARKER[row.cell(context.service)],
            "expectation": expectation(*context, row),
        }
        for row in ROWS
    ]


@pytest.mark.parametrize("context", [*CONTEXTS, *UNKNOWN_CALLERS], ids="-".join)
def test_expect_says_what_the_page_says(context: Context) -> None:
    answer = tool.answer("expect", *tool.flags(context))
    assert answer["context"] == context._asdict()
    assert [{key: row[key] for key in _read(context)[0]} for row in answer["elements"]] == _read(context)


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_not_said_is_unknown(service: str) -> None:
    assert tool.answer("expect", "--service", service) == tool.answer(
        "expect", *tool.flags(Context(service, UNKNOWN, UNKNOWN, UNKNOWN))
    )


@pytest.mark.parametrize("service", SERVICES)
def test_an_anonymous_caller_has_no_role(service: str) -> None:
    said = tool.answer("expect", "--service", service, "--caller", "anonymous", "--password", "unknown")
    assert said == tool.answer("expect", *tool.flags(Context(service, "anonymous", "none", UNKNOWN)))


def test_the_tool_decides_each_thing_as_often_as_the_page() -> None:
    decisions = Counter(
        row["expectation"]
        for context in CONTEXTS
        for row in tool.answer("expect", *tool.flags(context))["elements"]
    )
    assert decisions == {MUST: 2457, MUST_NOT: 2274, SHOULD: 990, MAY: 264}


def test_the_matrix_has_every_cell_of_the_page() -> None:
    rows = tool.answer("matrix")["rows"]
    assert sum(len(row["cells"]) for row in rows) == 285
    assert [(row["element"], row["path"], row["cells"]) for row in rows] == [
        (row.printed, row.path, {service: tool.MARKER[row.cell(service)] for service in SERVICES})
        for row in ROWS
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_the_installed_command_says_the_same(service: str) -> None:
    context = Context(service, "authenticated", "panelist", "not-supplied")
    printed_column = [COLUMNS[service] if part == service else part for part in tool.flags(context)]
    assert tool.command("expect", *printed_column) == tool.answer("expect", *tool.flags(context))
