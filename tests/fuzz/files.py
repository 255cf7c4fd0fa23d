"""Targets that read files of the user: sidecar, baseline, configuration, rulebook, plan, scenario, saved result."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from fuzz.messages import EXAMPLES, SMALL, checker
from fuzz.target import hold_results, scratch
from support.messages import body, elements, message
from whosees.checker.checking.baseline_file import BaselineError, read_baseline
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.checking.sidecar import SidecarError, read_sidecar
from whosees.checker.cli.commands.check import command as check_command
from whosees.checker.recordings import Recording
from whosees.checker.service.emulate.scenario import BUILTIN, ScenarioError, load_scenario
from whosees.checker.service.live.cases import cases_of
from whosees.checker.service.live.load import load_plan
from whosees.checker.service.live.secrets import PlanError
from whosees.engine.baseline import Entry
from whosees.engine.result import ResponseResult, Summary
from whosees.reports.check.decode import ResultError
from whosees.reports.check.json import JsonFormatter
from whosees.reports.check.saved_result import SavedResult
from whosees.rules import builtin_rulebook
from whosees.rules.load import RULEBOOK_FILE, TABLE_FILE, RulebookError, load_rulebook
from whosees.rules.model import Rulebook
from whosees.rules.registry import BUILTINS, SKELETON

SEPARATOR = b"\n#=\n"
"""Between the two files of a rulebook in one input."""


def read_a_sidecar(content: bytes) -> None:
    """A sidecar: refused, or claims that the rulebook knows; and a response beside it is judged or refused."""
    rulebook = builtin_rulebook()
    hold_results(checker(), Recording("a", SMALL, None, content))
    try:
        sidecar = read_sidecar(rulebook, content)
    except SidecarError as error:
        assert str(error)  # noqa: PT017 - a refusal is one of two right answers
        return
    assert {claim.fact for claim in sidecar.claims} <= set(rulebook.fact_ids)


def read_a_baseline(content: bytes) -> None:
    """A baseline: refused, or entries, which stay what they are where another is added and taken out."""
    try:
        baseline = read_baseline(content)
    except BaselineError as error:
        assert str(error)  # noqa: PT017 - as above
        return
    new = Entry(rule="leaked", id="fuzz:\x7f\"'", reason="é")
    added = read_baseline(baseline.edit([new], []).encode())
    assert added.entries == (*baseline.entries, new)
    assert read_baseline(added.edit([], [new]).encode()).entries == baseline.entries


def read_a_configuration(content: bytes) -> None:
    """A configuration, alone or in pyproject.toml: a usage error, or options for the command."""
    path = scratch() / ("pyproject.toml" if b"tool" in content else "whosees.toml")
    path.write_bytes(content)
    with suppress(click.UsageError):
        check_command.make_context("check", ["--config", str(path), "x"])


def read_a_rulebook(content: bytes) -> None:
    """A rulebook: refused, or one that a checker judges by."""
    document, _, table = content.partition(SEPARATOR)
    folder = scratch() / "rules"
    folder.mkdir(exist_ok=True)
    (folder / RULEBOOK_FILE).write_bytes(document)
    (folder / TABLE_FILE).write_bytes(table or Path(SKELETON, TABLE_FILE).read_bytes())
    try:
        rulebook = load_rulebook(folder)
    except RulebookError as error:
        assert str(error)  # noqa: PT017 - as above
        return
    judging = Checker(Settings(rules=str(folder)))
    hold_results(judging, Recording("a", _answer_for(rulebook)))


def _answer_for(rulebook: Rulebook) -> bytes:
    wire = rulebook.document.wire
    if wire.format == "json":
        return b'{"a": 1}'
    return message(body(elements(row.path for row in rulebook.rows)))


def read_a_plan(content: bytes) -> None:
    """A plan of the live run: refused, or cases that have names of their own."""
    path = scratch() / "live.toml"
    path.write_bytes(content)
    try:
        plan = load_plan((builtin_rulebook(),), path)
    except PlanError as error:
        assert str(error)  # noqa: PT017 - as above
        return
    with suppress(PlanError):  # two cases of one name are refused here
        ids = [case.id for case in cases_of((builtin_rulebook(),), plan)]
        assert len(set(ids)) == len(ids)


def read_a_scenario(content: bytes) -> None:
    """A scenario of the emulator: refused, or played."""
    path = scratch() / "scenario.toml"
    path.write_bytes(content)
    with suppress(ScenarioError):
        load_scenario(builtin_rulebook(), path)


def read_a_result(content: bytes) -> None:
    """A saved result: refused, or written again as it was read."""
    rulebook = builtin_rulebook()
    try:
        saved = SavedResult([rulebook], content)
    except ResultError as error:
        assert str(error)  # noqa: PT017 - as above
        return
    again = SavedResult([rulebook], written(rulebook, list(saved.results()), saved.summary))
    assert list(again.results()) == list(saved.results())


def written(rulebook: Rulebook, results: list[ResponseResult], summary: Summary) -> bytes:
    """Write a result as ``check --format json`` does."""
    report = JsonFormatter(rulebook)
    text = report.begin() + "".join(map(report.response, results)) + report.end(summary)
    return text.encode()


def results() -> Iterator[bytes]:
    """Saved results to begin with."""
    rulebook = builtin_rulebook()
    for content in (
        SMALL,
        b"<a/>",
        message(body("<ep:x/>")),
        message(body(elements(["host/email", "agenda"]))),
    ):
        summary = Summary()
        judged = [r for r in checker().check(Recording("a", content)) if isinstance(r, ResponseResult)]
        kept = [_shortened(result) for result in judged]
        for result in kept:
            summary.add(result)
        yield written(rulebook, kept, summary)


def _shortened(result: ResponseResult) -> ResponseResult:
    from msgspec.structs import replace

    findings = [f for f in result.findings if f.severity == "error"][:1]
    findings += [f for f in result.findings if f.severity != "error"][:1]
    return replace(result, findings=tuple(findings), undetermined=result.undetermined[:2])


def sidecars() -> Iterator[bytes]:
    """Sidecars to begin with."""
    yield b'service = "MC"\ncaller = "anonymous"\nrole = "none"\npassword = "refused"\noutcome = "failure"\n'
    yield b"[a]\nb = [1, 1.5, 2020-01-01, {c = '''d'''}]\n"
    for path in sorted(EXAMPLES.glob("*/**/*.context.toml")):
        yield path.read_bytes()


def baselines() -> Iterator[bytes]:
    """Baselines to begin with."""
    yield b'format = 1\n\n# why\n[[entries]]\nrule = "leaked"\nid = "a"\nreason = "b"\nexpires = 2030-12-31\n'
    yield b'format = 1\r\nentries = [{rule = "missing", id = "a", first_seen = 2026-01-01}]\r\n'
    yield b'format = 1\n[[entries]] # x\nrule = "leaked"\nid = "a"\n#y\n\n[[entries]]\nid = """\n[[entries]]\n"""\nrule = "omitted"\n'


@functools.cache
def _configuration() -> bytes:
    return b'paths = ["a"]\nmin-coverage = 80\nstrict = true\nunlisted = "ignore"\nallow-unchecked = ["not-xml"]\nmax-size = "1M"\nfacts = {role = "host"}\njobs = 2\nreport = ["json=a.json"]\nrules = "r"\n'


def configurations() -> Iterator[bytes]:
    """Configurations to begin with."""
    yield _configuration()
    yield b"[tool.whosees]\n" + _configuration()
    yield b"[tool]\nwhosees = 3\n"


def rulebooks() -> Iterator[bytes]:
    """Rulebooks to begin with: the skeleton, and those that ship, which are long."""
    for folder in map(Path, (SKELETON, BUILTINS["webex-rest-meeting"])):
        document = (folder / RULEBOOK_FILE).read_bytes()
        lines = [line for line in document.splitlines() if line.strip() and not line.startswith(b"#")]
        (table,) = folder.glob("*.csv")
        yield b"\n".join(lines).replace(b"views.csv", b"table.csv") + SEPARATOR + table.read_bytes()


def plans() -> Iterator[bytes]:
    """Plans to begin with."""
    yield (EXAMPLES / "live.toml").read_bytes()
    yield b'site = "a"\nsessions = [{key = "1", service = "MC", name = "b"}]\ncallers = [{webex_id = "c", password = {env = "D"}, roles = {"MC~b" = "host"}}]\n'


def scenarios() -> Iterator[bytes]:
    """Scenarios to begin with."""
    yield BUILTIN.read_bytes()
    yield b'sites = [{name = "a"}]\nusers = [{site = "a", webex_id = "b", email = "c"}]\nsessions = [{site = "a", key = "1", service = "MC", host = "b", repeat = {document = 2}, without = ["agenda"]}]\n'
