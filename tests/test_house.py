"""The house: imports go down, the engine speaks of no particular API, and what documents name is there."""

from __future__ import annotations

import re
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

from sightline.engine.finding import RULES
from sightline.rules import builtin_rulebook
from support.command import sightline

ROOT = Path(__file__).parents[1]
RULEBOOK = builtin_rulebook()

ENGLISH = {
    "name",
    "test",
    "title",
    "size",
    "document",
    "description",
    "action",
    "status",
    "account",
    "present",
}
"""Names of elements that are plain English words, which any code may use as such."""


def words_of_the_rulebook() -> set[str]:
    words = {row.element for row in RULEBOOK.rows} | {row.path.rpartition("/")[2] for row in RULEBOOK.rows}
    words |= {name for column in RULEBOOK.columns for name in (column.title, *column.names)}
    words |= {fact.id for fact in RULEBOOK.facts}
    words |= {value.id for fact in RULEBOOK.facts if fact.id != "service" for value in fact.values}
    words |= {"webex", "GetSessionInfo", "Table 4-3", "PW"}
    return {word for word in words if word not in ENGLISH and word not in ("none", "caller")}


@pytest.mark.parametrize("path", sorted((ROOT / "engine").glob("*.py")), ids=lambda path: path.name)
def test_the_engine_names_nothing_of_webex(path: Path) -> None:
    """All such words come from the rulebook; examples in docstrings and comments may show them."""
    with path.open("rb") as file:
        tokens = [t for t in tokenize.tokenize(file.readline) if t.type in (tokenize.NAME, tokenize.STRING)]
    names_of_rules = {f'"{rule}"' for rule in RULES}  # Sightline's own words, whatever is in them
    code = " ".join(
        t.string for t in tokens if not t.string.startswith(('"""', "'''")) and t.string not in names_of_rules
    )
    found = {
        word for word in words_of_the_rulebook() if re.search(rf"\b{re.escape(word)}\b", code, re.IGNORECASE)
    }
    assert found == set()


def test_imports_go_down() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Contracts: 2 kept, 0 broken." in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md", "examples/README.md"])
def test_what_a_document_links_to_is_there(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / document).parent.joinpath(link).exists()] == []


def test_the_readme_shows_what_the_command_says() -> None:
    """Every console block of the README is run, and begins as it is printed there."""
    text = (ROOT / "README.md").read_text("utf-8")
    blocks = re.findall(r"```console\n\$ sightline (.*?)\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    for command, printed in blocks:
        assert sightline(*command.split(), cwd=ROOT).out.startswith(printed), command


def test_the_python_of_the_readme_runs() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_readme_knows_every_option_of_check() -> None:
    """Options that the README names exist, and those of judging are named in it."""
    readme = (ROOT / "README.md").read_text("utf-8")
    options = set()
    for command in ("check", "explain", "expect", "matrix"):
        options |= set(re.findall(r"--[a-z][a-z-]+", sightline(command, "--help").out))
    assert set(re.findall(r"--[a-z][a-z-]+", readme)) - options == set()


EXAMPLES = {"conformant": "conformant", "warning": "conformant", "violating": "violating"}


def test_the_examples_come_out_as_their_folders_say() -> None:
    run = sightline("check", "examples/synthetic", "--format", "json", cwd=ROOT)
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
