"""The lines that `watch` writes while it runs, without its processes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click
import pytest

from support.messages import response
from support.traffic import ASKED, SHOWN
from whosees.checker.checking.dispatch import open_checker
from whosees.checker.checking.results import Result
from whosees.checker.checking.settings import Settings
from whosees.checker.cli.options.gate import GateOptions
from whosees.checker.cli.options.output import Output
from whosees.checker.cli.options.reporting import ReportOptions
from whosees.checker.cli.watch_loop import Watch
from whosees.checker.service.watch.copies import ExchangeCopy, Frame, MessageCopy
from whosees.checker.service.watch.judge_process import JudgeEndedError, JudgeSupervisor
from whosees.checker.service.watch.judging import ExchangeJudge
from whosees.checker.service.watch.log import TrafficLog
from whosees.reports.commands.watch import totals_json
from whosees.reports.commands.watch_metrics import totals_metrics

CASE = "getsessioninfo:MC/anonymous/not-supplied"
BASELINE = f"""
format = 1
[[entries]]
rule = "leaked"
id = "{CASE}/accessControl.sessionPassword"
reason = "known"
expires = 9999-12-31
first_seen = 2026-01-01
"""


class LocalJudge:
    """Judges in this process; it ends at a copy with the number 0."""

    def __init__(self, judge: ExchangeJudge) -> None:
        self._judge = judge

    def judge(self, copies: Sequence[ExchangeCopy]) -> Iterator[list[Result]]:
        for copy in copies:
            if not copy.number:
                raise JudgeEndedError
            yield self._judge.check(self._judge.recording(copy))

    def close(self) -> None:
        pass


def watch(*, baseline: Path | None = None, verbose: bool = False, quiet: bool = False) -> Watch:
    checker = open_checker(Settings())
    judge = ExchangeJudge(checker)
    return Watch(
        judge=judge,
        supervisor=JudgeSupervisor(lambda: LocalJudge(judge), clock=lambda: 0.0),
        log=TrafficLog(checker),
        gate=GateOptions(baseline=None if baseline is None else str(baseline)),
        reporting=ReportOptions(Output("text", None), verbose=verbose, quiet=quiet),
    )


def exchange(*leaked: str, number: int = 1) -> ExchangeCopy:
    content = response("MC", [*SHOWN, *leaked])
    return ExchangeCopy(number, b"POST", b"/", MessageCopy([], ASKED), 200, MessageCopy([], content))


def shown(run: Watch, capsys: pytest.CaptureFixture[str], *copies: ExchangeCopy) -> list[str]:
    run._take(copies)
    return [line.removeprefix("whosees: ") for line in capsys.readouterr().err.splitlines()]


def test_each_finding_is_shown_once_and_notes_only_if_that_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    leak = exchange("accessControl/sessionPassword")
    line = f"error leaked: accessControl/sessionPassword in exchange-1 [{CASE}/accessControl.sessionPassword]"
    assert shown(watch(), capsys, leak, leak) == [line]
    unlisted = exchange("accessControl/sessionPassword", "Zq7")
    verbose = shown(watch(verbose=True), capsys, unlisted)
    assert verbose == [line, f"note unlisted: Zq7 in exchange-1 [{CASE}/Zq7#unlisted]"]


def test_what_a_baseline_accepts_is_neither_shown_nor_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = tmp_path / "baseline.toml"
    baseline.write_text(BASELINE, "utf-8")
    run = watch(baseline=baseline, quiet=True)
    assert shown(run, capsys, exchange("accessControl/sessionPassword")) == []
    (leak,) = [each for each in run.log.totals().findings if each.finding.rule == "leaked"]
    assert leak.accepted
    assert run._finish(crashed=False) == 0
    assert capsys.readouterr().err == "whosees: watched 0 exchanges: 1 violating\n"


def test_copies_that_were_lost_with_the_judging_process_are_said_counted_and_unchecked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The earlier findings stay, and the run is not green."""
    run = watch()
    assert shown(run, capsys, exchange(), exchange(number=0), exchange("hostKey")) == [
        "the judging process ended, and is started again; the copies that it had are not judged"
    ]
    assert shown(run, capsys, exchange()) == [], "said once for each process"
    assert run._finish(crashed=False) == 3
    output = capsys.readouterr()
    assert output.err.endswith(": 1 conformant, 3 copies not judged, for judging ended 1 time\n")
    assert "3 not judged: unchecked (unreadable)" in output.out
    assert "the judging process ended before it had judged them" in output.out
    counts = json.loads(totals_json(run.log.totals()))
    assert (counts["not_copied"], counts["judges_ended"]) == ({"judge-ended": 3}, 1)
    metrics = totals_metrics(run.log.totals()).decode()
    assert 'whosees_watch_not_copied_total{why="judge-ended"} 3.0' in metrics
    assert "whosees_watch_judges_ended_total 1.0" in metrics


class StoppedRelay:
    """A proxy that passes nothing on and ends when it is asked to."""

    has_ended = False

    def receive(self, _timeout: float) -> list[Frame]:
        return []

    def stop(self) -> None:
        self.has_ended = True

    def close(self) -> int:
        return 0


def test_files_are_written_as_soon_as_it_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report of an earlier run is not taken for this one's, and a place that does not exist is said before traffic."""
    old, nowhere = tmp_path / "old.json", tmp_path / "no" / "r.json"
    old.write_text('{"summary": {"responses": 7}}', "utf-8")
    run = watch()
    run.reporting = replace(run.reporting, further=(Output("json", str(old)), Output("json", str(nowhere))))
    said: list[str] = []

    def first_copies(_timeout: float) -> list[Frame]:
        said.append(capsys.readouterr().err)
        assert json.loads(old.read_text("utf-8"))["summary"]["responses"] == 0
        run._stops = 1
        return []

    relay = StoppedRelay()
    relay.receive = first_copies  # type: ignore[method-assign]
    with pytest.raises(click.ClickException, match="cannot be written: no such file or directory"):
        run.run(relay)  # type: ignore[arg-type]
    assert said[0] == f"whosees: `{nowhere}` cannot be written: no such file or directory\n"
