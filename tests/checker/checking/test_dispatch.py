"""Several rulebooks in a run: "each exchange is judged by the rulebook whose operation it is"."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import whosees
from support.http_apis import exchange, outline, write_example
from whosees.checker.batch.pool import check_all
from whosees.checker.checking.checker import Settings
from whosees.checker.checking.dispatch import Dispatcher
from whosees.engine.result import ResponseResult

EXAMPLES = Path(__file__).parents[3] / "examples"
GITHUB = EXAMPLES / "github"
SEVERAL = Settings(rules="github-user", others=(Settings(rules="github-repos"), Settings()))


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_exchange_has_the_verdict_of_its_own_rulebook_alone(jobs: int) -> None:
    recordings = [
        exchange({"login": "zoë", "id": 1}, "/users/zo%C3%AB"),
        exchange([{"full_name": "a/b", "permissions": {"push": False}}], "/user/repos"),
        exchange([{"full_name": "a/b"}], "/repos"),
    ]
    together = list(check_all(SEVERAL, recordings, jobs))
    alone = {
        rules: list(check_all(Settings(rules=rules), recordings, 1))
        for rules in ("github-user", "github-repos")
    }
    assert [outline(each) for each in together] == [
        outline(alone["github-user"][0]),
        outline(alone["github-repos"][1]),
        ("t.har", "skipped", "it is of no operation of these rulebooks"),
    ]
    named = [each.rulebook for each in together if isinstance(each, ResponseResult)]
    assert named == ["github-user", "github-repos"]


def test_without_method_and_url_the_one_that_can_judge_it_does() -> None:
    settings = Settings(rules="webex-rest-meeting", others=(Settings(rules="github-repos"), Settings()))
    found = Dispatcher(settings).check(
        exchange([{"full_name": "a/b", "permissions": {"push": True}}], None, method=None)
    )
    assert [each.rulebook for each in found if isinstance(each, ResponseResult)] == ["github-repos"]


def test_an_exchange_of_two_rulebooks_names_both(tmp_path: Path) -> None:
    folder = write_example(tmp_path, ('path = ["/repos", "/orgs/{org}/repos"]', 'path = "/user/repos"'))
    settings = Settings(rules="github-repos", others=(Settings(rules=str(folder)),))
    (result,) = Dispatcher(settings).check(exchange([], "/user/repos"))
    assert isinstance(result, ResponseResult)
    assert (result.reason, result.detail) == (
        "other-operation",
        (
            "it is of the operation of several rulebooks: `github-repos`, `repos`; narrow `wire.request` of one, "
            "or pass one of them"
        ),
    )


def test_reports_keep_rulebooks_apart(tmp_path: Path) -> None:
    """JSON: "fields added, top-level `rulebook` stays for one"; a folder of rulebooks stands for those in it."""
    write_example(
        tmp_path / "repos", ('path = ["/repos", "/orgs/{org}/repos"]', 'path = "/orgs/{org}/repos"')
    )
    done = whosees("check", str(GITHUB), "--rules", "github-user", "--rules", "github-repos", "--rules", str(tmp_path), "--format", "json", cwd=EXAMPLES)  # fmt: skip
    report = json.loads(done.out)
    assert done.code == 1
    assert [each["id"] for each in report["rulebooks"]] == ["github-user", "github-repos", "repos"]
    violating = [
        (each["rulebook"], each["outcome"]) for each in report["responses"] if each["outcome"] == "violating"
    ]
    assert sorted(violating) == [("github-repos", "violating"), *[("github-user", "violating")] * 2]
    assert report["summary"]["coverage"]["github-repos"]["by_push"].keys() == {"push", "no-push"}

    text = whosees("check", str(GITHUB), "--rules", "github-user", "--rules", "github-repos", "--quiet", cwd=EXAMPLES).out  # fmt: skip
    assert "cassette-leak.yml#interaction-1[0]: violating  [github-repos]\n" in text
    assert text.endswith(
        "together\n11 responses: 7 conformant, 3 violating, 1 unchecked\nskipped 2 messages (1 list without items, 1 different operation)\n"
        "skipped 1 file in no format that is read: 1 text\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--fact", "colour=red"), "`--fact colour`: none of the rulebooks has a fact `colour`"),
        (
            ("--format", "sarif"),
            "a `sarif` report takes one rulebook, and `text`, `json` take several; run `check` once for each",
        ),
        (("--min-coverage", "50"), "`--min-coverage` takes one rulebook; run `check` once for each"),
        (
            ("--rules", "rules/github-user"),
            "two of the rulebooks have one id: `github-user`, `github-repos`, `github-user`",
        ),
    ],
)
def test_what_several_rulebooks_cannot_do_says_so(arguments: tuple[str, ...], message: str) -> None:
    done = whosees("check", str(GITHUB), "--rules", "github-user", "--rules", "github-repos", *arguments, cwd=EXAMPLES.parent)  # fmt: skip
    assert done.code == 2
    assert message in done.err.replace("\n", " ")
