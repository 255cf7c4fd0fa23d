"""The fixture of the pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

import pytest

from support.pytest_site import run

pytest_plugins = ["pytester", "support.place"]

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
        ({"response": GOOD, "outcome": "Failure"}, ValueError, "`outcome`: unknown value `Failure`; did you mean"),
    ])
    def test_wrong(whosees, arguments, error, text):
        with pytest.raises(error) as found:
            whosees.check(**arguments)
        assert str(found.value).startswith(text)
    """
    )
    result = run(site)
    result.assert_outcomes(passed=8, failed=3)
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
