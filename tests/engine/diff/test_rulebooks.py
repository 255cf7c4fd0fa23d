"""Differences of two rulebooks: every decision that differs, over all contexts that they have in common."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from support.rulebooks import REGION
from whosees.engine.context import all_contexts
from whosees.engine.diff.rulebooks import IncomparableError, Inventory, Kind, RowDiff, RulebookDiff, diff
from whosees.engine.expectation import Evaluator, Expectation
from whosees.rules import builtin_rulebook, load_rulebook

if TYPE_CHECKING:
    from support.rulebooks import Loaded


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
