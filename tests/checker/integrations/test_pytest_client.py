"""`pytest --whosees-client`, checked clients in tests, and the project's configuration file, in runs of pytest."""

from __future__ import annotations

import pytest

from support.leaking import TEXT, case_of

pytest_plugins = ["pytester"]

CASE = case_of("github-user-authenticated")
PATH, LEAK = next(iter(CASE.leaks.items()))
FACTS = [part for name, value in CASE.facts.items() for part in ("--whosees-fact", f"{name}={value}")]
OPTIONS = ["--whosees-client", "--whosees-rules", CASE.rules, *FACTS]
SUITE = f"""
    import httpx, pytest

    def client(body):
        return httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, content=body)))

    @pytest.mark.parametrize("number", [1, 2])
    def test_leak(number):
        assert client({LEAK.response!r}).get("http://x.test/user?q={TEXT}").status_code == 200

    def test_clean():
        assert client({CASE.clean.response!r}).get("http://x.test/user", headers={{"Cookie": "{TEXT}"}}).json()

    def test_other():
        assert client(b"{{}}").get("http://x.test/{TEXT}").json() == {{}}

    def test_head():
        assert client(b"").head("http://x.test/user").status_code == 200

    def test_refused():
        assert client({LEAK.response!r}).get("http://x.test/user").json()["login"]
"""


@pytest.fixture(autouse=True)
def not_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pytest end with a short summary: where it is told that this is CI, it repeats whole messages there."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("BUILD_NUMBER", raising=False)


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest in this process, which is cheap; with pytest-xdist it starts a worker."""
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-q", *arguments)
    shown = result.stdout.str() + result.stderr.str()
    assert TEXT not in shown.replace(f"{TEXT}]", "")
    assert "INTERNALERROR" not in shown
    return result


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one process", "pytest-xdist"])
def test_every_exchange_is_judged_and_findings_fail_the_run(
    pytester: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    pytester.makepyfile(test_suite=SUITE)
    result = run(pytester, *OPTIONS, *workers)
    result.assert_outcomes(passed=6)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*= whosees =*",
            f"error: leaked {PATH}: `{PATH}` is there, and must not be: *",
            "    in 3 responses, first in test_suite.py::test_leak[[]1]",
            f"    why: whosees explain {PATH} --fact *",
            "6 exchanges: 1 conformant, 3 violating, 0 unchecked, 1 of no operation of the rulebook",
            "not judged: answer to HEAD, or with a status that has no body (1)",
            "failed: 1 finding",
        ]
    )


def test_a_clean_suite_passes_and_says_what_was_judged(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_suite=SUITE)
    clean = run(pytester, *OPTIONS, "-k", "clean")
    assert clean.ret == pytest.ExitCode.OK
    clean.stdout.fnmatch_lines(["1 exchange: 1 conformant, 0 violating, 0 unchecked, 0 of no operation*"])
    other = run(pytester, *OPTIONS, "-k", "other")
    assert other.ret == pytest.ExitCode.OK
    other.stdout.fnmatch_lines(["nothing was judged: no exchange *"])


UNCHECKED = "responses that could not be checked (unknown-fact; --whosees-allow-unchecked accepts a reason)"


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        (["--whosees-require", "user_scope"], f"failed: {UNCHECKED}"),
        (["--whosees-require", "user_scope", "--whosees-allow-unchecked", "unknown-fact"], None),
        (["--whosees-fail-on", "undecided"], "failed: undecided elements"),
    ],
)
def test_what_could_not_be_checked_or_decided_fails_as_its_options_say(
    pytester: pytest.Pytester, arguments: list[str], last: str | None
) -> None:
    pytester.makepyfile(test_suite=SUITE)
    base = ["--whosees-client", "--whosees-rules", CASE.rules, "-k", "leak and 1"]
    result = run(pytester, *base, *arguments)
    assert result.ret == (pytest.ExitCode.OK if last is None else pytest.ExitCode.TESTS_FAILED)
    assert (last or "failed") in result.stdout.str() or last is None


def test_a_test_fails_by_what_its_checked_client_got(pytester: pytest.Pytester) -> None:
    """Options that are not passed come from the project's file, for the client and for the functions."""
    facts = ", ".join(f'{name} = "{value}"' for name, value in CASE.facts.items())
    pytester.makepyprojecttoml(f'[tool.whosees]\nrules = "{CASE.rules}"\nfacts = {{ {facts} }}\n')
    pytester.makepyfile(
        test_suite=f"""
        import httpx, pytest
        from whosees import testing

        LEAK, CLEAN = {LEAK.response!r}, {CASE.clean.response!r}

        def get(body, client=None):
            transport = httpx.MockTransport(lambda request: httpx.Response(200, content=body))
            return testing.checked(httpx.Client(transport=transport)).get("http://x.test/user")

        def test_clean():
            assert get(CLEAN)

        def test_leak():
            assert get(LEAK)

        def test_leak_again():
            get(LEAK), get(CLEAN), get(LEAK)

        @pytest.fixture
        def late():
            yield
            get(LEAK)

        def test_torn_down(late):
            pass

        def test_of_one_response(whosees):
            (result,) = testing.assert_conformant(get(CLEAN))
            assert result == whosees.assert_conformant(get(CLEAN))[0]
            with pytest.raises(testing.NotConformantError):
                testing.assert_conformant(httpx.Response(200, content=LEAK))
            assert testing.check(LEAK)[0].outcome == "violating"
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=3, failed=2, errors=1)
    shown = result.stdout.str()
    assert f"test_suite.py:13: ClientFindingsError: 1 error: leaked {PATH}\n" in shown
    assert shown.count("exchange 1: violating") == 1 + 2 + 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rul = 'x'", "`pyproject.toml`, [[]tool.whosees]: unknown key `rul`; did you mean `rules`?"),
        ("unlisted = 'errors'", "`pyproject.toml`, [[]tool.whosees]: `unlisted`: *"),
        ("caller = 'hots'", "`config`: not a known caller; *"),
        ("baseline = 'none.toml'", "the baseline `none.toml` cannot be read: no such file or directory"),
    ],
)
def test_a_file_that_cannot_be_used_says_so_before_anything_runs(
    pytester: pytest.Pytester, text: str, message: str
) -> None:
    pytester.makepyprojecttoml(f"[tool.whosees]\n{text}\n")
    result = run(pytester, "--whosees-client")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


def test_several_rulebooks_each_judge_their_own_and_recordings_need_one(pytester: pytest.Pytester) -> None:
    pytester.makepyprojecttoml('[tool.whosees]\nrules = ["github-user", "github-repos"]\n')
    pytester.makepyfile(
        test_suite=f"""
        import httpx, pytest

        def response(path, body):
            return httpx.Response(200, content=body, request=httpx.Request("GET", "http://x.test" + path))

        def test_each_judges_its_own(whosees):
            (result,) = whosees.check(response("/user", {LEAK.response!r}), facts={{"user_scope": "no-scope"}})
            assert (result.rulebook, result.outcome) == ("github-user", "violating")
            (result,) = whosees.check(response("/user/repos", b'[{{"full_name": "a"}}]'), facts={{"push": "push"}})
            assert (result.rulebook, result.outcome) == ("github-repos", "violating")

        def test_a_rulebook_of_its_own(whosees):
            (result,) = whosees.check({LEAK.response!r}, rules="github-user", facts={CASE.facts!r})
            assert result.outcome == "violating"
        """
    )
    run(pytester).assert_outcomes(passed=2)
    pytester.mkdir("recordings")
    result = run(pytester, "--whosees", "recordings")
    result.stdout.fnmatch_lines(
        ["*recordings are run as tests by one rulebook; name it with `--whosees-rules`"]
    )
