"""The rulebooks of GitHub's REST API: "whose facts come from headers and URL alone", on examples/github."""

from __future__ import annotations

from pathlib import Path

from support.http_apis import exchange, outline
from whosees.checker.batch.pool import check_all
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import find_batches

EXAMPLES = Path(__file__).parents[3] / "examples" / "github"


def results(rules: str, *names: str) -> list[tuple[str, ...]]:
    """Judge examples; the messages of other operations are left out."""
    settings = Settings(rules=rules)
    paths = [str(EXAMPLES / name) for name in names]
    batches = find_batches(paths, settings.limits, wire=settings.rulebook().document.wire.format)
    found = [outline(result) for result in check_all(settings, batches, 1)]
    return [(each[0].rpartition("/")[2], *each[1:]) for each in found if "method and URL" not in each[-1]]


def test_profiles_are_judged_by_url_and_scopes() -> None:
    assert results("github-user", "browser.har") == [
        ("browser.har#entry-0", "conformant"),
        ("browser.har#entry-1", "conformant"),
        ("browser.har#entry-2", "conformant"),
        ("browser.har#entry-6", "unchecked"),
    ]
    assert results("github-user", "cassette-leak.yml", "log.jsonl") == [
        ("cassette-leak.yml#interaction-0", "violating", "leaked disk_usage", "leaked plan"),
        ("log.jsonl:1", "violating", "leaked disk_usage"),
        ("log.jsonl:2", "conformant"),
    ]


def test_each_repository_of_a_list_is_judged_by_its_own_permissions() -> None:
    assert results("github-repos", "browser.har", "cassette-leak.yml") == [
        ("browser.har#entry-3[0]", "conformant"),
        ("browser.har#entry-3[1]", "conformant"),
        ("browser.har#entry-4", "skipped", "a list without items"),
        ("cassette-leak.yml#interaction-1[0]", "violating", "leaked allow_squash_merge"),
        ("cassette-leak.yml#interaction-1[1]", "conformant"),
    ]


def test_the_license_and_the_organization_of_a_repository_have_names_of_their_own() -> None:
    """GitHub's schema of a repository has both, and most recordings have the first: each would bring two warnings."""
    user = {"login": "x", "id": 1, "url": "u", "html_url": "u"}
    repository = {
        **dict.fromkeys(("id", "name", "full_name", "private", "html_url", "fork", "url"), "x"),
        "owner": user,
        "permissions": {"pull": True, "push": False, "admin": False},
        "license": {"key": "mit", "name": "MIT License", "url": "u", "html_url": "u"},
        "organization": user,
    }
    (result,) = Checker(Settings(rules="github-repos")).check(exchange([repository], "/user/repos"))
    assert outline(result) == ("t.har[0]", "conformant")
