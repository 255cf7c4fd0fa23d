"""Plans that name their rulebooks: "`rules` names the rulebooks as `--rules` does: built-in ones by name, your own as paths
from the plan's folder"."""

from __future__ import annotations

from pathlib import Path

import pytest
from click import UsageError

from support.http_apis import write_example
from whosees.checker.cli.options.live import LiveOptions

EXAMPLES = Path(__file__).parents[4] / "examples"
REPOS = '[[requests]]\nname = "own"\npath = "/repos"\n'


def rulebooks_of(plan: Path, *rules: str) -> list[str]:
    """Return the rulebooks of a run with a plan; ``rules`` are those of the option."""
    found, _ = LiveOptions(str(plan), None, None, None, None, None).read(rules)
    return [rulebook.id for rulebook in found]


def plan_in(folder: Path, rules: str, requests: str = REPOS) -> Path:
    file = folder / "plan.toml"
    file.write_text(f"{rules}\n{requests}", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "rulebooks"),
    [
        ("live-github.toml", ["github-user", "github-repos"]),
        ("live-webex-rest.toml", ["webex-rest-meeting"]),
        ("live.toml", ["getsessioninfo"]),
    ],
)
def test_the_examples_need_no_option(name: str, rulebooks: list[str]) -> None:
    assert rulebooks_of(EXAMPLES / name) == rulebooks


@pytest.mark.parametrize(
    "rules", ['"own"', '["own"]', '["./own/rulebook.toml"]', '["own", "github-user"]', '["."]']
)
def test_paths_begin_in_the_plan_s_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: str
) -> None:
    monkeypatch.chdir("/")
    write_example(tmp_path / "own")
    found = rulebooks_of(plan_in(tmp_path, f"rules = {rules}"))
    assert found == ["repos", *(["github-user"] if "github" in rules else [])]


def test_the_option_counts_before_the_plan(tmp_path: Path) -> None:
    write_example(tmp_path / "own")
    assert rulebooks_of(plan_in(tmp_path, 'rules = "github-user"'), str(tmp_path / "own")) == ["repos"]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (
            '"github-usr"',
            (
                "the plan `{plan}`: `rules`: the rulebook `{folder}/github-usr`: cannot be read: no such file or directory; "
                "the built-in rulebooks are `getsessioninfo`, "
            ),
        ),
        ('["own", "copy"]', "the plan `{plan}`: `rules`: two of the rulebooks have one id: `repos`, `repos`"),
        ("7", "the plan `{plan}`: `rules`: expected `str | array`, got `int`"),
        (
            '"github-user"',
            (
                "the plan `{plan}`: `requests`, own: its method and path are of no operation of `github-user`; "
                "pass the rulebook of their operation with `--rules`, or name it in the plan's `rules`"
            ),
        ),
    ],
)
def test_what_is_wrong_with_them_is_told_with_the_plan(tmp_path: Path, rules: str, message: str) -> None:
    write_example(tmp_path / "own")
    write_example(tmp_path / "copy")
    plan = plan_in(tmp_path, f"rules = {rules}")
    with pytest.raises(UsageError) as caught:
        rulebooks_of(plan)
    assert caught.value.message.startswith(message.format(plan=plan, folder=tmp_path))
