"""The built-in rulebook beside the page."""

from __future__ import annotations

import pytest

from whosees.engine.analysis import analyse
from whosees.engine.expectation import Evaluator
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()

SENTENCES = {
    "limited": "GetSessionInfo returns a limited amount of information when a request is made with only siteName "
    "specified in the security context and with a sessionKey specified.",
    "anonymous": "In the table below, wherever an element is marked as being always returned (with a ‘✓’), that "
    "element is returned in this anonymous mode.",
    "where": "The information returned by getSessionInfoResponse is based on where the request is made.",
    "service": "Table 4-3 lists each element and defines whether or not it is returned based on the service calling "
    "the function, as follows:",
    "always": "‘✓’ means that the element is always returned",
    "never": "‘X’ means that the element that is never returned",
    "pw": "‘PW’ means that an element that is returned only if the meeting password has been supplied; or if the "
    "caller is the session host, an invited attendee, a panelist or a presenter.",
}


def test_every_sentence_that_says_what_is_returned_to_whom_is_quoted() -> None:
    assert {entry.id: entry.text for entry in RULEBOOK.document.statements} == SENTENCES
    assert all(entry.cite for entry in RULEBOOK.document.statements)


def test_the_interpretations_are_I1_to_I17() -> None:  # noqa: N802 - their names
    assert list(RULEBOOK.interpretations) == [f"I{number}" for number in range(1, 18)]


def test_the_six_variables_are_those_printed() -> None:
    assert RULEBOOK.document.variables is not None
    assert [variable.name for variable in RULEBOOK.document.variables.names] == [
        "%TollNum%",
        "%TollNumCC%",
        "%TollFreeNum%",
        "%TollFreeNumCC%",
        "%ParticipantCode%",
        "%SubscriberCode%",
    ]


PRINTED_OTHERWISE = {
    "sessionKey": "sessionkey",
    "webExID": "host/webExId",
    "globalCallinNumbersURL": "telephony/globalCallInNumbersURL",
    "particpantAccessCode": "telephony/participantAccessCode",
}


def test_four_rows_are_printed_with_another_spelling_which_is_accepted() -> None:
    otherwise = {r.element: r.path for r in RULEBOOK.rows if r.element != r.path.rpartition("/")[2]}
    assert otherwise == PRINTED_OTHERWISE
    assert {p: list(s) for p, s in RULEBOOK.document.spellings.items()} == {
        path: [printed] for printed, path in PRINTED_OTHERWISE.items()
    }


def test_the_notes_are_those_printed_and_about_their_rows() -> None:
    assert [row.path for row in RULEBOOK.rows if row.comment] == ["sipURL", "isAutoRecord"]
    assert {note.rows for note in RULEBOOK.document.notes} == {("sipURL",), ("isAutoRecord",)}


def test_a_row_stands_below_the_nearest_row_that_encloses_it() -> None:
    label = RULEBOOK.row_by_path["telephony/labels/participantLimitedAccessLabel"]
    assert (label.container, label.steps) == ("telephony", ("labels", "participantLimitedAccessLabel"))
    below = sum(len(rows) for rows in RULEBOOK.rows_below.values())
    assert below == len(RULEBOOK.rows) == 57


def test_nothing_is_to_be_remarked_about_it() -> None:
    assert [r for r in analyse(Evaluator(RULEBOOK)) if r.severity != "note"] == []


def test_look_ups_of_what_is_not_there_fail_by_name() -> None:
    with pytest.raises(KeyError, match="nobody"):
        RULEBOOK.fact("caller").value("nobody")
    with pytest.raises(KeyError, match="weather"):
        RULEBOOK.fact("weather")


def test_the_words_about_a_wrong_password_that_is_accepted_are_the_rulebooks() -> None:
    """DESIGN 5: password-not-enforced, a wrong password was answered with a success."""
    assert list(RULEBOOK.enforcement_rules) == ["password-not-enforced"]
    rule = RULEBOOK.enforcement_rule("password", "not-supplied", "supplied")
    assert rule is RULEBOOK.enforcement_rules["password-not-enforced"]
    assert rule.message == "a wrong password was sent, and the response is a success"
    assert RULEBOOK.enforcement_rule("password", "not-supplied", "not-supplied") is None
