"""The help texts, the version, and output on a terminal with few letters."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support.command import whosees, whosees_process
from support.options_page import command_names
from whosees.checker.cli.standard_streams import _write_plainly


@pytest.mark.parametrize("command", list(command_names()))
def test_every_help_text_fits_a_terminal_and_shows_an_example(command: tuple[str, ...]) -> None:
    """Users have the help and not the repository: a path of the repository would lead nowhere."""
    run = whosees(*command, "--help")
    words = " ".join(("whosees", *command))
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"Usage: {words} ")
    assert max(map(len, run.out.splitlines())) <= 80
    assert not re.search(r"\w-$", run.out, re.MULTILINE), "a name with a hyphen is in one line"
    assert not re.search(r"docs/|examples/", run.out)
    assert re.search(rf"^  Examples?:\n(    .*\n)*    .*{words}", run.out, re.MULTILINE)


def test_version_and_commands_that_there_are_not() -> None:
    assert whosees("--version").out == "whosees 0.1.0\n"
    bare = whosees()
    assert bare.code == 2
    assert "Commands:" in bare.out
    run = whosees("chek")
    assert (run.code, run.err.splitlines()[0]) == (
        2,
        "whosees: no such command `chek`; did you mean `check`?",
    )


@pytest.mark.parametrize("format_", ["json", "junit", "html"])
def test_formats_for_programs_are_in_utf_8_whatever_the_locale_is(format_: str, tmp_path: Path) -> None:
    """RFC 8259, 8.1: JSON that is exchanged is in UTF-8; the declarations of XML and HTML say so too."""
    (tmp_path / "größe-🎉.xml").write_bytes(b"<a>")
    run = whosees_process(
        "check", tmp_path, "--format", format_, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C"
    )
    assert "größe" in run.out
    if format_ == "json":
        json.loads(run.out)


def test_output_survives_a_terminal_that_knows_no_such_letters() -> None:
    """The columns stay in line, and a name that cannot be written is escaped."""
    run = whosees("matrix", PYTHONIOENCODING="ascii")
    assert run.code == 0
    assert run.out == whosees("matrix", PYTHONIOENCODING="utf-8").out.replace("✓", "v")
    assert _write_plainly(UnicodeEncodeError("ascii", "größer", 2, 4, "")) == ("\\xf6\\xdf", 4)
    assert _write_plainly(UnicodeEncodeError("ascii", "é→✓ß", 0, 4, "")) == ("\\xe9->v\\xdf", 4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("addon",), "missing argument `PROGRAM`. Choose from: mitmproxy"),
        (
            ("explain", "login", "--rules", "github-user", "--rules", "github-repos"),
            "`--rules` names one rulebook here, and 2 are given",
        ),
        (
            ("live", "--rules", "github-user", "--url", "http://127.0.0.1:1/"),
            "calls of `github-user` are in a plan: pass `--plan FILE`",
        ),
    ],
)
def test_wrong_usage_says_what_to_do(arguments: tuple[str, ...], message: str) -> None:
    found = whosees(*arguments)
    assert found.code == 2
    assert f"whosees: {message}\n" in found.err
