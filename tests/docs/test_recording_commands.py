"""The commands of the pages on live traffic and on recording formats run, with addresses of this machine in place of the examples'."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from support.command import whosees
from support.documents import ROOT, SCRIPTS, blocks
from support.servers import emulating, watching

WATCH = (ROOT / "docs" / "guides" / "watch-traffic.md").read_text("utf-8")
FORMATS = (ROOT / "docs" / "reference" / "recordings.md").read_text("utf-8")
TOOLS = ROOT / "tests" / "tools"

SCRIPTS_OF_PAGE = [block.text for block in blocks(WATCH) if block.language == "sh"]


def script(beginning: str) -> str:
    (found,) = [text for text in SCRIPTS_OF_PAGE if text.startswith(beginning)]
    return found


def test_the_page_has_no_other_scripts() -> None:
    """The first two are run, with the output beside them, by the test of all pages."""
    beginnings = [re.split(r" (?=--)|\n", text)[0] for text in SCRIPTS_OF_PAGE]
    assert beginnings == ["whosees emulate", "whosees live", *["whosees watch"] * 2, "whosees check DIR"]


def test_a_proxy_with_a_folder_of_rulebooks_records_what_check_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = script("whosees watch --upstream https").split()[2:]
    assert words[:2] == ["--upstream", "https://staging.example"]
    for name in ("github-user", "github-repos"):
        shutil.copytree(ROOT / "rules" / name, tmp_path / "rules" / name)
    monkeypatch.chdir(tmp_path)
    with (
        emulating("--rules", "github-user", "--fault", "leak:private_gists") as (url, _),
        watching(url.removesuffix("/user"), *words[2:], "--record", "DIR") as watch,
    ):
        address = f"http://127.0.0.1:{watch.port}/users/octocat"
        assert httpx.get(address, trust_env=False).status_code == 200
        watch.end()
    assert json.loads(Path("watch.json").read_text())["summary"]["responses"] == 1
    assert Path("findings.jsonl").read_text().count("\n") >= 1
    assert whosees(*script("whosees check DIR").split()[1:], cwd=tmp_path).code == watch.code


def test_the_proxy_runs_around_a_test_suite(tmp_path: Path) -> None:
    """A script stands for `npm test`: it makes one call."""
    (tmp_path / "npm").write_text(
        '#!/bin/sh\nexec curl --silent --data-binary @request.xml "$API_URL/WBXService/XMLService"\n'
    )
    (tmp_path / "npm").chmod(0o755)
    request = (ROOT / "examples" / "recordings" / "curl.request.xml").read_text("utf-8")
    practice = request.replace(">example<", ">practice<").replace("100200300", "100000001")
    (tmp_path / "request.xml").write_text(practice)
    with emulating("--fault", "leak:accessControl/sessionPassword") as (url, _):
        text = script("whosees watch --upstream http:")
        for old, new in zip(
            ("8000", "8767", "8766"), (url.split(":")[2].split("/")[0], *free_ports()), strict=True
        ):
            text = text.replace(f":{old}", f":{new}")
            listen = f" --listen 127.0.0.1:{new} "
        text = text.replace(" --admin", f"{listen}--admin", 1)
        done = subprocess.run(
            ["bash", "-c", text],
            cwd=tmp_path,
            env={**os.environ, "PATH": f"{tmp_path}:{SCRIPTS}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1, done.stderr
    assert "accessControl/sessionPassword" in (tmp_path / "watch.xml").read_text()


def free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def recording_commands() -> list[str]:
    """The commands and calls in the second column of the table of tools."""
    table = FORMATS.partition("| format | how to record it | what to know |")[2].partition("\n\n")[0]
    codes = [code for line in table.splitlines()[2:] for code in re.findall(r"`(.*?)`", line.split("|")[2])]
    return [
        code for code in codes if "(" in code or re.match(r"[a-z]+ ", code)
    ]  # others are names and settings


def test_each_way_to_record_is_one_that_the_campaign_of_tools_runs() -> None:
    """Program and options of each command of the table, and each call of a library, are in the campaign's sources."""
    sources = "".join(
        path.read_text("utf-8") for path in [*TOOLS.glob("*.py"), *TOOLS.glob("clients/clients.*")]
    )
    compact = re.sub(r"""[\s"',]""", "", sources)
    assert len(recording_commands()) >= 9
    for command in recording_commands():
        if "(" in command:
            used = re.sub(r"\s", "", command.partition("(")[2])
            assert all(part in compact for part in re.split(r"[(){},]", used)), command
        else:
            program, *rest = command.split()
            for word in [program, *[each for each in rest if each.startswith("-")]]:
                assert word in sources, f"{command}: {word}"
