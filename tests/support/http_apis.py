"""Exchanges of an HTTP API, judged by the rulebook of docs/reference/http-rulebooks.md or a variant of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Result, Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Headers, HttpFacts, Recording

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "http-rulebooks.md"
_FILE = re.compile(r'^```\w+ title="repos/([^"\n]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)

Variant = Callable[..., Checker]


def write_example(folder: Path, *replacements: tuple[str, str], more: str = "") -> Path:
    """Write the page's rulebook with replacements, each of which has to fit once, and with more keys at its end."""
    files = dict(_FILE.findall(PAGE.read_text(encoding="utf-8")))
    files["rulebook.toml"] += more
    for old, new in replacements:
        (name,) = [name for name, text in files.items() if old in text]
        assert files[name].count(old) == 1, old
        files[name] = files[name].replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def checker_of(folder: Path) -> Checker:
    """Return the checker of a folder's rulebook."""
    return Checker(Settings(rules=str(folder)))


def exchange(
    response: object,
    url: str | None = "https://api.example.test/repos?page=1",
    *,
    method: str | None = "GET",
    status: int | None = 200,
    sent: Mapping[str, str] | None = None,
    received: Mapping[str, str] | None = None,
    explicit: bool = False,
    request: bytes | None = b"",
) -> Recording:
    """Return an exchange of one of many calls; ``None`` for headers says that the recording keeps none."""
    content = response if isinstance(response, bytes) else json.dumps(response).encode()
    facts = HttpFacts(
        method,
        url,
        status,
        None if sent is None else Headers.of(sent.items()),
        None if received is None else Headers.of(received.items()),
    )
    return Recording("t.har", content, request, explicit=explicit, traffic=True, http=facts)


def outline(result: Result) -> tuple[str, ...]:
    """Return the source of a result, its outcome or why it is skipped, and what was found (rule and path)."""
    if isinstance(result, Skipped):
        return result.source, "skipped", result.why
    found = (f"{each.rule} {each.path}" for each in result.findings if each.severity != "note")
    return result.source, result.outcome.value, *found


def judged(checker: Checker, recording: Recording) -> list[tuple[str, ...]]:
    """Return what a recording comes to."""
    return [outline(result) for result in checker.check(recording)]
