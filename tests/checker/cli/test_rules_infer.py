"""`rules infer`: recordings in, a rulebook that loads and a report out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from support.command import whosees
from support.learning import (
    FACTS,
    as_json,
    call,
    calls,
    inferred,
    write_folder,
    write_lines,
    write_table,
)
from support.messages import EP, SERV, body, elements, message
from support.schemas import described, obj, written
from whosees.checker.learning.jobs import CHUNK
from whosees.checker.learning.reading import EvidenceReader, Source
from whosees.checker.learning.vocabulary import RulebookFolder
from whosees.checker.recordings import Recording
from whosees.engine.analysis import analyse
from whosees.engine.context import context_of
from whosees.engine.expectation import Evaluator
from whosees.rules import load_rulebook
from whosees.rules.model import Document, Row, Wire

GUEST = {"plan": "free", "role": "guest", "key": "no"}
MEMBER = {"plan": "paid", "role": "member", "key": "yes"}
WIRE = Wire(format="json", recognised_by=("id",))


def decision(folder: Path, path: str, facts: dict[str, str]) -> str:
    rulebook = load_rulebook(folder)
    return Evaluator(rulebook).expectation(path, context_of(rulebook, facts)).value


@pytest.mark.parametrize("write", [write_lines, write_folder])
def test_what_was_learnt_loads_and_judges_its_own_recordings(write: Any, tmp_path: Path) -> None:
    recordings, learnt = write(tmp_path / "recorded", calls(unset=0.1)), tmp_path / "learnt"
    report = inferred(recordings, learnt)
    assert report["summary"]["key"] == "id"
    assert (report["summary"]["recordings"], report["outliers"], report["next"]) == (36, [], [])
    assert decision(learnt, "billing/card", GUEST) == "must-not"
    assert decision(learnt, "secret", MEMBER) == "should"
    check = whosees("check", recordings, "--rules", learnt, "--format", "json")
    assert check.json["summary"]["findings"]["error"] == 0
    rulebook = load_rulebook(learnt)
    assert {row.path: row.container for row in rulebook.rows}["billing/card"] == "billing"
    assert not [found for found in analyse(Evaluator(rulebook)) if found.severity.value == "error"]


def test_check_finds_exactly_the_outliers(tmp_path: Path) -> None:
    wrong = [
        call(GUEST, "leaky", leaking=["billing", "billing/total"]),
        call(MEMBER, "cut", lacking=["name"]),
    ]
    recordings, learnt = write_lines(tmp_path / "log.jsonl", [*calls(8), *wrong]), tmp_path / "learnt"
    report = inferred(recordings, learnt)
    named = {source for outlier in report["outliers"] for source in outlier["sources"]}
    check = whosees("check", recordings, "--rules", learnt, "--format", "json").json
    violating = {each["source"] for each in check["responses"] if each["outcome"] == "violating"}
    assert named == violating == {f"{recordings}:97", f"{recordings}:98"}


def test_what_is_not_known_is_undecided_and_lint_does_not_call_it_reviewed(tmp_path: Path) -> None:
    recordings = write_lines(tmp_path / "log.jsonl", [each for each in calls(unset=0) if each.facts != GUEST])
    learnt = tmp_path / "learnt"
    assert inferred(recordings, learnt)["next"][0]["facts"] == {"role": "guest", "key": "no"}
    assert decision(learnt, "billing", GUEST) == decision(learnt, "name", GUEST) == "may"
    assert whosees("rules", "lint", learnt).code == 0
    toml = learnt / "rulebook.toml"
    toml.write_text(toml.read_text("utf-8").replace("reviewed = false\n", ""), "utf-8")
    lint = whosees("rules", "lint", learnt)
    assert lint.code == 1
    assert "7 of 14 cells are not decided, so the rulebook is not reviewed" in " ".join(lint.out.split())


def test_the_report_says_what_is_known_what_stands_out_and_what_to_record(tmp_path: Path) -> None:
    recorded = [each for each in calls(unset=0) if each.facts != MEMBER]
    recordings = write_lines(tmp_path / "log.jsonl", [*recorded, call(GUEST, "x", leaking=["secret"])])
    out = whosees("rules", "infer", recordings, "--column", "plan", "-o", tmp_path / "learnt").out
    text = " ".join(out.split())
    assert "learnt from 34 recordings of 34 objects told apart by `id`" in text
    assert "key=yes or role=owner" in text
    assert f"{recordings}:34: free, key no, role guest: shows secret" in text
    assert "paid, role member, key yes, of the object of" in text
    assert "reliability 1.00" in text


def test_a_reviewed_rulebook_is_added_to_and_never_overridden(tmp_path: Path) -> None:
    learnt = tmp_path / "learnt"
    guests = [
        each for each in calls(unset=0) if each.facts["role"] == "guest" and each.facts["plan"] == "free"
    ]
    inferred(
        write_lines(tmp_path / "a.jsonl", [each for each in calls(unset=0) if each not in guests]), learnt
    )
    toml, table = learnt / "rulebook.toml", learnt / "table.csv"
    toml.write_text("# Ours.\n" + toml.read_text("utf-8"), "utf-8")
    # A person decides that nobody is shown the name on the free plan.
    lines = table.read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("name,"))
    element, path, _, paid = lines[at].split(",")
    toml.write_text(toml.read_text("utf-8") + _marker("nobody"), "utf-8")
    lines[at] = f"{element},{path},nobody,{paid}"
    table.write_text("\n".join(lines) + "\n", "utf-8")
    run = whosees(
        "rules", "infer", write_lines(tmp_path / "b.jsonl", guests), "--update", learnt, "--format", "json"
    )
    assert run.code == 0, run.err
    assert [(each["path"], each["column"]) for each in run.json["kept"]] == [("name", "free")]
    assert decision(learnt, "name", GUEST) == "must-not"
    assert decision(learnt, "billing", GUEST) == "must-not"
    assert decision(learnt, "billing", {**GUEST, "key": "yes"}) == "should"
    assert toml.read_text("utf-8").startswith("# Ours.\n")


def _marker(name: str) -> str:
    return (
        f'\n[[statements]]\nid = "{name}"\nsource = "recordings"\ncite = "us"\ntext = "Nobody."\n'
        f'\n[[markers]]\nid = "{name}"\nprinted = "{name}"\nstatement = "{name}"\nmeaning = "to nobody"\n'
        'granted = "must-not"\n'
    )


def test_a_base_gives_names_and_facts_and_no_cells(tmp_path: Path) -> None:
    base = tmp_path / "base"
    recordings = write_lines(tmp_path / "log.jsonl", calls(unset=0))
    inferred(recordings, base)
    again = tmp_path / "again"
    run = whosees("rules", "infer", recordings, "--rules", base, "-o", again)
    assert run.code == 0, run.err
    diff = whosees("rules", "diff", base, again, "--format", "json").json
    assert (diff["rows"], diff["summary"]["widened"], diff["summary"]["narrowed"]) == ([], 0, 0)


@pytest.mark.processes
def test_several_processes_learn_the_same(tmp_path: Path) -> None:
    recordings = write_lines(tmp_path / "log.jsonl", calls(30))
    one, two = inferred(recordings, tmp_path / "1"), inferred(recordings, tmp_path / "2", "-j", "2")
    assert one["cells"] == two["cells"]


def test_facts_that_always_come_together_count_as_an_implication(tmp_path: Path) -> None:
    """An anonymous caller has no role: combinations that cannot be recorded are not left open for ever."""
    roles = [("out", "none"), *(("in", role) for role in ("owner", "member", "guest", "none"))]
    lines = [
        {
            "response": json.dumps({"id": f"{plan}-{login}-{role}-{number}"}),
            "context": {"plan": plan, "login": login, "role": role},
        }
        for plan in "abcdefgh"
        for login, role in roles
        for number in range(3)
    ]
    file = tmp_path / "log.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    report = inferred(file, tmp_path / "learnt")
    assert report["next"] == []
    (note,) = [note for note in report["summary"]["notes"] if "always came with" in note]
    assert note.startswith("login out always came with role none, so other combinations count as impossible")
    (implication,) = load_rulebook(tmp_path / "learnt").document.implications
    assert (implication.when, implication.then) == ({"login": "out"}, {"role": "none"})


def test_the_plan_has_the_cases_that_would_decide_something(tmp_path: Path) -> None:
    examples = Path(__file__).parents[3] / "examples"
    plan = tmp_path / "next.toml"
    run = whosees(
        "rules",
        "infer",
        examples / "synthetic" / "conformant",
        "--rules",
        "getsessioninfo",
        "-o",
        tmp_path / "learnt",
        "--plan",
        plan,
        "--from-plan",
        examples / "live.toml",
        "--format",
        "json",
    )
    assert run.code == 0, run.err
    cases = whosees("live", "--plan", plan, "--list").out.split()
    assert "MC/authenticated/panelist/supplied" in cases
    assert not [case for case in cases if case.endswith("/wrong")]
    wanted = {(each["service"], *each["facts"].values()) for each in run.json["next"]}
    assert len(cases) == len(wanted & {_facts_of(case) for case in cases}) < 90


def _facts_of(case: str) -> tuple[str, ...]:
    service, caller, *role, password = case.split("/")
    return (service, caller, role[0] if role else "none", password)


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
    assert [decision(tmp_path / "a", row, GUEST) for row in rows] == ["must", "must", "must", "should"]
    check = whosees("check", file, "--rules", tmp_path / "a", "--format", "json")
    assert check.json["summary"]["findings"]["error"] == 0


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


def test_recordings_that_are_read_together_take_one_rulebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing and loading one for each new value took most of the time."""
    written: list[Document] = []
    write = RulebookFolder.write

    def counted(folder: RulebookFolder, document: Document, rows: Iterable[Row]) -> str:
        written.append(document)
        return write(folder, document, rows)

    monkeypatch.setattr(RulebookFolder, "write", counted)
    recordings = [Recording("a", b'{"id": "1"}', sidecar=f'plan = "p{n}"'.encode()) for n in range(CHUNK)]
    batch = EvidenceReader(Source("plan", wire=WIRE)).read_all(recordings)
    assert (len(written), batch.evidence.recordings) == (1, CHUNK)


def test_no_value_of_a_message_is_written(tmp_path: Path) -> None:
    recordings = write_lines(tmp_path / "log.jsonl", calls())
    learnt = tmp_path / "learnt"
    report = json.dumps(inferred(recordings, learnt), ensure_ascii=False)
    written = report + "".join(file.read_text("utf-8") for file in learnt.iterdir())
    assert "Łódź" not in written
    assert not any(each.key in written for each in calls())
    assert set(FACTS) <= set(json.loads(report)["summary"]["facts"])


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
    assert decision(learnt, "pin", MEMBER) == "must-not"
    assert decision(learnt, "billing/iban", GUEST) == "must-not"
    assert decision(learnt, "billing/iban", MEMBER) == "may"
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


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_tables_are_learnt_from_as_lines_are(kind: str, tmp_path: Path) -> None:
    recorded = list(calls(unset=0.1))
    lines = inferred(write_lines(tmp_path / "log.jsonl", recorded), tmp_path / "lines")
    table = inferred(write_table(tmp_path / f"log.{kind}", recorded), tmp_path / "table-learnt")
    assert table["cells"] == lines["cells"]
    assert (tmp_path / "table-learnt" / "table.csv").read_bytes() == (
        tmp_path / "lines" / "table.csv"
    ).read_bytes()


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
    assert decision(learnt, "billing/card", GUEST) == "must-not"
