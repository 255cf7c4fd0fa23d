"""Contexts: what claims come to, and what is refused."""

from __future__ import annotations

import pytest

from sightline.engine.context import (
    Claim,
    ContextError,
    Rank,
    Settled,
    change,
    context_of,
    implied_facts,
    read_claim,
    settle,
)
from sightline.rules import builtin_rulebook

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
    assert read_claim(RULEBOOK, fact, text, "--flag", Rank.FLAG).value == value


REFUSED = [
    (
        "service",
        "SupportCenter",
        (
            "Support Center has no column in Table 4-3; the columns are MC (Meeting Center), SC (Sales Center), "
            "TC (Training Center), EC (Event Center), AO (Audio Only)"
        ),
    ),
    ("service", "meetingcentr", "`meetingcentr` is no service; did you mean `MeetingCenter`?"),
    ("caller", "zzz", "that is no caller; known are `anonymous`, `authenticated`, `unknown`"),
    ("role", "panelst", "`panelst` is no role; did you mean `panelist`?"),
    ("password", "", "that is no password; known are `supplied`, `not-supplied`, `unknown`"),
]


@pytest.mark.parametrize(("fact", "text", "message"), REFUSED)
def test_a_wrong_value_is_refused_with_what_was_meant(fact: str, text: str, message: str) -> None:
    with pytest.raises(ContextError) as caught:
        read_claim(RULEBOOK, fact, text, "--flag", Rank.FLAG)
    assert str(caught.value) == message


def test_an_unknown_fact_is_refused() -> None:
    with pytest.raises(ContextError, match=r"^there is no fact `callr`; did you mean `caller`\?$"):
        context_of(RULEBOOK, {"callr": "anonymous"})
    with pytest.raises(ContextError, match=r"^there is no fact `x`; known are `service`, `caller`"):
        context_of(RULEBOOK, {"x": "y"})
    with pytest.raises(ContextError, match=r"^that is no caller"):
        context_of(RULEBOOK, {"caller": "nobody"})


def test_an_anonymous_caller_has_role_none_and_no_other() -> None:
    assert context_of(RULEBOOK, {"caller": "anonymous"})["role"] == "none"
    assert implied_facts(RULEBOOK, context_of(RULEBOOK, {"caller": "anonymous"})) == {"role"}
    with pytest.raises(
        ContextError, match=r"^caller `anonymous` excludes role `host`: an anonymous caller has role none$"
    ):
        context_of(RULEBOOK, {"caller": "anonymous", "role": "host"})
    assert change(RULEBOOK, context_of(RULEBOOK, {"role": "host"}), {"caller": "anonymous"}) is None


def settled(*said: str) -> Settled:
    """Settle claims said as ``fact=value@source``; the source tells the rank."""
    ranks = {"sidecar": Rank.COMPANION, "request": Rank.EVIDENCE, "response": Rank.EVIDENCE}
    claims: list[Claim] = []
    for claim in said:
        fact, _, rest = claim.partition("=")
        value, _, source = rest.partition("@")
        claims.append(read_claim(RULEBOOK, fact, value, source, ranks.get(source, Rank.FLAG)))
    return settle(RULEBOOK, claims)


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
    result = settled(*said)
    known = [f"{value}@{source}" for value, source in zip(result.context.values, result.sources, strict=True)]
    assert " ".join(known) == expected
    assert [conflict.stated.fact for conflict in result.conflicts] == conflicts


def test_flags_that_exclude_each_other_are_refused() -> None:
    with pytest.raises(ContextError, match="an anonymous caller has role none"):
        settled("caller=anonymous@--caller", "role=host@--role")
