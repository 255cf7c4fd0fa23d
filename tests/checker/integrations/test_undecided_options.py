"""The options about what is undecided and what counts, in the Python API, in pytest and in tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

import whosees
import whosees.testing
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.cli.commands import scan
from whosees.engine.context import ContextError
from whosees.engine.policy import Policy
from whosees.engine.result import Outcome, Summary

pytest_plugins = ["pytester"]

LEAK = Path(__file__).parents[3] / "examples" / "synthetic" / "violating" / "mc-anonymous-leak.response.xml"
OPEN = 5


@pytest.fixture
def alone(pytester: pytest.Pytester) -> Path:
    """The leaking response, without the request that shows who called."""
    folder = pytester.path / "alone"
    folder.mkdir()
    file = folder / "leak.response.xml"
    file.write_bytes(LEAK.read_bytes())
    return file


def test_a_result_says_how_much_is_undecided(alone: Path) -> None:
    result = whosees.check(alone)
    assert result.conformant
    assert result.undecided == OPEN
    assert repr(result) == f"<CheckResult: 1 conformant; 0 errors, {OPEN} elements undecided>"
    assert whosees.check(alone, caller="anonymous", password="not-supplied").undecided == 0


def test_the_api_has_the_options(alone: Path) -> None:
    with pytest.raises(ValueError, match=r"^`require` names no fact$"):
        whosees.check(alone, require=",")
    required = whosees.check(alone, require="caller,role")
    assert (required.conformant, required.responses[0].reason) == (False, "unknown-fact")
    assert {each.rule for each in whosees.check(alone, undecided="error").errors} == {"undecided"}
    assert {each.rule for each in whosees.check(alone, select=["undecided"]).findings} == {"undecided"}
    assert whosees.check(alone, ignore=["undecided", "unlisted"]).findings == ()
    with pytest.raises(ValueError, match="there is no fact `rol`; did you mean `role`"):
        whosees.check(alone, require=["rol"])
    with pytest.raises(ValueError, match="`ignore`: there is no rule `leeked`; did you mean `leaked`"):
        whosees.check(alone, ignore="leeked")
    with pytest.raises(ValueError, match="no row is at or below `hots`; did you mean `host`"):
        whosees.check(alone, select=["leaked:hots"])
    with pytest.raises(ValueError, match="no row is at or below `hots`"):
        whosees.testing.checked(httpx.Client(), select=["leaked:hots"])


def test_settings_with_unknown_names_are_refused() -> None:
    settings = Settings(required=("rol",))
    with pytest.raises(ContextError, match="there is no fact `rol`"):
        Checker(settings)
    with pytest.raises(ValueError, match="`select`: there is no rule `x`"):
        Checker(replace(settings, policy=Policy(select=("x",))))


@pytest.mark.parametrize(
    ("options", "outcomes"),
    [
        ((), {"passed": 9}),
        (("--whosees-fail-on", "undecided"), {"failed": 2, "passed": 7}),
        (("--whosees-require", "role"), {"errors": 1}),
        (("--whosees-undecided", "error", "--whosees-ignore", "undecided:telephony"), {}),
    ],
)
def test_pytest_has_the_options(
    pytester: pytest.Pytester, alone: Path, options: tuple[str, ...], outcomes: dict[str, int]
) -> None:
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--whosees", str(alone), "-rA", *options)
    found = {kind: number for kind, number in result.parseoutcomes().items() if kind != "warnings"}
    if outcomes:
        assert found == outcomes
    else:
        assert found["failed"] > 0
        result.stdout.no_fnmatch_line("*undecided telephony*")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), []),
        (
            ("--whosees-fail-on", "undecided"),
            ["response: conformant", "*NotConformantError: 5 elements undecided"],
        ),
        (("--whosees-fail-on", "note"), ["*NotConformantError: * notes: undecided *"]),
        (
            ("--whosees-require", "role"),
            [
                "*required facts are unknown: `role`; pass `role=`",
                "*NotConformantError: the response is unchecked",
            ],
        ),
    ],
)
def test_the_fixture_passes_what_is_undecided_unless_it_is_told_not_to(
    pytester: pytest.Pytester, alone: Path, options: tuple[str, ...], said: list[str]
) -> None:
    """“conformant (no error)”; “--fail-on … moves the line” holds for the fixture as for `check`."""
    pytester.makepyfile(
        f"""
        import pathlib

        def test_response(whosees):
            whosees.assert_conformant(pathlib.Path({str(alone)!r}).read_bytes())
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)
    result.assert_outcomes(failed=len(said[:1]), passed=1 - len(said[:1]))
    result.stdout.fnmatch_lines(said)


def test_a_checked_client_passes_what_is_undecided_unless_the_project_does_not(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, content=alone.read_bytes()))
    for least, is_failing in (("warning", False), ("undecided", True)):
        folder = alone.parent / least
        folder.mkdir()
        (folder / "whosees.toml").write_text(f'fail-on = "{least}"\n')
        monkeypatch.chdir(folder)
        client = whosees.testing.checked(httpx.Client(transport=transport))
        client.get("http://x.test/")
        assert whosees.testing.report(client).undecided == OPEN
        if is_failing:
            with pytest.raises(AssertionError, match=f"^{OPEN} elements undecided\n"):
                whosees.testing.raise_findings(client)
        else:
            whosees.testing.raise_findings(client)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--whosees-require", "rol"), "`whosees_require`: there is no fact `rol`; did you mean `role`?"),
        (
            ("--whosees-select", "leeked"),
            "`whosees_select`: there is no rule `leeked`; did you mean `leaked`?",
        ),
        (
            ("--whosees-select", "leaked:hots"),
            "`whosees_select`: `leaked:hots` selects nothing: no row is at or below `hots`; did you mean `host`?",
        ),
        (("--whosees-fail-on", "eror"), "unknown value `eror`; did you mean `error`?"),
    ],
)
def test_pytest_names_what_is_misspelt(
    pytester: pytest.Pytester, alone: Path, options: tuple[str, ...], message: str
) -> None:
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--whosees", str(alone), *options)
    assert message in result.stderr.str() + result.stdout.str()


def test_scan_says_what_stayed_undecided() -> None:
    summary = Summary(undecided=28, undecided_responses=2)
    summary.outcomes[Outcome.CONFORMANT] = 2
    summary.undecided_for_want_of.update({"role": 2, "password": 1})
    assert scan._totals(summary, "out") == (
        "2 responses: 2 conformant\n"
        "undecided: 28 elements in 2 responses, for want of role and password (--role and --password, or a sidecar, decide "
        "them; --require role makes such responses unchecked)\n"
        "results are in out"
    )
