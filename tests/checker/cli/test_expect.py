"""`whosees expect` as a user calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import whosees
from support.http_apis import write_example
from support.judging import RULEBOOK
from support.messages import request

HERE = ("--service", "MC", "--caller", "anonymous", "--password", "not-supplied")


def test_expect_lists_every_element_in_printed_order() -> None:
    said = whosees("expect", *HERE, "--format", "json").json
    assert said["schema"] == "whosees/expect@1"
    assert said["context"] == {
        "service": "MC",
        "caller": "anonymous",
        "role": "none",
        "password": "not-supplied",
    }
    assert [(e["path"], e["element"]) for e in said["elements"]] == [
        (r.path, r.element) for r in RULEBOOK.rows
    ]
    assert said["elements"][18] == {
        "path": "metaData/agenda",
        "element": "agenda",
        "marker": "pw",
        "expectation": "must-not",
    }


def test_expect_as_a_table() -> None:
    run = whosees("expect", "--service", "MC")
    assert "19   metaData/agenda                                 PW    may\n" in run.out
    assert run.out.endswith(
        "23 must, 0 should, 14 may, 20 must-not\nmay: undecided because role and password are unknown; pass --role or --password\n  to decide them\n"
    )
    assert max(map(len, run.out.splitlines())) <= 80


def test_expect_versus_shows_what_would_change() -> None:
    run = whosees("expect", *HERE, "--versus", "password=supplied")
    assert run.code == 0
    assert "metaData/agenda                    must-not  should\n" in run.out
    assert run.out.endswith("14 of 57 elements change\n")
    said = whosees(
        "expect", *HERE, "--versus", "role=host", "--versus", "service=TC", "--format", "json"
    ).json
    assert said["versus"] == {
        "service": "TC",
        "caller": "unknown",
        "role": "host",
        "password": "not-supplied",
    }
    assert {"path": "test/title", "element": "title", "before": "must-not", "after": "should"} in said[
        "changes"
    ]
    assert whosees("expect", *HERE, "--versus", "caller=anonymous").out.endswith("no element changes\n")


def test_expect_reads_a_request(tmp_path: Path) -> None:
    """A file that `check --request` takes is read here too: the message alone, or below its HTTP headers."""
    message = request(content="<sessionPassword>x</sessionPassword>")
    head = b"POST /WBXService/XMLService HTTP/1.1\r\nHost: example.com\r\n\r\n"
    for content in (message, head + message):
        (tmp_path / "r.xml").write_bytes(content)
        run = whosees("expect", "--service", "mc", "--request", "r.xml", "--format", "json", cwd=tmp_path)
        assert run.json["context"] == {
            "service": "MC",
            "caller": "anonymous",
            "role": "none",
            "password": "supplied",
        }


def test_a_change_that_changes_the_caller_says_so() -> None:
    """An anonymous caller has role none, so that nobody is both anonymous and the host."""
    run = whosees("expect", *HERE, "--versus", "role=host")
    assert (run.code, run.err) == (
        0,
        "whosees: `caller` changes from `anonymous` to `unknown`, since `anonymous` contradicts `--versus`\n",
    )
    assert whosees("expect", *HERE, "--versus", "password=supplied").err == ""


def test_a_star_is_explained(tmp_path: Path) -> None:
    """ "`*` stands for any one name", and demands no member; a table without it has no such line."""
    star = ("company,owner/company,o,o", "member,files/*,+,+\ncontent,files/*/content,+,+")
    rules = write_example(tmp_path, star, ('[rows."owner/company"]\nnulls = "absent"\n', ""))
    run = whosees("expect", "--rules", rules, "--fact", "site=user", "--fact", "push=no")
    assert " ".join(run.out.split()).endswith(
        "4 must, 0 should, 0 may, 1 masked, 1 must-not "
        "*: any one name; what is said holds for each member that is there, and none need be there"
    )
    assert "*:" not in whosees("expect", *HERE).out


EXPECT_USAGE = {
    "no service": ([], "pass `--service` to choose a column: one of MC, SC, TC, EC, AO"),
    "a change that is none": (
        ["--service", "MC", "--versus", "password"],
        "`--versus password` is not of the form FACT=VALUE",
    ),
    "two changes of a fact": (
        ["--service", "MC", "--versus", "role=host", "--versus", "role=none"],
        "`--versus role` is given twice, with different values",
    ),
    "a change to nothing": (
        ["--service", "MC", "--versus", "password=maybe"],
        "`--versus password`: not a known password; the values are `supplied`, `not-supplied`, `unknown`",
    ),
    "a change of no fact": (
        ["--service", "MC", "--versus", "pasword=supplied"],
        "`--versus pasword`: there is no fact `pasword`; did you mean `password`?",
    ),
    "a change to no column": (
        ["--service", "MC", "--versus", "service=unknown"],
        "`--versus service=unknown`: there is no column to look in; name one",
    ),
}


@pytest.mark.parametrize("case", EXPECT_USAGE)
def test_wrong_usage_of_expect(case: str) -> None:
    arguments, message = EXPECT_USAGE[case]
    run = whosees("expect", *arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"whosees: {message}")
