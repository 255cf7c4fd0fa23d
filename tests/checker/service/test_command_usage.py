"""Messages of `whosees live` and `whosees emulate` about wrong usage, and their lists without a call."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.practice import EXAMPLE

Whosees = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[3]
DEFAULT_URL = "http://127.0.0.1:8765/WBXService/XMLService"


def test_the_example_and_the_emulator_agree_on_the_address(whosees: Whosees) -> None:
    assert f'url = "{DEFAULT_URL}"' in EXAMPLE.read_text(encoding="utf-8")
    help_text = whosees("emulate", "--help").stdout
    assert "default: 127.0.0.1" in help_text
    assert "default: 8765" in help_text


def test_the_list_of_cases(whosees: Whosees) -> None:
    done = whosees("live", "--plan", str(EXAMPLE), "--list", "--only", "EC/anonymous/*")
    assert done.stdout == "EC/anonymous/supplied\nEC/anonymous/not-supplied\nEC/anonymous/wrong\n"
    listed = json.loads(whosees("live", "--plan", str(EXAMPLE), "--list", "--format", "json").stdout)
    assert listed["schema"] == "whosees/cases@1"
    assert listed["cases"][2] == {
        "id": "MC/anonymous/wrong",
        "context": {"service": "MC", "caller": "anonymous", "role": "none", "password": "not-supplied"},
        "password": "wrong",
    }


WRONG = {
    ("live",): "`--url` is missing; pass `--plan FILE`, or `--url`, `--site` and `--session-key`",
    ("live", "--url", "http://127.0.0.1/", "--site", "s"): "`--session-key` is missing",
    ("live", "--plan", "no.toml"): "the plan `no.toml`: no such file or directory",
    (
        "live",
        "--plan",
        str(EXAMPLE),
        "--site",
        "s",
    ): "`--site` cannot be used with `--plan`; the plan says it",
    ("live", "--plan", str(EXAMPLE), "--only", "XX"): "`XX` matches no case of the plan; --list shows them",
    (
        "live",
        "--plan",
        str(EXAMPLE),
        "--url",
        "https://a:secret-word@b",
    ): "the url must not contain a user or password",
    ("live", "--plan", str(EXAMPLE), "--url", "ftp://b"): "the url must begin with https:// (or http://)",
    ("live", "--plan", str(EXAMPLE), "--url", "https://site.invalid/"): (
        "the environment variable `WHOSEES_MC_PASSWORD` is not set; `loopback` is sent to this machine only"
    ),
    ("live", "--plan", str(EXAMPLE), "--ca-file", "no.pem"): (
        "the certificates of `--ca-file` cannot be used: no such file or directory"
    ),
    (
        "live",
        "--url",
        "http://127.0.0.1/",
        "--site",
        "s",
        "--session-key",
        "1",
        "--service",
        "XC",
    ): "`sessions`: not a known service",
    ("emulate", "--fault", "leek:x"): "`--fault leek:x`: unknown fault `leek`; did you mean `leak`?",
    (
        "emulate",
        *("--rules", "webex-rest-meeting", "--fault", "ignore-password"),
    ): "`--fault ignore-password`: `ignore-password` is for rulebooks of XML services; `status:403` refuses a call",
    (
        "emulate",
        *("--rules", "webex-rest-meeting", "--fault", "leak:agenda@user/hots"),
    ): "`--fault leak:agenda@user/hots`: no case matches `user/hots`; did you mean `host`?",
    ("emulate", "--rules", "webex-rest-meeting", "--scenario", "x.toml"): (
        "`--scenario` is for the XML service; pass `--fact` for other rulebooks"
    ),
    (
        "emulate",
        "--fact",
        "view=user",
    ): "`--fact` is for JSON rulebooks; pass `--scenario` for the XML service",
    ("emulate", "--rules", "webex-rest-meeting", "--fact", "view=usr"): (
        "`--fact view`: `usr` is not a known view; did you mean `user`?"
    ),
    (
        "live",
        *("--rules", "webex-rest-meeting", "--url", "http://127.0.0.1/", "--site", "s", "--session-key", "1"),
    ): (
        "`live` cannot use the rulebook `webex-rest-meeting` for sessions, which are asked about in XML: its messages "
        "are JSON; write a plan with `requests`"
    ),
    ("emulate", "--fault", "leak:"): "`--fault leak:`: it needs the path of an element, as in `leak:status`",
    ("live", "--plan", "/dev/zero"): "the plan `/dev/zero`: it is not a regular file",
    ("emulate", "--scenario", "/dev/zero"): "the scenario `/dev/zero`: it is not a regular file",
    ("emulate", "--scenario", "no.toml"): "the scenario `no.toml`: no such file or directory",
    (
        "emulate",
        "--host",
        "192.0.2.1",
    ): "cannot listen on `192.0.2.1`, port 8765: cannot assign requested address",
    (
        "emulate",
        "--host",
        "no\x1bhost.invalid.",
    ): "cannot listen on `no\\x1bhost.invalid.`, port 8765: ",
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage(whosees: Whosees, arguments: tuple[str, ...]) -> None:
    done = whosees(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("whosees: ")
    assert WRONG[arguments] in done.stderr
    assert "secret-word" not in done.stderr
    assert "Traceback" not in done.stderr


def test_two_xml_services_are_not_emulated_at_one_address(whosees: Whosees, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules" / "getsessioninfo", tmp_path / "other")
    file = tmp_path / "other" / "rulebook.toml"
    file.write_text(file.read_text("utf-8").replace('id = "getsessioninfo"', 'id = "other"', 1), "utf-8")
    done = whosees("emulate", "--rules", "getsessioninfo", "--rules", str(tmp_path / "other"))
    assert done.returncode == 2
    assert (
        "`getsessioninfo`, `other` are called at one address; emulate one XML service at a time"
        in done.stderr
    )


def test_a_plan_without_url_needs_one(whosees: Whosees, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('site = "s"\n[[sessions]]\nkey = "1"\n')
    done = whosees("live", "--plan", str(tmp_path / "p.toml"))
    assert done.stderr.startswith("whosees: no server to call; pass `--url`, or set `url` in the plan\n")
    (tmp_path / "p.toml").write_text(
        'site = "s"\n[[sessions]]\nkey = "1"\n[[callers]]\nanonymous = true\nrole = "host"\n'
    )
    assert "an anonymous caller has no role" in whosees("live", "--plan", str(tmp_path / "p.toml")).stderr


def test_a_port_that_is_taken(whosees: Whosees) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = whosees("emulate", "--port", str(listener.getsockname()[1]))
    assert done.returncode == 2
    assert ": address already in use; choose another `--host` or `--port`" in done.stderr


@pytest.mark.parametrize(("command", "module"), [("live", "httpx"), ("emulate", "uvicorn")])
def test_without_its_extra_a_command_says_which_to_install(
    whosees: Whosees, tmp_path: Path, command: str, module: str
) -> None:
    hide = "import importlib.util as u\nfind = u.find_spec\n"
    hide += f"u.find_spec = lambda name, package=None: None if name == {module!r} else find(name, package)\n"
    (tmp_path / "sitecustomize.py").write_text(hide)
    arguments = ("--plan", str(EXAMPLE)) if command == "live" else ()
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = whosees(command, *arguments, PYTHONPATH=path)
    assert done.returncode == 2
    install = f"pip install 'whosees[{command}]'"
    assert done.stderr == (
        f"whosees: `whosees {command}` needs `{module}`, which is not installed: {install}\n"
    )
