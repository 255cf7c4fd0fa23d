"""SARIF 2.1.0: the standard's schema (tests/data/sarif-schema-2.1.0.json), and what GitHub asks for beyond it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from support.command import whosees
from support.http_apis import write_example
from support.reporting import (
    ALWAYS_MC,
    HOSTILE,
    OPTIONS,
    RULEBOOK,
    check,
    hostile,
    hostile_reason,
    rendered,
    samples,
    unchecked,
    written,
)
from whosees.engine.finding_rules import rules_of
from whosees.engine.result import ResponseResult
from whosees.reports.check.base import RenderOptions
from whosees.reports.check.sarif import MAX_RESULTS, SarifFormatter
from whosees.reports.text.locations import SourceLocations
from whosees.rules.load import load_rulebook
from whosees.rules.registry import BUILTINS, DEFAULT

SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "sarif-schema-2.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA)
ANONYMOUS = {"caller": "anonymous", "password": "not-supplied"}
LEAK = [*ALWAYS_MC, "metaData/agenda"]


def valid(text: str) -> dict[str, Any]:
    """Validate a log and give its run."""
    log = json.loads(text)
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def sarif(*results: ResponseResult) -> dict[str, Any]:
    return valid(rendered("sarif", results))


def one(*results: ResponseResult) -> Any:
    """The first error of a run."""
    return next(result for result in sarif(*results)["results"] if result["level"] == "error")


def limited(limit: int, *results: ResponseResult) -> tuple[dict[str, Any], str]:
    report = SarifFormatter(RULEBOOK, OPTIONS, limit)
    return valid(written(report, results)), report.truncation_notice()


def test_every_kind_of_response_is_valid() -> None:
    run = sarif(*samples())
    assert Counter(result["level"] for result in run["results"]).keys() == {"error", "warning", "note"}


def test_no_response_at_all_is_valid() -> None:
    assert sarif()["results"] == []


def test_each_rule_is_described() -> None:
    rules = sarif()["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [*rules_of(RULEBOOK), "unchecked"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]


def test_each_result_refers_to_its_rule() -> None:
    run = sarif(*samples())
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_a_result_is_placed_by_the_repository() -> None:
    location = one(check(LEAK, "night/a b.xml", facts=ANONYMOUS))["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "tests/night/a%20b.xml", "uriBaseId": "%SRCROOT%"}
    assert location["region"]["startLine"] == 27


@pytest.mark.parametrize(
    ("source", "uri", "line"),
    [
        ("-", "stdin", 27),
        ("/elsewhere/x.xml", "file:///elsewhere/x.xml", 27),
        ("../up.xml", "up.xml", 27),
        ("run.har#entry-12", "tests/run.har", 1),
        ("night.tar.gz!tc/17.xml", "tests/night.tar.gz", 1),
        ("log.jsonl:4711", "tests/log.jsonl", 4711),
        ("a:b#c.xml", "tests/a%3Ab%23c.xml", 27),
    ],
)
def test_places(source: str, uri: str, line: int) -> None:
    location = one(check(LEAK, source, facts=ANONYMOUS))["locations"][0]["physicalLocation"]
    assert (location["artifactLocation"]["uri"], location["region"]["startLine"]) == (uri, line)


def test_the_row_of_the_table_is_a_related_location() -> None:
    (row,) = one(check(LEAK, facts=ANONYMOUS))["relatedLocations"]
    assert row["message"]["text"] == "Table 4-3, row 19, column MC: agenda is printed PW"
    place = row["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "rules/getsessioninfo/table-4-3.csv"
    assert place["artifactLocation"]["uriBaseId"] == "WHOSEES"
    table = Path(BUILTINS[DEFAULT], "table-4-3.csv").read_text("utf-8").splitlines()
    assert table[place["region"]["startLine"] - 1].startswith("agenda,metaData/agenda,")


@pytest.mark.parametrize("file", ["", "/rulebook.toml"])
def test_a_rulebook_of_ones_own_is_pointed_to_in_the_repository(file: str) -> None:
    own = load_rulebook(f"{BUILTINS[DEFAULT]}{file}")
    report = SarifFormatter(
        own, RenderOptions(locations=SourceLocations(BUILTINS[DEFAULT], str(Path(BUILTINS[DEFAULT]).parent)))
    )
    run = valid(written(report, [check(LEAK, facts=ANONYMOUS)]))
    (row,) = run["results"][0]["relatedLocations"]
    assert row["physicalLocation"]["artifactLocation"]["uri"] == "getsessioninfo/table-4-3.csv"


def test_the_identity_is_the_fingerprint() -> None:
    result = one(check(LEAK, facts=ANONYMOUS))
    assert result["partialFingerprints"] == {
        "whoseesIdentity/v1": "getsessioninfo:MC/anonymous/not-supplied/metaData.agenda"
    }


def test_further_lines_are_related_locations() -> None:
    finding = one(hostile("x", lines=(3, 5, 8)))
    lines = [entry["physicalLocation"]["region"]["startLine"] for entry in finding["relatedLocations"]]
    assert lines == [5, 8]


def test_unchecked_is_an_error_result() -> None:
    result = one(unchecked())
    assert result["ruleId"] == "unchecked"
    assert "no XML begins there" in result["message"]["text"]


def test_the_limit_is_what_github_takes() -> None:
    assert MAX_RESULTS == 25_000


def test_over_the_limit_the_most_severe_stay_and_the_rest_is_stated() -> None:
    whole = sarif(*samples())["results"]
    found = Counter(result["level"] for result in whole)
    edges = (0, found["error"], found["error"] + found["warning"], len(whole))
    for limit in sorted({max(edge + by, 0) for edge in edges for by in (-1, 0, 1)}):
        run, notice = limited(limit, *samples())
        levels = Counter(result["level"] for result in run["results"])
        assert levels.total() == min(limit, len(whole))
        room = limit
        for level in ("error", "warning", "note"):
            assert levels[level] == min(found[level], room)
            room -= levels[level]
        notices = [entry["message"]["text"] for entry in run["invocations"][0]["toolExecutionNotifications"]]
        assert (notice in notices) is (limit < len(whole))
        assert notice == "" or notice.startswith(f"has {limit:,} of {len(whole):,} results, the most severe")


def test_coverage_is_in_the_run() -> None:
    run = sarif(*samples())
    assert run["properties"]["summary"]["coverage"]["obligations"] == 351
    notes = [entry["message"]["text"] for entry in run["invocations"][0]["toolExecutionNotifications"]]
    assert any(note.startswith("coverage of obligations: ") for note in notes)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str) -> None:
    run = sarif(hostile(name), hostile_reason(name))
    for result in run["results"]:
        assert result["message"]["text"].isprintable()
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.isascii()
        assert not set(uri) & set(' <>|`"\\^{}#?[]')


def test_brackets_in_names_are_no_links() -> None:
    assert "\\[f\\](g)" in one(hostile("[f](g)"))["message"]["text"]


@pytest.mark.parametrize("output", ["text", "json", "junit", "sarif", "github", "gitlab", "markdown", "html"])
def test_a_leak_in_a_failed_call_whose_column_is_not_known_is_reported(tmp_path: Path, output: str) -> None:
    """An error about it counts if it is one in every column, so there is none to name."""
    never = '\n[[markers]]\nid = "never"\nprinted = "-"\nstatement = "all"\nmeaning = "never"\ngranted = "must-not"\n'
    cells = "allow_merge,allow_merge,push,+", "allow_merge,allow_merge,-,-"
    folder = write_example(tmp_path / "repos", cells, more=never)
    call = {"method": "GET", "url": "/repos", "status": 404, "response_headers": {}}
    call["response"] = {"items": [{"permissions": {"push": False}, "allow_merge": True}]}
    (tmp_path / "log.jsonl").write_text(json.dumps(call) + "\n", "utf-8")
    run = whosees("check", tmp_path / "log.jsonl", "--rules", folder, "--format", output)
    assert run.code == 1, run.err
    assert "allow" in run.out  # Markdown escapes the rest
    if output == "sarif":
        (related,) = valid(run.out)["results"][0]["relatedLocations"]
        assert related["message"]["text"] == "the repository table, row 3: allow_merge"
