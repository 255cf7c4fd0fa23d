"""The reasons of an explanation: the steps from the cell to the decision, and what they cite."""

from __future__ import annotations

import msgspec
import pytest

from support.explained import EVALUATOR, PW_SENTENCE, explained
from support.judging import RULEBOOK
from whosees.engine.context import context_of
from whosees.engine.expectation import Evaluator
from whosees.engine.explain.explain import (
    cited_for_finding,
    explain,
)
from whosees.rules import Rulebook
from whosees.rules.model import CitedFor

CITED = [
    ("metaData/account", {"service": "SC"}, "I1"),
    ("status", {"service": "AO"}, "I2"),
    ("sessionkey", {"service": "MC"}, "I3"),
    ("test/status", {"service": "TC"}, "I4"),
    ("telephony", {"service": "MC", "caller": "anonymous"}, "I5"),
    ("telephony", {"service": "MC", "caller": "anonymous", "password": "supplied"}, "I6"),
    ("telephony", {"service": "MC", "caller": "authenticated"}, "I7"),
    ("telephony", {"service": "MC", "role": "host"}, "I8"),
    ("telephony", {"service": "MC", "password": "not-supplied"}, "I10"),
    ("telephony", {"service": "MC", "password": "not-supplied"}, "I11"),
    ("accessControl/registration", {"service": "SC"}, "I12"),
    ("sipURL", {"service": "MC"}, "I14"),
    ("material/document/size", {"service": "TC"}, "I15"),
]


@pytest.mark.parametrize(("path", "facts", "number"), CITED)
def test_interpretations_are_cited_by_number_where_they_apply(
    path: str, facts: dict[str, str], number: str
) -> None:
    assert number in {entry.id for entry in explained(path, facts).interpretations}


def test_interpretations_are_not_cited_elsewhere() -> None:
    assert explained("confID", {"service": "MC"}).interpretations == ()


def test_printed_notes_explain_their_rows() -> None:
    (note,) = explained("isAutoRecord", {"service": "MC"}).notes
    assert note.cite == "GetSessionInfo, Notes"
    assert note.text.startswith(
        "The isAutoRecord element identifies meetings that are automatically recorded."
    )


LEGEND = "GetSessionInfo, legend of Table 4-3"
TOLL = "telephony/callInNum/backupTollNum"
NEVER = "‘X’ means that the element that is never returned"
LIMITED = (
    "GetSessionInfo returns a limited amount of information when a request is made with only siteName specified in the "
    "security context and with a sessionKey specified."
)

STEPS: list[tuple[str, dict[str, str], list[tuple[str, str]]]] = [
    (
        "metaData/agenda",
        {"service": "SC", "role": "host"},
        [
            ("agenda is printed PW for $C (Sales Center).", "Table 4-3, row 19, column $C"),
            (PW_SENTENCE, LEGEND),
            ("The caller is the session host.", "role=host"),
        ],
    ),
    (
        TOLL,
        {"service": "MC", "caller": "anonymous"},
        [
            ("backupTollNum is printed PW for MC (Meeting Center).", "Table 4-3, row 30, column MC"),
            (PW_SENTENCE, LEGEND),
            ("It is not known whether the meeting password was supplied.", "password=unknown"),
            ("The caller is anonymous, and an anonymous caller has role none (I5).", "caller=anonymous"),
            ("So it is undecided: it depends on password, which is not known.", "Table 4-3, PW"),
            (LIMITED, "GetSessionInfo, second paragraph"),
            ("It is in telephony/callInNum, which is undecided too.", "Table 4-3, row 29, column MC"),
        ],
    ),
    (
        TOLL,
        {"service": "EC", "role": "host"},
        [
            ("backupTollNum is printed X for EC (Event Center).", "Table 4-3, row 30, column EC"),
            (NEVER, LEGEND),
            (
                "It is in telephony/callInNum, which must not be there either.",
                "Table 4-3, row 29, column EC",
            ),
        ],
    ),
    (
        "metaData/agenda",
        {"service": "TC"},
        [
            ("agenda is printed PW for TC (Training Center).", "Table 4-3, row 19, column TC"),
            (PW_SENTENCE, LEGEND),
            ("It is not known whether the meeting password was supplied.", "password=unknown"),
            ("The caller's role in the session is not known.", "role=unknown"),
            ("So it is undecided: it depends on role and password, which are not known.", "Table 4-3, PW"),
        ],
    ),
]


@pytest.mark.parametrize(("path", "facts", "steps"), STEPS)
def test_the_way_from_the_cell_to_the_decision_is_told_step_by_step(
    path: str, facts: dict[str, str], steps: list[tuple[str, str]]
) -> None:
    assert [(reason.text, reason.cite) for reason in explained(path, facts).because] == steps


CITED_FOR: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "metaData/agenda",
        {"service": "SC", "caller": "anonymous", "password": "supplied"},
        ["I1", "I5", "I6", "I8"],
    ),
    ("metaData/agenda", {"service": "TC", "caller": "authenticated", "role": "none"}, []),
    ("metaData/agenda", {"service": "TC", "password": "not-supplied"}, ["I7", "I10", "I11"]),
    ("sipURL", {"service": "AO"}, ["I2", "I14"]),
    ("accessControl/registration", {"service": "SC"}, ["I1", "I12"]),
    ("accessControl/registration", {"service": "MC"}, []),
    ("test/title", {"service": "TC", "role": "none"}, ["I15"]),
]


@pytest.mark.parametrize(("path", "facts", "cited"), CITED_FOR)
def test_an_interpretation_is_cited_where_all_that_it_is_about_applies(
    path: str, facts: dict[str, str], cited: list[str]
) -> None:
    assert [entry.id for entry in explained(path, facts).interpretations] == cited


def _with(**changed: object) -> Rulebook:
    return msgspec.structs.replace(RULEBOOK, document=msgspec.structs.replace(RULEBOOK.document, **changed))


def test_the_implication_that_is_told_is_the_one_that_holds() -> None:
    [given] = RULEBOOK.document.implications
    another = msgspec.structs.replace(
        given, when={"caller": "authenticated"}, then={"password": "supplied"}, text="another text"
    )
    rulebook = _with(implications=(another, given))
    context = context_of(rulebook, {"service": "MC", "caller": "anonymous"})
    said = explain(Evaluator(rulebook), rulebook.row_by_path["metaData/agenda"], context)
    texts = [reason.text for reason in said.because]
    assert "The caller is anonymous, and an anonymous caller has role none (I5)." in texts


@pytest.mark.parametrize(("role", "cited"), [("host", True), ("none", False)])
def test_a_sentence_can_be_cited_for_what_was_decided(role: str, cited: bool) -> None:
    statement = msgspec.structs.replace(
        RULEBOOK.statements["where"], cited_for=CitedFor(markers=("pw",), expectations=("should",))
    )
    rulebook = _with(statements=(*(s for s in RULEBOOK.document.statements if s.id != "where"), statement))
    context = context_of(rulebook, {"service": "MC", "role": role, "password": "not-supplied"})
    said = explain(Evaluator(rulebook), rulebook.row_by_path["metaData/agenda"], context)
    assert (statement.text in [reason.text for reason in said.because]) is cited


def test_a_finding_cites_the_interpretations_that_it_rests_on_and_no_decision_does() -> None:
    """A listed name in another place is reported, by I16 and I17; the rows themselves are explained without."""
    assert [reason.cite for reason in cited_for_finding(RULEBOOK, "misplaced")] == ["I16", "I17"]
    assert cited_for_finding(RULEBOOK, "leaked") == ()
    cited = {
        entry.id
        for row in RULEBOOK.rows
        for entry in explain(EVALUATOR, row, context_of(RULEBOOK, {"service": "TC"})).interpretations
    }
    assert cited.isdisjoint({"I16", "I17"})


def test_three_facts_that_it_depends_on_are_listed() -> None:
    pw = RULEBOOK.markers["pw"]
    asks = msgspec.structs.replace(pw, granted_if=(*pw.granted_if, {"caller": ("authenticated",)}))
    markers = tuple(asks if marker.id == "pw" else marker for marker in RULEBOOK.document.markers)
    rulebook = _with(markers=markers, implications=())
    said = explain(
        Evaluator(rulebook), rulebook.row_by_path["metaData/agenda"], context_of(rulebook, {"service": "MC"})
    )
    texts = [reason.text for reason in said.because]
    assert "So it is undecided: it depends on caller, role and password, which are not known." in texts
