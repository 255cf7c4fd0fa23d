"""`explain ELEMENT RESPONSE`: what was seen is held against what is expected, as `check` does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import whosees
from support.http_apis import write_example
from support.judging import ALWAYS_MC
from support.messages import request, response


def test_explain_with_a_response_says_what_was_seen(tmp_path: Path) -> None:
    (tmp_path / "a.response.xml").write_bytes(response("MC", [*ALWAYS_MC, "metaData/agenda", "odd/one"]))
    (tmp_path / "a.request.xml").write_bytes(request())
    (match,) = whosees("explain", "agenda", "a.response.xml", "--format", "json", cwd=tmp_path).json[
        "matches"
    ]
    assert match["context"]["caller"] == "anonymous"
    nothing = {
        "masked": False,
        "elsewhere": [],
        "near_misses": [],
        "lacking_container": None,
        "absent_container": None,
    }
    leaked = [{"rule": "leaked", "lines": [14]}]
    assert match["observed"] == nothing | {
        "present": True, "lines": [14], "findings": leaked, "exempt": False,
    }  # fmt: skip
    assert (
        "It is on line 14 of the response."
        in whosees("explain", "agenda", "a.response.xml", cwd=tmp_path).out
    )
    (match,) = whosees("explain", "telephony", "a.response.xml", "--format", "json", cwd=tmp_path).json[
        "matches"
    ]
    assert match["observed"] == nothing | {"present": False, "lines": [], "findings": [], "exempt": False}
    (match,) = whosees("explain", "odd/one", "a.response.xml", "--format", "json", cwd=tmp_path).json[
        "matches"
    ]
    assert (match["expectation"], match["observed"]["present"]) == (None, True)


def test_explain_with_a_response_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"x")
    run = whosees("explain", "agenda", "a.xml", cwd=tmp_path)
    assert (run.code, run.out) == (3, "")
    assert run.err == "whosees: `a.xml`: not-xml: at line 1, column 1: no XML begins there\n"
    run = whosees("explain", "agenda", "nope.xml", cwd=tmp_path)
    assert run.err == "whosees: `nope.xml`: unreadable: it cannot be read: no such file or directory\n"


def test_several_responses_in_a_file_are_told_apart() -> None:
    """Each item of a list has a context of its own, so each has an answer, by its name."""
    cassette = Path(__file__).parents[3] / "examples" / "github" / "cassette-leak.yml"
    arguments = ("explain", "allow_squash_merge", str(cassette), "--rules", "github-repos")
    text = " ".join(whosees(*arguments).out.split())
    assert f"{cassette}#interaction-1[0]: there, line 26 and must-not (no-push)" in text
    assert f"{cassette}#interaction-1[1]: there, line 53 and may (push)" in text
    matches = whosees(*arguments, "--format", "json").json["matches"]
    assert [match["source"] for match in matches] == [f"{cassette}#interaction-1[{item}]" for item in (0, 1)]


LISTED = {"method": "GET", "url": "https://a.test/repos", "response_headers": {"X-OAuth-Scopes": "repo"}}

MORE_ROWS = (
    "company,owner/company,o,o",
    """company,owner/company,+,+
key,keys/*/key,-,o
box,box,o,o
leaf,box/leaf,+,+
member,map/*,+,+
size,map/*/size,+,+
slot,slots/*/slot,+,+
pack,map/*/pack,+,+
part,map/*/pack/part,+,+
outer,outer,+,+
within,outer/within,+,+
seed,outer/within/seed,+,+
deep,deep,o,o
inner,deep/inner,+,+
core,deep/inner/core,+,+
held,held,+,+
content,held/content,+,+
top,top,+,+
mid,top/mid,o,o
low,top/mid/low,+,+
end,top/mid/low/end,+,+
cond,cond,+,+
kind,cond/kind,+,+
tip,cond/kind/tip,+,+""",
)


@pytest.mark.parametrize(
    ("element", "item", "summary", "advice"),
    [
        (
            *("owner/phone", {"owner": {"phone": "***"}}),
            "`owner/phone` is in the response, masked, and must be there, masked: the repository table has mask for user (users).",
            "no change by the caller would make it appear",
        ),
        (
            *("owner/phone", {"owner": {"phone": "1"}}),
            "`owner/phone` is in the response, not masked, but must be there, masked: the repository table has mask for user (users).",
            "no change by the caller would make it appear",
        ),
        (
            *("company", {"owner": {"type": "Person"}}),
            "`owner/company` is not in the response, and need not be: it is expected only if `owner/type` is Organization.",
            "no change of the call would make it appear in this response",
        ),
        (
            *("company", {"owner": {"type": "Organization"}}),
            "`owner/company` is not in the response, but must be there: the repository table has + for user (users).",
            "nothing in the call has to change; the response lacks what this caller is to be shown",
        ),
        (
            *("leaf", {}),
            "`box/leaf` is not in the response, because `box` is not; in it, it must be there: the repository table has + for",
            "no change of the call would make it appear in this response",
        ),
        (
            *("leaf", {"box": None}),
            "`box/leaf` is not in the response, because nothing is in `box`; otherwise it must be there: the repository table",
            "no change of the call would make it appear in this response",
        ),
        (
            *("owner/phone", {"owner": []}),
            "`owner/phone` is not in the response, and need not be: what it would be in is empty.",
            "no change by the caller would make it appear",
        ),
        (
            *("map/*", {"map": {}}),
            "`map/*` is not in the response, and need not be: `*` stands for any name, and no member is demanded.",
            "no change of the call would make it appear in this response",
        ),
        (
            *("map/*/size", {"map": {}}),
            "`map/*/size` is not in the response, because `map/*` is not; in it, it must be there: the repository table has +",
            "no change of the call would make it appear in this response",
        ),
        (
            *("map/*/size", {"map": {"a": {}}}),
            "`map/*/size` is not in the response, but must be there: the repository table has + for user (users).",
            "nothing in the call has to change; the response lacks what this caller is to be shown",
        ),
        (
            *("map/*/size", {"map": {"a": {"size": 1}, "b": {}}}),
            "`map/*/size` is in the response, but not in every `map/*`, and must be there: the repository table has +",
            "nothing in the call has to change; the response lacks what this caller is to be shown",
        ),
        (
            *("leaf", {"box": [{"leaf": 1}, {"leaf": 2}, {}]}),
            "`box/leaf` is in the response, but not in every `box`, and must be there: the repository table has +",
            "nothing in the call has to change; the response lacks what this caller is to be shown",
        ),
        (
            *("core", {"deep": [{"inner": {"core": 1}}, {}]}),
            "`deep/inner/core` is in the response, but not in every `deep`, because `deep/inner` is not, and must be there:",
            "nothing in the call has to change; the response lacks what this caller is to be shown",
        ),
        (
            *("leaf", {"box": [{"leaf": 1}, {"leaf": 2}]}),
            "`box/leaf` is in the response, and must be there: the repository table has +",
            "it already appears; nothing has to change",
        ),
        (
            *("company", {"owner": [{"type": "Organization", "company": "a"}, {"type": "Person"}]}),
            "`owner/company` is in the response, and must be there: the repository table has + for user (users).",
            "it already appears; nothing has to change",
        ),
        (
            *("core", {}),
            "`deep/inner/core` is not in the response, because `deep` is not; in it, it must be there: the repository",
            "no change of the call would make it appear in this response",
        ),
        (
            *("held/content", {}),
            "`held/content` is not in the response, but must be there: the repository table has + for user (users).",
            "nothing in the call has to change; the response lacks what this caller is to be shown",
        ),
        (
            *("held/content", {"held": None}),
            "`held/content` is not in the response, because nothing is in `held`; otherwise it must be there: the repository",
            "no change of the call would make it appear in this response",
        ),
        (
            *("slots/any/slot", {"slots": {}}),
            "`slots/*/slot` is not in the response, because `slots/*` is not; in it, it must be there: the repository table",
            "no change of the call would make it appear in this response",
        ),
        (
            *("seed", {}),
            "`outer/within/seed` is not in the response, but must be there: the repository table has + for user (users).",
            "nothing in the call has to change; the response lacks what this caller is to be shown",
        ),
        (
            *("part", {"map": {"a": {}}}),
            "`map/*/pack/part` is not in the response, but must be there: the repository table has + for user (users).",
            "nothing in the call has to change; the response lacks what this caller is to be shown",
        ),
        (
            *("part", {"map": {"a": {"pack": None}, "b": {}}}),
            "`map/*/pack/part` is not in the response, but must be there: the repository table has + for user (users).",
            "nothing in the call has to change; the response lacks what this caller is to be shown",
        ),
        (
            *("cond/kind", {}),
            "`cond/kind` is not in the response, because `cond` is not; in it, it must be there: the repository table",
            "no change of the call would make it appear in this response",
        ),
        (
            *("top/mid/low/end", {}),
            "`top/mid/low/end` is not in the response, because `top` is not; in it, it must be there: the repository table",
            "no change of the call would make it appear in this response",
        ),
        (
            *("tip", {}),
            "`cond/kind/tip` is not in the response, because `cond` is not; in it, it must be there: the repository table",
            "no change of the call would make it appear in this response",
        ),
        (
            *("keys/any/key", {"keys": {"any": {"key": 1}}}),
            "`keys/*/key` is in the response, but must not be there: the repository table has - for user (users). Nothing",
            "no change would make it certain to appear, in any site: at most it may be there",
        ),
    ],
)
def test_explain_judges_what_was_seen_as_check_does(
    tmp_path: Path, element: str, item: dict[str, object], summary: str, advice: str
) -> None:
    """Masks, conditions (`when`), free keys and absent containers count; what is not there does not "already appear"."""
    rules = write_example(
        tmp_path / "repos",
        MORE_ROWS,
        ('nulls = "absent"', 'when = { "owner/type" = ["Organization"] }'),
        more='[[markers]]\nid = "never"\nprinted = "-"\nstatement = "all"\nmeaning = "never"\ngranted = "must-not"\n'
        '[rows."cond/kind"]\nwhen = { "owner/type" = ["Organization"] }\n',
    )
    (tmp_path / "a.jsonl").write_text(json.dumps(LISTED | {"response": {"items": [item]}}) + "\n")
    found = whosees("explain", element, "a.jsonl", "--rules", rules, cwd=tmp_path)
    assert summary in " ".join(found.out.split())
    assert advice in found.out


TOLL = "telephony/callInNum/backupTollNum"
SEVERAL = "<ep:callInNum><ep:backupTollNum/></ep:callInNum>\n</ep:telephony>\n<ep:telephony/>\n<ep:telephony>"


def test_explain_says_which_container_lacks_in_some_places_what_is_there_in_others(tmp_path: Path) -> None:
    content = response("MC", [*ALWAYS_MC, "telephony/telephonySupport"]).replace(
        b"<ep:telephony>", f"<ep:telephony>{SEVERAL}".encode()
    )
    (tmp_path / "a.response.xml").write_bytes(content)
    lines = [number for number, line in enumerate(content.decode().split("\n"), 1) if "<ep:telephony" in line]
    asked = ("explain", TOLL, "a.response.xml", "--role", "host")
    (match,) = whosees(*asked, "--format", "json", cwd=tmp_path).json["matches"]
    observed = match["observed"]
    assert observed["findings"] == [{"rule": "omitted", "lines": lines[1:]}]
    assert (observed["present"], observed["lines"]) == (True, lines[:1])
    assert (observed["lacking_container"], observed["absent_container"]) == (
        "telephony",
        "telephony/callInNum",
    )
    text = " ".join(whosees(*asked, cwd=tmp_path).out.split())
    assert (
        f"`{TOLL}` is in the response, but not in every `telephony`, because `telephony/callInNum` is not, and should be there: "
        in text
    )
    assert f"It is omitted from the elements on lines {lines[1]} and {lines[2]} of the response." in text
    assert "nothing in the call has to change; the response lacks what this caller is to be shown" in text
    (tmp_path / "b.response.xml").write_bytes(content)
    (tmp_path / "c.response.xml").write_bytes(response("TC", ["metaData/serviceType"]))
    brief = whosees("explain", TOLL, ".", "--role", "host", cwd=tmp_path).out
    assert f"a.response.xml: there (not in every telephony), line {lines[0]} and should (MC, " in " ".join(
        brief.split()
    )


def test_explain_says_that_a_file_has_no_response_of_the_rulebook(tmp_path: Path) -> None:
    line = LISTED | {"url": "https://a.test/other", "response": {"id": 1}}
    (tmp_path / "a.jsonl").write_text(json.dumps(line) + "\n")
    found = whosees("explain", "login", "a.jsonl", "--rules", "github-user", cwd=tmp_path)
    assert (found.code, found.out) == (3, "")
    assert found.err == "whosees: `a.jsonl`: no response of github-user was found in it\n"
