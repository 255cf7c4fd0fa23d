"""The other commands, the plugin, and every option that names a file: given a recording, in place of what it takes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from secrecy import broken, planted
from secrecy.marker import MARK
from secrecy.sealed import Sealed
from support.servers import RawServer, http
from whosees.reports.check.registry import FORMATS

READS: dict[str, tuple[str, ...]] = {
    "check --request": ("check", "good.xml", "--request", "FILE"),
    "check --baseline": ("check", "good.xml", "--baseline", "FILE"),
    "check --config": ("check", "good.xml", "--config", "FILE"),
    "check --rules": ("check", "good.xml", "--rules", "FILE"),
    "explain": ("explain", "hostKey", "FILE", "-v"),
    "explain RESPONSE": ("explain", "agenda", "FILE", "--format", "json"),
    "explain --request": ("explain", "agenda", "good.xml", "--request", "FILE"),
    "expect --request": ("expect", "--service", "MC", "--request", "FILE"),
    "matrix --rules": ("matrix", "--rules", "FILE"),
    "explore --rules": ("explore", "--rules", "FILE"),
    "convert": ("convert", "FILE"),
    "rules lint": ("rules", "lint", "FILE"),
    "rules show": ("rules", "show", "FILE", "--format", "html"),
    "rules diff": ("rules", "diff", "FILE", "getsessioninfo"),
    "rules new --openapi": ("rules", "new", "new", "--openapi", "FILE"),
    "rules new --xsd": ("rules", "new", "new", "--xsd", "FILE"),
    "rules new --graphql": ("rules", "new", "new", "--graphql", "FILE"),
    "rules infer --openapi": (
        "rules",
        "infer",
        "good.xml",
        "--column",
        "service",
        "-o",
        "new",
        "--openapi",
        "FILE",
    ),
    "live --plan": ("live", "--plan", "FILE"),
    "live --ca-file": ("live", "--plan", "plan.toml", "--ca-file", "FILE"),
    "watch --ca-file": ("watch", "--upstream", "https://localhost", "--ca-file", "FILE"),
    "watch --tls-cert": ("watch", "--upstream", "http://localhost", "--tls-cert", "FILE"),
    "emulate --scenario": ("emulate", "--port", "0", "--scenario", "FILE"),
}
"""Every way to name a file that is read; FILE stands for it."""

RESULTS = {
    "a schema": f'{{"schema": "{MARK}"}}',
    "no rulebook": f'{{"schema": "whosees/check@1", "rulebook": "{MARK}"}}',
    "an outcome": f'{{"schema": "whosees/check@1", "rulebook": {{}}, "summary": {{}}, "responses": [{{"outcome": "{MARK}"}}]}}',
    "cut": f'{{"schema": "whosees/check@1", "rulebook": {{"id": "{MARK}',
}
PLANS = {
    "a password itself": f'site = "s"\n[[sessions]]\nkey = "1"\npassword = "{MARK}"',
    "an unknown key": f'site = "s"\nsecret = "{MARK}"',
    "cut": f'site = "s"\n[[callers]]\npassword = "{MARK}',
    "no service": f'site = "s"\n[[sessions]]\nkey = "1"\nservice = "{MARK}"',
    "a url with a password": f'url = "https://u:{MARK}@127.0.0.1:1/"\nsite = "s"\n[[sessions]]\nkey = "1"',
}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    files = planted.texts()
    for name in (
        "pair.request.xml",
        "traffic.har",
        "vcrpy.yaml",
        "log.jsonl",
        "sidecar.context.toml",
        "raw.http",
    ):
        (folder / name).write_bytes(files[name])
    (folder / "cut.xml").write_bytes(files["plain.xml"].partition(MARK.encode()[4:])[0])
    (folder / "failed.xml").write_bytes(files["failure.xml"])
    (folder / "leak.xml").write_bytes(planted.response("MC"))
    (folder / "rest.json").write_bytes(planted.rest())
    for kind, texts in (("result", RESULTS), ("plan", PLANS)):
        for number, text in enumerate(texts.values()):
            (folder / f"{kind}{number}.toml").write_text(text)
    for number, sidecar in enumerate(broken.sidecars().values()):
        (folder / f"sidecar{number}.toml").write_bytes(sidecar)
    return folder


def test_no_option_that_names_a_file_quotes_it(sealed: Sealed, inputs: Path) -> None:
    (sealed.work / "good.xml").write_bytes(planted.response("MC", ()).replace(MARK.encode(), b"x"))
    (sealed.work / "plan.toml").write_text(
        'url = "https://127.0.0.1:1/"\nsite = "s"\n[[sessions]]\nkey = "1"\n'
    )
    files = sorted(inputs.iterdir())
    commands = [
        [str(file) if word == "FILE" else word for word in command]
        for command in READS.values()
        for file in files
    ]
    ended = sealed.session(commands)
    assert {one.code for one in ended} == {0, 1, 2, 3}
    assert len(ended) == len(READS) * len(files) > 700


def test_explain_and_expect_tell_what_was_seen_and_no_text(sealed: Sealed, inputs: Path) -> None:
    explain = ("explain", "hostKey", inputs / "leak.xml")
    expect = ("expect", "--service", "MC", "--request", inputs / "pair.request.xml")
    ended = sealed.session(
        (*command, "--format", format_) for command in (explain, expect) for format_ in ("text", "json")
    )
    assert [(one.code, b"hostKey" in one.out) for one in ended[:2]] == [(0, True)] * 2
    assert [(one.code, b"authenticated" in one.out) for one in ended[2:]] == [(0, True)] * 2


def test_convert_writes_none_of_it_in_any_format(sealed: Sealed, sound: Path) -> None:
    assert sealed.run("check", sound, "-o", "all.json", "--format", "json").code == 1
    reports = [word for name in FORMATS for word in ("--report", f"{name}=again.{name}")]
    ended = sealed.run("convert", "all.json", "-v", *reports)
    assert (ended.code, len(ended.out) > 10_000) == (0, True)


def test_json_messages_give_away_no_value(sealed: Sealed) -> None:
    """The second rulebook's messages are JSON; their members' names are shown, their values are not."""
    folder = sealed.root.parent / "rest"
    folder.mkdir()
    sound = planted.rest()
    for number, (_, content) in enumerate([("", sound), *broken.broken_at(sound, 4)]):
        (folder / f"{number:03}.json").write_bytes(content)
        (folder / f"{number:03}.request.json").write_bytes(content if number % 2 else sound)
    (folder / "error.json").write_text(f'{{"errors": ["{MARK}"], "trackingId": "{MARK}"}}')
    (folder / "twice.json").write_text(f'{{"id": "{MARK}", "id": "{MARK}"}}')
    rules = ("--rules", "webex-rest-meeting", "--fact", "view=admin")
    reports = [word for name in FORMATS for word in ("--report", f"{name}=rest.{name}")]
    ended = sealed.run("check", folder, *rules, "-v", *reports)
    assert (ended.code, b"unknownMember" in ended.out) == (1, True)
    assert sealed.run("explain", "hostKey", folder / "000.json", *rules).code == 0


def test_the_plugin_and_its_cache_hold_none_of_it(sealed: Sealed, inputs: Path, sound: Path) -> None:
    (sealed.work / "pytest.ini").write_text("[pytest]\n")
    (sealed.work / "test_own.py").write_text(OWN.format(leak=str(inputs / "leak.xml")))
    files = [
        str(sound / name)
        for name in ("pair.response.xml", "unknown.xml", "log.jsonl", "traffic.har", "all.zip")
    ]
    named = [word for name in files for word in ("--whosees", name)]
    ended = sealed.run(
        "-q", "-rA", "--rootdir=.", "--tb=long", "--junitxml=junit.xml", "-o", "junit_logging=all", *named,
        command=(sys.executable, "-m", "pytest"),
    )  # fmt: skip
    assert ended.code == 1
    raised = re.findall(rb"^\S*test_own\.py:\d+: (\w+): ", ended.out, re.MULTILINE)
    assert {*raised} >= {b"NotConformantError", b"MessageTypeError", b"FactError"}
    assert any(path.name == "lastfailed" for path in sealed.work.rglob("*")), (
        "pytest's cache was looked through"
    )


OWN = """
from pathlib import Path

CONTENT = Path({leak!r}).read_bytes()


def test_that_leaks(whosees):
    whosees.assert_conformant(CONTENT, caller="anonymous", password="not-supplied")


def test_with_a_request(whosees):
    whosees.assert_conformant(CONTENT, request=CONTENT)


def test_of_another_type(whosees):
    whosees.assert_conformant(CONTENT, request=1)


def test_with_an_unknown_value(whosees):
    whosees.assert_conformant(CONTENT, caller="nobody")


def test_that_checks(whosees):
    whosees.check(CONTENT.decode(), request=CONTENT)
"""


@pytest.fixture
def server() -> Iterator[str]:
    """A server whose answers hold the marker wherever HTTP has room for it."""

    def reply(request: bytes) -> bytes:
        body = planted.failure() if b"wrong-password" in request else planted.response("MC")
        return http(body, f"200 {MARK}", *(f"{name}: {text}" for name, text in planted.HEADERS.items()))

    raw = RawServer(reply)
    yield raw.url()
    raw.close()


def test_live_keeps_and_says_nothing_of_its_secrets_or_of_the_answers(sealed: Sealed, server: str) -> None:
    (sealed.work / "plan.toml").write_text(
        'site = "s"\n[[sessions]]\nkey = "1"\nservice = "MC"\npassword = {env = "MEETING"}\n'
        '[[callers]]\nanonymous = true\n[[callers]]\nwebex_id = "w"\npassword = {env = "LOGIN"}\n'
    )
    reports = [word for name in FORMATS for word in ("--report", f"{name}=live.{name}")]
    ended = sealed.run(
        "live", "--plan", "plan.toml", "--url", server, "-v", "--record", "kept", *reports,
        MEETING=MARK, LOGIN=MARK,
    )  # fmt: skip
    assert ended.code == 1, ended.err
    assert len(list((sealed.work / "kept").rglob("*.response.xml"))) == 6
    assert sealed.run("check", "kept", "-v").code == 1
    (sealed.work / "plan.toml").unlink()
