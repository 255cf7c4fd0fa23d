"""Contexts: what claims come to, and what is refused."""

from __future__ import annotations

import msgspec
import pytest

from whosees.engine.claims import Claim, Precedence, ResolvedContext, read_claim, resolve_claims
from whosees.engine.context import (
    ContextError,
    TooManyContextsError,
    change_facts,
    context_of,
    implied_facts,
    possible_contexts,
    require_enumerable,
)
from whosees.rules import Rulebook, builtin_rulebook

RULEBOOK = builtin_rulebook()

SPELLINGS = [
    ("service", "$C", "SC"),
    ("service", "SaC", "SC"),
    ("service", "SalesCenter", "SC"),
    ("service", "sales center", "SC"),
    ("service", "sc", "SC"),
    ("service", "MeetingCenter", "MC"),
    ("service", "meeting-center", "MC"),
    ("service", "AudioOnly", "AO"),
    ("service", "Event Center", "EC"),
    ("service", "TRAININGCENTER", "TC"),
    ("caller", "Anonymous", "anonymous"),
    ("role", "invited attendee", "invited-attendee"),
    ("role", "HOST", "host"),
    ("role", "Unknown", "unknown"),
    ("password", "NOT SUPPLIED", "not-supplied"),
    ("password", "refused", "not-supplied"),
]


@pytest.mark.parametrize(("fact", "text", "value"), SPELLINGS)
def test_names_are_matched_without_regard_to_case(fact: str, text: str, value: str) -> None:
    assert read_claim(RULEBOOK, fact, text, "--flag", Precedence.FLAG).value == value


REFUSED = [
    (
        "service",
        "SupportCenter",
        (
            "Support Center has no column in Table 4-3; the columns are MC (Meeting Center), SC (Sales Center), "
            "TC (Training Center), EC (Event Center), AO (Audio Only)"
        ),
    ),
    ("service", "meetingcentr", "`meetingcentr` is not a known service; did you mean `MeetingCenter`?"),
    ("caller", "zzz", "not a known caller; the values are `anonymous`, `authenticated`, `unknown`"),
    ("role", "panelst", "`panelst` is not a known role; did you mean `panelist`?"),
    ("password", "", "not a known password; the values are `supplied`, `not-supplied`, `unknown`"),
]


@pytest.mark.parametrize(("fact", "text", "message"), REFUSED)
def test_a_wrong_value_is_refused_with_what_was_meant(fact: str, text: str, message: str) -> None:
    with pytest.raises(ContextError) as caught:
        read_claim(RULEBOOK, fact, text, "--flag", Precedence.FLAG)
    assert str(caught.value) == message


def test_an_unknown_fact_is_refused() -> None:
    with pytest.raises(ContextError, match=r"^there is no fact `callr`; did you mean `caller`\?$"):
        context_of(RULEBOOK, {"callr": "anonymous"})
    with pytest.raises(ContextError, match=r"^there is no fact `x`; known are `service`, `caller`"):
        context_of(RULEBOOK, {"x": "y"})
    with pytest.raises(ContextError, match=r"^not a known caller"):
        context_of(RULEBOOK, {"caller": "nobody"})


def test_an_anonymous_caller_has_role_none_and_no_other() -> None:
    assert context_of(RULEBOOK, {"caller": "anonymous"})["role"] == "none"
    assert implied_facts(RULEBOOK, context_of(RULEBOOK, {"caller": "anonymous"})) == {"role"}
    with pytest.raises(
        ContextError, match=r"^caller `anonymous` excludes role `host`: an anonymous caller has role none$"
    ):
        context_of(RULEBOOK, {"caller": "anonymous", "role": "host"})
    assert change_facts(RULEBOOK, context_of(RULEBOOK, {"role": "host"}), {"caller": "anonymous"}) is None


def resolved(*said: str) -> ResolvedContext:
    """Settle claims said as ``fact=value@source``; the source tells the rank."""
    ranks = {"sidecar": Precedence.SIDECAR, "request": Precedence.EVIDENCE, "response": Precedence.EVIDENCE}
    claims: list[Claim] = []
    for claim in said:
        fact, _, rest = claim.partition("=")
        value, _, source = rest.partition("@")
        claims.append(read_claim(RULEBOOK, fact, value, source, ranks.get(source, Precedence.FLAG)))
    return resolve_claims(RULEBOOK, claims)


SETTLED = {
    "nothing is known": ([], "unknown@default unknown@default unknown@default unknown@default", []),
    "evidence": (
        ["service=TC@response", "caller=anonymous@request", "password=supplied@request"],
        "TC@response anonymous@request none@request supplied@request",
        [],
    ),
    "a flag beats a sidecar, which beats evidence": (
        ["service=MC@response", "service=TC@sidecar", "service=EC@--service"],
        "EC@--service unknown@default unknown@default unknown@default",
        ["service"],
    ),
    "a sidecar against the evidence": (
        ["caller=authenticated@request", "caller=anonymous@sidecar"],
        "unknown@default anonymous@sidecar none@sidecar unknown@default",
        ["caller"],
    ),
    "a flag that agrees": (
        ["password=supplied@request", "password=supplied@--password"],
        "unknown@default unknown@default unknown@default supplied@--password",
        [],
    ),
    "unknown contradicts nothing": (
        ["caller=authenticated@request", "caller=unknown@--caller"],
        "unknown@default unknown@--caller unknown@default unknown@default",
        [],
    ),
    "an anonymous caller of unknown role has role none": (
        ["caller=anonymous@--caller", "role=unknown@--role"],
        "unknown@default anonymous@--caller none@--caller unknown@default",
        [],
    ),
    "a role that an anonymous caller cannot have sets the evidence aside": (
        ["caller=anonymous@request", "role=host@--role"],
        "unknown@default unknown@default host@--role unknown@default",
        ["role"],
    ),
    "a flag sets a sidecar aside without a conflict": (
        ["caller=anonymous@sidecar", "role=host@--role"],
        "unknown@default unknown@default host@--role unknown@default",
        [],
    ),
    "the host who is said to be anonymous": (
        ["caller=authenticated@request", "role=host@request", "caller=anonymous@--caller"],
        "unknown@default anonymous@--caller none@--caller unknown@default",
        ["caller"],
    ),
    "a refused password was in the request": (
        ["password=supplied@request", "password=refused@sidecar"],
        "unknown@default unknown@default unknown@default not-supplied@sidecar",
        [],
    ),
    "a password that was not supplied was not in the request": (
        ["password=supplied@request", "password=not-supplied@sidecar"],
        "unknown@default unknown@default unknown@default not-supplied@sidecar",
        ["password"],
    ),
}


@pytest.mark.parametrize("case", SETTLED)
def test_claims_are_weighed(case: str) -> None:
    said, expected, conflicts = SETTLED[case]
    result = resolved(*said)
    known = [f"{value}@{source}" for value, source in zip(result.context.values, result.sources, strict=True)]
    assert " ".join(known) == expected
    assert [conflict.stated.fact for conflict in result.conflicts] == conflicts


def test_flags_that_exclude_each_other_are_refused() -> None:
    with pytest.raises(ContextError, match="an anonymous caller has role none"):
        resolved("caller=anonymous@--caller", "role=host@--role")


def test_what_is_known_is_what_is_not_unknown() -> None:
    context = context_of(RULEBOOK, {"service": "MC", "caller": "anonymous"})
    assert context.known_facts() == {"service": "MC", "caller": "anonymous", "role": "none"}


def test_only_what_is_asked_for_is_completed() -> None:
    context = context_of(RULEBOOK, {"service": "MC"})
    completed = list(possible_contexts(RULEBOOK, context, {"password"}))
    assert [dict(each.items())["password"] for each in completed] == ["supplied", "not-supplied"]
    assert {(each["caller"], each["role"]) for each in completed} == {("unknown", "unknown")}


def test_200_000_contexts_can_be_gone_through_and_no_more() -> None:
    require_enumerable([200, 1000])
    with pytest.raises(TooManyContextsError) as caught:
        require_enumerable([200_001])
    assert (
        str(caught.value)
        == "its facts have 200,001 combinations of values; at most 200,000 can be enumerated"
    )


def test_a_contradiction_names_all_that_brings_it_about() -> None:
    [implication] = RULEBOOK.document.implications
    both = msgspec.structs.replace(implication, when={"caller": "anonymous", "password": "supplied"})
    document = msgspec.structs.replace(RULEBOOK.document, implications=(both,))
    rulebook = msgspec.structs.replace(RULEBOOK, document=document)
    with pytest.raises(ContextError) as caught:
        context_of(rulebook, {"caller": "anonymous", "password": "supplied", "role": "host"})
    assert str(caught.value) == (
        "caller `anonymous` and password `supplied` excludes role `host`: an anonymous caller has role none"
    )


def _with(**changed: object) -> Rulebook:
    document = msgspec.structs.replace(RULEBOOK.document, **changed)
    return msgspec.structs.replace(RULEBOOK, document=document)


def test_what_is_read_is_a_claim_of_whoever_says_it() -> None:
    for text, value in {"Unknown": "unknown", "anon": "anonymous"}.items():
        assert read_claim(RULEBOOK, "caller", text, "sidecar", Precedence.SIDECAR) == Claim(
            "caller", value, "sidecar", Precedence.SIDECAR
        )
    assert read_claim(RULEBOOK, "password", "wrong", "sidecar", Precedence.SIDECAR) == Claim(
        "password", "not-supplied", "sidecar", Precedence.SIDECAR, "supplied"
    )


def test_a_column_is_known_by_its_title_too_and_nothing_else_is() -> None:
    columns = RULEBOOK.document.columns
    short = tuple(msgspec.structs.replace(column, names=(column.id,)) for column in columns.values)
    rulebook = _with(columns=msgspec.structs.replace(columns, values=short))
    claim = read_claim(rulebook, "service", "sales center", "--service", Precedence.FLAG)
    assert claim == Claim("service", "SC", "--service", Precedence.FLAG)
    with pytest.raises(ContextError, match="`sales center` is not a known role"):
        read_claim(rulebook, "role", "sales center", "--role", Precedence.FLAG)


def _claim(fact: str, value: str, precedence: Precedence = Precedence.FLAG) -> Claim:
    return Claim(fact, value, f"{precedence.name} {fact}", precedence)


def test_each_statement_that_evidence_contradicts_is_a_conflict_once() -> None:
    resolved = resolve_claims(
        RULEBOOK,
        [
            *(_claim("service", "MC"), _claim("password", "supplied"), _claim("caller", "anonymous")),
            *(
                _claim("service", "TC", Precedence.EVIDENCE),
                _claim("password", "not-supplied", Precedence.EVIDENCE),
            ),
            *(
                _claim("caller", "authenticated", Precedence.EVIDENCE),
                _claim("role", "host", Precedence.EVIDENCE),
            ),
        ],
    )
    assert [(conflict.stated.fact, conflict.evidence.fact) for conflict in resolved.conflicts] == [
        ("service", "service"),
        ("password", "password"),
        ("caller", "caller"),
    ]
    assert dict(resolved.context.items()) == {
        "service": "MC",
        "caller": "anonymous",
        "role": "none",
        "password": "supplied",
    }


def test_what_is_said_to_be_unknown_is_known_from_who_said_so_unless_it_follows_from_something() -> None:
    alone = resolve_claims(RULEBOOK, [_claim("role", "unknown"), _claim("password", "unknown")])
    assert alone.sources == ("default", "default", "FLAG role", "FLAG password")
    implied = resolve_claims(RULEBOOK, [_claim("role", "unknown"), _claim("caller", "anonymous")])
    assert implied.context["role"] == "none"
    assert implied.sources == ("default", "FLAG caller", "FLAG caller", "default")


def test_what_follows_from_what_follows_is_known_from_where_it_begins() -> None:
    [given] = RULEBOOK.document.implications
    chain = (
        msgspec.structs.replace(given, when={"password": "supplied"}, then={"caller": "authenticated"}),
        msgspec.structs.replace(given, when={"caller": "authenticated"}, then={"role": "host"}),
    )
    resolved = resolve_claims(_with(implications=chain), [_claim("password", "supplied")])
    assert resolved.context.values == ("unknown", "authenticated", "host", "supplied")
    assert resolved.sources == ("default", "FLAG password", "FLAG password", "FLAG password")
