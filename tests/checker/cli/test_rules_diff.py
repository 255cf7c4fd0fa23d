"""`rules diff`: every decision that differs between two rulebooks, over all contexts that they have in common."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from whosees.engine.context import TooManyContextsError, all_contexts
from whosees.engine.diff.rulebooks import IncomparableError, Inventory, Kind, RowDiff, RulebookDiff, diff
from whosees.engine.expectation import Evaluator, Expectation
from whosees.rules import builtin_rulebook, load_rulebook

if TYPE_CHECKING:
    from support.rulebooks import Loaded, Run, Variant

AGENDA = "agenda,metaData/agenda,PW,PW,PW,X,X,"


def decisions(found: RulebookDiff) -> Counter[tuple[str, Expectation | None, Expectation | None]]:
    counted: Counter[tuple[str, Expectation | None, Expectation | None]] = Counter()
    for row in found.rows:
        for change in row.changes:
            counted[row.path, change.before, change.after] += change.contexts
    return counted


@pytest.mark.parametrize("name", ["getsessioninfo", "webex-rest-meeting"])
def test_a_rulebook_does_not_differ_from_itself(name: str) -> None:
    found = diff(load_rulebook(name), load_rulebook(name))
    assert not found.differs
    assert found.rows == ()
    assert found.contexts == len(list(all_contexts(load_rulebook(name))))


def test_every_decision_that_differs_is_told_and_no_other(varied: Loaded) -> None:
    """The counts of diff are those of the evaluator, context by context."""
    old = builtin_rulebook()
    new = varied((AGENDA, "agenda,metaData/agenda,✓,PW,X,PW,X,"), ('role = ["host", "inv', 'role = ["inv'))
    before, after = Evaluator(old), Evaluator(new)
    expected = Counter(
        (path, was, after.expectations(context)[path])
        for context in all_contexts(old)
        for path, was in before.expectations(context).items()
        if was is not after.expectations(context)[path]
    )
    found = diff(old, new)
    assert decisions(found) == expected
    assert sum(found.count(kind) for kind in Kind) == sum(expected.values())
    assert (found.removed.rows, found.added.rows) == ((), ())


def test_turned_round_it_tells_the_reverse(varied: Loaded) -> None:
    old, new = builtin_rulebook(), varied((AGENDA, "agenda,metaData/agenda,✓,PW,X,PW,X,"))
    there, back = diff(old, new), diff(new, old)
    assert decisions(back) == Counter({(p, b, a): n for (p, a, b), n in decisions(there).items()})
    assert [back.count(kind) for kind in (Kind.NARROWED, Kind.WIDENED, Kind.CHANGED)] == [
        there.count(kind) for kind in (Kind.WIDENED, Kind.NARROWED, Kind.CHANGED)
    ]


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("X", "✓", {Kind.WIDENED}),
        ("✓", "X", {Kind.NARROWED}),
        ("X", "PW", {Kind.WIDENED}),
        ("PW", "✓", {Kind.WIDENED, Kind.CHANGED}),
        ("✓", "PW", {Kind.NARROWED, Kind.CHANGED}),
    ],
)
def test_the_kind_is_what_becomes_of_the_caller(
    varied: Loaded, before: str, after: str, kinds: set[Kind]
) -> None:
    def row(cell: str) -> tuple[str, str]:
        return (AGENDA, f"agenda,metaData/agenda,{cell},PW,PW,X,X,")

    found = diff(varied(row(before), name="old"), varied(row(after), name="new"))
    assert {change.kind for row in found.rows for change in row.changes} == kinds


def test_a_row_that_is_no_longer_listed_lets_pass_what_was_hidden(varied: Loaded) -> None:
    found = diff(builtin_rulebook(), varied(("account,metaData/account,X,PW,X,X,X,\n", "")))
    assert found.removed.rows == ("metaData/account",)
    assert {(c.kind, c.before, c.after) for row in found.rows for c in row.changes} == {
        (Kind.WIDENED, Expectation.MUST_NOT, None),
        (Kind.CHANGED, Expectation.SHOULD, None),
        (Kind.CHANGED, Expectation.MAY, None),
    }
    back = diff(varied(("account,metaData/account,X,PW,X,X,X,\n", ""), name="again"), builtin_rulebook())
    assert back.added.rows == ("metaData/account",)
    assert back.count(Kind.NARROWED) == found.count(Kind.WIDENED)


PARTNER = """
[[columns.values]]
id = "C"
printed = "C"
title = "version C"
names = ["C"]
"""

REGION = """
[[facts]]
id = "region"
label = "region"
caller_can = false
state_unknown = "the region is not known"

[[facts.values]]
id = "here"
names = ["here"]
state = "the caller is here"
change = "be here"

[[facts.values]]
id = "there"
names = ["there"]
state = "the caller is there"
change = "be there"
"""

ADMIN = """
[[facts.values]]
id = "admin"
names = ["admin"]
state = "the caller is an admin"
change = "be an admin"
"""


def test_a_column_more_is_said_and_the_others_are_compared(varied: Loaded) -> None:
    new = varied(
        ('[[columns.values]]\nid = "B"', PARTNER.strip() + '\n\n[[columns.values]]\nid = "B"'),
        ("element,path,A,B", "element,path,A,B,C"),
        ("id,id,always,always", "id,id,always,never,always"),
        ("price,price,always,owner", "price,price,always,owner,owner"),
        ("secret,secret,never,owner", "secret,secret,never,owner,owner"),
        of="skeleton",
    )
    found = diff(varied(of="skeleton", name="old"), new)
    assert found.added.columns == ("C",)
    assert found.count(Kind.NARROWED) == 3
    assert found.contexts == 6


def test_a_fact_more_is_said_and_counts_where_it_decides(varied: Loaded) -> None:
    more = (
        REGION + '\n[[markers]]\nid = "here"\nprinted = "here"\nstatement = "owner"\nmeaning = "here only"\n'
    )
    more += 'granted = "must"\n\n[[markers.granted_if]]\nregion = ["here"]\n'
    new = varied(("price,price,always,owner", "price,price,here,owner"), of="skeleton", more=more)
    found = diff(varied(of="skeleton", name="old"), new)
    assert found.added.facts == ("region",)
    assert found.contexts == 18
    (row,) = found.rows
    assert {(c.before, c.after): [r.where for r in c.cubes] for c in row.changes} == {
        ("must", "must-not"): [{"version": ("A",), "region": ("there",)}],
        ("must", "may"): [{"version": ("A",), "region": ("unknown",)}],
    }
    assert diff(new, varied(of="skeleton", name="again")).removed.facts == ("region",)


def test_a_value_more_is_said_and_not_compared(varied: Loaded) -> None:
    old = varied(of="skeleton", name="old")
    new = varied(
        ('[[facts.values]]\nid = "other"', ADMIN.strip() + '\n\n[[facts.values]]\nid = "other"'),
        of="skeleton",
    )
    found = diff(old, new)
    assert found.added.values == ("role=admin",)
    assert found.rows == ()
    assert found.differs
    for one in (found, diff(new, old)):
        assert (one.contexts, one.only_old, one.only_new) == (6, 0, 0)


def test_what_only_one_allows_is_counted(varied: Loaded) -> None:
    rule = '[[implications]]\nwhen = { version = "A" }\nthen = { role = "other" }\ntext = "A is public"\ncite = "I1"\n'
    found = diff(varied(of="skeleton", name="old"), varied(of="skeleton", more=rule))
    assert (found.only_old, found.only_new) == (1, 0)
    assert diff(varied(of="skeleton", name="c", more=rule), varied(of="skeleton", name="d")).only_new == 1


RULE = '[[implications]]\nwhen = { version = "%s" }\nthen = { role = "%s" }\ntext = "so it is"\ncite = "I1"\n'


def test_each_combination_that_only_one_allows_counts(varied: Loaded) -> None:
    ruled = varied(of="skeleton", more=RULE % ("A", "other") + RULE % ("B", "other"))
    found = diff(varied(of="skeleton", name="old"), ruled)
    assert (found.contexts, found.only_old, found.only_new) == (4, 2, 0)
    assert (diff(ruled, found.old).only_old, diff(ruled, found.old).only_new) == (0, 2)


def test_what_follows_in_one_rulebook_only_is_told_as_it_was_asked(varied: Loaded) -> None:
    """A fact that is unknown to the one and follows in the other makes its own context, not the one that it leads to."""
    by_role = ("price,price,always,owner", "price,price,owner,owner")
    old = varied(by_role, of="skeleton", name="old")
    new = varied(by_role, of="skeleton", more=RULE % ("A", "other") + RULE % ("B", "owner"))
    found = diff(old, new)
    assert (found.contexts, found.only_old) == (4, 2)
    price = next(row for row in found.rows if row.path == "price")
    assert [(c.before, c.after, c.contexts) for c in price.changes] == [
        (Expectation.MAY, Expectation.SHOULD, 1),
        (Expectation.MAY, Expectation.MUST_NOT, 1),
    ]
    for change, version in zip(price.changes, "BA", strict=True):
        (region,) = change.cubes
        assert region.where["version"] == (version,)
        assert "unknown" in region.where["role"]


def test_a_row_is_shown_as_the_newer_rulebook_that_lists_it_has_it(varied: Loaded) -> None:
    old = varied(
        ("price,price,always,owner", "Price,price,always,owner\nnet,net,never,owner"),
        of="skeleton",
        name="old",
    )
    new = varied(("price,price,always,owner", "price,price,owner,owner\ntax,tax,never,owner"), of="skeleton")
    found = diff(old, new)
    assert (found.old, found.new) == (old, new)
    rows = {row.path: row for row in found.rows}
    assert [rows[path].row for path in ("price", "net", "tax")] == [
        new.row_by_path["price"],
        old.row_by_path["net"],
        new.row_by_path["tax"],
    ]
    assert (rows["price"].old, rows["price"].new) == (old.row_by_path["price"], new.row_by_path["price"])
    assert (rows["net"].new, rows["tax"].old) == (None, None)
    with pytest.raises(ValueError, match="`x` is a row of neither rulebook"):
        _ = RowDiff("x", None, None, ()).row


SAME = RulebookDiff(
    builtin_rulebook(), builtin_rulebook(), 1, (), Inventory((), (), (), ()), Inventory((), (), (), ())
)


@pytest.mark.parametrize("place", range(4))
def test_an_inventory_is_something_if_anything_is_in_it(place: int) -> None:
    only = Inventory(*(("x",) if here == place else () for here in range(4)))
    assert only
    assert replace(SAME, removed=only).differs
    assert replace(SAME, added=only).differs
    assert not SAME.removed


def test_rulebooks_differ_by_anything_that_decides() -> None:
    assert not SAME.differs
    assert replace(SAME, rows=(RowDiff("x", None, None, ()),)).differs
    assert replace(SAME, only_old=1).differs
    assert replace(SAME, only_new=1).differs


def test_the_text_says_where_nothing_is_compared(run: Run, variant: Variant) -> None:
    rule = '[[implications]]\nwhen = { version = "A" }\nthen = { role = "other" }\ntext = "A is public"\ncite = "I1"\n'
    found = run("rules", "diff", variant(of="skeleton", name="old"), variant(of="skeleton", more=rule))
    said = " ".join(found.stdout.split())
    assert (
        "only in the old rulebook: 1 combination of facts that the other one excludes; these are not compared"
        in said
    )


def test_rulebooks_that_have_nothing_in_common_are_not_compared(varied: Loaded) -> None:
    with pytest.raises(IncomparableError, match="one picks its column by `service`, the other by `view`"):
        diff(builtin_rulebook(), load_rulebook("webex-rest-meeting"))
    renamed = varied(
        ('id = "A"\nprinted', 'id = "X"\nprinted'),
        ('id = "B"\nprinted', 'id = "Y"\nprinted'),
        ('names = { "1" = "A", "2" = "B" }', 'names = { "1" = "X", "2" = "Y" }'),
        of="skeleton",
    )
    with pytest.raises(IncomparableError, match="no `version` is a column of both"):
        diff(varied(of="skeleton", name="old"), renamed)


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
