"""The pages about CI: every shell line that they print is run as printed, in place of the CI system.

Installing is left out, since tests use no network: ``pip install`` and ``venv`` are stand-ins on the PATH.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.command import COMMAND, whosees

pytest_plugins = ["support.place"]

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "guides" / "ci").glob("*.md"))

STAND_IN = f"""#!/bin/sh
# python and pip as the pages call them: nothing is installed, and a new environment has the whosees under test
case "$1 $2 $3" in
  "-m pip install") [ -n "$WHOSEES$GITHUB_ACTION_PATH" ] || exit 9 ;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && ln -s "{COMMAND}" "$3/bin/whosees" ;;
  *) exit 9 ;;
esac
"""


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}(?: title=\S+)?\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )


def commands(value: Any, key: str = "") -> Iterator[str]:
    """Return the scripts that a CI system would run: the texts below ``run``, ``script`` and ``command``."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from commands(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from commands(inner, key)
    elif key in ("run", "script", "command"):
        yield str(value)


def scripts() -> Iterator[tuple[str, str]]:
    """Return each script with its name: the steps of a job together, a block of shell by itself."""
    for page in PAGES:
        found = [
            *("\n".join(commands(yaml.safe_load(text))) for text in blocks(page, "yaml")),
            *(
                inner
                for text in blocks(page, "groovy")
                for inner in re.findall(r"sh '''(.*?)'''", text, re.DOTALL)
            ),
            *blocks(page, "sh"),
        ]
        yield from ((f"{page.stem}-{number}", text) for number, text in enumerate(found) if text.strip())


SCRIPTS = dict(scripts())


def test_every_system_has_its_page_and_the_index_names_it() -> None:
    index = (ROOT / "docs" / "guides" / "ci" / "index.md").read_text("utf-8")
    assert {page.name for page in PAGES} - {"index.md"} == set(re.findall(r"\]\(([a-z-]+\.md)\)", index))
    assert {name.rpartition("-")[0] for name in SCRIPTS} == {page.stem for page in PAGES} - {"pre-commit"}


@pytest.fixture
def machine(place: Path) -> Path:
    """The environment that a CI system gives a job: the checkout, and a PATH."""
    tools = place / "tools"
    tools.mkdir()
    for name in ("python", "python3"):
        (tools / name).write_text(STAND_IN)
        (tools / name).chmod(0o755)
    (tools / "whosees").symlink_to(COMMAND)
    (place / "summary.md").touch()
    return place


def run(machine: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=machine,
        env={
            "PATH": f"{machine / 'tools'}:/usr/bin:/bin",
            "WHOSEES": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(machine / "summary.md"),
            **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE")},
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_lines_of_a_page_run_as_printed(name: str, machine: Path) -> None:
    script = SCRIPTS[name]
    violating = run(machine, script)
    judges = "check" in script
    assert violating.returncode == (1 if judges else 0), violating.stdout + violating.stderr
    reports = dict(re.findall(r"--report (\w+)=(\S+)", script))
    for file in reports.values():
        written = machine / (file if "$" not in file else "summary.md")
        assert written.stat().st_size > 0, file
        written.write_text("")
    for file in (machine / "recordings").glob("l*"):
        file.unlink()
    subprocess.run(["rm", "-rf", machine / ".whosees"], check=True)
    conformant = run(machine, script)
    assert conformant.returncode == 0, conformant.stdout + conformant.stderr
    assert "Traceback" not in violating.stderr + conformant.stderr


def action() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    return loaded


def test_the_action_runs_with_its_inputs(machine: Path) -> None:
    steps = action()["runs"]["steps"]
    script = "\n".join(commands(steps))
    inputs = {
        "WHOSEES_PATHS": "recordings/good.response.xml recordings/leak.response.xml",
        "WHOSEES_ARGUMENTS": "--unlisted ignore",
        "WHOSEES_SARIF": "out.sarif",
        "GITHUB_ACTION_PATH": str(ROOT),
    }
    done = run(machine, script, **inputs)
    assert done.returncode == 1, done.stderr
    assert "::error" in done.stdout
    assert (machine / "out.sarif").stat().st_size > 0
    assert (machine / "summary.md").stat().st_size > 0


def test_the_action_reads_cassettes_unless_told_otherwise() -> None:
    (install,) = [step for step in action()["runs"]["steps"] if "pip install" in step.get("run", "")]
    extra = action()["inputs"]["extras"]["default"]
    done = subprocess.run(
        ["bash", "-c", install["run"].replace("python -m pip install --quiet", "printf '%s'")],
        env={"GITHUB_ACTION_PATH": "/action", "WHOSEES_EXTRAS": extra},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "/action[yaml]"


def test_a_leak_without_its_request_is_not_green(machine: Path) -> None:
    """Nothing shows who was called, so nothing decides the leak: the action, the hook and every page must not pass it."""
    for file in (machine / "recordings").glob("*"):
        if file.name != "leak.response.xml":
            file.unlink()
    inputs = {"WHOSEES_PATHS": "recordings", "WHOSEES_SARIF": "out.sarif", "WHOSEES_ARGUMENTS": ""}
    required = action()["inputs"]["require"]["default"]
    script = "\n".join(commands(action()["runs"]["steps"]))
    assert (
        run(machine, script, WHOSEES_REQUIRE=required, GITHUB_ACTION_PATH=str(ROOT), **inputs).returncode == 3
    )
    assert run(machine, script, WHOSEES_REQUIRE="", GITHUB_ACTION_PATH=str(ROOT), **inputs).returncode == 0
    judging = {name: text for name, text in SCRIPTS.items() if "check" in text}
    assert {name for name, text in judging.items() if f" --require {required} " not in text} == set()
    assert run(machine, judging["index-0"]).returncode == 3


def test_inputs_of_the_action_are_never_part_of_a_script(machine: Path) -> None:
    steps = action()["runs"]["steps"]
    assert not any("${{" in command for command in commands(steps))
    given = {variable for step in steps for variable in step.get("env", {})}
    assert given == {
        "WHOSEES_PATHS",
        "WHOSEES_REQUIRE",
        "WHOSEES_ARGUMENTS",
        "WHOSEES_SARIF",
        "WHOSEES_EXTRAS",
    }
    used = {name for step in steps for name in re.findall(r"inputs\.([a-z-]+)", str(step))}
    assert used == set(action()["inputs"])
    hostile = {"WHOSEES_PATHS": "$(touch${IFS}hit) ;touch hit * `touch hit`", "WHOSEES_ARGUMENTS": ""}
    run(machine, "\n".join(commands(steps)), WHOSEES_SARIF="x", GITHUB_ACTION_PATH="x", **hostile)
    assert not (machine / "hit").exists()


def test_the_hook_calls_what_is_there(machine: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (config,) = yaml.safe_load(blocks(ROOT / "docs" / "guides" / "ci" / "pre-commit.md", "yaml")[0])["repos"]
    (used,) = config["hooks"]
    assert used["id"] == hook["id"]
    assert hook["pass_filenames"] is False
    done = run(machine, " ".join([hook["entry"], *used["args"]]))
    assert done.returncode == 1
    assert (
        "files" not in hook
    )  # recordings are known by their content, so no name keeps the hook from running
    names = [
        "recordings/a.response.xml",
        "recordings/b.har",
        "recordings/c",
        "whosees.toml",
        "whosees-baseline.toml",
    ]
    assert all(re.search(used["files"], name) for name in names)


def test_the_configuration_of_the_page_is_one(place: Path) -> None:
    page = ROOT / "docs" / "reference" / "configuration.md"
    own, shared = blocks(page, "toml")
    (place / "whosees.toml").write_text(own)
    (place / "whosees-baseline.toml").write_text(blocks(ROOT / "docs" / "guides" / "baseline.md", "toml")[0])
    done = whosees("check", "--no-progress", cwd=place)
    assert (done.code, "coverage is too low" in done.err) == (1, True)
    (place / "whosees.toml").unlink()
    (place / "pyproject.toml").write_text(shared)
    assert "leak.response.xml: violating" in whosees("check", cwd=place).out


def test_the_pages_know_every_key_and_option() -> None:
    page = (ROOT / "docs" / "reference" / "configuration.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z-]+)`", page))
    options = {option[2:] for option in re.findall(r"--[a-z][a-z-]+", whosees("check", "--help").out)}
    once = {"config", "no-config", "help", "version", "output", "fact"}
    switched_off = {option for option in options if option.startswith("no-")}
    assert options - once - switched_off - named == set()
