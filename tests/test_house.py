"""The house: imports go down, and what documents name is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.command import whosees
from support.installed import ENGINE

ROOT = Path(__file__).parents[1]


def test_imports_go_down() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Contracts: 3 kept, 0 broken." in done.stdout, done.stdout + done.stderr


DOCUMENTS = [
    "README.md",
    "CHANGELOG.md",
    "SECURITY.md",
    *(str(p.relative_to(ROOT)) for p in ROOT.glob("[de]*s/**/*.md")),
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_links_to_is_there(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    targets = [os.path.normpath(Path(document).parent / link) for link in links]
    # The code stands beside the documents in a checkout, and elsewhere where it is installed.
    either = (ROOT, ENGINE.parent)
    assert [target for target in targets if not any((place / target).exists() for place in either)] == []


def test_the_readme_shows_what_the_command_says() -> None:
    """Every console block of the README is run, and begins as it is printed there."""
    text = (ROOT / "README.md").read_text("utf-8")
    blocks = re.findall(r"```console\n\$ whosees (.*?)\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    for command, printed in blocks:
        assert whosees(*command.split(), cwd=ROOT).out.startswith(printed), command


def test_the_python_of_the_readme_runs() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_readme_knows_every_option_of_check() -> None:
    """Options that the README names exist, and those of judging are named in it."""
    readme = (ROOT / "README.md").read_text("utf-8")
    options = set()
    for command in ("check", "explain", "expect", "matrix", "live", "emulate", "explore", "rules diff"):
        options |= set(re.findall(r"--[a-z][a-z-]+", whosees(*command.split(), "--help").out))
    assert set(re.findall(r"--[a-z][a-z-]+", readme)) - options == {"--whosees"}, (
        "that one is the pytest plugin's"
    )


EXAMPLES = {"conformant": "conformant", "warning": "conformant", "violating": "violating"}


def test_the_examples_come_out_as_their_folders_say() -> None:
    run = whosees("check", "examples/synthetic", "--format", "json", cwd=ROOT)
    assert run.code == 1
    assert len(run.json["responses"]) >= 15
    services = set()
    for response in run.json["responses"]:
        folder = response["source"].split("/")[2]
        services.add(response["context"]["service"]["value"])
        assert response["outcome"] == EXAMPLES[folder], response["source"]
        severities = {finding["severity"] for finding in response["findings"]}
        assert ("warning" in severities) == (folder == "warning"), response["source"]
    assert services == {"MC", "SC", "TC", "EC", "AO", "unknown"}


def test_synthetic_examples_say_that_they_are() -> None:
    for path in (ROOT / "examples" / "synthetic").rglob("*.*"):
        assert "Synthetic" in path.read_text("utf-8"), path
