"""A document can make nothing happen: nothing is opened, nothing is called, whatever format carries it."""

from __future__ import annotations

import io
import json
import socket
import tarfile
import urllib.parse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from hostile.attacks import CARRIERS, INERT, REFUSED, REFUSED_AS_BYTES, SOUND, WITH_REQUEST
from hostile.canary import CONTENT, Audit, Canary, planted
from support.command import whosees
from support.judging import RULEBOOK
from support.traffic import ASKED, GOOD, Call, har, json_lines, tarred, zipped
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording, find_recordings
from whosees.checker.service.emulate.handler import SessionHandler
from whosees.checker.service.emulate.scenario import load_scenario
from whosees.engine.result import ResponseResult

UNSAFE = "it declares a document type; remove the DOCTYPE, which no message of the service has"


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    with planted(tmp_path) as found:
        yield found
        assert found.alarms() == []


@pytest.fixture(scope="module")
def audit() -> Audit:
    return Audit()


def test_a_canary_sings(tmp_path: Path) -> None:
    """A parser that does as documents say opens the file; and whoever calls the port is heard."""
    with planted(tmp_path) as found:
        assert found.alarms() == []
        attacked = REFUSED["an external entity"](GOOD, found)
        obedient = etree.XMLParser(resolve_entities=True, load_dtd=True)
        assert CONTENT in etree.tostring(etree.fromstring(attacked, obedient)).decode()
        assert set(found.alarms()) == {"the file was opened"}
        address = urllib.parse.urlsplit(found.url)
        socket.create_connection((str(address.hostname), address.port or 0)).close()
        assert found.alarms() == ["the server was called"]
        found.path.read_bytes()
        assert set(found.alarms()) == {"the file was opened"}


def written(folder: Path, canary: Canary) -> dict[str, str | None]:
    """Write every attack in every format; gives the reason that each file is to come to."""
    expected: dict[str, str | None] = {}
    folder.mkdir()
    for format_, carrier in CARRIERS.items():
        attacks = {**REFUSED, **INERT, **(REFUSED_AS_BYTES if carrier.keeps_bytes else {})}
        for name, attack in attacks.items():
            file = f"{format_}, {name}{carrier.ending}"
            (folder / file).write_bytes(carrier.pack(replace(SOUND, response=attack(GOOD, canary))))
            # UTF-32 is not read at all, so nobody gets as far as its document type.
            expected[file] = None if name in INERT else "not-xml" if name == "in UTF-32" else "unsafe-xml"
    return expected


def checked(path: Path) -> list[ResponseResult]:
    """Check a path in this process."""
    checker = Checker(Settings())
    results = [result for found in find_recordings([str(path)]) for result in checker.check(found)]
    return [result for result in results if isinstance(result, ResponseResult)]


def test_no_attack_in_any_format_does_anything(tmp_path: Path, canary: Canary, audit: Audit) -> None:
    folder = tmp_path / "attacks"
    expected = written(folder, canary)
    run = whosees("check", folder, "--format", "json", "--caller", "anonymous")
    responses = run.json["responses"]
    came_to = {
        response["source"]
        .removeprefix(f"{folder}/")
        .partition("#")[0]
        .partition("!")[0]
        .removesuffix(":1"): response
        for response in responses
    }
    assert {file: response["reason"] for file, response in came_to.items()} == expected
    assert len(responses) == len(expected) > 300
    assert {r["detail"] for r in responses if r["reason"] == "unsafe-xml"} == {UNSAFE}
    assert CONTENT not in run.out + run.err
    assert canary.alarms() == []

    checked(folder)  # what is imported late is imported now
    with audit.listening():
        results = checked(folder)
    assert len(results) == len(expected)
    opened = {argument for event, argument in audit.seen if event == "open"}
    assert opened == {str(folder / file) for file in expected}
    assert {event for event, _ in audit.seen} == {"open"}


def test_what_is_inert_is_judged_as_what_it_is(canary: Canary) -> None:
    """Elements that nobody lists are notes; attributes and instructions are nothing."""
    checker = Checker(Settings())
    sound = list(checker.check(Recording("a", GOOD)))
    for name, attack in INERT.items():
        (result,) = checker.check(Recording("a", attack(GOOD, canary)))
        assert isinstance(result, ResponseResult)
        assert isinstance(sound[0], ResponseResult)
        rest = [finding for finding in result.findings if finding.rule != "unlisted"]
        assert [f.id for f in rest] == [f.id for f in sound[0].findings], name
        assert (len(rest) < len(result.findings)) == (name not in ("a schema", "a stylesheet", "a model")), (
            name
        )
        assert CONTENT not in str(result)


@pytest.mark.parametrize("format_", WITH_REQUEST)
def test_a_request_is_read_as_carefully(format_: str, tmp_path: Path, canary: Canary) -> None:
    for name, attack in REFUSED.items():
        (tmp_path / "a").write_bytes(CARRIERS[format_].pack(replace(SOUND, request=attack(ASKED, canary))))
        (result,) = checked(tmp_path / "a")
        assert result.reason == "unsafe-xml", name
        assert (result.detail or "").endswith(UNSAFE), name
        assert canary.alarms() == [], name


def test_requests_beside_responses_and_of_the_flag(tmp_path: Path, canary: Canary) -> None:
    (tmp_path / "a.response.xml").write_bytes(GOOD)
    (tmp_path / "a.request.xml").write_bytes(REFUSED["an external entity"](ASKED, canary))
    beside = whosees("check", tmp_path / "a.response.xml", "--format", "json").json["responses"][0]
    assert (beside["reason"], beside["detail"]) == ("unsafe-xml", f"its request `a.request.xml`: {UNSAFE}")
    flag = whosees("check", tmp_path / "a.response.xml", "--request", tmp_path / "a.request.xml")
    assert (flag.code, flag.out) == (2, "")
    assert flag.err.startswith(f"whosees: `--request {tmp_path / 'a.request.xml'}`: {UNSAFE}\n")
    stdin = whosees("check", "-", stdin=REFUSED["an external DTD of the network"](GOOD, canary))
    assert stdin.code == 3
    run = whosees("explain", "status", tmp_path / "a.request.xml")
    assert "unsafe-xml" in run.err


def test_the_emulator_reads_as_carefully(canary: Canary) -> None:
    handler = SessionHandler(RULEBOOK, load_scenario(RULEBOOK))
    for attack in REFUSED.values():
        answer = handler.handle(attack(ASKED, canary))
        assert (answer.status, answer.body.decode()) == (400, f"refused: unsafe-xml: {UNSAFE}\n")


YAML = {
    "a call of Python": "!!python/object/apply:builtins.open [FILE]",
    "an object of Python": "!!python/object/new:subprocess.Popen [[cat, FILE]]",
    "a module of Python": "!!python/module:antigravity ''",
    "an object of Ruby": "!ruby/object:Gem::Installer {i: FILE}",
    "an include": "!include FILE",
    "a tag of its own": "!<tag:yaml.org,2002:js/function> 'function(){}'",
}


@pytest.mark.parametrize("name", YAML)
def test_tags_of_yaml_make_nothing(name: str, tmp_path: Path, canary: Canary, audit: Audit) -> None:
    value = YAML[name].replace("FILE", str(canary.path))
    (tmp_path / "a.yaml").write_text(
        f"interactions:\n- request: {{body: x}}\n  response: {{body: {value}}}\n"
    )
    with audit.listening():
        (found,) = find_recordings([str(tmp_path / "a.yaml")])
        (result,) = Checker(Settings()).check(found)
    assert isinstance(result, ResponseResult)
    assert result.detail == (
        "it is not plain YAML, at line 3: it has a tag, a merge key or a kind of key that plain data does not have"
    )
    assert "subprocess.Popen" not in {event for event, _ in audit.seen}
    assert str(canary.path) not in {argument for _, argument in audit.seen}


def test_references_in_json_lead_nowhere(tmp_path: Path, canary: Canary) -> None:
    body = {
        "id": "x",
        "$ref": canary.path.as_uri(),
        "title": {"$include": str(canary.path)},
        "@import": canary.url,
    }
    (tmp_path / "a.response.json").write_text(json.dumps(body))
    rules = ("--rules", "webex-rest-meeting", "--fact", "view=admin", "--format", "json")
    run = whosees("check", tmp_path / "a.response.json", *rules)
    assert run.json["responses"][0]["reason"] is None
    assert CONTENT not in run.out


def test_wiremock_opens_no_file_outside_of_its_folder(tmp_path: Path, canary: Canary) -> None:
    folder = tmp_path / "stubs"
    (folder / "__files").mkdir(parents=True)
    (folder / "mappings").mkdir()
    for number, name in enumerate(["../../canary.txt", str(canary.path), canary.path.as_uri(), canary.url]):
        mapping = {"request": {}, "response": {"status": 200, "bodyFileName": name}}
        (folder / "mappings" / f"{number}.json").write_text(json.dumps(mapping))
    run = whosees("check", folder, "--format", "json")
    assert CONTENT not in run.out + run.err


def test_archives_open_and_write_nothing_where_their_names_lead(tmp_path: Path, canary: Canary) -> None:
    written_ = io.BytesIO()
    with tarfile.open(fileobj=written_, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            for name in ("a.response.xml", str(canary.path)):
                info = tarfile.TarInfo(name)
                info.type, info.linkname = kind, str(canary.path)
                archive.addfile(info)
        for kind in (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("/dev/zero")
            info.type = kind
            archive.addfile(info)
    inside = [(str(canary.path), GOOD), ("../canary.txt", GOOD), ("..\\canary.txt", GOOD), ("c:/x.xml", GOOD)]
    for file, content in {
        "links.tar": written_.getvalue(),
        "names.tar": tarred(inside),
        "names.zip": zipped(inside),
    }.items():
        (tmp_path / file).write_bytes(content)
        before = set(tmp_path.iterdir())
        run = whosees("check", tmp_path / file, "--format", "json")
        assert run.code in (0, 1, 3)
        assert set(tmp_path.iterdir()) == before
        assert CONTENT not in run.out + run.err
    assert canary.alarms() == []
    assert canary.path.read_text() == CONTENT
    canary.alarms()  # that was this test's own


def test_a_text_of_json_can_declare_what_it_likes(tmp_path: Path) -> None:
    """Decoded text is declared anew as UTF-8: the declaration cannot bring a DOCTYPE in."""
    attacked = b'<?xml version="1.0" encoding="UTF-7"?>' + GOOD
    calls = [Call(attacked, ASKED)]
    for name, content in {"a.har": har(calls), "a.jsonl": json_lines(calls)}.items():
        (tmp_path / name).write_bytes(content)
        run = whosees("check", tmp_path / name, "--format", "json", "--caller", "anonymous")
        assert run.json["responses"][0]["reason"] is None
