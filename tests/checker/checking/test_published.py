"""The published pair: what the page's own samples come to."""

from __future__ import annotations

from pathlib import Path

from support.judging import broken, check_one
from whosees.engine.result import ResponseResult

PUBLISHED = Path(__file__).parents[3] / "examples" / "published"
RESPONSE = (PUBLISHED / "published.response.xml").read_bytes()
REQUEST = (PUBLISHED / "published.request.xml").read_bytes()

LEAKED = [
    "accessControl/sessionPassword",
    "metaData/agenda",
    "telephony",
    "telephony/telephonySupport",
    "telephony/tollFreeRestrictionsURL",
    "telephony/callInNum",
]


def facts_with_sources(result: ResponseResult) -> str:
    pairs = zip(result.resolved.context.values, result.resolved.sources, strict=True)
    return " ".join(f"{value}@{source}" for value, source in pairs)


def test_the_pair_is_conformant_and_guesses_nothing() -> None:
    """Its password stands in a comment: it is not supplied. Its person is not the response's host."""
    result = check_one(RESPONSE, REQUEST)
    assert result.outcome == "conformant"
    assert (
        facts_with_sources(result) == "MC@response authenticated@request unknown@default not-supplied@request"
    )
    assert broken(result) == [("pair-mismatch", "sessionkey")]
    assert set(LEAKED) <= set(result.undetermined)
    assert result.depends_on == ("role",)


def test_the_response_alone_tells_only_its_service() -> None:
    result = check_one(RESPONSE)
    assert result.outcome == "conformant"
    assert facts_with_sources(result) == "MC@response unknown@default unknown@default unknown@default"
    assert broken(result) == []
    assert result.depends_on == ("role", "password")


def test_shown_to_an_anonymous_caller_it_leaks() -> None:
    result = check_one(RESPONSE, facts={"caller": "anonymous", "password": "not-supplied"})
    assert result.outcome == "violating"
    assert broken(result) == [("leaked", path) for path in LEAKED]
    assert [f.lines for f in result.findings if f.rule == "leaked"] == [
        (19,),
        (30,),
        (38,),
        (39,),
        (40,),
        (42,),
    ]


def test_a_flag_against_the_request_is_a_conflict_and_counts() -> None:
    result = check_one(RESPONSE, REQUEST, facts={"caller": "anonymous", "password": "not-supplied"})
    assert broken(result) == [
        *(("leaked", path) for path in LEAKED),
        ("context-conflict", None),
        ("pair-mismatch", "sessionkey"),
    ]
    (conflict,) = (f for f in result.findings if f.rule == "context-conflict")
    assert conflict.message == (
        "--caller says caller `anonymous`, the request shows caller `authenticated`; --caller counts"
    )


def test_shown_to_the_host_it_leaks_nothing_and_omits_what_is_absent() -> None:
    result = check_one(RESPONSE, facts={"role": "host"})
    assert result.outcome == "conformant"
    assert broken(result) == [
        ("omitted", path)
        for path in (
            "verifyFlashMediaURL",
            "verifyWinMediaURL",
            "accessControl/registrationURL",
            "telephony/extTelephonyDescription",
            "telephony/globalCallInNumbersURL",
            "telephony/callInNum/backupTollNum",
            "telephony/participantAccessCode",
            "host/alternateHost",
        )
    ]


def test_every_element_that_no_row_lists_is_noted_where_it_stands() -> None:
    result = check_one(RESPONSE)
    notes = {f.path: f.lines for f in result.findings if f.rule == "unlisted"}
    assert len(notes) == 32
    assert notes["hostKey"] == (74,)
    assert notes["telephony/callInNum/tollNum"] == (43,)
    assert notes["attendeeOptions/joinRequiresAccount"] == (68,)
