"""Every field of a rulebook: how it is mutated, or why it decides no verdict.

A test holds that each field of the model is in exactly one of the two tables, so that a new field has to be put into
one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from .change import (
    Change,
    becomes,
    conjoined,
    flipped,
    given,
    joined_by,
    misspelt,
    rekeyed,
    removed,
    reordered,
    shortened,
    swapped,
)
from .mutant import Mutant, Source

_SERVICES = ("MC", "SC", "TC", "EC", "AO")
_VALUES = ("anonymous", "authenticated", "host", "none", "supplied", "not-supplied")
_FACTS = ("service", "caller", "role", "password")

DECIDES: dict[str, tuple[str, tuple[Change, ...]]] = {
    "rulebook.format": ("identity", (becomes(2), removed)),
    "rulebook.id": ("identity", (misspelt,)),
    "rulebook.table": ("identity", (misspelt,)),
    "columns.fact": ("service", (becomes(*_FACTS), misspelt)),
    "columns.values[].id": ("service", (misspelt, swapped)),
    "columns.values[].printed": ("service", (misspelt, swapped)),
    "columns.values[].title": ("service", (misspelt, swapped)),
    "columns.values[].names[]": ("service name", (removed, misspelt, shortened, swapped)),
    "columns.without[].title": ("service", (misspelt,)),
    "columns.without[].names[]": ("service name", (removed, misspelt, shortened)),
    "facts[].id": ("fact", (misspelt, swapped)),
    "facts[].caller_can": ("fact", (flipped,)),
    "facts[].values[].id": ("fact", (misspelt, swapped)),
    "facts[].values[].names[]": ("name of a fact's value", (removed, misspelt, shortened, swapped)),
    "facts[].values[].despite[].evidence": ("fact", (misspelt, becomes("not-supplied"))),
    "facts[].values[].despite[].names[]": ("name of a fact's value", (removed, misspelt, shortened)),
    "implications[].when{}": ("implication", (becomes("authenticated"), rekeyed, removed)),
    "implications[].then{}": (
        "implication",
        (becomes("host", "invited-attendee", "panelist", "presenter"), rekeyed, removed),
    ),
    "markers[].id": ("marker", (misspelt, swapped)),
    "markers[].printed": ("marker", (misspelt, swapped)),
    "markers[].statement": ("marker", (misspelt, swapped, becomes("limited", "where"))),
    "markers[].granted": ("marker", (becomes("must", "should", "must-not"),)),
    "markers[].withheld": ("marker", (becomes("may", "should", "must"),)),
    "markers[].granted_if[]{}[]": ("privileged role and password", (removed, misspelt, swapped)),
    "markers[].undecided_if[]{}[]": ("marker", ()),
    "markers[].undecided": ("marker", ()),
    "spellings{}[]": ("accepted spelling", (removed, misspelt, shortened, swapped)),
    "variables.path": ("variable", (misspelt, becomes("telephony/tollFreeRestrictionsURL", "sipURL"))),
    "variables.names[].name": ("variable", (misspelt, shortened)),
    "wire.format": ("wire", (becomes("json"), given("format", "json"))),
    "wire.namespace": ("wire", (misspelt, removed, becomes("http://www.webex.com/schemas/2002/06/service"))),
    "wire.envelope": (
        "wire",
        (misspelt, removed, becomes("http://www.webex.com/schemas/2002/06/service/ep")),
    ),
    "wire.response_types[]": ("wire", (removed, misspelt, shortened)),
    "wire.request_types[]": ("wire", (removed, misspelt, shortened)),
    "wire.request_type_names[]": ("wire", (removed, misspelt, shortened)),
    "wire.recognised_by[]": ("wire", ()),
    "wire.failure_members[]": ("wire", ()),
    "wire.failures{}": ("exceptionID", (removed, rekeyed, swapped)),
    **{
        f"wire.{key}": ("wire", ())
        for key in (
            *(
                "unit",
                "nulls",
                "masks[]",
                "request.method",
                "request.method[]",
                "request.path",
                "request.path[]",
            ),
            "response.answers[]",
        )
    },
    **{f"rows{{}}.{key}": ("options of a row", ()) for key in ("nulls", "masks[]", "when{}[]")},
    **{
        f"evidence.http[].{key}": ("evidence", ())
        for key in ("fact", "from", "name", "equals{}", "contains{}", "present", "absent")
    },
    "evidence.session.part": ("evidence", ()),
    "wire.prefixes{}": ("wire", ()),
    "unlisted.common[]": ("common name", ()),
    "evidence.response[].fact": ("evidence", (becomes(*_FACTS),)),
    "evidence.response[].path": ("evidence", (misspelt, swapped, becomes("metaData/sessionType"))),
    "evidence.response[].equals[]": ("evidence", (removed, misspelt)),
    "evidence.response[].as": ("evidence", (becomes(*_SERVICES), misspelt, removed)),
    "evidence.response[].names{}": ("evidence", (removed, rekeyed, swapped, becomes(*_SERVICES))),
    "evidence.request[].fact": ("evidence", (becomes(*_FACTS), swapped)),
    "evidence.request[].part": ("evidence", (becomes("security", "body"),)),
    "evidence.request[].any_of[]": ("evidence", (removed, misspelt, shortened, swapped)),
    "evidence.request[].if_given": ("evidence", (becomes(*_VALUES),)),
    "evidence.request[].if_not": ("evidence", (becomes(*_VALUES),)),
    "evidence.match[].fact": ("evidence", (becomes(*_FACTS),)),
    "evidence.match[].request": ("evidence", (misspelt, swapped, becomes("siteName"))),
    "evidence.match[].response": ("evidence", (misspelt, swapped, becomes("host/firstName"))),
    "evidence.match[].as": ("evidence", (becomes("invited-attendee", "panelist", "presenter", "none"),)),
    "evidence.match[].part": ("evidence", (becomes("body"), given("part", "body"))),
    "evidence.match[].ignore_case": ("evidence", (flipped,)),
    "evidence.session.request": ("evidence", (misspelt, becomes("sessionPassword"))),
    "evidence.session.response": ("evidence", (misspelt, becomes("confID"))),
    "unlisted.paths[]": ("known unlisted element", (removed, misspelt, shortened)),
}
"""The leaves that decide something, with the kind they are counted under, and what is done to each."""

WHOLE: dict[str, tuple[str, tuple[Change, ...]]] = {
    "columns.values[]": ("service", (removed, reordered)),
    "columns.without[]": ("service", (removed,)),
    "columns.values[].names": (
        "service name",
        (joined_by("SupportCenter", "MeetingCentre", "Webex"),),
    ),
    "facts[]": ("fact", (removed,)),
    "facts[].values[]": ("fact", (removed,)),
    "facts[].values[].names": ("name of a fact's value", (joined_by("somebody"),)),
    "implications[]": ("implication", (removed,)),
    "markers[]": (
        "marker",
        (removed, given("granted_if", [{"password": ["supplied"]}], [{"role": ["host"]}])),
    ),
    "markers[].granted_if": ("privileged role and password", (conjoined, removed)),
    "markers[].granted_if[]": ("privileged role and password", (removed,)),
    "markers[].granted_if[].role": ("privileged role and password", (joined_by("none"),)),
    "markers[].granted_if[].password": ("privileged role and password", (joined_by("not-supplied"),)),
    "spellings{}": ("accepted spelling", (removed, rekeyed, swapped)),
    "variables": ("variable", (removed,)),
    "variables.names[]": ("variable", (removed,)),
    "wire.response_types": ("wire", (joined_by("getMeetingResponse", "getSessionInfo"),)),
    "wire.request_type_names": ("wire", (joined_by("getMeeting", "getSessionInfoResponse"),)),
    "evidence.response[]": ("evidence", (removed, reordered)),
    "evidence.response[].equals": ("evidence", (joined_by("false", "0"),)),
    "evidence.response[].names": ("evidence", (given("SupportCenter", *_SERVICES),)),
    "evidence.request[]": ("evidence", (removed, reordered)),
    "evidence.request[].any_of": (
        "evidence",
        (joined_by("siteName", "siteID", "partnerID", "clientID", "clientSecret", "sessionKey"),),
    ),
    "evidence.match[]": (
        "evidence",
        (removed, reordered, given("ignore_case", *(True,)), given("part", "body")),
    ),
    "evidence.session": ("evidence", (removed,)),
    "unlisted.paths": ("known unlisted element", (joined_by("metaData/confname", "hots"),)),
}
"""Lists, tables and their entries as a whole."""

_WORDING = "wording: it is shown, and nothing looks it up"
_CITATION = "a citation: it says where a text stands; `rules lint` holds that it leads somewhere"
_SCOPE = "says where an explanation cites a text; the decision is made before, and without it"

_FINDING = "names and words a finding about the call as a whole; no verdict on an element rests on it"

INERT: dict[str, str] = {
    "rulebook.version": "the author's number of the content: shown, and no part of a finding's identity",
    "rulebook.reviewed": "marks a draft: `rules lint` reports it, and verdicts are the same",
    "rulebook.title": _WORDING,
    "rulebook.table_title": _WORDING,
    "sources[].id": _CITATION,
    "sources[].title": _WORDING,
    "sources[].basis": _WORDING,
    "statements[].id": "the name under which a marker quotes it; `markers[].statement` is mutated instead",
    "statements[].source": _CITATION,
    "statements[].cite": _CITATION,
    "statements[].text": f"{_WORDING} (tests/rulebook holds it to the page, word for word)",
    "columns.values[].change": _WORDING,
    "facts[].label": _WORDING,
    "facts[].state_unknown": _WORDING,
    "facts[].values[].state": _WORDING,
    "facts[].values[].change": _WORDING,
    **{
        f"facts[].values[].despite[].if_success.{key}": _FINDING
        for key in ("rule", "when", "message", "meaning", "remedy")
    },
    "implications[].text": _WORDING,
    "implications[].cite": _CITATION,
    "markers[].meaning": _WORDING,
    "notes[].id": _WORDING,
    "notes[].rows[]": "a printed note explains, and changes no cell (I14)",
    "notes[].cite": _CITATION,
    "notes[].text": _WORDING,
    "variables.title": _WORDING,
    "variables.cite": _CITATION,
    "variables.names[].text": _WORDING,
    "interpretations[].id": _CITATION,
    "interpretations[].title": _WORDING,
    "interpretations[].text": _WORDING,
    "interpretations[].basis": _WORDING,
    **{
        f"{text}[].cited_for.{key}": _SCOPE
        for text in ("statements", "interpretations")
        for key in ("rows[]", "columns[]", "markers[]", "expectations[]", "facts{}[]", "findings[]")
    },
    **{
        f"wire.failure_kinds[].{key}": "`live` reports it and `emulate` answers with it; failures are judged without it"
        for key in ("kind", "codes[]", "reason_contains")
    },
    "not_covered[].title": _WORDING,
    "not_covered[].text": _WORDING,
    "evidence.request[].cite": _CITATION,
    "evidence.http[].cite": _CITATION,
    "evidence.match[].cite": _CITATION,
    "unlisted.source": _WORDING,
    "unlisted.cite": _CITATION,
    "unlisted.notes{}": _WORDING,
}
"""The leaves that decide no verdict, with the reason."""


def mutants(source: Source) -> Iterator[Mutant]:
    """Each change of each field that decides something."""
    for pattern, (kind, changes) in (*DECIDES.items(), *WHOLE.items()):
        for change in changes:
            for name, apply in change(source.document, pattern):
                mutant = source.copy()
                apply(mutant.document)
                yield Mutant(kind, f"{pattern}: {name}", mutant)
