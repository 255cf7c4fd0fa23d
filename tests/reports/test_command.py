"""`check --format`, `--report` and `convert` as a user calls them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support import command
from support.command import COMMAND, Run
from support.reporting import ALWAYS_MC, message
from support.traffic import Call, json_lines
from whosees.checker.cli.options.output import Output
from whosees.checker.cli.options.reporting import ReportOptions, repository_of
from whosees.reports.check.registry import FORMATS
from whosees.rules.load import builtin_rulebook
from whosees.rules.registry import BUILTINS, DEFAULT


def whosees(folder: Path, *arguments: str, stdin: bytes = b"") -> Run:
    """Run the command in a folder."""
    return command.whosees(*arguments, stdin=stdin, cwd=folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with recordings in a folder: one that is fine, one that leaks, one that is no XML."""
    (tmp_path / ".git").mkdir()
    night = tmp_path / "work" / "night"
    night.mkdir(parents=True)
    (night / "a.response.xml").write_bytes(message(ALWAYS_MC))
    (night / "b.response.xml").write_bytes(message([*ALWAYS_MC, "metaData/agenda", "hots"]))
    (night / "c.xml").write_bytes(b"no xml")
    return tmp_path / "work"


CHECK = ("check", "--caller", "anonymous", "--password", "not-supplied", "night")


@pytest.mark.parametrize("format_", FORMATS)
def test_convert_writes_what_check_writes(folder: Path, format_: str) -> None:
    direct = whosees(folder, *CHECK, "--format", format_, "--report", "json=saved.json")
    again = whosees(folder, "convert", "saved.json", "--format", format_)
    assert (direct.code, again.code) == (1, 0)
    assert again.out == direct.out
    assert again.out


@pytest.mark.parametrize("format_", FORMATS)
def test_the_exit_code_never_depends_on_the_format(folder: Path, format_: str) -> None:
    fine = ("check", "--caller", "anonymous", "--password", "not-supplied", "night/a.response.xml")
    assert whosees(folder, *fine, "--format", format_).code == 0
    assert whosees(folder, "check", "night/c.xml", "--format", format_).code == 3
    assert whosees(folder, *CHECK, "--format", format_, "--exit-zero").code == 0


def test_several_reports_in_one_run(folder: Path) -> None:
    alone = {name: whosees(folder, *CHECK, "--format", name).out for name in FORMATS}
    reports = [part for name in FORMATS for part in ("--report", f"{name}=out.{name}")]
    run = whosees(folder, *CHECK, *reports)
    assert run.out == alone["text"]
    assert {name: (folder / f"out.{name}").read_text("utf-8") for name in FORMATS} == alone


def test_files_are_named_from_the_root_of_the_repository(folder: Path) -> None:
    assert "::error file=work/night/b.response.xml,line=" in whosees(folder, *CHECK, "--format", "github").out
    assert repository_of(str(folder)) == str(folder.parent)


def test_without_a_repository_the_folder_is_the_root(tmp_path: Path) -> None:
    inside = [parent for parent in tmp_path.parents if (parent / ".git").exists()]
    assert repository_of(str(tmp_path)) == str(inside[0] if inside else tmp_path)


def test_a_report_that_cannot_be_written_loses_no_other(folder: Path) -> None:
    (folder / "taken").mkdir()
    reports = ("--report", "junit=none/out.xml", "--report", "sarif=out.sarif", "--report", "html=taken")
    run = whosees(folder, *CHECK, *reports)
    assert run.code == 2
    assert run.err == (
        "whosees: `none/out.xml` cannot be written: no such file or directory; "
        "`taken` cannot be written: is a directory\n"
    )
    assert run.out == whosees(folder, *CHECK).out
    assert json.loads((folder / "out.sarif").read_text())["version"] == "2.1.0"


def test_an_unwritable_output_loses_no_report(folder: Path) -> None:
    run = whosees(folder, *CHECK, "-o", "none/out.txt", "--report", "json=out.json")
    assert (run.code, run.err) == (
        2,
        "whosees: `none/out.txt` cannot be written: no such file or directory\n",
    )
    assert json.loads((folder / "out.json").read_text())["summary"]["responses"] == 3


@pytest.mark.skipif(
    not os.path.exists("/dev/full"), reason="there is no /dev/full, which fails as a full disk does"
)
@pytest.mark.parametrize("format_", FORMATS)
def test_a_full_disk_loses_no_other(folder: Path, format_: str) -> None:
    run = whosees(folder, *CHECK, "--report", f"{format_}=/dev/full", "--report", "json=out.json")
    assert (run.code, run.err) == (2, "whosees: `/dev/full` cannot be written: no space left on device\n")
    assert json.loads((folder / "out.json").read_text())["summary"]["responses"] == 3


@pytest.mark.skipif(
    not os.path.exists("/dev/full"), reason="there is no /dev/full, which fails as a full disk does"
)
def test_full_standard_output_loses_no_report(folder: Path) -> None:
    with open("/dev/full", "wb") as full:
        arguments = [str(COMMAND), *CHECK, "--report", "json=out.json"]
        done = subprocess.run(arguments, stdout=full, stderr=subprocess.PIPE, cwd=folder, check=False)
    assert done.returncode == 2
    assert done.stderr.decode() == "whosees: the text report cannot be written: no space left on device\n"
    assert json.loads((folder / "out.json").read_text())["summary"]["responses"] == 3


def test_a_reader_that_left_loses_no_report(folder: Path) -> None:
    arguments = [str(COMMAND), *CHECK, "--format", "html", "--report", "json=out.json"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode()
    assert (process.returncode, said) == (141, "")
    assert json.loads((folder / "out.json").read_text())["summary"]["responses"] == 3


def test_no_unfinished_file_stays(folder: Path) -> None:
    whosees(folder, *CHECK, "--report", "junit=none/x", "--report", "sarif=out.sarif")
    assert sorted(os.listdir(folder)) == ["night", "out.sarif"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--report", "junit"), "`--report junit` is not of the form FORMAT=FILE, such as junit=out.xml"),
        (("--report", "junit="), "`--report junit=` is not of the form FORMAT=FILE, such as junit=out.xml"),
        (("--report", "sarf=x"), "`--report sarf=x`: there is no format `sarf`; did you mean `sarif`?"),
        (
            ("--report", "q=x"),
            "`--report q=x`: there is no format `q`; known are `text`, `json`, `junit`, `sarif`",
        ),
        (("--report", "html=-"), "`--report html=-`: standard output is for `--format`; name a file"),
        (("--report", "html=x", "--report", "json=./x"), "`./x`: two reports cannot go to one file"),
        (("-o", "x", "--report", "json=x"), "`x`: two reports cannot go to one file"),
    ],
)
def test_wrong_usage(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    for words in (("check", "night"), ("convert", "saved.json")):
        run = whosees(folder, *words, *arguments)
        assert run.code == 2
        assert run.err.startswith(f"whosees: {said}")
        assert run.out == ""


def test_two_reports_can_go_to_a_device(folder: Path) -> None:
    reports = ("--report", f"json={os.devnull}", "--report", f"html={os.devnull}")
    assert whosees(folder, *CHECK, *reports).code == 1


def test_convert_reads_standard_input_and_writes_files(folder: Path) -> None:
    saved = whosees(folder, *CHECK, "--format", "json").out
    run = whosees(
        folder,
        "convert",
        "-",
        "--format",
        "junit",
        "-o",
        "out.xml",
        "--report",
        "html=o.html",
        stdin=saved.encode(),
    )
    assert (run.code, run.out, run.err) == (0, "", "")
    assert (folder / "out.xml").read_text("utf-8") == whosees(folder, *CHECK, "--format", "junit").out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"{",
            "`x.json`: not JSON: input data was truncated; pass the output of `check --format json`",
        ),
        (
            b'{"schema":"x"}',
            "`x.json`: its schema is not `whosees/check@1`; pass the output of `check --format json`",
        ),
        (None, "`x.json` cannot be read: no such file or directory"),
    ],
)
def test_convert_refuses_what_is_no_result(folder: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (folder / "x.json").write_bytes(content)
    run = whosees(folder, "convert", "x.json", "--report", "html=o.html")
    assert (run.code, run.out, run.err) == (2, "", f"whosees: {said}\n")
    assert not (folder / "o.html").exists()


def test_a_result_of_another_rulebook_names_the_option(folder: Path) -> None:
    shutil.copytree(BUILTINS[DEFAULT], folder / "own")
    with open(folder / "own" / "rulebook.toml", "a", encoding="utf-8") as stream:
        stream.write("# mine\n")
    direct = whosees(folder, *CHECK, "--rules", "own", "--report", "json=saved.json")
    refused = whosees(folder, "convert", "saved.json")
    assert refused.code == 2
    assert "name that rulebook with --rules" in refused.err
    assert whosees(folder, "convert", "saved.json", "--rules", "own").out == direct.out


def test_what_there_is_no_room_for_is_said(folder: Path) -> None:
    many = message([*ALWAYS_MC, *(f"x{number}" for number in range(120))])
    (folder / "night" / "many.jsonl").write_bytes(json_lines([Call(many, b"")] * 280))
    run = whosees(folder, *CHECK, "--report", "sarif=o.sarif")
    assert run.err.startswith("whosees: the sarif report `o.sarif` has 25,000 of 28,2")
    assert len(json.loads((folder / "o.sarif").read_text())["runs"][0]["results"]) == 25_000


def test_what_is_broken_off_leaves_no_file(tmp_path: Path) -> None:
    output = Output("json", str(tmp_path / "a.json"))
    reporting = ReportOptions(output, (Output("junit", str(tmp_path / "b.xml")),))
    with pytest.raises(RuntimeError, match="broken off"), reporting.open(builtin_rulebook()):
        raise RuntimeError("broken off")
    assert os.listdir(tmp_path) == []
