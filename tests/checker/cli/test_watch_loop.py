"""What `watch` says while it runs, without its processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.messages import response
from support.traffic import ASKED, SHOWN
from whosees.checker.checking.dispatch import open_checker
from whosees.checker.checking.settings import Settings
from whosees.checker.cli.options.gate import GateOptions
from whosees.checker.cli.options.output import Output
from whosees.checker.cli.options.reporting import ReportOptions
from whosees.checker.cli.watch_loop import Watch
from whosees.checker.service.watch.copies import ExchangeCopy, MessageCopy
from whosees.checker.service.watch.judging import ExchangeJudge
from whosees.checker.service.watch.log import TrafficLog

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


def watch(*, baseline: Path | None = None, verbose: bool = False, quiet: bool = False) -> Watch:
    checker = open_checker(Settings())
    return Watch(
        judge=ExchangeJudge(checker),
        log=TrafficLog(checker),
        gate=GateOptions(baseline=None if baseline is None else str(baseline)),
        reporting=ReportOptions(Output("text", None), verbose=verbose, quiet=quiet),
    )


def exchange(*leaked: str) -> ExchangeCopy:
    content = response("MC", [*SHOWN, *leaked])
    return ExchangeCopy(1, b"POST", b"/", MessageCopy([], ASKED), 200, MessageCopy([], content))


def shown(run: Watch, capsys: pytest.CaptureFixture[str], *copies: ExchangeCopy) -> list[str]:
    for copy in copies:
        run._take(copy)
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
