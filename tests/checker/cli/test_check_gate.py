"""The gate on the command line: baseline and coverage, as a user meets them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from support.command import COMMAND, Run, whosees
from support.messages import failure, message
from whosees.checker.checking.baseline_file import read_baseline
from whosees.checker.cli.options.gate import GateOptions
from whosees.engine.result import Summary
from whosees.rules import builtin_rulebook

pytest_plugins = ["support.place"]

LEAKS = 5
LACKS = 6
PASSWORD = "example-password"
TODAY = datetime.now(UTC).date()


def check(place: Path, *arguments: str) -> Run:
    run = whosees("check", "recordings", *arguments, cwd=place)
    assert PASSWORD not in run.out + run.err
    return run


def update(place: Path) -> str:
    """Make a baseline, and accept its leaks."""
    assert check(place, "--baseline", "known.toml", "--baseline-update").code == 1
    file = place / "known.toml"
    text = file.read_text().replace('reason = ""', 'reason = "known"')
    text = text.replace("# it counts until it has a reason and: expires = YYYY-MM-DD", "expires = 2999-12-31")
    file.write_text(text)
    return text


def test_update_writes_an_entry_for_each_error(place: Path) -> None:
    run = check(place, "--baseline", "known.toml", "--baseline-update")
    text = (place / "known.toml").read_text()
    assert text.count("[[entries]]") == text.count(f"first_seen = {TODAY}") == LEAKS + LACKS
    assert run.code == 1, "a leak does not count as known before somebody says why and until when"
    assert f"baseline `known.toml`: {LEAKS + LACKS} entries added" in run.err
    assert f"{LACKS} findings accepted, 11 entries added, {LEAKS} entries incomplete" in run.out
    assert "its baseline entry has no reason or expires, so it counts" in run.out
    assert "leaked getsessioninfo:MC/anonymous/not-supplied/telephony: has no effect" in run.err


def test_an_accepted_run_is_green_and_says_what_it_accepts(place: Path) -> None:
    update(place)
    run = check(place, "--baseline", "known.toml")
    assert run.code == 0
    assert run.err == ""
    assert "baselined 5 findings accepted by the baseline (-v lists them)" in run.out
    assert "findings: 0 errors, 0 warnings, 3 notes; 11 more baselined" in run.out
    verbose = check(place, "--baseline", "known.toml", "-v")
    assert "  baselined leaked: present, and must not be\n" in verbose.out
    assert "accepted until 2999-12-31: known" in verbose.out


def test_accepting_what_a_failed_call_shows_is_not_accepting_that_it_failed(tmp_path: Path) -> None:
    """As it would be unchecked without the leak, unless its sidecar expects the failure; a resumed run agrees."""
    leak = f"{failure()}<serv:sessionPassword>x</serv:sessionPassword>"
    for name in ("a", "b"):
        (tmp_path / f"{name}.response.xml").write_bytes(message(header=leak))
    (tmp_path / "b.context.toml").write_text('outcome = "failure"')
    arguments = ("check", "a.response.xml", "b.response.xml", "--resume", "state", "--format", "json")
    call = ("--service", "MC", "--caller", "anonymous", "--password", "not-supplied")
    (finding,) = {
        each["id"]
        for response in whosees(*arguments, *call, cwd=tmp_path).json["responses"]
        for each in response["findings"]
    }
    entry = f'rule = "misplaced"\nid = "{finding}"\nreason = "known"\nexpires = 2999-12-31\n'
    (tmp_path / "known.toml").write_text(f"format = 1\n[[entries]]\n{entry}")
    run = whosees(*arguments, *call, "--baseline", "known.toml", cwd=tmp_path)
    assert run.code == 3
    outcomes = [(each["outcome"], each["reason"]) for each in run.json["responses"]]
    assert outcomes == [("unchecked", "failure-response"), ("conformant", None)]


def test_json_says_it_too(place: Path) -> None:
    update(place)
    result = check(place, "--baseline", "known.toml", "--format", "json").json
    summary = result["summary"]
    assert (summary["violating"], summary["baselined"], summary["findings"]["error"]) == (0, 11, 0)
    leak = next(response for response in result["responses"] if "leak" in response["source"])
    findings = {finding["path"]: finding for finding in leak["findings"]}
    telephony = findings["telephony"]
    assert (telephony["severity"], telephony["baselined"]) == ("error", True)
    assert telephony["baseline"] == {
        "standing": "accepted",
        "rule": "leaked",
        "id": "getsessioninfo:MC/anonymous/not-supplied/telephony",
        "reason": "known",
        "ticket": "",
        "first_seen": str(TODAY),
        "expires": "2999-12-31",
    }
    note = next(finding for finding in leak["findings"] if finding["rule"] == "unlisted")
    assert (note["baselined"], note["baseline"]) == (False, None)


def test_an_expired_entry_counts_again_and_says_so(place: Path) -> None:
    text = update(place)
    (place / "known.toml").write_text(text.replace("2999-12-31", "2020-02-29"))
    run = check(place, "--baseline", "known.toml")
    assert run.code == 1
    assert "its baseline entry expired on 2020-02-29, so it counts" in run.out
    assert "5 entries expired" in run.out
    assert (
        "whosees: baseline `known.toml`: leaked getsessioninfo:MC/anonymous/not-supplied/telephony: "
        "has expired, so its finding counts again (it was accepted until 2020-02-29)\n"
    ) in run.err


def test_update_keeps_what_was_written_by_hand(place: Path) -> None:
    text = update(place).replace("format = 1", "format = 1  # keep this")
    first, *rest = text.split("\n[[entries]]")
    (place / "known.toml").write_text("\n[[entries]]".join([first, *rest[1:]]))
    assert check(place, "--baseline", "known.toml", "--baseline-update").code == 0
    now = (place / "known.toml").read_text()
    assert now.startswith("\n[[entries]]".join([first, *rest[1:]]))
    assert now.count("[[entries]]") == LEAKS + LACKS


def test_a_run_that_leaves_out_findings_prunes_none_of_their_entries(place: Path) -> None:
    text = update(place)
    run = check(place, "--baseline", "known.toml", "--select", "leaked", "--baseline-prune")
    assert (run.code, run.err) == (0, "whosees: baseline `known.toml`: 0 entries removed\n")
    assert (place / "known.toml").read_text() == text


def test_what_no_longer_occurs_is_stale_until_it_is_pruned(place: Path) -> None:
    update(place)
    for kind in ("response", "request"):
        (place / f"recordings/leak.{kind}.xml").unlink()
    run = check(place, "--baseline", "known.toml")
    assert run.code == 0
    assert f"{LEAKS} entries stale" in run.out
    assert (
        "whosees: baseline `known.toml`: leaked getsessioninfo:MC/anonymous/not-supplied/telephony: "
        "stale: it no longer occurs; `--baseline-prune` removes it\n"
    ) in run.err
    stale = check(place, "--baseline", "known.toml", "--format", "json").json["summary"]["baseline"]["stale"]
    assert [entry["context_judged"] for entry in stale] == [True] * LEAKS
    run = check(place, "--baseline", "known.toml", "--baseline-prune")
    assert run.err == f"whosees: baseline `known.toml`: {LEAKS} entries removed\n"
    assert (place / "known.toml").read_text().count("[[entries]]") == LACKS
    assert check(place, "--baseline", "known.toml").err == ""


def test_pruning_keeps_what_was_not_exercised(place: Path) -> None:
    """A run over part of the recordings must not throw away what people wrote about the others."""
    update(place)
    arguments = ("check", "recordings/good.response.xml", "--baseline", "known.toml", "--baseline-prune")
    run = whosees(*arguments, cwd=place)
    assert f"{LACKS} entries stale or not exercised: no response in their context was judged" in run.err
    assert (place / "known.toml").read_text().count("[[entries]]") == LACKS
    (place / "known.toml").write_text(
        'format = 1\n[[entries]]\nrule = "missing"\nid = "getsessioninfo:EC/anonymous/not-supplied/host"\n'
    )
    run = whosees(*arguments, cwd=place)
    text = "1 entry stale or not exercised: no response in its context was judged"
    assert f"whosees: baseline `known.toml`: {text}\n" in run.err


def test_many_stale_entries_are_counted(place: Path) -> None:
    entries = "".join(f'[[entries]]\nrule = "missing"\nid = "x{number}"\n' for number in range(13))
    (place / "known.toml").write_text(f"format = 1\n{entries}")
    run = check(place, "--baseline", "known.toml")
    assert run.err.count("\n") == 11
    assert run.err.endswith("and 3 entries more: stale: it no longer occurs; `--baseline-prune` removes it\n")


@pytest.mark.processes
def test_several_processes_agree(place: Path) -> None:
    update(place)
    runs = [check(place, "--baseline", "known.toml", "--format", "json", "--jobs", jobs) for jobs in "12"]
    assert runs[0] == runs[1]


def test_a_baseline_is_written_whole_or_not_at_all(place: Path) -> None:
    folder = place / "closed"
    folder.mkdir()
    file = folder / "known.toml"
    file.write_text("format = 1\n")
    before = os.listdir(folder)
    run = whosees(
        "check", "recordings", "--baseline", "closed/nowhere/b.toml", "--baseline-update", cwd=place
    )
    assert run.code == 2
    assert "`closed/nowhere/b.toml` cannot be written: no such file or directory" in run.err
    assert os.listdir(folder) == before
    assert check(place, "--baseline", "closed/known.toml", "--baseline-update").code == 1
    assert os.listdir(folder) == before, "nothing unfinished is left beside it"
    assert stat.S_IMODE(file.stat().st_mode) == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--baseline", "none.toml"],
            "the baseline `none.toml` does not exist; `--baseline-update` creates it",
        ),
        (["--baseline", "recordings"], "the baseline `recordings` cannot be read: is a directory"),
        (["--baseline", "-"], "a baseline cannot be read from standard input; name a file"),
        (["--baseline-update"], "`--baseline-update` needs `--baseline FILE`"),
        (["--baseline-prune"], "`--baseline-prune` needs `--baseline FILE`"),
        (
            ["--baseline", "recordings/good.response.xml"],
            "the baseline `recordings/good.response.xml`: not TOML: invalid statement (at line 1, column 1)",
        ),
    ],
)
def test_a_baseline_that_cannot_be_used_is_wrong_usage(
    place: Path, arguments: list[str], message: str
) -> None:
    run = check(place, *arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err == f"whosees: {message}\ntry `whosees check --help`\n"


def test_what_somebody_wrote_cannot_steer_a_terminal(place: Path) -> None:
    text = update(place).replace('reason = "known"', r'reason = "a\u001b[2Jb\nc"')
    (place / "known.toml").write_text(text)
    run = check(place, "--baseline", "known.toml", "-v")
    assert "\x1b" not in run.out
    assert r"a\x1b[2Jb c" in run.out


def test_the_day_comes_from_one_place(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text('format = 1\n[[entries]]\nrule = "missing"\nid = "x"\nexpires = 2026-11-23\n')
    asked = GateOptions(str(file))
    gates = [asked.open(builtin_rulebook(), day=date(2026, 11, day)) for day in (23, 24)]
    for gate in gates:
        summary = Summary()
        assert list(gate.apply_baseline([], summary)) == []
        assert summary.baseline is not None
        assert [entry.id for entry in summary.baseline.stale] == ["x"]


def test_coverage_is_in_every_json_and_in_the_text_where_asked_for(place: Path) -> None:
    summary = check(place, "--format", "json").json["summary"]
    coverage = summary["coverage"]
    assert (coverage["obligations"], coverage["exercised"]) == (351, 114)
    assert coverage["by_service"]["MC"] == {"obligations": 71, "exercised": 57, "percent": 80.2}
    assert coverage["by_service"]["TC"]["exercised"] == 0
    assert sum(share["obligations"] for share in coverage["by_service"].values()) == 351
    assert {kind: share["obligations"] for kind, share in coverage["by_marker"].items()} == {
        "always": 117,
        "never": 102,
        "pw-granted": 66,
        "pw-withheld": 66,
    }
    assert "PW granted" not in check(place).out
    text = check(place, "--coverage").out
    assert "coverage: 114 of 351 obligations exercised (32.4 %)\n" in text
    heading, mc = (line.split() for line in text.splitlines() if line.startswith(("service", "MC ")))
    assert heading == ["service", "✓", "X", "PW", "granted", "PW", "withheld", "all"]
    assert mc == ["MC", "23/23", "20/20", "0/14", "14/14", "57/71", "80.2", "%"]


def test_too_little_coverage_fails_with_its_own_message(place: Path) -> None:
    for file in (place / "recordings").glob("l*"):
        file.unlink()
    enough = check(place, "--min-coverage", "16.2")
    assert (enough.code, enough.err) == (0, "")
    short = check(place, "--min-coverage", "80")
    assert short.code == 1
    assert short.err == (
        "whosees: coverage is too low: 57 of 351 obligations exercised (16.2 %), less than 80 %\n"
    )
    assert check(place, "--min-coverage", "80", "--exit-zero").code == 0
    assert check(place, "--min-coverage", "120").code == 2
    nothing = whosees("check", "recordings/none", "--min-coverage", "1", cwd=place)
    assert nothing.code == 1


def test_the_exit_code_does_not_depend_on_the_format(place: Path) -> None:
    update(place)
    for arguments in (["--baseline", "known.toml"], ["--min-coverage", "90"], []):
        codes = {check(place, *arguments, "--format", name).code for name in ("text", "json")}
        assert len(codes) == 1, arguments


def test_an_interrupted_run_leaves_the_baseline_alone(place: Path) -> None:
    file = place / "known.toml"
    gate = GateOptions(str(file), baseline_update=True, baseline_prune=True).open(builtin_rulebook())
    summary = Summary()
    gate.apply_baseline(iter([]), summary)  # nothing was taken from it
    gate.close(summary)
    assert not file.exists()


def test_json_without_a_baseline_says_so(place: Path) -> None:
    assert json.loads(check(place, "--format", "json").out)["summary"]["baseline"] is None


@pytest.mark.processes
def test_runs_at_the_same_time_lose_none_of_each_other_s_entries(place: Path) -> None:
    services = ("MC", "SC", "TC")

    def update_for(service: str, file: str) -> list[str]:
        gate = ("--baseline", file, "--baseline-update")
        return ["check", "recordings/leak.response.xml", "--service", service, *gate]

    for service in services:
        whosees(*update_for(service, "one-by-one.toml"), cwd=place)
    started = [
        subprocess.Popen(
            [COMMAND, *update_for(service, "at-once.toml")],
            cwd=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for service in services
    ]
    assert {process.wait() for process in started} == {1}
    one_by_one, at_once = (
        {entry.key for entry in read_baseline((place / f"{name}.toml").read_bytes()).entries}
        for name in ("one-by-one", "at-once")
    )
    assert at_once == one_by_one
    assert len(at_once) > len(services)


@pytest.mark.parametrize("option", ["--baseline", "--config", "--rules"])
def test_files_that_people_write_are_regular_ones_and_nothing_else_is_waited_for(
    place: Path, option: str
) -> None:
    os.mkfifo(place / "pipe")
    for name in ("pipe", "/dev/zero"):
        run = check(place, option, name)
        assert run.code == 2
        assert "it is not a regular file" in run.err
