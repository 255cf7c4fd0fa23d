"""Explanations: what they say of an element, seen or not, listed or not."""

from __future__ import annotations

import msgspec
import pytest

from support.explained import PW_SENTENCE, explained
from support.judging import RULEBOOK
from support.observations import observed
from whosees.engine.context import context_of
from whosees.engine.explain.explain import (
    Explanation,
    Reason,
    explain_unlisted,
)
from whosees.engine.explain.observed import Observed
from whosees.engine.observation import Observation


def test_agenda_for_an_anonymous_caller_without_password() -> None:
    said = explained("metaData/agenda", {"service": "MC", "caller": "anonymous", "password": "not-supplied"})
    assert said.expectation == "must-not"
    assert said.summary == (
        "`metaData/agenda` must not be there: Table 4-3 has PW for MC (Meeting Center), "
        "the caller is anonymous and the meeting password was not supplied."
    )
    texts = {reason.text: reason.cite for reason in said.because}
    assert texts["agenda is printed PW for MC (Meeting Center)."] == "Table 4-3, row 19, column MC"
    assert texts[PW_SENTENCE] == "GetSessionInfo, legend of Table 4-3"
    assert texts["The meeting password was not supplied."] == "password=not-supplied"
    assert {entry.id for entry in said.interpretations} == {"I5", "I10", "I11"}
    assert [dict(way.changes) for way in said.remedies] == [
        {"password": "supplied"},
        *(
            {"caller": "authenticated", "role": role}
            for role in ("host", "invited-attendee", "panelist", "presenter")
        ),
    ]
    assert said.remedies[0].text == "supply the meeting password"
    assert said.remedies[1].text == "sign in and be the session host"
    assert all(way.caller_can and way.expectation == "should" for way in said.remedies)


def test_agenda_for_event_center() -> None:
    said = explained("metaData/agenda", {"service": "EC"})
    assert said.summary.endswith("Nothing that the caller can do would make it appear for EC (Event Center).")
    assert not any(way.caller_can for way in said.remedies)
    assert {way.changes["service"] for way in said.remedies} == {"MC", "SC", "TC"}
    assert said.elsewhere == (
        "MC, $C, TC: PW (returned only with the meeting password or a privileged role); AO: X (never returned)"
    )


def test_the_anonymous_mode_is_quoted_where_it_counts() -> None:
    said = explained("confID", {"service": "MC", "caller": "anonymous"})
    assert any("is returned in this anonymous mode" in reason.text for reason in said.because)
    assert not any("anonymous mode" in r.text for r in explained("confID", {"service": "MC"}).because)


def test_what_is_open_says_what_it_depends_on() -> None:
    said = explained("telephony", {"service": "MC"})
    assert said.expectation == "may"
    assert said.undecided_facts == ("role", "password")
    assert "So it is undecided: it depends on role and password, which are not known." in {
        reason.text for reason in said.because
    }


OBSERVED = [
    (True, {"role": "host"}, "is in the response, and should be there"),
    (False, {"role": "host"}, "is not in the response, but should be there"),
    (True, {"caller": "anonymous", "password": "not-supplied"}, "is in the response, but must not be there"),
    (
        False,
        {"caller": "anonymous", "password": "not-supplied"},
        "is not in the response, and must not be there",
    ),
    (True, {}, "is in the response, and may be there or not"),
]


@pytest.mark.parametrize(("present", "facts", "said"), OBSERVED)
def test_with_a_response_it_says_what_was_seen(present: bool, facts: dict[str, str], said: str) -> None:
    elements = [("telephony", 7), ("telephony#2", 9)] if present else []
    explanation = explained("telephony", {"service": "MC", **facts}, observed(RULEBOOK, elements))
    assert explanation.summary.startswith(f"`telephony` {said}: ")
    assert explanation.observed is not None
    assert explanation.observed.present is present
    assert explanation.observed.lines == ((7, 9) if present else ())


def test_a_container_that_is_hidden_too_is_named() -> None:
    said = explained(
        "telephony/callInNum", {"service": "MC", "caller": "anonymous", "password": "not-supplied"}
    )
    assert "It is in telephony, which must not be there either." in {r.text for r in said.because}
    said = explained("telephony/callInNum", {"service": "MC"})
    assert "It is in telephony, which is undecided too." in {r.text for r in said.because}


def test_what_no_row_lists_is_explained_as_not_judged() -> None:
    context = context_of(RULEBOOK, {"service": "MC"})
    said = explain_unlisted(RULEBOOK, "hostKey", context, observed(RULEBOOK, [("hostKey", 3)]))
    assert (said.expectation, said.marker, said.remedies) == (None, None, ())
    assert [entry.id for entry in said.interpretations] == ["I13"]
    assert said.because[1].text == "Real responses contain it. No source says who may see it."
    assert said.observed is not None
    assert said.observed.lines == (3,)
    unheard = explain_unlisted(RULEBOOK, "foo/bar", context)
    assert len(unheard.because) == 1
    assert unheard.observed is None


def test_what_no_row_lists_is_explained_word_for_word() -> None:
    context = context_of(RULEBOOK, {"service": "MC"})
    said = explain_unlisted(RULEBOOK, "metaData/agendaFormat", context, observed(RULEBOOK, []))
    assert said == Explanation(
        path="metaData/agendaFormat",
        element="agendaFormat",
        context=context,
        expectation=None,
        marker=None,
        summary="`metaData/agendaFormat` is not judged: Table 4-3 does not list it, so it is not known who may "
        "see it.",
        because=(
            Reason("`metaData/agendaFormat` is in no row of Table 4-3.", "Table 4-3"),
            Reason("Real responses contain it.", "sample, and recorded traffic of sibling operations"),
        ),
        interpretations=(RULEBOOK.interpretations["I13"],),
        observed=Observed(present=False, lines=()),
    )


def test_without_an_interpretation_of_the_unlisted_none_is_cited() -> None:
    document = RULEBOOK.document
    unlisted = msgspec.structs.replace(document.unlisted, cite=None)
    rulebook = msgspec.structs.replace(
        RULEBOOK, document=msgspec.structs.replace(document, unlisted=unlisted)
    )
    assert explain_unlisted(rulebook, "hostKey", context_of(rulebook, {})).interpretations == ()


TOLL = "telephony/callInNum/backupTollNum"
IN_THE_RESPONSE = observed(RULEBOOK, [TOLL])

SUMMARIES: list[tuple[str, dict[str, str], Observation | None, str]] = [
    (
        TOLL,
        {"service": "EC", "role": "host"},
        IN_THE_RESPONSE,
        (
            f"`{TOLL}` is in the response, but must not be there: Table 4-3 has X for EC (Event Center). Nothing that the "
            "caller can do would make it appear for EC (Event Center)."
        ),
    ),
    (
        TOLL,
        {"service": "MC", "role": "host"},
        IN_THE_RESPONSE,
        (
            f"`{TOLL}` is in the response, and should be there: Table 4-3 has PW for MC (Meeting Center) and the caller is "
            "the session host."
        ),
    ),
    (
        TOLL,
        {"service": "MC"},
        observed(RULEBOOK, []),
        (
            f"`{TOLL}` is not in the response, and may be there or not: Table 4-3 has PW for MC (Meeting Center), the "
            "caller's role in the session is not known and it is not known whether the meeting password was supplied."
        ),
    ),
    (
        "host/email",
        {"service": "AO"},
        observed(RULEBOOK, []),
        "`host/email` is not in the response, but must be there: Table 4-3 has ✓ for AO (Audio Only).",
    ),
]


@pytest.mark.parametrize(("path", "facts", "seen", "summary"), SUMMARIES)
def test_the_summary_is_one_sentence_on_what_is_and_what_ought_to_be(
    path: str, facts: dict[str, str], seen: Observation | None, summary: str
) -> None:
    assert explained(path, facts, seen).summary == summary


def test_the_other_columns_are_told_by_their_marker() -> None:
    assert explained("sipURL", {"service": "AO"}).elsewhere == (
        "MC, TC, EC: ✓ (always returned); $C: X (never returned)"
    )


def test_what_is_in_the_response_and_in_no_row_is_said_to_be_there() -> None:
    said = explain_unlisted(
        RULEBOOK,
        "telephony/callInNum/tollNum",
        context_of(RULEBOOK, {}),
        observed(RULEBOOK, [("tollNum", 3)]),
    )
    assert (said.element, said.observed) == ("tollNum", Observed(present=False, lines=()))
    seen = explain_unlisted(
        RULEBOOK, "hostKey", context_of(RULEBOOK, {}), observed(RULEBOOK, [("hostKey", 3)])
    )
    assert (seen.element, seen.observed) == ("hostKey", Observed(present=True, lines=(3,)))
