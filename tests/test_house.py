"""The house: imports go down, and what documents name is there."""

from __future__ import annotations

import ast
import contextlib
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.command import whosees
from support.installed import ENGINE
from support.options_page import command_of

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
OPENINGS = {"What", "How", "Why", "Which", "Where", "Who", "Whether", "Give"}
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
FOLDERS = ("benchmarks", "checker", "docs", "engine", "examples", "reports", "rules", "tests")
# The code stands beside the documents in a checkout, and elsewhere where it is installed.
PLACES = (ROOT, ENGINE.parent)


def prose(document: str) -> str:
    """Return the text of a document without its blocks of code."""
    return FENCE.sub("", (ROOT / document).read_text("utf-8"))


def is_there(path: str) -> bool:
    return any((place / path).exists() for place in PLACES)


def anchors(path: str) -> set[str]:
    """Return the anchors of a document's headings, as GitHub and MkDocs make them."""
    headings = re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", h.lower()).strip()) for h in headings}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_links_to_is_there(document: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", prose(document)) if "://" not in link]
    for link in links:
        path, _, anchor = link.partition("#")
        target = os.path.normpath(Path(document).parent / path) if path else document
        assert is_there(target), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_paths_and_modules_that_a_document_names_are_there(document: str) -> None:
    # A worked example says which file it writes, and the block follows.
    made = re.findall(r"in `([\w./-]+)`:\n+```", (ROOT / document).read_text("utf-8"))
    for code in re.findall(r"`([\w./-]+)`", prose(document)):
        if code.split("/")[0] in FOLDERS and "/" in code:
            assert is_there(code) or code in made, code
        elif code.startswith("whosees.") and not code.endswith(".toml"):
            assert resolves(code), code


def resolves(name: str) -> bool:
    """Return whether a dotted name is a module, or an attribute of one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        with contextlib.suppress(ModuleNotFoundError):
            found: object = importlib.import_module(".".join(parts[:end]))
            for part in parts[end:]:
                found = getattr(found, part, None)
            return found is not None
    return False


def test_commands_that_documents_name_exist() -> None:
    """A command with its options, wherever it stands: in prose, in a shell block, or in a pipeline's configuration."""
    for document in DOCUMENTS:
        text = (ROOT / document).read_text("utf-8")
        for line in re.findall(r"(?:^|[`$ ])whosees ([a-z][^`\n#|&;>]*)", text, re.MULTILINE):
            words = line.split()
            command = command_of(words[:2] if words[0] == "rules" and len(words) > 1 else words[:1])
            if command is not None:
                known = {opt for option in command.params for opt in (*option.opts, *option.secondary_opts)}
                used = {word.partition("=")[0] for word in words if re.match(r"--[a-z]", word)}
                assert used <= known | {"--help"}, f"{document}: whosees {line}"


def test_targets_that_documents_name_exist() -> None:
    makefiles = "".join(path.read_text("utf-8") for path in (ROOT / "Makefile", *ROOT.glob("*.mk")))
    targets = {
        name for names in re.findall(r"^([a-z][a-z -]*):", makefiles, re.MULTILINE) for name in names.split()
    }
    for document in DOCUMENTS:
        text = (ROOT / document).read_text("utf-8")
        named = re.findall(r"(?:`|^)make ([a-z][a-z -]*)", text, re.MULTILINE)
        assert {word for words in named for word in words.split()} <= targets, document


def test_the_site_has_every_page_once() -> None:
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    pages = {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")}
    outside = {"changelog.md", "security.md", "benchmarks.md", "traffic.md"}
    listed = list(leaves(config["nav"]))
    assert sorted(listed) == sorted(pages | outside)


def leaves(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    else:
        for inner in nav.values() if isinstance(nav, dict) else nav:
            yield from leaves(inner)


def test_tests_mirror_the_source() -> None:
    for folder in ("rules", "engine", "reports", "checker"):
        for tests in (ROOT / "tests" / folder).rglob("*/"):
            source = ENGINE.parent / tests.relative_to(ROOT / "tests")
            assert tests.name == "__pycache__" or source.is_dir() or source.with_suffix(".py").is_file(), (
                tests
            )


def test_docstrings_begin_with_a_verb_or_a_noun() -> None:
    """Ruff's D401 lets a first word pass that it does not know, and leaves properties, classes and modules out."""
    folders = (
        *(ENGINE.parent / name for name in ("rules", "engine", "reports", "checker")),
        ROOT / "benchmarks",
    )
    for file in (file for folder in (*folders, ROOT / "tests") for file in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
                first = (ast.get_docstring(node) or "").partition(" ")[0]
                assert first not in OPENINGS, f"{file}: {getattr(node, 'name', 'the module')}"


def test_the_product_has_one_name() -> None:
    """The old one stands in one note of the changelog, for those who look for it."""
    old = "sight" + "line"
    done = subprocess.run(["git", "grep", "-il", old], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() in (["CHANGELOG.md"], []), done.stdout


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
