"""`rules lint`: what is valid and can hardly be meant, each remark with a witness."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from support.lint_cases import CASES, MARKER, PRICE
from whosees.engine.analysis import Diagnostic, analyse
from whosees.engine.expectation import Evaluator
from whosees.engine.finding import Severity
from whosees.rules import Rulebook, load_rulebook

if TYPE_CHECKING:
    from support.rulebooks import Loaded, Run, Variant


def remarks(rulebook: Rulebook) -> list[Diagnostic]:
    return list(analyse(Evaluator(rulebook)))


@pytest.mark.parametrize("name", ["getsessioninfo", "webex-rest-meeting"])
def test_what_is_built_in_has_notes_at_most(name: str) -> None:
    found = remarks(load_rulebook(name))
    assert {remark.severity for remark in found} == {Severity.NOTE}
    assert all(remark.witness for remark in found)


def test_the_notes_on_the_built_in_rulebook_are_true() -> None:
    """`status` is printed twice (FACTS 1); the rest is said nowhere but in reading messages, or not at all."""
    assert [
        (remark.id, remark.text, remark.witness) for remark in remarks(load_rulebook("getsessioninfo"))
    ] == [
        ("ambiguous-name", "the name `status` matches 2 rows", "explain status: status, test/status"),
        *(
            (
                "unused-statement",
                f"no marker rests on the statement `{name}`, and no explanation quotes it",
                "it has no `cited_for`: GetSessionInfo, third paragraph",
            )
            for name in ("where", "service")
        ),
        *(
            ("unused-source", f"no statement has the source `{name}`", "none of 7 statements")
            for name in ("sample", "schema", "whosees")
        ),
        (
            "unused-interpretation",
            "no explanation cites the interpretation `I9`",
            "it has no `cited_for`: An empty element is returned",
        ),
    ]


def test_the_skeleton_has_none(varied: Loaded) -> None:
    assert remarks(varied(of="skeleton")) == []


@pytest.mark.parametrize("case", CASES)
def test_each_remark_has_its_case(varied: Loaded, case: str) -> None:
    replacements, more, expected = CASES[case]
    found = [
        (remark.id, remark.severity.value, remark.text, remark.witness)
        for remark in remarks(varied(*replacements, of="skeleton", more=more))
        if remark.id != "not-evident" or case == "a fact that no message tells"
    ]
    # An empty text stands for a remark that follows from the one that the case is about.
    abridged = [
        (*one[:2], "", "") if wanted[2:] == ("", "") else one
        for one, wanted in zip(found, expected, strict=False)
    ] + found[len(expected) :]
    assert abridged == expected


def test_exit_codes(run: Run, variant: Variant) -> None:
    warning = variant(of="skeleton", name="warning", more=MARKER.format(granted="must"))
    error = variant((PRICE, PRICE + "net,price/net,always,always\n"), of="skeleton", name="error")
    assert [run("rules", "lint", folder).returncode for folder in ("getsessioninfo", warning, error)] == [
        0,
        0,
        1,
    ]
    assert [
        run("rules", "lint", "--strict", folder).returncode for folder in ("getsessioninfo", warning)
    ] == [0, 1]
    assert run("rules", "lint").returncode == 0
    assert run("rules", "lint", "--rules", error).returncode == 1


def test_the_text_and_the_json_say_the_same(run: Run, variant: Variant) -> None:
    folder = variant(
        (PRICE, PRICE + "net,price/net,always,always\n"), of="skeleton", more=MARKER.format(granted="must")
    )
    text = run("rules", "lint", folder).stdout
    assert text.startswith(
        "my-rulebook 0.1.0: What the API shows to whom\n4 rows, 2 columns, 8 cells, 1 interpretation\n"
    )
    assert "error: contradictory: `price/net` is `must`, but `price`, which encloses" in text
    assert text.endswith("valid, with 1 error and 1 warning\n")
    data = json.loads(run("rules", "lint", folder, "--format", "json").stdout)
    assert data["schema"] == "whosees/rules-lint@1"
    assert [(remark["id"], remark["severity"], remark["witness"]) for remark in data["remarks"]] == [
        ("contradictory", "error", "B/other"),
        ("unused-marker", "warning", "none of 8 cells"),
    ]
