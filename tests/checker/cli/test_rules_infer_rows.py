"""`rules infer`: which rows a rulebook is learnt with: lists, maps with free keys, schemas, XML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command import whosees
from support.http_apis import write_example
from support.learning import (
    GUEST,
    MEMBER,
    as_json,
    call,
    calls,
    inferred,
    learnt_expectation,
    write_lines,
)
from support.messages import EP, SERV, body, elements, message
from support.schemas import described, obj, written
from whosees.engine.analysis import analyse
from whosees.engine.expectation import Evaluator
from whosees.rules import load_rulebook


def test_a_row_that_no_recording_shows_is_named(tmp_path: Path) -> None:
    base = tmp_path / "base"
    inferred(write_lines(tmp_path / "a.jsonl", calls()), base)
    without = [call(each.facts, each.key, lacking=["secret"]) for each in calls()]
    run = whosees(
        "rules",
        "infer",
        write_lines(tmp_path / "b.jsonl", without),
        "--rules",
        base,
        "-o",
        tmp_path / "b",
        "--format",
        "json",
    )
    assert "no recording shows `secret`, so the draft has no row for them" in run.json["summary"]["notes"]


def test_the_recording_that_alone_shows_an_element_is_named(tmp_path: Path) -> None:
    """It may be a leak, and nothing but its place tells where to look."""
    lines = [
        {"context": {"role": "guest"}, "response": {"id": number} | ({"odd": 1} if number == 7 else {})}
        for number in range(40)
    ]
    lines.append({"context": {"role": "member"}, "response": {"id": 7}})
    recordings = tmp_path / "r.jsonl"
    recordings.write_text("\n".join(map(json.dumps, lines)))
    options = ("rules", "infer", recordings, "--column", "role", "-o")
    text = " ".join(whosees(*options, tmp_path / "text").out.split())
    assert f"a leak and a rare element look alike {recordings}:8: guest: shows odd " in text
    learnt = whosees(*options, tmp_path / "json", "--format", "json").json
    assert [each["sources"] for each in learnt["rare_in"]] == [[f"{recordings}:8"]]


def test_what_counts_as_absent_is_not_learnt_as_shown(tmp_path: Path) -> None:
    """Masks, and null if `[wire]` says so: `check` would miss what a draft demands and recordings never show."""
    base = write_example(tmp_path / "base", ('masks = ["***"]', 'masks = ["***"]\nnulls = "absent"'))

    def line(scope: str, phone: str, number: int) -> dict[str, object]:
        item = {"id": number, "name": None if scope == "repo" else "n", "owner": {"phone": phone}}
        response = json.dumps({"items": [item | {"permissions": {"push": True}}]})
        headers = {"X-OAuth-Scopes": scope}
        return {
            "method": "GET",
            "url": "/repos",
            "status": 200,
            "response_headers": headers,
            "response": response,
        }

    file = tmp_path / "log.jsonl"
    calls = [("repo", "***"), ("site_admin", "+1")]
    file.write_text("".join(json.dumps(line(*each, n)) + "\n" for n in range(8) for each in calls), "utf-8")
    run = whosees("rules", "infer", file, "--rules", base, "-o", tmp_path / "draft", "--format", "json")
    notes = run.json["summary"]["notes"]
    assert (
        "counted as absent where masked or null, as `[wire]` says: `name`, `owner/phone`; "
        "a marker with `granted` masked demands a mask" in notes
    )
    file.write_text("".join(json.dumps(line(*each, 9)) + "\n" for each in (*calls, ("repo", "+1"))), "utf-8")
    results = whosees("check", file, "--rules", tmp_path / "draft", "--format", "json").json["responses"]
    assert [
        [finding["rule"] for finding in each["findings"] if finding["severity"] != "note"] for each in results
    ] == [
        [],
        [],
        ["leaked"],
    ]


def test_free_keys_are_learnt_as_one(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    lines = [
        {
            "response": json.dumps({"id": str(n), "files": {f"f{n}-{k}": {"size": k} for k in range(40)}}),
            "context": GUEST,
        }
        for n in range(5)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    notes = inferred(file, tmp_path / "a")["summary"]["notes"]
    assert any("`files` has 200 different names in it" in note and "--map files" in note for note in notes)
    inferred(file, tmp_path / "b", "--map", "files")
    assert [row.path for row in load_rulebook(tmp_path / "b").rows] == [
        "id",
        "files",
        "files/*",
        "files/*/size",
    ]


def test_a_map_without_members_hides_none_and_members_may_differ(tmp_path: Path) -> None:
    """A rulebook learnt from maps judges its own recordings as right: one has no members, and one member has no size."""
    files: list[dict[str, Any]] = [
        {},
        {"a": {"name": 1, "size": 1}},
        {"b": {"name": 1}, "c": {"name": 1, "size": 1}},
    ]
    lines = [
        {"response": json.dumps({"id": str(n), "files": files[n % 3]}), "context": GUEST} for n in range(30)
    ]
    file = tmp_path / "log.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    report = inferred(file, tmp_path / "a", "--map", "files")
    assert (report["outliers"], report["contradictions"]) == ([], [])
    rows = ["files", "files/*", "files/*/name", "files/*/size"]
    assert [learnt_expectation(tmp_path / "a", row, GUEST) for row in rows] == [
        "must",
        "must",
        "must",
        "should",
    ]
    check = whosees("check", file, "--rules", tmp_path / "a", "--format", "json")
    assert check.json["summary"]["findings"]["error"] == 0


@pytest.mark.parametrize("nothing", [[], None])
def test_nothing_is_missing_below_an_array_without_items_or_a_null(nothing: object, tmp_path: Path) -> None:
    """http-rulebooks.md: "A container that is null, or an array without items, has no children to miss"."""
    lines = []
    for number in range(40):
        facts, tags = ((GUEST, nothing), (MEMBER, [{"name": "a"}]))[number % 2]
        content = {"id": str(number), "owner": {"tags": tags}, "groups": [{"tags": tags}, {"tags": nothing}]}
        lines.append(json.dumps({"response": json.dumps(content), "context": facts}))
    (tmp_path / "log.jsonl").write_text("\n".join(lines), "utf-8")
    report = inferred(tmp_path / "log.jsonl", tmp_path / "learnt")
    assert report["contradictions"] == []
    for row in ("owner/tags/name", "groups/tags/name"):
        expected = [learnt_expectation(tmp_path / "learnt", row, facts) for facts in (GUEST, MEMBER)]
        assert expected == ["may", "must"], "nobody knows whether a guest would be shown it"
        assert learnt_expectation(tmp_path / "learnt", row.removesuffix("/name"), GUEST) == "must"


def test_the_maps_of_a_base_and_maps_in_maps_are_learnt_as_such(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    tree = {f"d{n}": {"files": {f"f{n}": {"size": 1}}} for n in range(3)}
    file.write_text(json.dumps({"response": {"id": "1", "tree": tree}, "context": GUEST}) + "\n", "utf-8")
    paths = ["id", "tree", "tree/*", "tree/*/files", "tree/*/files/*", "tree/*/files/*/size"]
    inferred(file, tmp_path / "a", "--map", "tree/*/files", "--map", "tree")
    assert [row.path for row in load_rulebook(tmp_path / "a").rows] == paths
    report = inferred(file, tmp_path / "b", "--rules", str(tmp_path / "a"))
    assert report["summary"]["notes"] == ["`plan` has one value, so the table has one column"]
    assert [row.path for row in load_rulebook(tmp_path / "b").rows] == paths


def test_names_that_a_schema_has_are_no_keys_of_a_map(tmp_path: Path) -> None:
    names = [f"member{n}" for n in range(120)]
    spec = written(tmp_path, described(obj({name: {} for name in names})))
    lines = [{"response": json.dumps(dict.fromkeys(names, "x")), "context": GUEST}] * 5
    file = tmp_path / "log.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    notes = inferred(file, tmp_path / "a", "--openapi", spec, "--operation", "getThing")["summary"]["notes"]
    assert notes == ["`plan` has one value, so the table has one column"]
    notes = inferred(file, tmp_path / "b")["summary"]["notes"]
    assert any(note.startswith("the body has 120 different names in it") for note in notes), notes


def lists(recorded: Any) -> list[str]:
    """Write recordings as JSON Lines whose responses are lists of one item."""
    return [json.dumps({"response": f"[{as_json(each)}]", "context": dict(each.facts)}) for each in recorded]


def test_lists_are_learnt_item_by_item(tmp_path: Path) -> None:
    file, learnt = tmp_path / "log.jsonl", tmp_path / "learnt"
    file.write_text("\n".join(lists(calls())), encoding="utf-8")
    report = inferred(file, learnt)
    assert (load_rulebook(learnt).document.wire.unit, report["summary"]["recordings"]) == ("[]", 36)
    check = whosees("check", file, "--rules", learnt, "--format", "json").json
    assert (check["summary"]["responses"], check["summary"]["findings"]["error"]) == (36, 0)
    leak = lists([call(GUEST, "leaky", leaking=["billing", "billing/total"])])
    file.write_text("\n".join([*lists(calls(8)), *leak]), encoding="utf-8")
    (outlier,) = inferred(file, tmp_path / "leaky")["outliers"]
    assert outlier["sources"] == [f"{file}:97[0]"]
    file.write_text("\n".join(lists(calls())), encoding="utf-8")
    paged = [
        line.replace('"response": "[', '"response": "{\\"items\\": [').replace(
            ']", "context"', ']}", "context"'
        )
        for line in lists(calls())
    ]
    file.write_text("\n".join(paged), encoding="utf-8")
    inferred(file, tmp_path / "paged", "--unit", "items[]")
    assert load_rulebook(tmp_path / "paged").document.wire.unit == "items[]"
    assert [row.path for row in load_rulebook(tmp_path / "paged").rows] == [
        row.path for row in load_rulebook(learnt).rows
    ]


def test_a_schema_gives_rows_that_were_never_seen(tmp_path: Path) -> None:
    """Unobserved never becomes never, except where the container is hidden, and for what only requests have."""
    properties: dict[str, Any] = {path: {} for path in ("id", "name", "extra", "note")}
    schema = {
        "type": "object",
        "required": ["id"],
        "properties": properties
        | {
            "billing": {"type": "object", "properties": {"card": {}, "total": {}, "iban": {}}},
            "pin": {"writeOnly": True},
        },
    }
    spec, learnt = written(tmp_path, described(schema)), tmp_path / "learnt"
    recordings = write_lines(tmp_path / "log.jsonl", calls())
    report = inferred(recordings, learnt, "--openapi", spec, "--operation", "getThing")
    assert report["unseen"] == ["extra", "billing/iban", "pin"]
    assert report["summary"]["notes"] == ["the schema does not have `secret`, which recordings show"]
    assert {cell["kind"] for cell in report["cells"] if cell["path"] == "extra"} == {"unobserved"}
    rulebook = load_rulebook(learnt)
    assert [row.path for row in rulebook.rows][:6] == [
        "id",
        "name",
        "extra",
        "note",
        "billing",
        "billing/card",
    ]
    assert rulebook.document.wire.request is not None
    assert rulebook.document.wire.request.path == "/things/{id}"
    assert learnt_expectation(learnt, "pin", MEMBER) == "must-not"
    assert learnt_expectation(learnt, "billing/iban", GUEST) == "must-not"
    assert learnt_expectation(learnt, "billing/iban", MEMBER) == "may"
    assert not [found for found in analyse(Evaluator(rulebook)) if found.severity.value == "error"]
    text = whosees(
        "rules",
        "infer",
        recordings,
        "--column",
        "plan",
        "-o",
        learnt,
        "--openapi",
        spec,
        "--operation",
        "getThing",
    ).out
    assert "nothing is known of them: extra, billing/iban and pin" in " ".join(text.split())


def test_xml_is_learnt_without_a_base(tmp_path: Path) -> None:
    """Envelope, namespace and type are those of the messages."""
    lines = [
        {
            "response": message(body(elements(each.shown, {"id": each.key}))).decode(),
            "context": dict(each.facts),
        }
        for each in calls()
    ]
    file, learnt = tmp_path / "log.jsonl", tmp_path / "learnt"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert inferred(file, learnt)["summary"]["key"] == "id"
    wire = load_rulebook(learnt).document.wire
    assert (wire.format, wire.envelope, wire.namespace, wire.response_types) == (
        "xml",
        SERV,
        EP,
        ("getSessionInfoResponse",),
    )
    assert learnt_expectation(learnt, "billing/card", GUEST) == "must-not"
