"""The configuration file: found upwards, beaten by flags, and wrong ones are said with file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import Run, whosees
from whosees.checker.cli.commands.check import command
from whosees.checker.cli.options.config import SINGLE_RUN, key_of

pytest_plugins = ["support.place"]

USAGE = "try `whosees check --help`\n"


def check(place: Path, *arguments: str) -> Run:
    return whosees("check", *arguments, cwd=place)


def write(place: Path, text: str, name: str = "whosees.toml") -> None:
    (place / name).write_text(text)


def test_every_option_has_its_key_save_those_for_a_single_run() -> None:
    keys = {key_of(parameter) for parameter in command.params} - SINGLE_RUN
    assert keys >= {
        *("paths", "service", "caller", "role", "password", "facts", "request", "rules"),
        *("strict", "unlisted", "empty-as", "allow-unchecked", "baseline", "coverage", "min-coverage"),
        *("max-size", "limit", "jobs", "format", "verbose", "quiet", "progress"),
    }


def test_a_file_says_what_flags_would(place: Path) -> None:
    write(
        place,
        """
        paths = ["recordings", "broken.xml"]
        strict = true
        unlisted = "error"
        allow-unchecked = ["not-xml"]
        jobs = 2
        format = "json"
        max-size = "1M"
        """,
    )
    (place / "broken.xml").write_text("<")
    run = check(place)
    flags = [*("recordings", "broken.xml", "--strict", "--unlisted", "error"), "--allow-unchecked", "not-xml"]
    assert run == check(place, *flags, "--jobs", "2", "--format", "json", "--no-config")
    assert run.json["summary"]["findings"]["error"] == 14
    assert run.json["summary"]["unchecked"] == 1


def test_the_nearest_file_counts_and_its_paths_are_its_own(place: Path) -> None:
    write(place, 'paths = ["recordings"]\nbaseline = "known.toml"')
    write(place, "format = 1", "known.toml")
    inner = place / "a" / "b"
    inner.mkdir(parents=True)
    run = check(inner)
    assert run.code == 1
    assert run.out.startswith("../../recordings/lack.response.xml: violating\n")
    (place / "a" / "pyproject.toml").write_text('[tool.whosees]\npaths = ["here"]\n')
    assert "../here: unchecked" in check(inner).out
    (place / "a" / "whosees.toml").write_text('paths = ["own"]\n')
    assert "../own: unchecked" in check(inner).out, "in one folder, the file of its own counts"


@pytest.mark.parametrize(
    "text",
    ["[project]\nname = 'x'\n", "[tool.other]\nnote = 'whosees'\n", "[project", "tool = 1 # whosees"],
)
def test_a_pyproject_that_says_nothing_of_us_is_passed_over(place: Path, text: str) -> None:
    write(place, 'paths = ["recordings"]')
    inner = place / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text(text)
    assert check(inner).code == 1


def test_flags_win(place: Path) -> None:
    write(place, 'paths = ["recordings"]\nstrict = true\nunlisted = "error"\nformat = "json"\nservice = "TC"')
    good = "recordings/good.response.xml"
    run = check(
        place, good, "--format", "text", "--unlisted", "ignore", "--service", "MC", "--no-strict", "-v"
    )
    assert (run.code, run.err) == (0, "")
    assert "MC (--service)" in run.out
    assert check(place, "--no-config").code == 2


def test_config_is_the_source_of_its_facts_and_a_sidecar_knows_better(place: Path) -> None:
    write(place, 'role = "host"\npassword = "supplied"\nformat = "json"')
    (place / "recordings" / "lack.context.toml").write_text('password = "not-supplied"\n')
    for name in ("leak", "good"):
        (place / "recordings" / f"{name}.request.xml").unlink()
    contexts = {
        response["source"]: response["context"] for response in check(place, "recordings").json["responses"]
    }
    assert contexts["recordings/good.response.xml"]["role"] == {"value": "host", "from": "config"}
    assert contexts["recordings/good.response.xml"]["password"] == {"value": "supplied", "from": "config"}
    assert contexts["recordings/lack.response.xml"]["password"] == {
        "value": "not-supplied",
        "from": "sidecar",
    }


def test_config_against_the_evidence_is_a_conflict(place: Path) -> None:
    write(place, 'service = "EC"')
    run = check(place, "recordings/good.response.xml")
    assert "Config says service `EC`, the response shows service `MC`; config counts" in " ".join(
        run.out.split()
    )


def test_a_flag_sets_aside_what_the_config_cannot_say_beside_it(place: Path) -> None:
    write(place, 'role = "host"\nformat = "json"')
    run = check(place, "recordings/good.response.xml", "--caller", "anonymous")
    (response,) = run.json["responses"]
    assert response["context"]["role"] == {"value": "none", "from": "--caller"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("servise = 'MC'", "`whosees.toml`: unknown key `servise`; did you mean `service`?"),
        ("baseline-update = true", "`whosees.toml`: unknown key `baseline-update`"),
        ("strict = 'yes'", "`whosees.toml`: `strict`: expected `bool`, got `str`"),
        ("jobs = '2'", "`whosees.toml`: `jobs`: expected `int`, got `str`"),
        ("jobs = 0", "`whosees.toml`: `jobs`: 0 is not in the range 1<=x<=256"),
        ("min-coverage = 120", "`whosees.toml`: `min-coverage`: 120.0 is not in the range 0<=x<=100"),
        ("paths = 'x'", "`whosees.toml`: `paths`: expected `array`, got `str`"),
        ("paths = ['x', 1]", "`whosees.toml`: `paths[1]`: expected `str`, got `int`"),
        (
            "unlisted = 'warnings'",
            "`whosees.toml`: `unlisted`: there is no `warnings`; did you mean `warning`?",
        ),
        ("allow-unchecked = ['x']", "`whosees.toml`: `allow-unchecked`: there is no `x`; known are "),
        (
            "max-size = 'big'",
            "`whosees.toml`: `max-size`: `big` is not a size; use a number of bytes, or one with K, M or G",
        ),
        ("service = 'XC'", "`whosees.toml`: `service`: not a known service; the values are "),
        (
            "role = 'host'\nfacts = {role = 'none'}",
            "`whosees.toml`: `role` is given twice, with different values",
        ),
        ("facts = {region = 'x'}", "`whosees.toml`: `region`: there is no fact `region`"),
        ("caller = 'anonymous'\nrole = 'host'", "`whosees.toml`: caller `anonymous` excludes role `host`: "),
        ("strict = ", "`whosees.toml`: not TOML: invalid value (at end of document)"),
    ],
)
def test_what_is_wrong_is_said_with_file_andkey_of(place: Path, text: str, message: str) -> None:
    write(place, text)
    run = check(place, "recordings")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"whosees: {message}")
    assert run.err.endswith(USAGE)
    write(place, "[tool.whosees]\n" + text, "pyproject.toml")
    run = check(place, "recordings", "--config", "pyproject.toml")
    if "not TOML" not in message:
        wanted = message.replace("`whosees.toml`", "`pyproject.toml`, [tool.whosees]")
        assert run.err.startswith(f"whosees: {wanted}")
    assert run.code == 2


def test_the_file_can_be_named_or_refused(place: Path) -> None:
    write(place, "broken")
    write(place, 'paths = ["recordings/good.response.xml"]', "other.toml")
    assert check(place, "--config", "other.toml").code == 0
    assert check(place, "--no-config", "recordings/good.response.xml").code == 0
    both = check(place, "--no-config", "--config", "other.toml")
    assert both.err == check(place, "--config", "other.toml", "--no-config").err
    assert both.err == f"whosees: `--config` and `--no-config` cannot be used together\n{USAGE}"
    absent = check(place, "--config", "none.toml")
    assert absent.err == f"whosees: `none.toml` cannot be read: no such file or directory\n{USAGE}"
    write(place, "[project]\n", "pyproject.toml")
    silent = check(place, "--config", "pyproject.toml")
    assert silent.err == f"whosees: `pyproject.toml` has no table [tool.whosees]\n{USAGE}"
    write(place, "[tool]\nwhosees = 1\n", "pyproject.toml")
    table = check(place, "--config", "pyproject.toml")
    assert table.err == f"whosees: `pyproject.toml`: `tool.whosees` is not a table\n{USAGE}"


@pytest.mark.parametrize("name", ["whosees.toml", "pyproject.toml"])
def test_a_link_that_leads_nowhere_is_not_passed_over(place: Path, name: str) -> None:
    write(place, 'unlisted = "ignore"')
    below = place / "below"
    below.mkdir()
    (below / name).symlink_to("absent.toml")
    run = check(below, str(place / "recordings"))
    assert (run.code, run.err) == (2, f"whosees: `{name}` cannot be read: no such file or directory\n{USAGE}")


def test_help_is_given_beside_a_broken_file(place: Path) -> None:
    write(place, "broken")
    run = check(place, "--help")
    assert run.code == 0
    assert "--no-config" in run.out


def test_standard_input_and_absolute_paths_stay_what_they_are(place: Path) -> None:
    good = place / "recordings" / "good.response.xml"
    inner = place / "inner"
    inner.mkdir()
    write(place, f'paths = ["-", "{good}"]')
    run = whosees("check", cwd=inner, stdin=good.read_bytes())
    assert f"{good}: conformant" in run.out
    assert "-: conformant" in run.out


def test_reports_go_beside_the_file(place: Path) -> None:
    write(place, 'paths = ["recordings"]\nreport = ["junit=out.xml", "sarif=out.sarif"]\nformat = "markdown"')
    inner = place / "inner"
    inner.mkdir()
    assert check(inner).out.startswith("## ")
    assert sorted(path.name for path in place.glob("out.*")) == ["out.sarif", "out.xml"]


@pytest.mark.parametrize("rules", ['"webex-rest-meeting"', '["webex-rest-meeting"]'])
def test_one_rulebook_need_not_be_a_list(place: Path, rules: str) -> None:
    write(place, f'paths = ["recordings"]\nrules = {rules}\n')
    assert check(place) == check(place, "recordings", "--rules", "webex-rest-meeting", "--no-config")
