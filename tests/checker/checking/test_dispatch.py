"""Several rulebooks in a run: "each exchange is judged by the rulebook whose operation it is"."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from lxml import etree

from support.command import Run, whosees
from support.http_apis import exchange, outline, write_example
from whosees.checker.batch.pool import check_all
from whosees.checker.checking.dispatch import Dispatcher
from whosees.checker.checking.settings import Settings
from whosees.engine.result import ResponseResult
from whosees.reports.check.registry import FORMATS_OF_SEVERAL

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


def test_of_two_rulebooks_the_one_that_writes_the_path_out_judges(tmp_path: Path) -> None:
    """`/users/me` and `/users/{id}` are two operations, and no template can say “all but `me`”."""
    path = ('path = ["/repos", "/orgs/{org}/repos"]', 'path = "/user/{list}"')
    settings = Settings(rules=str(write_example(tmp_path, path)), others=(Settings(rules="github-repos"),))
    own, other = (
        next(iter(Dispatcher(settings).check(exchange([{}], url))))
        for url in ("/api/v3/user/repos", "/user/teams")
    )
    assert [each.rulebook for each in (own, other) if isinstance(each, ResponseResult)] == [
        "github-repos",
        "repos",
    ]


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


USER_AND_REPOS = ("--rules", "github-user", "--rules", "github-repos")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report in each format on the examples of two rulebooks."""
    folder = tmp_path_factory.mktemp("reports")
    written = [f"--report={name}={folder / name}" for name in FORMATS_OF_SEVERAL]
    done = whosees("check", str(GITHUB), *USER_AND_REPOS, *written, cwd=EXAMPLES)
    assert done.code == 1
    return folder


def test_junit_has_the_suites_of_both_rulebooks(reports: Path) -> None:
    schema = etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "data" / "junit-10.xsd"))
    root = etree.parse(reports / "junit").getroot()
    schema.assertValid(root)
    suites = [suite.get("name") for suite in root]
    assert suites[-2:] == [f"whosees: coverage of obligations, github-{name}" for name in ("user", "repos")]
    rulebooks = {
        element.get("value") for element in root.iter("property") if element.get("name") == "rulebook"
    }
    assert {str(each).partition(" ")[0] for each in rulebooks} == {"github-user", "github-repos"}
    assert len(suites) - 2 == len(json.loads((reports / "json").read_text())["responses"])


def test_sarif_has_a_run_for_each_rulebook(reports: Path) -> None:
    schema = json.loads((Path(__file__).parents[2] / "data" / "sarif-schema-2.1.0.json").read_text())
    document = json.loads((reports / "sarif").read_text())
    jsonschema.validate(document, schema)
    runs = document["runs"]
    assert [run["properties"]["rulebook"]["id"] for run in runs] == ["github-user", "github-repos"]
    assert [run["properties"]["summary"]["violating"] for run in runs] == [2, 1]
    assert [run["properties"]["summary"]["skipped"] for run in runs] == [3, 0], (
        "what no rulebook judged is told once"
    )
    for run in runs:
        found = {result["ruleId"] for result in run["results"]}
        assert found <= {rule["id"] for rule in run["tool"]["driver"]["rules"]}


def test_lists_and_annotations_have_the_totals_of_each_rulebook(reports: Path) -> None:
    issues = json.loads((reports / "gitlab").read_text())
    coverage = [issue["fingerprint"] for issue in issues if issue["check_name"] == "coverage"]
    assert coverage == ["github-user#coverage", "github-repos#coverage"]
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    annotations = (reports / "github").read_text().splitlines()
    assert sum(line.startswith("::notice title=whosees::") for line in annotations) == 2
    heads = [line for line in (reports / "markdown").read_text().splitlines() if line.startswith("## ")]
    assert [head.split(" ")[1] for head in heads] == ["❌", "❌"]
    assert "skipped" in (reports / "markdown").read_text().lower()


@pytest.mark.parametrize("name", FORMATS_OF_SEVERAL)
def test_convert_writes_what_check_wrote_of_several_rulebooks(reports: Path, name: str) -> None:
    """The order of the rulebooks is that of the run, in whichever order they are named."""
    for rules in (
        USER_AND_REPOS,
        (*USER_AND_REPOS[2:], *USER_AND_REPOS[:2], "--rules", "webex-rest-meeting"),
    ):
        arguments = ("convert", str(reports / "json"), *rules, "--format", name, "-o", str(reports / "again"))
        done = whosees(*arguments, cwd=EXAMPLES)
        assert (done.code, done.err) == (0, "")
        assert (reports / "again").read_bytes() == (reports / name).read_bytes()


def test_convert_says_what_it_cannot_make_of_several_rulebooks(reports: Path, tmp_path: Path) -> None:
    def refused(saved: Path, *arguments: str) -> str:
        done = whosees("convert", str(saved), *arguments, cwd=EXAMPLES)
        assert (done.code, done.out) == (2, "")
        return done.err

    assert refused(reports / "json", *USER_AND_REPOS, "--format", "html").startswith(
        "whosees: a `html` report takes one rulebook, and `text`, `json`, `junit`, `sarif`, `github`, `gitlab`, `markdown` "
        "take several; run `check` once for each"
    )
    assert "it is based on the rulebook `github-repos " in refused(reports / "json", *USER_AND_REPOS[:2])
    document = json.loads((reports / "json").read_text())
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(document | {"rulebooks": document["rulebooks"][:1] * 2}))
    assert "`rulebooks` has one id twice" in refused(edited, *USER_AND_REPOS)
    document["responses"][0]["rulebook"] = "getsessioninfo"
    edited.write_text(json.dumps(document))
    assert "`responses[0]`: its rulebook `getsessioninfo` is not one of the result" in refused(
        edited, *USER_AND_REPOS
    )


def test_a_baseline_is_for_all_rulebooks(tmp_path: Path) -> None:
    """An entry belongs to the rulebook that its identity begins with, and is stale only if that judged its context."""
    file = tmp_path / "known.toml"

    def run(*arguments: str) -> Run:
        return whosees("check", str(GITHUB), *arguments, "--baseline", str(file), "--quiet", cwd=EXAMPLES)

    first = run(*USER_AND_REPOS, "--baseline-update")
    assert "entries added" in first.err
    ids = {entry["id"].partition(":")[0] for entry in tomllib.loads(file.read_text())["entries"]}
    assert ids == {"github-user", "github-repos"}
    accepted = (
        file.read_text()
        .replace('reason = ""', 'reason = "known"')
        .replace("# it counts until it has a reason and: expires = YYYY-MM-DD", "expires = 2999-12-31")
    )
    file.write_text(accepted)
    again = run(*USER_AND_REPOS, "--allow-unchecked", "failure-response")
    assert (again.code, again.err) == (0, "")
    assert run("--rules", "github-user", "--allow-unchecked", "failure-response").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--fact", "colour=red"), "`--fact colour`: none of the rulebooks has a fact `colour`"),
        (
            ("--format", "html"),
            "a `html` report takes one rulebook, and `text`, `json`, `junit`, `sarif`, `github`, `gitlab`, `markdown` take several; run `check` once for each",
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
