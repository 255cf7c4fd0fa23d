"""The project's configuration file as tests read it."""

from __future__ import annotations

import doctest
import shutil
from pathlib import Path

import pytest

import whosees.asgi
import whosees.testing
import whosees.wsgi
from support.leaking import case_of
from whosees.checker.cli.commands.check import command
from whosees.checker.cli.options.config import SINGLE_RUN, key_of
from whosees.checker.core.config_file import ConfigError
from whosees.checker.integrations.project import ProjectTable, project_settings, project_table
from whosees.checker.integrations.rulebooks import load
from whosees.rules.registry import BUILTINS

CASE = case_of("github-user-authenticated")


@pytest.mark.parametrize(
    "module", [whosees.testing, whosees.asgi, whosees.wsgi], ids=lambda each: each.__name__
)
def test_the_public_modules_export_what_they_say_and_their_examples_are_true(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
    for name in module.__all__:  # type: ignore[attr-defined]
        assert getattr(module, name).__doc__


def test_it_knows_the_keys_of_the_command_and_no_others() -> None:
    keys = {key_of(parameter) for parameter in command.params} - SINGLE_RUN
    assert {name.replace("_", "-") for name in ProjectTable.__struct_fields__} == keys


def test_without_a_file_everything_is_as_usual(tmp_path: Path) -> None:
    assert project_table(str(tmp_path)) == ProjectTable()


def test_paths_are_beside_the_file_and_a_rulebook_may_stand_alone(tmp_path: Path) -> None:
    (tmp_path / "whosees.toml").write_text('rules = "own"\nbaseline = "known.toml"\n')
    table = project_table(str(tmp_path))
    assert [Path(path).resolve() for path in (*table.rules, table.baseline or "")] == [
        tmp_path / "own",
        tmp_path / "known.toml",
    ]
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "whosees.toml").write_text('rules = ["github-user", "github-repos"]\n')
    assert project_table(str(inner)).rules == ["github-user", "github-repos"]


def test_what_is_passed_takes_the_place_of_what_the_file_states() -> None:
    project = ProjectTable(rules=["github-user"], facts=CASE.facts, unlisted="error", require=["user_scope"])
    settings = project_settings(project, None, {"facts": {"user_scope": "has-scope"}, "unlisted": "ignore"})
    stated = {(claim.fact, claim.value, claim.source) for claim in settings.claims}
    assert ("user_scope", "has-scope", "--fact user_scope") in stated
    assert ("caller", CASE.facts["caller"], "config") in stated
    assert (settings.policy.unlisted, settings.required) == (None, ("user_scope",))


def test_with_another_rulebook_only_the_facts_count_that_it_has() -> None:
    project = ProjectTable(rules=["github-user"], facts=CASE.facts, require=["user_scope"])
    settings = project_settings(project, "webex-rest-meeting", {})
    assert (settings.claims, settings.required) == ((), ())


def test_facts_that_exclude_each_other_are_refused() -> None:
    project = ProjectTable(rules=["github-user"], facts={"caller": "nobody"})
    with pytest.raises(ValueError, match=r"^the configuration file: not a known caller; the values are "):
        project_settings(project, None, {})


def test_a_rulebook_is_read_again_only_if_its_files_change(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BUILTINS["github-user"], tmp_path / "own"))
    first = load(folder)
    assert load(str(folder)) is load(folder) is first
    table = folder / "profile.csv"
    table.write_text(table.read_text() + "more,more,public,public\n")
    assert "more" in load(folder).row_by_path
    assert load("github-user") is load("github-user")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("jbos = 2", "unknown key `jbos`; did you mean `jobs`?"),
        ("strict = 'yes'", "`strict`: expected `bool`, got `str`"),
        ("role = 'host'\nfacts = {role = 'none'}", "`role` is given twice, with different values"),
        ("allow-unchecked = ['x']", "`allow-unchecked[0]`: "),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "whosees.toml").write_text(text)
    with pytest.raises(ConfigError) as error:
        project_table(str(tmp_path))
    assert str(error.value).split(": ", 1)[1].startswith(message)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, " cannot be read: no such file or directory"),
        ("", ": key `format` is missing"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_named(
    content: str | None, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "whosees.toml").write_text('baseline = "known.toml"\n')
    if content is not None:
        (tmp_path / "known.toml").write_text(content)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=rf"^the baseline `.*known\.toml`{problem}$"):
        whosees.testing.check(b"<x/>")
