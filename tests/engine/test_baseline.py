"""Baselines as pure decisions: what an entry does on a day, and what becomes of it over a run."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.judging import RULEBOOK, check_one
from support.messages import request, response
from support.rulebooks import variant, varied
from whosees.engine.baseline import REASON_REQUIRED, Entry, EntryStatus, Key
from whosees.engine.baseline_filter import BaselineFilter, BaselineFilters
from whosees.engine.context import Context, all_contexts
from whosees.engine.expectation import Evaluator
from whosees.engine.finding import Severity, context_id
from whosees.engine.finding_rules import RULES
from whosees.engine.policy import Policy
from whosees.engine.result import Outcome, ResponseResult, Summary
from whosees.rules import load_rulebook

if TYPE_CHECKING:
    from support.rulebooks import Loaded

__all__ = ["variant", "varied"]

TODAY = date(2026, 11, 23)
EVALUATOR = Evaluator(RULEBOOK)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def violating() -> ResponseResult:
    """An anonymous caller at MC sees the meeting password, and does not see the host's address."""
    shown = [row.path for row in RULEBOOK.rows if row.cells["MC"] == "always" and row.path != "host/email"]
    return check_one(response("MC", [*shown, "accessControl/sessionPassword"]), request())


MISSING = Entry("missing", "getsessioninfo:MC/anonymous/not-supplied/host.email")
LEAKED = Entry("leaked", "getsessioninfo:MC/anonymous/not-supplied/accessControl.sessionPassword")


@given(expires=DAYS, today=DAYS)
def test_an_entry_is_accepted_through_its_last_day(expires: date, today: date) -> None:
    entry = Entry("missing", "x", expires=expires)
    wanted = EntryStatus.ACCEPTED if today <= expires else EntryStatus.EXPIRED
    assert entry.status(today, is_leak=False) is wanted


@given(rule=st.sampled_from(sorted(RULES)), today=DAYS)
def test_an_entry_without_a_last_day_is_accepted_for_ever_unless_it_is_of_a_leak(
    rule: str, today: date
) -> None:
    assert Entry(rule, "x").status(today, is_leak=False) is EntryStatus.ACCEPTED


@given(
    rule=st.sampled_from(sorted(REASON_REQUIRED)),
    reason=st.sampled_from(["", " \n", "known"]),
    expires=st.one_of(st.none(), DAYS),
    today=DAYS,
)
def test_a_leak_is_accepted_only_with_reason_and_expiry(
    rule: str, reason: str, expires: date | None, today: date
) -> None:
    entry = Entry(rule, "x", reason=reason, expires=expires)
    accepted = reason == "known" and expires is not None and today <= expires
    assert (entry.status(today, is_leak=True) is EntryStatus.ACCEPTED) == accepted
    lacking = {"reason": reason != "known", "expires": expires is None}
    assert entry.missing_keys == tuple(key for key, lacks in lacking.items() if lacks)


def test_an_accepted_finding_does_not_count_and_the_others_still_do() -> None:
    result = BaselineFilter(RULEBOOK, [MISSING], TODAY).apply(violating())
    assert result.outcome is Outcome.VIOLATING
    assert [finding.rule for finding in result.findings if finding.accepted] == ["missing"]
    both = [MISSING, Entry(*LEAKED.key, reason="r", expires=TODAY)]
    baseline_filter = BaselineFilter(RULEBOOK, both, TODAY)
    result = baseline_filter.apply(violating())
    assert result.outcome is Outcome.CONFORMANT
    assert baseline_filter.summary([]).accepted == 2
    assert [f.baseline.entry for f in result.findings if f.baseline] == both[::-1]
    summary = Summary()
    summary.add(result)
    assert (summary.accepted, summary.severities[Severity.ERROR]) == (2, 0)


@pytest.mark.parametrize(
    ("unlisted", "rule", "outcome"),
    [
        ("extra/sessionPassword", "misplaced", Outcome.VIOLATING),
        ("metaData/AGENDA", "near-miss", Outcome.VIOLATING),
        ("metaData/confNam", "near-miss", Outcome.CONFORMANT),  # a warning: no leak
    ],
)
def test_a_leak_in_another_place_or_spelling_takes_reason_and_expiry_too(
    unlisted: str, rule: str, outcome: Outcome
) -> None:
    shown = [row.path for row in RULEBOOK.rows if row.cells["MC"] == "always"]
    before = check_one(response("MC", [*shown, unlisted]), request())
    (key,) = [Key(finding.rule, finding.id) for finding in before.findings if finding.rule == rule]
    assert BaselineFilter(RULEBOOK, [Entry(*key)], TODAY).apply(before).outcome is outcome
    whole = Entry(*key, reason="known", expires=TODAY)
    assert BaselineFilter(RULEBOOK, [whole], TODAY).apply(before).outcome is Outcome.CONFORMANT


def test_an_entry_about_another_rule_accepts_nothing() -> None:
    other = Entry("omitted", MISSING.id)
    before = violating()
    assert BaselineFilter(RULEBOOK, [other], TODAY).apply(before) is before


def test_what_takes_no_effect_is_said_of_its_finding() -> None:
    entries = [Entry(*MISSING.key, expires=TODAY - timedelta(days=1)), LEAKED]
    baseline_filter = BaselineFilter(RULEBOOK, entries, TODAY)
    result = baseline_filter.apply(violating())
    assert result.outcome is Outcome.VIOLATING
    assert {f.rule: f.baseline.status for f in result.findings if f.baseline} == {
        "missing": EntryStatus.EXPIRED,
        "leaked": EntryStatus.INCOMPLETE,
    }
    use = baseline_filter.summary([result.resolved.context])
    assert (use.accepted, use.expired, use.incomplete, use.stale) == (0, (entries[0],), (LEAKED,), ())


def test_a_new_entry_takes_effect_at_once_save_for_a_leak() -> None:
    baseline_filter = BaselineFilter(RULEBOOK, [], TODAY, adding=True)
    result = baseline_filter.apply(violating())
    assert result.outcome is Outcome.VIOLATING
    use = baseline_filter.summary([])
    assert {entry.key for entry in use.added} == {MISSING.key, LEAKED.key}
    assert {entry.first_seen for entry in use.added} == {TODAY}
    assert [entry.rule for entry in use.incomplete] == ["leaked"]
    assert BaselineFilter(RULEBOOK, use.added, TODAY).apply(violating()) == result


@pytest.mark.parametrize(
    ("finding", "stale"),
    [
        ("getsessioninfo:MC/anonymous/not-supplied/host.firstName", True),  # judged, and there
        ("getsessioninfo:MC/anonymous/not-supplied#unexpected-success", True),
        ("getsessioninfo:TC/anonymous/not-supplied/host.firstName", False),  # nothing was judged in it
        ("getsessioninfo:TC/authenticated/host/unknown/host.firstName", False),
        ("getsessioninfo:XC/anonymous/not-supplied/host.firstName", True),  # there is no such context
        ("getsessioninfo:TC/anonymous/not-supplied#unexpected-success", False),
        ("getsessioninfo:TC/anonymous/not-supplied/a:b#unlisted", False),
        ("another:MC/anonymous/not-supplied/host.firstName", True),
        ("another:TC/anonymous/not-supplied/host.firstName", True),
        ("no identity", True),
    ],
)
def test_what_no_longer_occurs_is_stale_if_its_context_was_judged(finding: str, *, stale: bool) -> None:
    entry = Entry("missing", finding)
    baseline_filter = BaselineFilter(RULEBOOK, [entry], TODAY)
    result = baseline_filter.apply(violating())
    use = baseline_filter.summary([result.resolved.context])
    assert (use.stale, use.unjudged) == (((entry,), ()) if stale else ((), (entry,)))


@pytest.mark.parametrize(
    ("policy", "stale"),
    [
        (Policy(select=("leaked",)), False),
        (Policy(ignore=("missing",)), False),
        (Policy(ignore=("missing:host",)), False),
        (Policy(select=("missing:host",)), True),
        (Policy(ignore=("leaked", "missing:metaData")), True),
    ],
)
def test_an_entry_is_stale_only_if_its_finding_would_have_been_reported(
    policy: Policy, *, stale: bool
) -> None:
    entry = Entry("missing", "getsessioninfo:MC/anonymous/not-supplied/host.firstName")
    baseline_filter = BaselineFilter(RULEBOOK, [entry], TODAY, policy=policy)
    use = baseline_filter.summary([violating().resolved.context])
    assert (use.stale, use.unjudged) == ((entry,) if stale else (), ())


def test_each_entry_belongs_to_the_rulebook_that_its_identity_begins_with() -> None:
    """The first of several rulebooks has those of none, and a colon can be in a name too."""
    books = [RULEBOOK, load_rulebook("github-user")]
    other = context_id(books[1], next(all_contexts(books[1])))
    entries = [
        Entry("leaked", f"github-user:{other}/a:b#unlisted"),
        Entry("missing", "getsessioninfo:TC/anonymous/not-supplied/host.email"),
        Entry("missing", "no identity"),
    ]
    filters = BaselineFilters(books, entries, TODAY)
    filters.apply(violating())
    use = filters.summary()
    assert (use.stale, use.unjudged) == ((entries[2],), (entries[1], entries[0]))
    assert use.added == ()


def test_a_context_can_be_named_by_its_column_alone(varied: Loaded) -> None:
    """The root from which everything else follows."""
    rule = '[[implications]]\nwhen = { version = "A" }\nthen = { role = "other" }\ntext = "so it is"\ncite = "I1"\n'
    entry = Entry("missing", "my-rulebook:A/price")
    use = BaselineFilter(varied(of="skeleton", more=rule), [entry], TODAY).summary([])
    assert (use.stale, use.unjudged) == ((), (entry,))


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(list(all_contexts(RULEBOOK))), st.sampled_from([row.path for row in RULEBOOK.rows]))
def test_each_identity_tells_its_context(context: Context, path: str) -> None:
    """Law: of an entry about a context, nothing is said exactly where that context was not judged."""
    entry = Entry("missing", f"getsessioninfo:{context_id(RULEBOOK, context)}/{path.replace('/', '.')}")
    assert BaselineFilter(RULEBOOK, [entry], TODAY).summary([context]).stale == (entry,)
    others = [other for other in all_contexts(RULEBOOK) if other != context]
    assert BaselineFilter(RULEBOOK, [entry], TODAY).summary(others).unjudged == (entry,)
