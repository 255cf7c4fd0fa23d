"""The pytest plugin, in runs of pytest of its own: recordings as tests, and the fixture."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytest_plugins = ["pytester", "support.place"]

EXAMPLES = Path(__file__).parents[3] / "examples" / "synthetic"
GROUPS = [
    "call",
    "top-level",
    "accessControl",
    "metaData",
    "telephony",
    "material",
    "test",
    "host",
    "schedule",
]
PASSWORD = "example-password"


@pytest.fixture
def site(pytester: pytest.Pytester, place: Path) -> pytest.Pytester:
    """A project with the recordings, and nothing else."""
    shutil.copytree(place / "recordings", pytester.path / "recordings")
    return pytester


def run(site: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest with the plugin: in this process, unless it starts others."""
    start = site.runpytest_subprocess if "-n" in arguments else site.runpytest_inprocess
    result = start("-p", "no:cacheprovider", *arguments)
    assert PASSWORD not in result.stdout.str() + result.stderr.str()
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()
    return result


def test_importing_the_plugin_costs_nothing_and_it_does_nothing_unasked(site: pytest.Pytester) -> None:
    code = "import sys, whosees.checker.integrations.pytest.plugin; print([m for m in sys.modules if m in ('lxml', 'msgspec')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"[]\n"
    site.makepyfile("def test_nothing(): pass")
    result = run(site, "--strict-markers", "-W", "error")
    result.assert_outcomes(passed=1)
    assert "recordings" not in result.stdout.str()


def test_each_response_has_an_item_for_the_call_and_each_group(site: pytest.Pytester) -> None:
    result = run(site, "--whosees", "recordings", "--collect-only", "-q", "--strict-markers")
    ids = [line for line in result.outlines if "::" in line]
    assert ids == [
        f"recordings/{name}.response.xml::{group}" for name in ("good", "lack", "leak") for group in GROUPS
    ]


def test_recordings_of_another_rulebook_are_collected(site: pytest.Pytester) -> None:
    site.makeini("[pytest]\nwhosees_rules = webex-rest-meeting\n")
    shutil.copytree(EXAMPLES.parent / "rest", site.path / "rest")
    result = run(site, "--whosees", "rest")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*admin-leak.response.json*"])
    result.stdout.no_fnmatch_line("*no response was found*")


def test_a_violation_fails_its_group_and_reads_like_the_report(site: pytest.Pytester) -> None:
    result = run(site, "--whosees", "recordings")
    result.assert_outcomes(passed=23, failed=4)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "*recordings/leak.response.xml::telephony*",
            "4 errors: leaked telephony, telephony/telephonySupport and 2 more",
            "  MC (response), caller anonymous (request), role none (request), password not-supplied (request)",
            "          telephony  line 29",
            "            and in it telephonySupport (30), callInNum (31) and participantAccessCode (32)",
            "          why: whosees explain telephony --service MC --caller anonymous --password not-supplied",
        ]
    )
    assert "items.py" not in result.stdout.str()


def test_items_are_chosen_as_tests_are(site: pytest.Pytester) -> None:
    site.makepyfile("def test_own(): pass")
    run(site, "--whosees", "recordings").assert_outcomes(passed=24, failed=4)
    run(site, "--whosees", "recordings", "-m", "whosees").assert_outcomes(passed=23, failed=4, deselected=1)
    run(site, "--whosees", "recordings", "-k", "telephony and leak").assert_outcomes(failed=1, deselected=27)
    run(site, "--whosees", "recordings/good.response.xml", "-n", "1").assert_outcomes(passed=10)


def test_junit_bears_the_record(site: pytest.Pytester) -> None:
    run(site, "--whosees", "recordings", "--junitxml", "junit.xml")
    cases = {
        (case.get("classname"), case.get("name")): case
        for case in ET.parse(site.path / "junit.xml").iter("testcase")  # noqa: S314 - our own file
    }
    assert len(cases) == 27
    leak = cases["recordings.leak.response.xml", "telephony"]
    properties = [(p.get("name"), p.get("value")) for p in leak.iter("property")]
    assert ("whosees_source", "recordings/leak.response.xml") in properties
    assert ("whosees_case", "MC/anonymous/not-supplied") in properties
    assert ("whosees_caller", "anonymous (request)") in properties
    assert ("whosees_error", "leaked getsessioninfo:MC/anonymous/not-supplied/telephony") in properties
    failure = leak.find("failure")
    assert failure is not None
    assert PASSWORD not in ET.tostring(leak, "unicode")


def test_what_cannot_be_judged_is_an_error_with_its_reason(site: pytest.Pytester) -> None:
    (site.path / "recordings" / "cut.response.xml").write_text("<message>")
    result = run(site, "--whosees", "recordings", "-k", "cut")
    result.assert_outcomes(errors=1, deselected=27)
    result.stdout.fnmatch_lines(["*unchecked (not-xml): *"])
    allowed = run(site, "--whosees", "recordings", "-k", "cut", "--whosees-allow-unchecked", "not-xml", "-rs")
    allowed.assert_outcomes(skipped=1, deselected=27)
    allowed.stdout.fnmatch_lines(["SKIPPED * unchecked (not-xml): *"])


def test_what_is_left_open_is_skipped_or_mentioned(site: pytest.Pytester) -> None:
    shutil.copy(EXAMPLES / "warning/tc-second-document.response.xml", site.path / "tc.xml")
    result = run(site, "--whosees", "tc.xml", "-rsP")
    result.assert_outcomes(passed=8, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED * 7 elements undetermined, since role and password are unknown"])
    assert "8 elements undetermined, since role and password are unknown" in result.stdout.str()
    resolved = run(site, "--whosees", "tc.xml", "--whosees-role", "none", "--whosees-password", "supplied")
    assert resolved.parseoutcomes().get("skipped", 0) == 0


def test_nothing_found_is_no_success(site: pytest.Pytester) -> None:
    (site.path / "empty").mkdir()
    result = run(site, "--whosees", "empty")
    assert result.ret == 2
    result.stdout.fnmatch_lines(["*no response was found in `empty`*"])


def test_the_ini_file_says_what_options_would(site: pytest.Pytester) -> None:
    site.makeini(
        """
        [pytest]
        whosees = recordings/good.response.xml
        whosees_password = supplied
        whosees_strict = true
        whosees_baseline = known.toml
        whosees_allow_unchecked = not-xml no-column
        whosees_unlisted = error
        """
    )
    (site.path / "known.toml").write_text(
        "format = 1\n[[entries]]\nrule = 'unlisted'\n"
        "id = 'getsessioninfo:MC/anonymous/supplied/isAudioOnly#unlisted'\n"
    )
    inner = site.path / "inner"
    inner.mkdir()
    result = site.runpytest_subprocess("-p", "no:cacheprovider", f"--rootdir={site.path}", "inner")
    result.stdout.fnmatch_lines(
        [
            "*role none (request), password supplied",
            "*(whosees_password)",
            "*error   omitted: absent, and should be there",
        ]
    )
    result.assert_outcomes(passed=4, failed=5)
    typed = run(site, "--whosees-password", "not-supplied", "--whosees-unlisted", "ignore")
    typed.assert_outcomes(passed=9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--whosees", "none"], "--whosees: `none` does not exist"),
        (["--whosees-service", "XC"], "`--whosees-service`: not a known service; the values are *"),
        (
            ["--whosees-unlisted", "errors"],
            "`--whosees-unlisted`: unknown value `errors`; did you mean `error`?",
        ),
        (["--whosees-allow-unchecked", "x"], "`whosees_allow_unchecked`: unknown value `x`; known are *"),
        (["--whosees-rules", "none"], "the rulebook *none*"),
        (["--whosees-baseline", "none"], "the baseline `none` cannot be read: no such file or directory"),
        (["--whosees-baseline", "empty.toml"], "the baseline `empty.toml`: key `format` is missing"),
    ],
)
def test_wrong_usage_is_said_before_anything_runs(
    site: pytest.Pytester, arguments: list[str], message: str
) -> None:
    (site.path / "empty.toml").touch()
    base = [] if "--whosees" in arguments else ["--whosees", "recordings"]
    result = run(site, *base, *arguments)
    assert result.ret == 4
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


FIXTURE = """
    from pathlib import Path
    import pytest

    LEAK, GOOD = (Path("recordings", f"{name}.response.xml").read_bytes() for name in ("leak", "good"))
    REQUEST = Path("recordings/good.request.xml").read_bytes()
"""


def test_the_fixture_judges_a_response_at_hand(site: pytest.Pytester) -> None:
    site.makepyfile(
        FIXTURE
        + """
    def test_good(whosees):
        (result,) = whosees.assert_conformant(GOOD, request=REQUEST)
        assert result.resolved.context["caller"] == "anonymous"

    def test_leak(whosees):
        whosees.assert_conformant(LEAK, caller="anonymous", password="not-supplied", name="my answer")

    def test_open(whosees):
        (result,) = whosees.assert_conformant(LEAK)
        assert "telephony" in result.undetermined

    def test_stated_beats_request(whosees):
        (result,) = whosees.check(GOOD, request=REQUEST, facts={"password": "supplied"})
        assert result.resolved.sources[-1] == "test"

    def test_unreadable(whosees):
        whosees.assert_conformant(b"<")

    def test_refused(whosees):
        whosees.assert_conformant(LEAK, outcome="failure")

    @pytest.mark.parametrize(("arguments", "error", "text"), [
        ({"response": None}, TypeError, "the response is of type NoneType; pass bytes, text, decoded JSON, or a"),
        ({"response": GOOD, "request": 1}, TypeError, "the request is of type int; pass bytes, text, decoded"),
        ({"response": GOOD, "role": "hots"}, ValueError, "`hots` is not a known role; did you mean `host`?"),
        ({"response": GOOD, "facts": {"x": "y"}}, ValueError, "there is no fact `x`"),
    ])
    def test_wrong(whosees, arguments, error, text):
        with pytest.raises(error) as found:
            whosees.check(**arguments)
        assert str(found.value).startswith(text)
    """
    )
    result = run(site)
    result.assert_outcomes(passed=7, failed=3)
    result.stdout.fnmatch_lines(
        [
            "5 errors: leaked accessControl/sessionPassword, telephony and 3 more",
            "*my answer: violating",
            "the response is unchecked",
            "*response: unchecked (not-xml)",
            "1 error: unexpected-success",
            "*The test expects a FAILURE, and the response is a success",
            "  5 elements undetermined: pass `role=` or `password=` to decide them",
            "*test_the_fixture_judges_a_response_at_hand.py:*: NotConformantError: 1 error: unexpected-success",
            "FAILED *::test_refused - NotConf*",
        ]
    )
    assert "testing.py" not in result.stdout.str()


def test_options_hold_for_the_fixture_and_a_test_knows_better(site: pytest.Pytester) -> None:
    site.makepyfile(
        FIXTURE
        + """
    def test_option(whosees):
        (result,) = whosees.check(GOOD)
        assert dict(result.resolved.context.items())["role"] == "host"
        assert "--whosees-role" in result.resolved.sources

    def test_own(whosees):
        (result,) = whosees.check(GOOD, caller="anonymous")
        assert dict(result.resolved.context.items())["role"] == "none"
    """
    )
    run(site, "--whosees-role", "host").assert_outcomes(passed=2)


def test_no_way_of_showing_a_failure_shows_a_message(site: pytest.Pytester) -> None:
    """Tracebacks list arguments and local variables, which hold the messages; the fixture's errors come without."""
    site.makepyfile(
        FIXTURE
        + """
    SECRET = GOOD.replace(b"<ep:confName>", b"<ep:confName>planted-in-the-message ")

    def test_violating(whosees):
        response = SECRET
        whosees.assert_conformant(response, outcome="failure")

    def test_unchecked(whosees):
        response = SECRET[:-9]
        whosees.assert_conformant(response)

    def test_wrong_fact(whosees):
        response = SECRET
        whosees.assert_conformant(response, role="hots")

    def test_wrong_type(whosees):
        response = SECRET
        whosees.assert_conformant(response, request=1)

    def test_a_defect(whosees, monkeypatch):
        def fail(*arguments):
            raise RuntimeError(SECRET)
        monkeypatch.setattr("whosees.checker.checking.checker.Checker.check", fail)
        response = SECRET
        whosees.assert_conformant(response)
    """
    )
    result = run(site, "--full-trace", "-l", "-vv", "--tb=long")
    result.assert_outcomes(failed=5)
    shown = result.stdout.str()
    assert "planted-in-the-message" not in shown
    assert "RuntimeError" in shown
    for line in (11, 15, 19, 23, 30):
        assert f"test_no_way_of_showing_a_failure_shows_a_message.py:{line}: " in shown


def test_messages_say_what_to_pass(site: pytest.Pytester) -> None:
    site.makepyfile(
        FIXTURE
        + """
    def test_it(whosees):
        unnamed = GOOD.replace(b"isAudioOnly", b"isIt").replace(b"MeetingCenter", b"OtherCenter")
        whosees.assert_conformant(unnamed)
    """
    )
    result = run(site)
    shown = " ".join(result.stdout.str().split())
    assert "unchecked (unknown-service)" in shown
    assert "with `service=`" in shown
    assert "--service" not in shown
    assert "sidecar" not in shown


def test_a_fact_without_an_option_of_its_own_and_a_rulebook_for_one_test(site: pytest.Pytester) -> None:
    site.makepyfile(
        FIXTURE
        + """
    import whosees as api

    MEETING = {"id": "1", "title": "a", "start": "b", "hostKey": "planted"}

    def test_stated_in_the_test(whosees):
        for rules in ("webex-rest-meeting", api.rulebook("webex-rest-meeting")):
            (result,) = whosees.check(MEETING, rules=rules, facts={"view": "admin"})
            assert dict(result.resolved.context.items())["view"] == "admin"

    def test_stated_by_option(whosees):
        (result,) = whosees.check(GOOD)
        assert dict(result.resolved.context.items())["role"] == "host"
    """
    )
    run(site, "--whosees-fact", "role=host").assert_outcomes(passed=2)
    wrong = run(site, "--whosees", "recordings", "--whosees-fact", "role")
    wrong.stderr.fnmatch_lines(["ERROR: `--whosees-fact`: `role` is not NAME=VALUE"])
