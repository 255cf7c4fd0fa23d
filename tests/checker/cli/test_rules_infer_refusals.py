"""`rules infer`: recordings and options from which nothing can be learnt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.command import whosees
from support.learning import (
    GUEST,
    call,
    calls,
    contexts,
    inferred,
    write_folder,
    write_lines,
)
from whosees.checker.learning.jobs import CHUNK, gather
from whosees.checker.learning.reading import EvidenceBatch, Source
from whosees.checker.learning.template import require_few_contexts
from whosees.checker.recordings import Recording
from whosees.engine.context import TooManyContextsError
from whosees.engine.learning.space import MAX_CONTEXTS
from whosees.rules.model import Wire

WIRE = Wire(format="json", recognised_by=("id",))


def refused(tmp_path: Path, lines: list[dict[str, Any]], *options: str) -> tuple[int, str]:
    file = tmp_path / "log.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    run = whosees("rules", "infer", file, "-o", tmp_path / "learnt", *options)
    return run.code, run.err


def test_recordings_without_the_column_say_what_they_do_state(tmp_path: Path) -> None:
    line = {"response": '{"id": "1"}', "context": {"role": "guest"}}
    code, err = refused(tmp_path, [line], "--column", "plan")
    assert code == 3
    assert "no recording states `plan`; the facts that they state are `role`: state it in" in err


def test_nothing_that_can_be_read(tmp_path: Path) -> None:
    code, err = refused(
        tmp_path, [{"response": "no message", "context": {"plan": "free"}}], "--column", "plan"
    )
    assert (code, err) == (3, "whosees: there is no recording to learn from: no response is XML or JSON\n")


def test_the_column_has_to_be_named(tmp_path: Path) -> None:
    code, err = refused(tmp_path, [{"response": "{}"}])
    assert code == 3
    assert "name the fact that picks the column with --column" in err


def test_one_recording_gives_a_partial_result(tmp_path: Path) -> None:
    report = inferred(write_lines(tmp_path / "log.jsonl", [call(GUEST, "1")]), tmp_path / "learnt")
    assert report["summary"]["cells"]["always"] == 3
    assert "`plan` has one value, so the table has one column" in report["summary"]["notes"]


def test_formats_are_not_mixed(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mixed", calls(1))
    (folder / "other.response.xml").write_text("<other/>", "utf-8")
    report = inferred(folder, tmp_path / "learnt")
    assert report["summary"]["recordings"] == len(contexts())
    assert any("those in XML are left out" in note for note in report["summary"]["notes"])


def test_too_many_contexts_name_the_fact(tmp_path: Path) -> None:
    lines = [
        {"response": '{"id": "1"}', "context": {"plan": "free", "user": f"u{n}", "day": f"d{n}"}}
        for n in range(70)
    ]
    code, err = refused(tmp_path, lines, "--column", "plan")
    assert code == 2
    assert "the facts come to 4,900 contexts, and 4,096 can be told apart" in err
    assert "leave a fact out with --ignore-fact" in err


def test_too_many_contexts_are_refused_before_all_recordings_are_read() -> None:
    """As soon as the values that were stated come to too many, whatever follows."""

    def found() -> Iterator[Recording]:
        for number in range(MAX_CONTEXTS + 1):
            sidecar = f'plan = "free"\nuser = "u{number}"\nday = "d{number % 10}"'.encode()
            made.append(number)
            yield Recording("a", b'{"id": "1"}', sidecar=sidecar)

    made: list[int] = []
    source = Source("plan", wire=WIRE)
    with pytest.raises(TooManyContextsError, match="`user` has 512 values, `day` has 10 values"):
        gather(source, found(), 1, lambda batch: require_few_contexts(source, batch, ()))
    assert len(made) == 2 * CHUNK


def test_a_fact_that_is_left_out_does_not_count_towards_the_contexts() -> None:
    batch = EvidenceBatch(known={"plan", "user"}, stated={"user": [f"u{n}" for n in range(MAX_CONTEXTS + 1)]})
    require_few_contexts(Source("plan"), batch, ("user",))
    with pytest.raises(TooManyContextsError, match="4,097 contexts"):
        require_few_contexts(Source("plan"), batch, ())


def test_a_reviewed_rulebook_is_not_overwritten(tmp_path: Path) -> None:
    assert whosees("rules", "new", tmp_path / "ours").code == 0
    recordings = write_lines(tmp_path / "log.jsonl", calls())
    run = whosees("rules", "infer", recordings, "--column", "plan", "-o", tmp_path / "ours")
    assert run.code == 2
    assert (
        "is not a draft; nothing is overwritten: name another folder, or add to it with --update" in run.err
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--noise", "half"], "`half` is not a share; write it as 0.05 or 5%"),
        (["--noise", "50%"], "`50%` has to be at least 0 and less than a half"),
        (["--fact", "plan"], "`--fact plan` is not of the form NAME=VALUE"),
        (["--operation", "x"], "`--operation` needs `--openapi SPEC`"),
        (["--unit", "items"], "--unit `items` is not a unit; end it with `[]`, as in `items[]`"),
        (["--rules", "github-user", "--unit", "[]"], "`--unit` is for recordings without a base"),
        (
            ["--openapi", "spec.json", "--operation", "x"],
            "`spec.json`: cannot be read: no such file or directory",
        ),
        (["--plan", "next.toml"], "`--plan` needs `--from-plan PLAN`"),
        (["--update", "ours"], "name the folder of the new rulebook with -o, or one to add to with --update"),
    ],
)
def test_wrong_usage(tmp_path: Path, options: list[str], said: str) -> None:
    run = whosees("rules", "infer", tmp_path, "--column", "plan", "-o", tmp_path / "learnt", *options)
    assert run.code == 2
    assert said in run.err
