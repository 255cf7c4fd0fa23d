"""Recordings as people have them, through the installed command: evidence in messages, and folders of files."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from . import messages, tool
from .reading import (
    CONTEXTS,
    MUST,
    MUST_NOT,
    PASSWORDS,
    ROW,
    SERVICES,
    SHOULD,
    UNKNOWN,
    Context,
    Response,
    closed,
    expected,
    ideal,
    judge,
)

_SHOWN_BY_REQUESTS = [
    Context(service, *person, password)
    for service in SERVICES
    for person in (("anonymous", "none"), ("authenticated", "host"), ("authenticated", UNKNOWN))
    for password in PASSWORDS
]
_NOTHING_KNOWN = [Context(service, UNKNOWN, UNKNOWN, UNKNOWN) for service in SERVICES]


def _one_changed(context: Context) -> list[Response]:
    """The response that a context should see, and each that differs from it by one row that it depends on."""
    whole = ideal(context)
    more = [path for path in ROW if expected(context, path) == MUST_NOT]
    fewer = [path for path in whole if "/" not in path and path not in ("metaData", "host")]
    return [
        whole,
        *(whole | closed([path]) for path in more),
        *(frozenset(place for place in whole if place.split("/")[0] != path) for path in fewer),
    ]


@pytest.mark.parametrize("context", [*_SHOWN_BY_REQUESTS, *_NOTHING_KNOWN], ids="-".join)
def test_a_context_that_the_messages_show_is_judged_without_being_stated(context: Context) -> None:
    request = None if context in _NOTHING_KNOWN else messages.request(context)
    for places in _one_changed(context):
        message = messages.response(places, context.service)
        result = tool.check(message.content, request=request)
        assert tuple(result.resolved.context[fact] for fact in context._fields) == context
        assert tool.found(result) == tool.finding_lines(judge(places, context), message)


def _write(folder: Path, name: str, places: Response, context: Context) -> messages.Message:
    message = messages.response(places, context.service)
    (folder / f"{name}.response.xml").write_bytes(message.content)
    (folder / f"{name}.context.toml").write_bytes(messages.sidecar(context))
    return message


def _reported(response: dict[str, Any]) -> set[tuple[object, ...]]:
    return {
        (each["rule"], each["severity"], each["path"], each["cause"], tuple(each["lines"]))
        for each in response["findings"]
        if each["severity"] != "note"
    }


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_folder_with_every_context_conforms(tmp_path: Path, jobs: str) -> None:
    for context in CONTEXTS:
        _write(tmp_path, "-".join(context), ideal(context), context)
    report = tool.command("check", str(tmp_path), "--jobs", jobs, code=0)
    contexts = sorted(CONTEXTS, key="-".join)
    assert [
        tuple(response["context"][fact]["value"] for fact in Context._fields)
        for response in report["responses"]
    ] == contexts
    summary = report["summary"]
    assert [summary[key] for key in ("responses", "conformant", "violating", "unchecked", "skipped")] == [
        *(105, 105, 0, 0, 0)
    ]
    assert (summary["findings"]["error"], summary["findings"]["warning"]) == (0, 0)


@pytest.mark.parametrize("service", SERVICES)
def test_a_folder_of_wrong_responses_is_reported_one_by_one(tmp_path: Path, service: str) -> None:
    context = Context(service, "authenticated", "panelist", "not-supplied")
    responses = _one_changed(context)
    written = [_write(tmp_path, f"{index:03}", places, context) for index, places in enumerate(responses)]
    report = tool.command("check", str(tmp_path), "--jobs", "2", code=1)
    for places, message, response in zip(responses, written, report["responses"], strict=True):
        assert _reported(response) == tool.finding_lines(judge(places, context), message)
    findings = [finding for places in responses for finding in judge(places, context)]
    errors = [finding for finding in findings if tool.SEVERITY[finding.rule] == "error"]
    counted = report["summary"]["findings"]
    assert (counted["error"], counted["warning"]) == (len(errors), len(findings) - len(errors))


def test_what_findings_say_of_their_row_is_what_the_page_says(tmp_path: Path) -> None:
    context = Context("TC", "anonymous", "none", "supplied")
    wrong = frozenset(ROW) - {path for path in ROW if path.startswith(("test", "schedule"))}
    _write(tmp_path, "wrong", closed(wrong), context)
    [response] = tool.command("check", str(tmp_path), code=1)["responses"]
    judged = [finding for finding in response["findings"] if finding["severity"] != "note"]
    assert {finding["expectation"] for finding in judged} == {MUST, SHOULD, MUST_NOT}
    for finding in judged:
        row = ROW[finding["path"]]
        assert finding["element"] == row.printed
        assert finding["marker"] == tool.MARKER[row.cell("TC")]
        assert finding["expectation"] == expected(context, row.path)


@pytest.mark.parametrize("strict", [False, True])
def test_what_only_should_be_there_is_an_error_with_strict_alone(tmp_path: Path, strict: bool) -> None:
    context = Context("MC", "anonymous", "none", "supplied")
    _write(tmp_path, "short", ideal(context) - {"metaData/agenda"}, context)
    report = tool.command("check", str(tmp_path), *(["--strict"] if strict else []), code=1 if strict else 0)
    [finding] = [each for each in report["responses"][0]["findings"] if each["severity"] != "note"]
    assert (finding["path"], finding["severity"]) == ("metaData/agenda", "error" if strict else "warning")


@pytest.mark.parametrize("service", SERVICES)
def test_the_command_of_a_finding_explains_that_finding(tmp_path: Path, service: str) -> None:
    context = Context(service, "authenticated", "presenter", "not-supplied")
    whole = closed(path for path in ROW if expected(context, path) == MUST_NOT)
    _write(tmp_path, "wrong", whole, context)
    [response] = tool.command("check", str(tmp_path), code=1)["responses"]
    for finding in response["findings"]:
        if finding["path"] in ROW:
            _, *pasted = shlex.split(finding["explain"])
            [match] = [each for each in tool.answer(*pasted)["matches"] if each["path"] == finding["path"]]
            assert match["context"] == context._asdict()
            assert match["expectation"] == finding["expectation"] == expected(context, finding["path"])
