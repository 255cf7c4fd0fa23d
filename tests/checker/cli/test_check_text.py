"""The text that `whosees check` prints, and how a run ends that is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from support.check_folder import ANONYMOUS, GOOD, LEAKING, outcomes
from support.command import COMMAND, whosees
from support.judging import ALWAYS_MC
from support.messages import failure, message, request, response
from support.waiting import until_it_waits


def test_names_that_would_steer_a_terminal_are_escaped(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m\nb.xml").write_bytes(GOOD)
    (tmp_path / os.fsdecode(b"\xff.xml")).write_bytes(GOOD)
    for format_ in ("text", "json"):
        run = whosees("check", ".", "--format", format_, cwd=tmp_path)
        assert run.code == 0
        assert "\x1b" not in run.out
    sources = [source for source, *_ in outcomes(whosees("check", ".", "--format", "json", cwd=tmp_path).out)]
    assert sources == ["./a\\x1b[31m\\nb.xml", "./\\xff.xml"]


def test_no_text_of_an_element_is_ever_printed(tmp_path: Path) -> None:
    secret = b"S3CRET"
    spoilt = LEAKING.replace(b">x<", b">" + secret + b"<").replace(b"MeetingCenter", b"MeetingCenter")
    asked = request(
        f"<webExID>{secret.decode()}</webExID>", f"<sessionPassword>{secret.decode()}</sessionPassword>"
    )
    (tmp_path / "a.response.xml").write_bytes(spoilt)
    (tmp_path / "a.request.xml").write_bytes(asked)
    (tmp_path / "b.xml").write_bytes(spoilt[:-40])
    (tmp_path / "c.xml").write_bytes(message("<serv:bodyContent/>", header=failure(secret.decode())))
    (tmp_path / "d.xml").write_bytes(spoilt.replace(b"MeetingCenter", secret))
    for options in (["-v"], ["--format", "json"], ["--caller", "anonymous", "-v"]):
        run = whosees("check", ".", *options, cwd=tmp_path)
        assert run.code in (1, 3)
        assert secret.decode() not in run.out + run.err


def test_the_text_says_what_is_wrong_and_why_and_sums_up(folder: Path) -> None:
    run = whosees("check", "b.response.xml", "a.xml", cwd=folder)
    assert run.out == (
        "b.response.xml: violating\n"
        "  MC (response), caller anonymous (request), role none (request), password\n"
        "    not-supplied (request)\n"
        "  error   leaked: present, and must not be\n"
        "          accessControl/sessionPassword  line 9\n"
        "          Table 4-3 has PW for MC (Meeting Center), the caller is anonymous and\n"
        "          the meeting password was not supplied\n"
        "          why: whosees explain accessControl/sessionPassword --service MC --caller anonymous "
        "--password not-supplied\n"
        "\n"
        "a.xml: conformant\n"
        "  MC, caller unknown, role unknown, password unknown\n"
        "\n"
        "2 responses: 1 conformant, 1 violating\n"
        "findings: 1 error, 0 warnings, 0 notes\n"
        "coverage of obligations: 57 of 351 (MC 57 of 71)\n"
    )


def test_the_line_that_counts_notes_fits_the_width(tmp_path: Path) -> None:
    leaking = response("MC", [*ALWAYS_MC, "metaData/agenda", "panelistsInfo"])
    (tmp_path / "a.xml").write_bytes(leaking)
    out = whosees("check", "a.xml", cwd=tmp_path).out
    counted = (
        "  note    undecided: present, and the known facts do not decide (1 finding; -v\n"
        "            lists it)\n"
    )
    assert counted in out, out
    assert all(len(line) <= 80 for line in out.splitlines() if "why: " not in line)


def test_quiet_and_verbose(folder: Path) -> None:
    (folder / "a.xml").write_bytes(GOOD.replace(b"<ep:host>", b"<ep:hostKey/><ep:host>"))
    quiet = whosees("check", "a.xml", "-q", cwd=folder)
    assert quiet.out == (
        "1 response: 1 conformant\n"
        "findings: 0 errors, 0 warnings, 1 note\n"
        "coverage of obligations: 43 of 351 (MC 43 of 71)\n"
    )
    verbose = whosees("check", "a.xml", "-v", cwd=folder)
    assert "  note    unlisted: present, in no row\n          hostKey  line" in verbose.out


def test_many_conformant_responses_are_counted_and_not_all_named(tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / f"{number:02}.xml").write_bytes(GOOD)
    run = whosees("check", ".", *ANONYMOUS, cwd=tmp_path)
    assert run.out.count(": conformant\n") == 20
    assert "and 5 more conformant responses (-v lists them)\n" in run.out


def test_there_is_no_colour_where_there_is_no_terminal(folder: Path) -> None:
    assert "\x1b" not in whosees("check", ".", cwd=folder, FORCE_COLOR="1").out


def test_an_interrupt_ends_with_130_and_what_was_judged(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(LEAKING)
    with subprocess.Popen(
        [COMMAND, "check", "a.xml", "-", *ANONYMOUS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"a.xml: violating\n"
        until_it_waits(process)
        process.send_signal(signal.SIGINT)
        out, err = process.stdout.read(), process.stderr.read()
        code = process.wait()
    assert code == 130
    assert b"1 response: 1 violating\n" in out
    assert b"interrupted: the totals cover only what was judged until then\n" in out
    assert err == b"whosees: interrupted; the report covers what was judged until then\n"


def test_a_reader_that_is_gone_is_no_crash(folder: Path) -> None:
    with subprocess.Popen(
        [COMMAND, "check", "."], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
        code = process.wait()
    assert (code, err) == (141, b"")
