"""GitHub's workflow commands and GitLab's Code Quality list."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from support.reporting import ALWAYS_MC, HOSTILE, check, hostile, hostile_reason, rendered, samples, unchecked
from whosees.engine.result import ResponseResult
from whosees.reports.text.grouping import group_by_cause

ANONYMOUS = {"caller": "anonymous", "password": "not-supplied"}
LEAK = [*ALWAYS_MC, "metaData/agenda"]
COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^,:\r\n]*,?)+)::([^\r\n]*)")

# The format as GitLab's documentation of Code Quality has it: five fields, each required.
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./).+"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def commands(*results: ResponseResult) -> list[tuple[str, dict[str, str], str]]:
    """Read annotations as the runner does: level, properties, message."""
    found = []
    for line in rendered("github", results).splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        found.append(
            (match[1], {key: unquote(value) for key, value in properties.items()}, unquote(match[3]))
        )
    return found


def issues(*results: ResponseResult) -> list[dict[str, Any]]:
    found = json.loads(rendered("gitlab", results))
    jsonschema.validate(found, CODE_QUALITY)
    assert isinstance(found, list)
    return found


def test_an_annotation_points_to_the_line() -> None:
    level, properties, text = commands(check(LEAK, facts=ANONYMOUS))[0]
    assert level == "error"
    assert properties == {
        "file": "tests/night/a.response.xml",
        "line": "27",
        "title": "leaked: metaData/agenda",
    }
    assert text.splitlines()[0].startswith(
        "`metaData/agenda` is there, and must not be: Table 4-3 has PW for MC"
    )
    assert text.splitlines()[2].startswith("why: whosees explain metaData/agenda ")


def test_standard_input_has_no_file() -> None:
    assert "file" not in commands(check(LEAK, "-", facts=ANONYMOUS))[0][1]


def test_unchecked_is_an_error() -> None:
    level, properties, text = commands(unchecked())[0]
    assert (level, properties["title"]) == ("error", "unchecked: not-xml")
    assert "could not be checked: at line 1" in text


def test_a_step_shows_ten_of_a_level_and_the_last_notice_sums_up() -> None:
    results = samples() * 12
    found = commands(*results)
    assert Counter(level for level, _, _ in found) == {"error": 10, "warning": 10, "notice": 10}
    level, properties, text = found[-1]
    assert (level, properties) == ("notice", {"title": "whosees"})
    totals, covered, left_out = text.splitlines()
    assert totals.startswith("156 responses: 48 conformant")
    assert covered.startswith("coverage of obligations: ")
    whole = sum(len(group_by_cause(result.findings)) or result.reason is not None for result in results)
    assert left_out.startswith(f"{whole - 29:,} more findings are not annotated")


def test_what_another_finding_explains_is_folded_into_its_annotation() -> None:
    """host absent → host/email missing because of host: one annotation, of the ten that there are."""
    found = commands(check([p for p in ALWAYS_MC if not p.startswith("host")], facts=ANONYMOUS))
    assert [(level, properties["title"]) for level, properties, _ in found] == [
        ("error", "missing: host"),
        ("notice", "whosees"),
    ]
    assert found[0][2].splitlines()[1] == "and 4 elements in it"


def test_where_all_is_annotated_nothing_is_said_to_be_left_out() -> None:
    assert len(commands(check(LEAK, facts=ANONYMOUS))[-1][2].splitlines()) == 2


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_make_no_command(name: str) -> None:
    found = commands(hostile(name), hostile_reason(name))
    assert [level for level, _, _ in found] == ["error", "warning", "notice", "error", "notice"]
    assert all(line.isprintable() for _, _, text in found for line in text.split("\n"))
    assert all(
        "%0A" not in value for _, properties, _ in found for value in properties.values() if "%" not in name
    )


def test_a_fingerprint_is_the_identity_and_the_source() -> None:
    first = issues(check(LEAK, facts=ANONYMOUS))[0]
    assert (
        first["fingerprint"]
        == "getsessioninfo:MC/anonymous/not-supplied/metaData.agenda@night/a.response.xml"
    )
    assert (first["check_name"], first["severity"]) == ("leaked", "critical")
    assert first["location"] == {"path": "tests/night/a.response.xml", "lines": {"begin": 27}}


def test_fingerprints_are_unique() -> None:
    again = hostile("x")
    found = issues(*samples(), *samples(), again, again)
    assert max(Counter(issue["fingerprint"] for issue in found).values()) == 1


def test_severities() -> None:
    found = issues(*samples())
    assert {(issue["check_name"], issue["severity"]) for issue in found} == {
        ("leaked", "critical"),
        ("missing", "critical"),
        ("omitted", "minor"),
        ("near-miss", "minor"),
        ("unlisted", "info"),
        ("unchecked", "major"),
        ("coverage", "info"),
    }


def test_coverage_is_an_issue_that_stays_the_same_one() -> None:
    last = issues(*samples())[-1]
    assert last["fingerprint"] == "getsessioninfo#coverage"
    assert "coverage of obligations: " in last["description"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(name: str) -> None:
    for issue in issues(hostile(name), hostile_reason(name)):
        assert issue["description"].isprintable()
        assert issue["fingerprint"].isprintable()
        assert issue["location"]["path"].isprintable()
