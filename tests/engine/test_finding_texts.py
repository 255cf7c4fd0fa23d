"""Findings word for word: what is wrong, why, and where."""

from __future__ import annotations

import pytest

from support.observations import observed
from whosees.engine.context import context_of
from whosees.engine.expectation import Evaluator
from whosees.engine.finding import Finding
from whosees.engine.judge import judge
from whosees.engine.policy import Policy
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()
ALWAYS_EC = [row.path for row in RULEBOOK.rows if row.cells["EC"] == "always"]
ANONYMOUS_EC = {"service": "EC", "caller": "anonymous", "password": "not-supplied"}


def fields(finding: Finding) -> dict[str, object]:
    """All that a finding says."""
    facts = (
        "rule",
        "severity",
        "path",
        "element",
        "message",
        "id",
        "explain_target",
        "lines",
        "expectation",
        "marker",
    )
    return {fact: getattr(finding, fact) for fact in (*facts, "cause", "because")}


WHY_NOT = "Table 4-3 has X for EC (Event Center)"


TOLD: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    "a leak in a leak": (
        (*ALWAYS_EC, "telephony/callInNum"),
        {
            "rule": "leaked",
            "severity": "error",
            "path": "telephony/callInNum",
            "element": "callInNum",
            "message": f"`telephony/callInNum` is there, and must not be: {WHY_NOT}",
            "id": "getsessioninfo:EC/anonymous/not-supplied/telephony.callInNum",
            "explain_target": "telephony/callInNum",
            "expectation": "must-not",
            "marker": "never",
            "cause": "telephony",
            "because": WHY_NOT,
        },
    ),
    "what is missing with its container": (
        tuple(path for path in ALWAYS_EC if not path.startswith("host")),
        {
            "rule": "missing",
            "severity": "error",
            "path": "host/webExId",
            "element": "webExID",
            "message": "`host/webExId` is not there, because `host` is not",
            "id": "getsessioninfo:EC/anonymous/not-supplied/host.webExId",
            "explain_target": "host/webExId",
            "expectation": "must",
            "marker": "always",
            "cause": "host",
            "because": "Table 4-3 has ✓ for EC (Event Center)",
        },
    ),
    "what is missing": (
        tuple(path for path in ALWAYS_EC if path != "status"),
        {
            "rule": "missing",
            "severity": "error",
            "path": "status",
            "element": "status",
            "message": "`status` is not there, and must be: Table 4-3 has ✓ for EC (Event Center)",
            "id": "getsessioninfo:EC/anonymous/not-supplied/status",
            "explain_target": "status",
            "expectation": "must",
            "marker": "always",
            "cause": None,
            "because": "Table 4-3 has ✓ for EC (Event Center)",
        },
    ),
    "what is in no row": (
        (*ALWAYS_EC, "metaData/agendaFormat"),
        {
            "rule": "unlisted",
            "severity": "note",
            "path": "metaData/agendaFormat",
            "element": "agendaFormat",
            "message": "`metaData/agendaFormat` is in no row of Table 4-3; it is not judged",
            "id": "getsessioninfo:EC/anonymous/not-supplied/metaData.agendaFormat#unlisted",
            "explain_target": "metaData/agendaFormat",
            "expectation": None,
            "marker": None,
            "cause": None,
            "because": "in no row of Table 4-3; it is not judged",
        },
    ),
    "what is in what is in no row": (
        (*ALWAYS_EC, "novel/inside"),
        {
            "rule": "unlisted",
            "severity": "note",
            "path": "novel/inside",
            "element": "inside",
            "message": "`novel/inside` is in no row of Table 4-3; it is not judged",
            "id": "getsessioninfo:EC/anonymous/not-supplied/novel.inside#unlisted",
            "explain_target": "unlisted",
            "expectation": None,
            "marker": None,
            "cause": "novel",
            "because": "in no row of Table 4-3; it is not judged",
        },
    ),
    "what has a row's name in another place": (
        (*ALWAYS_EC, "novel/status"),
        {
            "rule": "misplaced",
            "severity": "warning",
            "path": "novel/status",
            "element": "status",
            "message": "`novel/status` has the name of `status` and `test/status`, in a place that is not its own",
            "id": "getsessioninfo:EC/anonymous/not-supplied/novel.status#misplaced",
            "explain_target": "status",
            "expectation": None,
            "marker": None,
            "cause": "novel",
            "because": "has the name of `status` and `test/status`, in a place that is not its own",
        },
    ),
    "what is like a row": (
        (*ALWAYS_EC, "metaData/confname"),
        {
            "rule": "near-miss",
            "severity": "warning",
            "path": "metaData/confname",
            "element": "confname",
            "message": "`metaData/confname` is in no row of Table 4-3, but like `metaData/confName`: only letter case "
            "differs",
            "id": "getsessioninfo:EC/anonymous/not-supplied/metaData.confname#near-miss",
            "explain_target": "metaData/confName",
            "expectation": None,
            "marker": None,
            "cause": None,
            "because": "in no row of Table 4-3, but like `metaData/confName`: only letter case differs",
        },
    ),
}


@pytest.mark.parametrize("case", TOLD)
def test_a_finding_says_what_is_wrong_and_why(case: str) -> None:
    paths, expected = TOLD[case]
    context = context_of(RULEBOOK, ANONYMOUS_EC)
    findings = judge(Evaluator(RULEBOOK), context, observed(RULEBOOK, paths), Policy())
    [finding] = [each for each in findings if each.path == expected["path"]]
    said = fields(finding)
    assert said.pop("lines")
    assert said == expected
