"""Finding rows by the names that people type: printed, of the wire, spelled otherwise, or a path."""

from __future__ import annotations

import msgspec
import pytest

from whosees.engine.explain.lookup import known_names, matching_paths
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()


def test_a_row_is_found_by_each_spelling_that_is_accepted() -> None:
    document = msgspec.structs.replace(RULEBOOK.document, spellings={"metaData/agenda": ("agendum",)})
    rulebook = msgspec.structs.replace(RULEBOOK, document=document)
    assert matching_paths(rulebook, "Agendum") == ("metaData/agenda",)
    assert matching_paths(RULEBOOK, "agendum") == ()


def test_names_are_offered_as_printed_as_on_the_wire_and_as_paths() -> None:
    names = known_names(RULEBOOK)
    assert names[:3] == ["status", "isLocked", "presenter"]
    for name in (
        "particpantAccessCode",
        "participantAccessCode",
        "telephony/callInNum/backupTollNum",
        "backupTollNum",
        "telephony/labels",
    ):
        assert names.count(name) == 1
    assert "callInNum/backupTollNum" not in names


MATCHES = {
    "status": ("status", "test/status"),
    "STATUS": ("status", "test/status"),
    "test/status": ("test/status",),
    "agenda": ("metaData/agenda",),
    "metaData/agenda": ("metaData/agenda",),
    "/metaData/agenda/": ("metaData/agenda",),
    "accessControl.sessionPassword": ("accessControl/sessionPassword",),
    "ep:confName": ("metaData/confName",),
    "sessionKey": ("sessionkey",),
    "sessionkey": ("sessionkey",),
    "webExID": ("host/webExId",),
    "webexid": ("host/webExId",),
    "globalCallinNumbersURL": ("telephony/globalCallInNumbersURL",),
    "particpantAccessCode": ("telephony/participantAccessCode",),
    "participantAccessCode": ("telephony/participantAccessCode",),
    "name": ("material/document/name",),
    "document/size": ("material/document/size",),
    "hostKey": ("hostKey",),
    "tollNum": ("telephony/callInNum/tollNum",),
    "host": ("host",),
    "agneda": (),
    "": (),
    "/": (),
}


@pytest.mark.parametrize("name", MATCHES)
def test_a_name_is_printed_or_of_the_wire_or_a_path_in_any_case(name: str) -> None:
    assert matching_paths(RULEBOOK, name) == MATCHES[name]


def test_every_row_answers_to_each_of_its_names() -> None:
    for row in RULEBOOK.rows:
        for name in (row.element, row.path, row.path.upper(), row.path.rpartition("/")[2]):
            assert row.path in matching_paths(RULEBOOK, name)
    assert {"agenda", "metaData/agenda", "hostKey"} <= set(known_names(RULEBOOK))


def test_a_whole_path_is_meant_before_the_end_of_another() -> None:
    status = RULEBOOK.row_by_path["test/status"]
    deeper = msgspec.structs.replace(status, path="material/test/status", container="material")
    rulebook = msgspec.structs.replace(RULEBOOK, rows=(*RULEBOOK.rows, deeper))
    assert matching_paths(rulebook, "test/status") == ("test/status",)
    assert matching_paths(rulebook, "material/test/status") == ("material/test/status",)
    assert matching_paths(rulebook, "status") == ("status", "test/status", "material/test/status")


@pytest.mark.parametrize("name", ["Xstatus", "statusX", "status/x", "tatus"])
def test_a_name_is_a_whole_name(name: str) -> None:
    assert matching_paths(RULEBOOK, name) == ()
