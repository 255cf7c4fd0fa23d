"""The pytest plugin, in runs of pytest of its own: recordings as tests, and the fixture."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from support.pytest_site import PASSWORD, run

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
        whosees_facts = password=supplied
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
            "*role none (request), password supplied (whosees_facts)",
            "*error   omitted: absent, and should be there",
        ]
    )
    result.assert_outcomes(passed=4, failed=5)
    typed = run(site, "--whosees-password", "not-supplied", "--whosees-unlisted", "ignore")
    typed.assert_outcomes(passed=9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--whosees", "none"], "`--whosees none` does not exist"),
        (["--whosees-service", "XC"], "`--whosees-service`: not a known service; the values are *"),
        (
            ["--whosees-unlisted", "errors"],
            "`--whosees-unlisted`: unknown value `errors`; did you mean `error`?",
        ),
        (["--whosees-allow-unchecked", "x"], "`whosees_allow_unchecked`: unknown value `x`; known are *"),
        (
            ["--whosees-role", "host", "--whosees-fact", "role=none"],
            "`--whosees-role` and `--whosees-fact` state different values of `role`",
        ),
        (
            ["--whosees-fact", "role=host", "--whosees-fact", "role=none"],
            "`--whosees-fact role` is given twice, with different values",
        ),
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
