"""`explain ELEMENT RESPONSE` says where else an element of that name was seen; rules are explained like elements."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import whosees
from whosees.engine.explain.observed import MAX_ELSEWHERE

ENVELOPE = "http://www.webex.com/schemas/2002/06/service"
RESPONSE = f"""<?xml version="1.0" encoding="UTF-8"?>
<serv:message xmlns:serv="{ENVELOPE}" xmlns:ep="{ENVELOPE}/ep" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<serv:header><serv:response><serv:result>SUCCESS</serv:result></serv:response></serv:header>
<serv:body><serv:bodyContent xsi:type="ep:getSessionInfoResponse">
<ep:status>NOT_INPROGRESS</ep:status>
<ep:sessionPassword>Grüße &amp; 秘密</ep:sessionPassword>
<ep:metaData><ep:serviceType>MeetingCenter</ep:serviceType></ep:metaData>
<ep:extra SESSION_PASSWORD="x"/>
</serv:bodyContent></serv:body>
<ep:sessionPassword/>
</serv:message>
"""
PLACES = [
    {"path": "sessionPassword", "lines": [6]},
    {"path": "extra/@SESSION_PASSWORD", "lines": [8]},
    {"path": "/message/sessionPassword", "lines": [10]},
]


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    (tmp_path / "a.response.xml").write_text(RESPONSE, encoding="utf-8")
    return tmp_path


def test_a_misplaced_element_is_found_by_its_name(recorded: Path) -> None:
    found = whosees("explain", "sessionPassword", "a.response.xml", "--format", "json", cwd=recorded)
    (match,) = json.loads(found.out)["matches"]
    assert (match["observed"]["present"], match["observed"]["elsewhere"]) == (False, PLACES)


def test_of_many_other_places_the_first_are_named_with_all_their_lines(tmp_path: Path) -> None:
    places = [f"<ep:x{number}><ep:agenda/></ep:x{number}>\n" for number in range(MAX_ELSEWHERE + 1)]
    many = RESPONSE.replace("<ep:extra", "".join([*places, places[0]]) + "<ep:extra")
    (tmp_path / "a.response.xml").write_text(many, encoding="utf-8")
    found = whosees("explain", "agenda", "a.response.xml", "--format", "json", cwd=tmp_path)
    (match,) = json.loads(found.out)["matches"]
    elsewhere = [(each["path"], each["lines"]) for each in match["observed"]["elsewhere"]]
    assert elsewhere == [
        ("x0/agenda", [8, 8 + len(places)]),
        *((f"x{number}/agenda", [8 + number]) for number in range(1, MAX_ELSEWHERE)),
    ]


def test_the_text_says_where_it_was_seen(recorded: Path) -> None:
    found = whosees("explain", "sessionPassword", "a.response.xml", cwd=recorded)
    text = " ".join(found.out.split())
    assert "`accessControl/sessionPassword` is not in its place in the response" in text
    for place in PLACES:
        assert f"Its name is in another place: {place['path']}, line {place['lines'][0]}." in text
    assert "秘密" not in found.out


@pytest.mark.parametrize(
    ("name", "difference"),
    [
        ("Agenda", "only letter case differs"),
        ("agend-a", "only separators differ"),
        ("agneda", "one letter differs"),
    ],
)
def test_what_check_calls_a_near_miss_is_named_with_what_differs(
    name: str, difference: str, tmp_path: Path
) -> None:
    near = RESPONSE.replace("</ep:metaData>", f"<ep:{name}>秘密</ep:{name}><ep:x/></ep:metaData>")
    (tmp_path / "a.response.xml").write_text(near, encoding="utf-8")
    checked = whosees("check", "a.response.xml", "--format", "json", cwd=tmp_path).out
    assert f"like `metaData/agenda`: {difference}" in checked
    found = whosees("explain", "agenda", "a.response.xml", "--format", "json", cwd=tmp_path)
    (match,) = json.loads(found.out)["matches"]
    path = f"metaData/{name}"
    assert match["observed"]["near_misses"] == [{"path": path, "lines": [7], "difference": difference}]
    text = " ".join(whosees("explain", "agenda", "a.response.xml", cwd=tmp_path).out.split())
    assert "`metaData/agenda` is not in the response" in text
    assert f"A similar name is in its place: {path}, line 7; {difference}." in text
    other = whosees("explain", "metaData/serviceType", "a.response.xml", cwd=tmp_path)
    assert "A similar name" not in other.out


def test_what_is_nowhere_is_not_in_the_response(recorded: Path) -> None:
    found = whosees("explain", "agenda", "a.response.xml", cwd=recorded)
    assert "`metaData/agenda` is not in the response" in " ".join(found.out.split())


@pytest.mark.parametrize(
    ("rule", "meaning"),
    [
        ("misplaced", "misplaced (warning): a listed name in another place"),
        ("undecided", "undecided (note): present, and the known facts do not decide"),
        ("password-not-enforced", "password-not-enforced (error): a call with a wrong password succeeds"),
    ],
)
def test_a_rule_is_explained(recorded: Path, rule: str, meaning: str) -> None:
    assert whosees("explain", rule, cwd=recorded).out.startswith(meaning)
