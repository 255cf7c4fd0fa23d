"""`rules diff`: the texts, formats and exit codes for what differs between two rulebooks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from support.rulebooks import REGION
from whosees.engine.context import TooManyContextsError
from whosees.engine.diff.rulebooks import diff

if TYPE_CHECKING:
    from support.rulebooks import Loaded, Run, Variant

AGENDA = "agenda,metaData/agenda,PW,PW,PW,X,X,"


def test_the_text_says_where_nothing_is_compared(run: Run, variant: Variant) -> None:
    rule = '[[implications]]\nwhen = { version = "A" }\nthen = { role = "other" }\ntext = "A is public"\ncite = "I1"\n'
    found = run("rules", "diff", variant(of="skeleton", name="old"), variant(of="skeleton", more=rule))
    said = " ".join(found.stdout.split())
    assert (
        "only in the old rulebook: 1 combination of facts that the other one excludes; these are not compared"
        in said
    )


def many_facts() -> str:
    return "\n".join(REGION.replace("region", f"region-{number}") for number in range(12))


def test_more_contexts_than_can_be_gone_through_are_refused(
    varied: Loaded, run: Run, variant: Variant
) -> None:
    new = varied(of="skeleton", more=many_facts())
    with pytest.raises(
        TooManyContextsError,
        match=r"its facts have 3,188,646 combinations of values; at most 200,000 can be enumerated",
    ):
        diff(new, new)
    folder = variant(of="skeleton", name="many", more=many_facts())
    for arguments in (["lint", folder], ["diff", folder, folder]):
        found = run("rules", *arguments)
        assert found.returncode == 2
        assert found.stderr.startswith("whosees: ")
        assert "its facts have 3,188,646 combinations of values" in found.stderr


TEXT = """\
verifyFlashMediaURL
verifyWinMediaURL
  narrowed  should → must-not, in 4 contexts
            MC and SC, role invited-attendee, password not-supplied
  narrowed  should → may, in 4 contexts
            MC and SC, role invited-attendee, password unknown
"""


def test_the_text_tells_alike_rows_once(run: Run, variant: Variant) -> None:
    changed = variant(('role = ["host", "invited-attendee", "pan', 'role = ["host", "pan'))
    found = run("rules", "diff", "getsessioninfo", changed)
    assert found.returncode == 0
    assert TEXT in found.stdout
    assert found.stdout.count("verifyWinMediaURL") == 1
    # 66 cells are PW, in 29 rows; four contexts each have the role, and no password for certain.
    assert found.stdout.endswith("29 rows differ: decisions 264 narrowed; 57 rows compared in 195 contexts\n")


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [
        ([], 0),
        (["widened"], 1),
        (["narrowed"], 0),
        (["changed"], 0),
        (["narrowed", "widened"], 1),
        (["any"], 1),
    ],
)
def test_fail_on_sets_the_exit_code(run: Run, variant: Variant, fail_on: list[str], code: int) -> None:
    changed = variant((AGENDA, "agenda,metaData/agenda,PW,PW,PW,PW,X,"))
    options = [word for kind in fail_on for word in ("--fail-on", kind)]
    for form in ("text", "json", "markdown"):
        assert run("rules", "diff", "getsessioninfo", changed, *options, "--format", form).returncode == code


def test_any_counts_what_decides_nothing_yet(run: Run, variant: Variant) -> None:
    changed = variant(of="skeleton", more=REGION)
    assert (
        run("rules", "diff", variant(of="skeleton", name="old"), changed, "--fail-on", "any").returncode == 1
    )
    assert run("rules", "diff", changed, changed, "--fail-on", "any").returncode == 0


def test_texts_alone_are_no_difference(run: Run, variant: Variant) -> None:
    changed = variant(('title = "Audio Only"', 'title = "Audio only"'))
    found = run("rules", "diff", "getsessioninfo", changed, "--fail-on", "any")
    assert found.returncode == 0
    assert "no decision differs, although the files do: 57 rows compared in 195 contexts" in found.stdout


def test_the_json_is_versioned_and_whole(run: Run, variant: Variant) -> None:
    changed = variant(
        (AGENDA, "agenda,metaData/agenda,PW,PW,PW,✓,X,"), ("account,metaData/account,X,PW,X,X,X,\n", "")
    )
    found = json.loads(run("rules", "diff", "getsessioninfo", changed, "--format", "json").stdout)
    assert found["schema"] == "whosees/rules-diff@1"
    assert found["old"]["digest"] != found["new"]["digest"]
    assert found["summary"] == {
        "contexts": 195, "widened": 198, "narrowed": 0, "changed": 36, "only_old": 0, "only_new": 0,
    }  # fmt: skip
    assert found["removed"] == {"rows": ["metaData/account"], "columns": [], "facts": [], "values": []}
    assert found["added"] == {"rows": [], "columns": [], "facts": [], "values": []}
    agenda, account = found["rows"]
    assert agenda == {
        "path": "metaData/agenda",
        "element": "agenda",
        "listed": "both",
        "changes": [
            {
                "kind": "widened",
                "before": "must-not",
                "after": "must",
                "contexts": 39,
                "where": [{"service": ["EC"]}],
            }
        ],
    }
    assert account["listed"] == "old"
    assert {change["after"] for change in account["changes"]} == {None}


def test_the_markdown_is_a_table(run: Run, variant: Variant) -> None:
    changed = variant(
        (AGENDA, "agenda,metaData/agenda,PW,PW,PW,✓,X,"), ("account,metaData/account,X,PW,X,X,X,\n", "")
    )
    lines = run("rules", "diff", "getsessioninfo", changed, "--format", "markdown").stdout.splitlines()
    assert "| element | change | decision | contexts | where |" in lines
    assert "| metaData/agenda | widened | must-not → must | 39 | EC |" in lines
    assert "- **removed rows**: metaData/account" in lines


def test_what_cannot_be_compared_is_one_message(run: Run) -> None:
    found = run("rules", "diff", "getsessioninfo", "webex-rest-meeting")
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == (
        "whosees: `getsessioninfo` and `webex-rest-meeting` cannot be compared: "
        "one picks its column by `service`, the other by `view`\n"
    )
