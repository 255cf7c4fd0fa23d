"""Judging: per occurrence, with causes, and nothing that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.observations import observed
from whosees.engine.context import context_of
from whosees.engine.expectation import Evaluator
from whosees.engine.finding import Finding, Severity, finding_id, row_id
from whosees.engine.finding_rules import RULES
from whosees.engine.finding_rules.undecided import Undecided
from whosees.engine.judge import judge, judge_for
from whosees.engine.observation import Observation
from whosees.engine.policy import Policy
from whosees.rules import builtin_rulebook

if TYPE_CHECKING:
    from support.rulebooks import Loaded

RULEBOOK = builtin_rulebook()
EVALUATOR = Evaluator(RULEBOOK)


def seen(*paths: str | tuple[str, int]) -> Observation:
    return observed(RULEBOOK, paths)


def found(observation: Observation, facts: dict[str, str], policy: Policy | None = None) -> list[Finding]:
    context = context_of(RULEBOOK, facts)
    return list(judge(EVALUATOR, context, observation, policy or Policy(unlisted=None)))


def brief(findings: list[Finding]) -> list[tuple[str, str | None, tuple[int, ...], str | None]]:
    return [(f.rule, f.path, f.lines, f.cause) for f in findings]


ALWAYS_EC = [row.path for row in RULEBOOK.rows if row.cells["EC"] == "always"]
ANONYMOUS_EC = {"service": "EC", "caller": "anonymous", "password": "not-supplied"}


def test_what_falls_with_a_container_has_a_finding_each_and_names_it_as_cause() -> None:
    observation = seen(*(path for path in ALWAYS_EC if not path.startswith("host")))
    assert brief(found(observation, ANONYMOUS_EC)) == [
        ("missing", "host", (1,), None),
        ("missing", "host/firstName", (1,), "host"),
        ("missing", "host/lastName", (1,), "host"),
        ("missing", "host/email", (1,), "host"),
        ("missing", "host/webExId", (1,), "host"),
    ]


def test_a_leaked_container_is_the_nearest_cause_of_what_leaks_in_it() -> None:
    observation = seen(*ALWAYS_EC, "telephony/callInNum/backupTollNum", "telephony/voip")
    findings = found(observation, ANONYMOUS_EC, Policy())
    assert [(f.rule, f.path, f.cause) for f in findings] == [
        ("leaked", "telephony", None),
        ("leaked", "telephony/callInNum", "telephony"),
        ("leaked", "telephony/callInNum/backupTollNum", "telephony/callInNum"),
    ], "what is unlisted inside a leaked container belongs to that leak"


def test_repeated_containers_are_judged_one_by_one() -> None:
    documents = ["material/document/name", "material/document/URL", "material/document/size"]
    second = ["material/document#2/name", "material/document#2/URL"]
    observation = seen(*ALWAYS_EC, *documents, *second)
    line = observation.lines("material/document")[1]
    findings = found(observation, {"service": "EC", "role": "host"})
    assert brief(findings) == [("omitted", "material/document/size", (line,), None)]


def test_below_an_absent_container_that_is_left_open_nothing_is_reported() -> None:
    assert found(seen(*ALWAYS_EC), {"service": "EC"}) == []


def test_below_an_absent_container_that_should_be_there_all_is_reported() -> None:
    findings = found(seen(*ALWAYS_EC), {"service": "EC", "role": "panelist"})
    assert [(f.rule, f.path, f.cause) for f in findings] == [
        ("omitted", "material/document", None),
        ("omitted", "material/document/name", "material/document"),
        ("omitted", "material/document/URL", "material/document"),
        ("omitted", "material/document/size", "material/document"),
    ]
    assert {f.severity for f in findings} == {Severity.WARNING}
    strict = found(
        seen(*ALWAYS_EC), {"service": "EC", "role": "panelist"}, Policy(strict=True, unlisted=None)
    )
    assert {f.severity for f in strict} == {Severity.ERROR}


@pytest.mark.parametrize(
    ("granted", "expected"), [("should", [("omitted", "price"), ("omitted", "price/net")]), ("may", [])]
)
def test_what_is_always_in_an_optional_container_is_missing_only_from_one_that_is_there(
    varied: Loaded, granted: str, expected: list[tuple[str, str]]
) -> None:
    """A schema says so of members that it requires of an object that is optional itself."""
    rulebook = varied(
        ("price,price,always,owner\n", "price,price,always,owner\nnet,price/net,always,always\n"),
        ('granted = "should"', f'granted = "{granted}"'),
        of="skeleton",
    )
    evaluator = Evaluator(rulebook)
    context = context_of(rulebook, {"version": "B", "role": "owner"})
    rest = [path for path in rulebook.row_by_path if not path.startswith("price")]

    def findings(*paths: str) -> list[tuple[str, str | None]]:
        observation = observed(rulebook, paths)
        return [(f.rule, f.path) for f in judge(evaluator, context, observation, Policy(unlisted=None))]

    assert findings(*rest) == expected
    assert findings(*rest, "price") == [("missing", "price/net")]


def test_a_row_below_an_unlisted_element_is_found_there() -> None:
    always = [row.path for row in RULEBOOK.rows if row.cells["AO"] == "always"]
    label = "telephony/labels/participantLimitedAccessLabel"
    anonymous = {"service": "AO", "caller": "anonymous", "password": "not-supplied"}
    leaks = found(seen(*always, label), anonymous)
    assert [(f.path, f.cause) for f in leaks] == [("telephony", None), (label, "telephony")]
    others = [row.path for row in RULEBOOK.rows if row.cells["AO"] == "pw" and row.path != label]
    assert found(seen(*always, *others, label), {"service": "AO", "role": "host"}) == []
    without = seen(*always, *others, "telephony/labels")
    (omitted,) = found(without, {"service": "AO", "role": "host"})
    assert (omitted.path, omitted.lines) == (label, without.lines("telephony/labels"))


UNLISTED = [("error", Severity.ERROR), ("warning", Severity.WARNING), ("note", Severity.NOTE)]


@pytest.mark.parametrize(("name", "severity"), UNLISTED)
def test_what_no_row_lists_counts_as_the_user_says(name: str, severity: Severity) -> None:
    observation = seen(*ALWAYS_EC, "hostKey", "something/inside")
    findings = found(observation, ANONYMOUS_EC, Policy(unlisted=Severity(name)))
    assert [(f.rule, f.path, f.cause, f.severity) for f in findings] == [
        ("unlisted", "hostKey", None, severity),
        ("unlisted", "something", None, severity),
        ("unlisted", "something/inside", "something", severity),
    ]


def test_a_near_miss_is_reported_even_where_the_unlisted_are_ignored() -> None:
    (finding,) = found(seen(*ALWAYS_EC, "metaData/Agenda"), ANONYMOUS_EC)
    assert (finding.rule, finding.severity, finding.explain_target) == (
        "near-miss",
        Severity.ERROR,  # a client that folds names reads it as the row, which must not be there
        "metaData/agenda",
    )
    assert finding.message == (
        "`metaData/Agenda` is in no row of Table 4-3, but like `metaData/agenda`: only letter case differs"
    )


def test_an_element_of_another_vocabulary_is_not_the_row_it_is_named_like() -> None:
    others = [path for path in ALWAYS_EC if path != "status"]
    foreign = observed(RULEBOOK, [*others, ("status", 99)], other_namespace=["status"])
    assert [(f.rule, f.path, f.lines) for f in found(foreign, ANONYMOUS_EC)] == [
        ("missing", "status", (1,)),
        ("near-miss", "status", (99,)),
    ]


def test_an_identity_is_made_of_rulebook_context_and_path_and_never_of_a_line() -> None:
    early, late = seen(*ALWAYS_EC, "telephony"), seen("telephony", *ALWAYS_EC)
    ids = {finding.id for o in (early, late) for finding in found(o, ANONYMOUS_EC)}
    assert ids == {"getsessioninfo:EC/anonymous/not-supplied/telephony"}
    context = context_of(RULEBOOK, {"service": "MC", "role": "host"})
    assert (
        finding_id(RULEBOOK, context, "a/b", "near-miss")
        == "getsessioninfo:MC/unknown/host/unknown/a.b#near-miss"
    )
    assert row_id("a.b/c%") == "a%2Eb.c%25"


def test_findings_of_one_response_have_identities_of_their_own() -> None:
    observation = seen("Status", "statuss", "telephony/voip", "hostKey", "a.b", "a/b")
    for facts in (ANONYMOUS_EC, {"service": "TC", "role": "host"}):
        ids = [finding.id for finding in found(observation, facts, Policy())]
        assert len(ids) == len(set(ids))


def test_every_rule_has_an_id_and_says_what_it_means() -> None:
    assert list(RULES) == [rule.id for rule in RULES.values()]
    for rule in RULES.values():
        assert rule.id == rule.id.lower()
        assert rule.meaning.endswith(".")
        assert rule.remedy.endswith(".")


def test_findings_come_in_the_order_of_the_table_and_then_of_the_response() -> None:
    """Rows come in the order of the table, whatever the order of the response; then what is in no row, as it comes."""
    findings = found(seen("zebra", "test", "presenter", *ALWAYS_EC, "antelope"), ANONYMOUS_EC, Policy())
    assert [(finding.rule, finding.path) for finding in findings] == [
        ("leaked", "presenter"),
        ("leaked", "test"),
        ("unlisted", "zebra"),
        ("unlisted", "antelope"),
    ]


def test_two_places_of_one_finding_are_its_lines_in_order() -> None:
    findings = found(seen(*ALWAYS_EC, "test", "test#2", "test#3"), ANONYMOUS_EC)
    [finding] = [each for each in findings if each.path == "test"]
    assert len(finding.lines) == 3
    assert list(finding.lines) == sorted(finding.lines)


def test_rows_come_in_the_order_of_the_table_wherever_they_were_found() -> None:
    findings = found(
        seen(*ALWAYS_EC, "material/document/size", "material/document#2/name", "zebra"),
        ANONYMOUS_EC,
        Policy(unlisted=Severity.ERROR),
    )
    assert [finding.path for finding in findings] == [
        "material/document",
        "material/document/name",
        "material/document/size",
        "zebra",
    ]


def test_what_stands_in_another_vocabulary_is_like_no_row() -> None:
    elsewhere = observed(RULEBOOK, ["metaData/Agendas"], other_namespace=["metaData"])
    findings = judge(EVALUATOR, context_of(RULEBOOK, {"service": "EC"}), elsewhere)
    [inside] = [each for each in findings if each.path == "metaData/Agendas"]
    assert (inside.rule, inside.cause) == ("unlisted", "metaData")


def test_an_element_on_the_way_to_a_row_is_in_its_place_whatever_other_rows_are_called(
    varied: Loaded,
) -> None:
    """A path that begins with a name says that an element of this name is there."""
    rulebook = varied(
        ("price,price,always,owner\n", "price,price,always,owner\nsum,secret/price/sum,always,always\n"),
        ("secret,secret,never,owner", "price,note/price,never,never\nsecret,secret,always,always"),
        of="skeleton",
    )
    context = context_of(rulebook, {"version": "A", "role": "owner"})

    def misplaced(*paths: str) -> list[str | None]:
        findings = judge(Evaluator(rulebook), context, observed(rulebook, paths), Policy())
        return [each.path for each in findings if each.rule == "misplaced"]

    assert misplaced("secret/price/sum") == []
    assert misplaced("secret/price") == []
    assert misplaced("secret/other/price") == ["secret/other/price"]


@pytest.mark.parametrize(
    "name",
    [
        *("telephony.callInNum", "telephony_callInNum", "TelephonyCallInNum", "telephony~1callInNum"),
        *("telephony[callInNum]", "telephony:callInNum", "@telephony-callInNum"),
    ],
)
def test_a_whole_path_as_one_name_is_misplaced_if_its_row_must_not_be_there(name: str) -> None:
    (finding,) = found(seen(*ALWAYS_EC, name), ANONYMOUS_EC)
    assert (finding.rule, finding.severity) == ("misplaced", Severity.ERROR)
    assert finding.message == (f"`{name}` has the name of `telephony/callInNum`, which must not be there")
    assert found(seen(*ALWAYS_EC, "host.email"), ANONYMOUS_EC) == [], (
        "many names look like the path of another row"
    )


@pytest.mark.parametrize(
    "name", ["geo_owner", "geo-owner", "geo.owner", "geo owner", "geoOwner", "GEO:OWNER"]
)
def test_a_colon_in_a_name_is_a_separator(name: str, varied: Loaded) -> None:
    """As in `geo:owner`, a name with a vocabulary's prefix: it is no letter that is off by one."""
    rulebook = varied(("secret,secret,never,owner", "owner,geo:owner,never,never"), of="skeleton")
    findings = judge(
        Evaluator(rulebook), context_of(rulebook, {"version": "A"}), observed(rulebook, [name]), Policy()
    )
    assert [(each.rule, each.severity) for each in findings if each.path == name] == [
        ("near-miss", Severity.ERROR)
    ]


@pytest.mark.parametrize("name", ["a.b", "a:b", "a[b]"])
def test_a_name_that_is_written_as_a_path_is_misplaced_if_its_row_must_not_be_there(
    name: str, varied: Loaded
) -> None:
    rulebook = varied(("secret,secret,never,owner", f"joined,in/{name},never,always"), of="skeleton")

    def misplaced(path: str, version: str) -> list[str | None]:
        context = context_of(rulebook, {"version": version})
        findings = judge(Evaluator(rulebook), context, observed(rulebook, [path]), Policy())
        return [each.path for each in findings if each.rule == "misplaced"]

    assert misplaced("in/a/b", "A") == ["in/a/b"]
    for path, version in (("in/a/b", "B"), ("a/b", "A"), ("in/a", "A"), ("in/b/a", "A")):
        assert misplaced(path, version) == []


def test_the_end_of_a_path_as_one_name_is_misplaced_if_it_is_written_as_a_path(varied: Loaded) -> None:
    """As servers write names that they look up, such as `fields["user.email"]`; in a container it is the end of a path in there."""
    rulebook = varied(
        (
            "secret,secret,never,owner",
            "c,a/b/c,never,never\nd,a/b/d,never,never\nc,x/b/c,always,always\nsecret,secret,never,owner",
        ),
        of="skeleton",
    )
    context = context_of(rulebook, {"version": "A"})

    def misplaced(path: str) -> list[str | None]:
        findings = judge(Evaluator(rulebook), context, observed(rulebook, [path]), Policy())
        return [each.path for each in findings if each.rule == "misplaced"]

    for name in ("b.d", "b/d".replace("/", "~1"), "b[d]", "fields/b.d", "a/b.c"):
        assert misplaced(name) == [name]
    for name in ("b_d", "bD", "b.c", "x/b.c", "d.b"):
        assert misplaced(name) == []


@pytest.mark.parametrize(
    "name",
    [
        *(
            "ａｇｅｎｄａ",
            "agen\u200dda",
            "Agen\u200cdA",
            r"\u202eagenda",
            r"agen\xadda",
            r"agenda\x00",
            r"agenda\t",
        ),
        *(r"agen\U000e0001da", "agen\ufe0fda", "agen\u3164da", r"agenda\xa0"),
    ],
)
def test_a_name_that_looks_like_a_row_is_one_to_a_client_that_folds_names(name: str) -> None:
    (finding,) = found(seen(*ALWAYS_EC, f"metaData/{name}"), ANONYMOUS_EC)
    assert (finding.rule, finding.severity) == ("near-miss", Severity.ERROR)


def test_a_near_miss_in_an_element_that_no_row_lists_names_that_as_its_cause() -> None:
    near = "telephony/labels/participantLimitedAccesLabel"
    [finding] = [each for each in found(seen(near), {"service": "AO"}) if each.path == near]
    assert (finding.rule, finding.cause) == ("near-miss", "telephony/labels")


def test_an_element_that_no_row_lists_is_called_by_its_last_name() -> None:
    findings = found(seen("telephony/callInNum/tollNum"), {"service": "MC"}, Policy())
    assert {each.element for each in findings if each.rule == "unlisted"} == {"tollNum"}


OPEN_MC = {"service": "MC", "caller": "authenticated"}


@pytest.mark.parametrize("policy", [Policy(), Policy(undecided=None), Policy(ignore=("undecided",))])
def test_undecided_are_the_elements_that_are_there_and_open_whatever_is_reported(policy: Policy) -> None:
    """“undecided: present, may.”"""
    context = context_of(RULEBOOK, OPEN_MC)
    judge_ = judge_for(EVALUATOR, context, policy)
    always = [row.path for row in RULEBOOK.rows if row.cells["MC"] == "always"]
    assert judge_.judge_with_undecided(seen(*always))[1] == Undecided((), ())
    shown = seen(
        *always, "metaData/agenda", "accessControl/sessionPassword", "metaData/agenda#2", "nothing/of/it"
    )
    undecided = judge_.judge_with_undecided(shown)[1]
    assert undecided == Undecided(("accessControl/sessionPassword", "metaData/agenda"), ("role", "password"))
    assert (
        judge_.judge_with_undecided(seen("accessControl/sessionPassword", "metaData/agenda"))[1] == undecided
    )
