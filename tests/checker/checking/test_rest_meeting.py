"""The second rulebook: the REST successor's meeting, by the two facts that are stated of it and nothing else."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.context import all_contexts, context_of
from whosees.engine.expectation import Evaluator, Expectation
from whosees.engine.result import ResponseResult
from whosees.rules import load_rulebook
from whosees.rules.model import Evidence

if TYPE_CHECKING:
    from support.rulebooks import Run

EXAMPLES = Path(__file__).parents[3] / "examples" / "rest"
RULES = ("--rules", "webex-rest-meeting")
ADMIN = (*RULES, "--fact", "view=admin")
USER = (*RULES, "--fact", "view=user")

LEFT_OUT = [
    "agenda", "hostKey", "password", "phoneAndVideoSystemPassword", "panelistPassword",
    "phoneAndVideoSystemPanelistPassword", "webLink", "sipAddress", "dialInIpAddress", "registration",
    "telephony.accessCode", "registerLink",
]  # fmt: skip
"""The elements that the admin view of a meeting leaves out, as stated."""


@pytest.fixture(scope="module")
def evaluator() -> Evaluator:
    return Evaluator(load_rulebook("webex-rest-meeting"))


def test_the_rows_are_the_twelve_and_no_other(evaluator: Evaluator) -> None:
    assert [row.element for row in evaluator.rulebook.rows] == LEFT_OUT
    assert [row.path for row in evaluator.rulebook.rows] == [name.replace(".", "/") for name in LEFT_OUT]
    text = evaluator.rulebook.statements["left-out"].text
    assert all(name in text for name in LEFT_OUT)


class TestAdminView:
    """“The admin view of a meeting leaves out …”"""

    def test_shows_none_of_them_to_anybody(self, evaluator: Evaluator) -> None:
        contexts = [c for c in all_contexts(evaluator.rulebook) if c["view"] == "admin"]
        assert len(contexts) == 45
        for context in contexts:
            assert set(evaluator.expectations(context).values()) == {Expectation.MUST_NOT}


class TestUserView:
    """“A caller who is not host, cohost or invitee gets a password-protected meeting only with the password in
    the request.”"""

    @pytest.mark.parametrize("role", ["host", "cohost", "invitee"])
    def test_host_cohost_and_invitee_need_no_password(self, evaluator: Evaluator, role: str) -> None:
        facts = {"view": "user", "role": role, "password": "not-supplied", "protection": "password"}
        assert self.decided(evaluator, facts) == {Expectation.SHOULD}

    @pytest.mark.parametrize(
        ("password", "protection", "expected"),
        [
            ("supplied", "password", Expectation.SHOULD),
            ("not-supplied", "password", Expectation.MUST_NOT),
            ("not-supplied", "none", Expectation.SHOULD),
            ("not-supplied", "unknown", Expectation.MAY),
            ("unknown", "password", Expectation.MAY),
            ("unknown", "none", Expectation.SHOULD),
        ],
    )
    def test_others_need_it_where_the_meeting_is_protected(
        self, evaluator: Evaluator, password: str, protection: str, expected: Expectation
    ) -> None:
        facts = {"view": "user", "role": "none", "password": password, "protection": protection}
        assert self.decided(evaluator, facts) == {expected}

    @staticmethod
    def decided(evaluator: Evaluator, facts: dict[str, str]) -> set[Expectation]:
        return set(evaluator.expectations(context_of(evaluator.rulebook, facts)).values())


def test_what_is_not_stated_is_marked_as_not_covered(evaluator: Evaluator) -> None:
    document = evaluator.rulebook.document
    assert len(document.not_covered) == 4
    assert document.unlisted.paths == ()
    evidence = document.evidence
    assert evidence == Evidence()


ANSWERED = "the service answered with an error object: it holds "

EXPECTED = {
    "admin-leak": ("violating", ["hostKey", "telephony/accessCode"]),
    "protected-leak": ("violating", ["agenda", "webLink"]),
    "admin": ("conformant", []),
    "protected-refused": ("conformant", []),
    "user-host": ("conformant", []),
    "user-password": ("conformant", []),
}


def checked(run: Run, *arguments: str | Path, stdin: str = "") -> dict[str, dict[str, object]]:
    found = run("check", *arguments, "--format", "json", stdin=stdin)
    assert found.stderr == ""
    return {response["source"]: response for response in json.loads(found.stdout)["responses"]}


def test_the_examples_come_out_as_they_are_called(run: Run) -> None:
    found = checked(run, EXAMPLES, *RULES)
    assert {
        Path(source).name.removesuffix(".response.json"): (
            response["outcome"],
            [f["path"] for f in response["findings"] if f["severity"] != "note"],  # type: ignore[attr-defined] # decoded JSON
        )
        for source, response in found.items()
    } == EXPECTED
    assert run("check", EXAMPLES, *RULES).returncode == 1


def test_the_examples_say_that_they_are_made_up() -> None:
    assert "Everything here is synthetic" in (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for file in EXAMPLES.glob("*.json"):
        assert "synthetic" in file.read_text(encoding="utf-8")


def test_a_configuration_names_it_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "whosees.toml").write_text('rules = "webex-rest-meeting"\n')
    assert run("check", EXAMPLES).stdout == run("check", EXAMPLES, *RULES).stdout


def test_json_is_passed_over_where_messages_are_xml(run: Run) -> None:
    found = run("check", EXAMPLES)
    skipped = "skipped 7 files in no format that is read: 6 other JSON, 1 text"
    assert found.stdout == f"0 responses\n{skipped}\nnothing to check: no response was found\n"
    assert found.returncode == 3


def test_xml_is_passed_over_where_messages_are_json(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.response.xml").write_text("<message/>")
    (tmp_path / "a.context.toml").write_text('service = "MC"')
    said = run("check", tmp_path, *ADMIN).stdout
    skipped = "skipped 1 file in no format that is read: 1 other XML"
    assert said == f"0 responses\n{skipped}\nnothing to check: no response was found\n"


def test_a_lonely_sidecar_is_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.context.toml").write_text('view = "admin"')
    (tmp_path / "b.request.json").write_text("{}")
    assert "skipped 2 messages (no response beside it)" in run("check", tmp_path, *ADMIN).stdout


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        ("", "not-json", "it is empty"),
        ("<html>Bad Gateway</html>", "not-json", "at line 1, column 1: no value of JSON begins there"),
        ('{"id": NaN}', "not-json", "at line 1, column 8: no value of JSON begins there"),
        (
            '[{"id": "1"}]',
            "not-a-message",
            'its root is an array, not an object; a rulebook with `unit = "[]"` judges each item',
        ),
        (
            '{"items": []}',
            "not-a-message",
            "it has no `id`, so nothing says that it is a response of webex-rest-meeting",
        ),
        (
            '{"message": "x", "errors": []}',
            "failure-response",
            ANSWERED + "`errors`",
        ),
        (
            '{"id": ' + "[" * 5000,
            "too-large",
            "more than 200 levels of elements; --limit depth=N allows more",
        ),
    ],
)
def test_what_is_no_meeting_is_unchecked(run: Run, content: str, reason: str, detail: str) -> None:
    response = checked(run, "-", *ADMIN, stdin=content)["-"]
    assert (response["outcome"], response["reason"], response["detail"]) == ("unchecked", reason, detail)
    assert run("check", "-", *ADMIN, stdin=content).returncode == 3
    assert run("check", "-", *ADMIN, "--allow-unchecked", reason, stdin=content).returncode == 0


def test_an_error_object_that_shows_elements_is_judged(run: Run) -> None:
    response = checked(run, "-", *ADMIN, stdin='{"errors": [], "trackingId": "x", "hostKey": "1"}')["-"]
    assert (response["outcome"], response["detail"]) == (
        "violating",
        ANSWERED + "`errors` and `trackingId`; it holds elements of the table too",
    )


def test_a_failure_that_shows_elements_is_no_expected_failure(run: Run, tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "protected-refused.context.toml", tmp_path / "a.context.toml")
    (tmp_path / "a.response.json").write_text('{"errors": [], "hostKey": "1"}')
    assert run("check", "a.response.json", *RULES).returncode == 1


def test_a_view_that_nothing_tells_is_asked_for(run: Run) -> None:
    found = run("check", "-", *RULES, stdin='{"id": 1}')
    assert found.returncode == 3
    said = " ".join(found.stdout.split())
    assert (
        "nothing says which view it is: no element of a response tells; say it with --fact view=NAME" in said
    )


def test_what_is_left_open_names_the_options_that_settle_it(run: Run) -> None:
    found = run("check", "-", *USER, stdin='{"id": 1, "password": 1, "hostKey": 1}')
    assert found.returncode == 0
    said = " ".join(found.stdout.split())
    assert "2 elements undecided because role, password and protection are unknown" in said
    assert "pass --role, --password or --fact protection=NAME to decide them" in said


def test_values_are_never_shown(run: Run) -> None:
    content = (
        '{"id": "SECRET-1",\n "hostKey": "SECRET-2",\n "hostkey": ["SECRET-3"],\n "extra": {"SECRET": 4}}'
    )
    for form in ("text", "json"):
        found = run("check", "-", *ADMIN, "--format", form, "-v", stdin=content)
        assert found.returncode == 1
        assert "SECRET-" not in found.stdout + found.stderr


def test_names_of_members_steer_no_terminal(run: Run) -> None:
    found = run("check", "-", *ADMIN, "-v", stdin='{"id": 1, "\\u001b[31m/x": 2}')
    assert "\\x1b[31m~1x" in found.stdout
    assert "\x1b" not in found.stdout


def test_findings_name_rows_lines_and_the_command_that_explains(run: Run) -> None:
    content = '{\n"id": 1,\n"telephony": {\n"accessCode": null},\n"HostKey": 2}'
    response = checked(run, "-", *ADMIN, stdin=content)["-"]
    found: list[dict[str, object]] = response["findings"]  # type: ignore[assignment] # decoded JSON
    assert [(f["rule"], f["path"], f["lines"], f["id"]) for f in found if f["severity"] != "note"] == [
        (
            "leaked",
            "telephony/accessCode",
            [4],
            "webex-rest-meeting:admin/unknown/unknown/unknown/telephony.accessCode",
        ),
        ("near-miss", "HostKey", [5], "webex-rest-meeting:admin/unknown/unknown/unknown/HostKey#near-miss"),
    ]
    command = str(found[0]["explain"])
    assert command == "whosees explain telephony/accessCode --fact view=admin --rules webex-rest-meeting"
    assert run(*command.split()[1:]).returncode == 0


def test_an_empty_member_can_count_as_absent(run: Run) -> None:
    content = '{"id": 1, "hostKey": "", "agenda": null, "registration": []}'
    assert run("check", "-", *ADMIN, stdin=content).returncode == 1
    assert run("check", "-", *ADMIN, "--empty-as", "absent", stdin=content).returncode == 0


def test_explain_answers_for_each_view_and_shows_the_way_out(run: Run) -> None:
    found = run("explain", "weblink", *RULES).stdout
    assert "user  may       shown: in this view, for whoever gets the meeting" in found
    assert "admin must-not  left-out: left out of this view" in found
    assert "whosees explain webLink --fact view=NAME --rules webex-rest-meeting" in found
    data = json.loads(run("explain", "accessCode", *ADMIN, "--format", "json").stdout)
    (match,) = data["matches"]
    assert match["expectation"] == "must-not"
    assert any(
        reason["cite"].endswith("admin view of a meeting, in our words") for reason in match["because"]
    )
    assert all("view" in way["changes"] for way in match["would_appear_if"])
    assert not any(way["caller_can"] for way in match["would_appear_if"])


def test_explain_parts_what_the_caller_can_do_from_what_he_cannot(run: Run) -> None:
    found = run("explain", "agenda", *USER, "--role", "none", "--password", "not-supplied").stdout
    can, cannot = found.split("  it would also appear after a change that the caller cannot make\n")
    assert "put the meeting's password into the request (password=supplied): should" in can
    assert "ask about a meeting without a password (protection=none): should" in cannot


def test_explain_reads_a_response(run: Run) -> None:
    data = json.loads(
        run("explain", "hostKey", EXAMPLES / "admin-leak.response.json", *RULES, "--format", "json").stdout
    )
    (observed,) = (match["observed"] for match in data["matches"])
    assert (observed["present"], observed["lines"]) == (True, [4])
    assert observed["findings"] == [{"rule": "leaked", "lines": [4]}]


def test_expect_and_matrix_and_lint_take_it(run: Run) -> None:
    data = json.loads(run("expect", *USER, "--role", "host", "--format", "json").stdout)
    assert Counter(element["expectation"] for element in data["elements"]) == {"should": 12}
    versus = run("expect", *USER, "--role", "host", "--versus", "view=admin")
    assert "12 of 12 elements change" in versus.stdout
    matrix = json.loads(run("matrix", *RULES, "--format", "json").stdout)
    assert {tuple(row["cells"].items()) for row in matrix["rows"]} == {
        (("user", "shown"), ("admin", "left-out"))
    }
    assert run("rules", "lint", "webex-rest-meeting", "--strict").returncode == 0


def test_expect_asks_for_the_view_as_it_is_said(run: Run) -> None:
    found = run("expect", *RULES)
    assert found.returncode == 2
    assert "pass `--fact view=NAME` to choose a column: one of user, admin" in found.stderr


def test_a_fact_of_another_rulebook_is_a_usage_error(run: Run) -> None:
    found = run("check", "-", *RULES, "--service", "MC", stdin="{}")
    assert found.returncode == 2
    assert "`--service`: there is no fact `service`" in found.stderr


@pytest.mark.parametrize(
    "leak", [{"extra": {"hostKey": "x"}}, {"host_key": "x"}, {"errors": [{"accessCode": "x"}]}], ids=str
)
def test_a_name_of_a_row_anywhere_in_an_error_object_is_judged(leak: dict[str, object]) -> None:
    """“A FAILURE is clean only if nothing but the failure is in it. Rows' names anywhere in it are judged.”"""
    facts = b'view = "admin"\noutcome = "failure"\n'
    (result,) = Checker(Settings("webex-rest-meeting")).check(
        Recording("call", json.dumps({"errors": [], "message": "no", **leak}).encode(), None, facts)
    )
    assert isinstance(result, ResponseResult)
    assert result.outcome == "violating"
