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
    GUEST,
    MEMBER,
    call,
    calls,
    inferred,
    learnt_expectation,
    write_folder,
    write_lines,
    write_table,
)
from whosees.checker.learning.jobs import CHUNK
from whosees.checker.learning.reading import EvidenceReader, Source
from whosees.checker.learning.vocabulary import RulebookFolder
from whosees.checker.recordings import Recording
from whosees.engine.analysis import analyse
from whosees.engine.expectation import Evaluator
from whosees.rules import load_rulebook
from whosees.rules.model import Document, Row, Wire

WIRE = Wire(format="json", recognised_by=("id",))


@pytest.mark.parametrize("write", [write_lines, write_folder])
def test_what_was_learnt_loads_and_judges_its_own_recordings(write: Any, tmp_path: Path) -> None:
    recordings, learnt = write(tmp_path / "recorded", calls(unset=0.1)), tmp_path / "learnt"
    report = inferred(recordings, learnt)
    assert report["summary"]["key"] == "id"
    assert (report["summary"]["recordings"], report["outliers"], report["next"]) == (36, [], [])
    assert learnt_expectation(learnt, "billing/card", GUEST) == "must-not"
    assert learnt_expectation(learnt, "secret", MEMBER) == "should"
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
    assert learnt_expectation(learnt, "billing", GUEST) == learnt_expectation(learnt, "name", GUEST) == "may"
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
    assert learnt_expectation(learnt, "name", GUEST) == "must-not"
    assert learnt_expectation(learnt, "billing", GUEST) == "must-not"
    assert learnt_expectation(learnt, "billing", {**GUEST, "key": "yes"}) == "should"
    assert toml.read_text("utf-8").startswith("# Ours.\n")


def test_a_new_row_follows_all_that_is_in_the_row_before_it(tmp_path: Path) -> None:
    """Also if recordings lack some of that: the rows of a container stay together."""
    learnt = tmp_path / "learnt"
    inferred(write_lines(tmp_path / "a.jsonl", calls(unset=0)), learnt)
    later = [
        each._replace(
            shown=tuple(path for path in [*each.shown, "zone"] if path not in ("billing/total", "secret"))
        )
        for each in calls(unset=0)
    ]
    run = whosees("rules", "infer", write_lines(tmp_path / "b.jsonl", later), "--update", learnt)
    assert run.code == 0, run.err
    rows = [row.path for row in load_rulebook(learnt).rows]
    assert rows == ["id", "name", "note", "billing", "billing/card", "billing/total", "zone", "secret"]


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
    known = tmp_path / "known.toml"
    chosen = '# ours\nonly = [\n  "EC/*",  # [for now]\n]\n'
    known.write_text(chosen + (examples / "live.toml").read_text("utf-8"), "utf-8")
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
        known,
        "--format",
        "json",
    )
    assert run.code == 0, run.err
    assert plan.read_text("utf-8").split("\n\n", 1)[1].startswith("# ours\n# The plan for")
    cases = whosees("live", "--plan", plan, "--list").out.split()
    assert "MC/authenticated/panelist/supplied" in cases
    assert not [case for case in cases if case.endswith("/wrong")]
    wanted = {(each["service"], *each["facts"].values()) for each in run.json["next"]}
    assert len(cases) == len(wanted & {_facts_of(case) for case in cases}) < 90


def test_what_a_request_proves_tells_its_case_and_other_operations_have_none(tmp_path: Path) -> None:
    """The plan states neither whose profile a request asks for nor who may ask: path and headers do."""
    examples = Path(__file__).parents[3] / "examples"
    plan = tmp_path / "next.toml"
    options = ("--rules", "github-user", "-o", tmp_path / "learnt", "--plan", plan)
    from_plan = ("--from-plan", examples / "live-github.toml")
    run = whosees("rules", "infer", examples / "github", *options, *from_plan)
    assert run.code == 0, run.err
    assert sorted(whosees("live", "--plan", plan, "--list").out.split()) == [
        "profile/anonymous",
        "profile/with-scope",
        "profile/without-scope",
    ]


def _facts_of(case: str) -> tuple[str, ...]:
    service, caller, *role, password = case.split("/")
    return (service, caller, role[0] if role else "none", password)


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


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_tables_are_learnt_from_as_lines_are(kind: str, tmp_path: Path) -> None:
    recorded = list(calls(unset=0.1))
    lines = inferred(write_lines(tmp_path / "log.jsonl", recorded), tmp_path / "lines")
    table = inferred(write_table(tmp_path / f"log.{kind}", recorded), tmp_path / "table-learnt")
    assert table["cells"] == lines["cells"]
    assert (tmp_path / "table-learnt" / "table.csv").read_bytes() == (
        tmp_path / "lines" / "table.csv"
    ).read_bytes()
