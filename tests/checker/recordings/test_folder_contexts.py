"""A file ``context.toml`` counts for everything in its folder and below; the nearer file wins, key by key (DESIGN 3)."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from support.messages import body, elements, message, request
from support.traffic import Call, har, json_lines
from whosees.checker.batch.resume import key_of
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import Recording, find_batches, find_recordings, read_all
from whosees.engine.claims import Precedence, read_claim
from whosees.engine.result import ResponseResult
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()
ALWAYS = [row.path for row in RULEBOOK.rows if row.cells["MC"] == "always"]
GOOD = message(body(elements(ALWAYS, {"metaData/serviceType": "MeetingCenter"})))
ANONYMOUS = 'caller = "anonymous"\npassword = "not-supplied"\n'


def judged(*paths: Path, claims: dict[str, str] | None = None) -> dict[str, ResponseResult]:
    """Return the results of recordings, by the last part of their sources; the same come in batches."""
    stated = tuple(
        read_claim(RULEBOOK, fact, value, f"--{fact}", Precedence.FLAG)
        for fact, value in (claims or {}).items()
    )
    checker, names = Checker(Settings(claims=stated)), [str(path) for path in paths]
    found = list(find_recordings(names))
    in_batches = list(read_all(find_batches(names)))
    contexts = [each.contexts for each in found if isinstance(each, Recording)]
    assert contexts == [each.contexts for each in in_batches if isinstance(each, Recording)]
    results = [result for recording in found for result in checker.check(recording)]
    assert all(isinstance(result, ResponseResult) for result in results), "the files are no recordings"
    return {os.path.basename(each.source): each for each in results if isinstance(each, ResponseResult)}


def facts(result: ResponseResult) -> dict[str, tuple[str, str]]:
    """Return each fact with its source, without the service."""
    context = result.resolved.context
    return {
        fact: (value, source)
        for (fact, value), source in zip(context.items(), result.resolved.sources, strict=True)
        if fact != "service"
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three folders in one another, with a response in each, and a file for the first."""
    for name in ("outer", "outer/inner", "outer/inner/innermost"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{os.path.basename(name)}.xml").write_bytes(GOOD)
    (tmp_path / "outer" / "context.toml").write_text(ANONYMOUS)
    return tmp_path


def test_it_counts_for_its_folder_and_all_below(folder: Path) -> None:
    (folder / "beside.xml").write_bytes(GOOD)
    results = judged(folder)
    stated = {
        "caller": ("anonymous", "context.toml"),
        "role": ("none", "context.toml"),
        "password": ("not-supplied", "context.toml"),
    }
    assert {name: facts(result) for name, result in results.items() if name != "beside.xml"} == {
        "outer.xml": stated,
        "inner.xml": stated,
        "innermost.xml": stated,
    }
    assert facts(results["beside.xml"])["caller"] == ("unknown", "default")


def test_however_a_recording_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for root in ("outer/inner/inner.xml", "outer/inner", "outer", "."):
        for base in (folder, None):
            monkeypatch.chdir(folder)
            path = Path(root) if base is None else base / root
            assert facts(judged(path)["inner.xml"])["caller"] == ("anonymous", "context.toml")
    monkeypatch.chdir(folder / "outer")
    assert facts(judged(Path("outer.xml"))["outer.xml"])["caller"] == ("anonymous", "context.toml")


def test_the_nearer_file_wins_key_by_key(folder: Path) -> None:
    (folder / "outer/inner/context.toml").write_text('password = "supplied"\n')
    (folder / "outer/inner/innermost/innermost.context.toml").write_text('outcome = "failure"\n')
    results = judged(folder)
    assert {name: facts(each)["password"][0] for name, each in results.items()} == {
        "outer.xml": "not-supplied",
        "inner.xml": "supplied",
        "innermost.xml": "supplied",
    }
    assert all(facts(each)["caller"][0] == "anonymous" for each in results.values())
    unexpected = [
        name for name, each in results.items() if any(f.rule == "unexpected-success" for f in each.findings)
    ]
    assert unexpected == ["innermost.xml"]


def test_a_sidecar_and_a_flag_beat_it_and_it_beats_evidence(folder: Path) -> None:
    (folder / "outer/outer.xml").rename(folder / "outer/outer.response.xml")
    (folder / "outer/outer.request.xml").write_bytes(request("<webExID>somebody</webExID>"))
    result = judged(folder / "outer/outer.response.xml")["outer.response.xml"]
    assert facts(result)["caller"] == ("anonymous", "context.toml")
    [conflict] = [found for found in result.findings if found.rule == "context-conflict"]
    assert conflict.message == (
        "context.toml says caller `anonymous`, the request shows caller `authenticated`; context.toml counts"
    )
    (folder / "outer/outer.context.toml").write_text('caller = "authenticated"\n')
    result = judged(folder / "outer/outer.response.xml")["outer.response.xml"]
    assert facts(result)["caller"] == ("authenticated", "sidecar")
    flagged = judged(folder / "outer/inner", claims={"password": "supplied"})["inner.xml"]
    assert facts(flagged)["password"] == ("supplied", "--password")


@pytest.mark.parametrize("pack", [har, json_lines], ids=["HAR", "JSON Lines"])
def test_it_counts_for_every_recording_in_a_file(folder: Path, pack: Callable[[list[Call]], bytes]) -> None:
    (folder / "outer/many").write_bytes(pack([Call(GOOD), Call(GOOD)]))
    results = [result for name, result in judged(folder / "outer").items() if name.startswith("many")]
    assert [facts(result)["caller"] for result in results] == [("anonymous", "context.toml")] * 2


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_the_folders_of_an_archive_are_folders(
    folder: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    """The file may come after the members that it counts for."""
    inside = pack({"x/deep.response.xml": GOOD, "x/context.toml": b'role = "none"\n'})
    archive = pack(
        {
            "a/one.response.xml": GOOD,
            "a/b/two.response.xml": GOOD,
            "c.response.xml": GOOD,
            "a/inside": inside,
            "a/b/context.toml": b'password = "supplied"\n',
            "a/context.toml": b'caller = "authenticated"\n',
        }
    )
    (folder / "outer/archive").write_bytes(archive)
    results = judged(folder / "outer")
    found = {
        name.rpartition("!")[2]: tuple(value for value, _ in facts(each).values())
        for name, each in results.items()
        if "response" in name
    }
    assert found == {
        "one.response.xml": ("authenticated", "unknown", "not-supplied"),
        "two.response.xml": ("authenticated", "unknown", "supplied"),
        "c.response.xml": ("anonymous", "none", "not-supplied"),
        "deep.response.xml": ("authenticated", "none", "not-supplied"),
    }


BROKEN = {
    "a wrong value": (b'role = "nobody"\n', "`role`: not a known role; the values are `host`"),
    "a wrong key": (b"rolle = 1\n", "`rolle`"),
    "no TOML": (b"<html>", ""),
    "too large": (b"# " + b"x" * 64 * 1024, "larger than 65,536 bytes"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_one_makes_its_responses_unchecked(folder: Path, case: str) -> None:
    content, problem = BROKEN[case]
    (folder / "outer/inner/context.toml").write_bytes(content)
    results = judged(folder)
    assert {name: each.reason for name, each in results.items()} == {
        "outer.xml": None,
        "inner.xml": "unreadable",
        "innermost.xml": "unreadable",
    }
    assert str(results["inner.xml"].detail).startswith(f"`{folder}/outer/inner/context.toml`: ")
    assert problem in str(results["inner.xml"].detail)


def test_files_whose_facts_exclude_each_other_are_named(folder: Path) -> None:
    (folder / "outer/inner/inner.context.toml").write_text('role = "host"\n')
    result = judged(folder)["inner.xml"]
    excluded = "caller `anonymous` excludes role `host`: an anonymous caller has role none"
    files = f"`{folder}/outer/context.toml` and its sidecar `inner.context.toml`"
    assert (result.reason, result.detail) == ("unreadable", f"{files}: {excluded}")


def test_a_pipe_of_that_name_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "outer/inner/context.toml")
    assert str(judged(folder)["inner.xml"].detail).endswith("context.toml`: it is not a regular file")


def test_a_link_that_leads_nowhere_is_not_passed_over(folder: Path) -> None:
    (folder / "outer/inner/context.toml").symlink_to("absent.toml")
    detail = str(judged(folder)["inner.xml"].detail)
    assert detail.endswith("context.toml`: it cannot be read: no such file or directory")


def test_a_member_that_is_there_twice_is_not_guessed(folder: Path) -> None:
    with zipfile.ZipFile(folder / "double.zip", "w") as archive:
        archive.writestr("context.toml", ANONYMOUS)
        archive.writestr("a.response.xml", GOOD)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("context.toml", 'caller = "authenticated"\n')
    [result] = judged(folder / "double.zip").values()
    assert (
        result.reason,
        "context.toml`: the archive contains this name more than once" in str(result.detail),
    ) == (
        "unreadable",
        True,
    )


def test_a_resumed_run_judges_again_if_it_changed(folder: Path) -> None:
    def keys() -> list[bytes | None]:
        found = find_recordings([str(folder / "outer/inner")])
        return [key_of(each, Limits()) for each in found if isinstance(each, Recording)]

    before = keys()
    assert before == keys()
    (folder / "outer/context.toml").write_text('caller = "authenticated"\n')
    assert not set(before) & set(keys())
