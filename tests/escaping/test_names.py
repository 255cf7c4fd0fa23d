"""A hostile name changes no report but for the name itself, wherever it comes from."""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from secrecy.sealed import Ended, Sealed

from escaping.media import MEDIA, steers
from escaping.names import NAMES
from support.messages import body as body_content
from support.messages import elements, message
from support.traffic import LEAKING, SHOWN
from whosees.reports.check.registry import FORMATS

PLAIN = b"plain"

BROKEN = LEAKING[:-30]
EVERYTHING = "WHOSEES_SWEEP" in os.environ


def a_file(folder: Path, name: bytes) -> list[str]:
    """Name files so: one that leaks, one that cannot be read."""
    base = os.fsencode(folder) + b"/"
    for ending, content in ((b".response.xml", LEAKING), (b".bad.xml", BROKEN)):
        with open(base + name + ending, "wb") as stream:
            stream.write(content)
    return ["."]


def a_folder(folder: Path, name: bytes) -> list[str]:
    """Name a folder so."""
    inside = os.fsencode(folder) + b"/" + name
    os.mkdir(inside)
    for file, content in ((b"leak.xml", LEAKING), (b"bad.xml", BROKEN)):
        with open(inside + b"/" + file, "wb") as stream:
            stream.write(content)
    return [os.fsdecode(name)] if not name.startswith(b"-") else ["."]


def a_member(folder: Path, name: bytes) -> list[str]:
    """Name members of an archive so."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for ending, content in (("", LEAKING), (".bad", BROKEN)):
            info = tarfile.TarInfo(os.fsdecode(name) + ending + ".xml")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    (folder / "all.tar").write_bytes(written.getvalue())
    return ["all.tar"]


def a_json_member(folder: Path, name: bytes) -> list[str]:
    """Name members of a JSON message so; half a character can be told there too."""
    named = name.decode("utf-8", "surrogateescape")
    document = {"id": "x", "agenda": "x", named: {named: "x"}, f"/{named}": ["x"]}
    (folder / "a.json").write_text(json.dumps(document))
    (folder / "a.context.toml").write_bytes(b'nothing = "x"\n')
    (folder / "b.json").write_text(json.dumps(document))
    return [".", "--rules", "webex-rest-meeting", "--fact", "view=admin", "--unlisted", "error"]


def an_element(folder: Path, name: bytes) -> list[str]:
    """Name elements so, as far as XML lets them be called that: letters of all kinds, joiners, tags and points."""
    letters = "".join(
        c for c in name.decode("utf-8", "ignore") if c.isalnum() or c in "\u200d\u200c\U000e0041\U000e0042.-"
    )
    kind = f"ep:x{letters}"
    (folder / "a.xml").write_bytes(
        message(body_content(elements([*SHOWN, f"x{letters}"], {"metaData/serviceType": "MeetingCenter"})))
    )
    (folder / "b.xml").write_bytes(message(body_content("<ep:x/>", kind)))
    (folder / "c.xml").write_bytes(f"<x{letters}/>".encode())
    return ["a.xml", "b.xml", "c.xml", "--unlisted", "error"]


def a_key(folder: Path, name: bytes) -> list[str]:
    """Name a key of a sidecar so, which is no key of it."""
    quoted = json.dumps(name.decode("utf-8", "replace"), ensure_ascii=True)
    (folder / "a.response.xml").write_bytes(LEAKING)
    (folder / "a.context.toml").write_text(f'{quoted} = "x"\n')
    line = {"response": LEAKING.decode(), "context": {name.decode("utf-8", "replace"): "x"}}
    (folder / "b.jsonl").write_text(json.dumps(line) + "\n")
    return ["."]


SOURCES: dict[str, Callable[[Path, bytes], list[str]]] = {
    "a file": a_file,
    "a folder": a_folder,
    "a member of an archive": a_member,
    "a member of a JSON message": a_json_member,
    "an element": an_element,
    "a key of a sidecar": a_key,
}

CONTEXT = ("--caller", "anonymous", "--password", "not-supplied")


@pytest.mark.parametrize("source", SOURCES)
def test_a_hostile_name_changes_nothing_but_the_name(tmp_path: Path, source: str) -> None:
    sealed = Sealed(tmp_path / "sealed")
    commands, wanted = [], []
    # A quarter of the names in each place; `make secrecy` tries all of them everywhere.
    names = list(NAMES)[0 if EVERYTHING else list(SOURCES).index(source) % 4 :: 1 if EVERYTHING else 4]
    for number, (what, name) in enumerate({"plain": PLAIN, **{what: NAMES[what] for what in names}}.items()):
        folder = tmp_path / f"{number:02}"
        folder.mkdir()
        paths = SOURCES[source](folder, name)
        reports = [
            word
            for format_ in FORMATS
            for word in ("--report", f"{format_}={sealed.work}/{number:02}.{format_}")
        ]
        commands.append(
            ["@", str(folder), "check", *paths, *([] if "--fact" in paths else CONTEXT), "-v", *reports]
        )
        wanted.append(what)
    ended = sealed.session(commands)
    (code,) = {one.code for one in ended}
    assert code in (1, 3), ended[0].err
    first: dict[str, object] = {}
    for number, (what, one) in enumerate(zip(wanted, ended, strict=True)):
        assert steers(one.out.decode()) == steers(one.err.decode()) == [], what
        for format_, structure in MEDIA.items():
            text = (sealed.work / f"{number:02}.{format_}").read_bytes().decode()
            assert format_ == "github" or steers(text) == [], (what, format_)
            assert structure(text) == first.setdefault(format_, structure(text)), (what, format_)


MESSAGES: dict[str, tuple[str, ...]] = {
    "no such recording": ("check", "NAME"),
    "a rulebook": ("check", "x", "--rules", "NAME"),
    "a request": ("check", "x", "--request", "NAME"),
    "a baseline": ("check", "x", "--baseline", "NAME"),
    "a configuration": ("check", "x", "--config", "NAME"),
    "an output": ("matrix", "-o", "NAME/x"),
    "a report": ("check", "x", "--report", "json=NAME/x"),
    "two reports": ("check", "x", "--report", "json=NAME", "--report", "text=NAME"),
    "a format": ("check", "x", "--report", "NAME=x"),
    "a result": ("convert", "NAME"),
    "an element": ("explain", "NAME"),
    "a response": ("explain", "agenda", "NAME"),
    "a fact": ("expect", "--fact", "NAME"),
    "a fact's value": ("expect", "--service", "NAME"),
    "a change": ("expect", "--service", "MC", "--versus", "NAME=x"),
    "a new rulebook": ("rules", "new", "NAME"),
    "compared rulebooks": ("rules", "diff", "NAME", "getsessioninfo"),
    "a plan": ("live", "--plan", "NAME"),
    "a case": ("live", "--plan", "PLAN", "--only", "NAME"),
    "a scenario": ("emulate", "--scenario", "NAME"),
    "a fault": ("emulate", "--fault", "NAME"),
    "a command": ("NAME",),
    "an option": ("check", "--NAME"),
}
"""A name that was typed, perhaps by a shell's wildcard, comes back in a message."""

PLAN = Path(__file__).parents[2] / "examples" / "live.toml"


def test_no_message_is_steered_by_a_name_that_was_typed(tmp_path: Path) -> None:
    sealed = Sealed(tmp_path / "sealed")
    commands = []
    for number, name in enumerate(NAMES.values()):
        folder = tmp_path / f"{number:02}"
        folder.mkdir()
        (folder / "x").write_bytes(LEAKING)
        # Half of the messages with each name; `make secrecy` tries all of them.
        for command in list(MESSAGES.values())[0 if EVERYTHING else number % 2 :: 1 if EVERYTHING else 2]:
            words = [word.replace("PLAN", str(PLAN)).replace("NAME", os.fsdecode(name)) for word in command]
            commands.append(["@", str(folder), *words])
    ended = sealed.session(commands)
    assert {one.code for one in ended} <= {0, 1, 2, 3}, [one.err for one in ended if one.code > 3]
    assert [line for one in ended for line in steers(one.err.decode())] == []
    assert [line for one in ended for line in steers(one.out.decode())] == []
    assert sum(one.code == 2 for one in ended) > len(ended) * 0.7


def test_where_a_name_is_right_it_is_shown_as_it_is(tmp_path: Path) -> None:
    sealed = Sealed(tmp_path / "sealed")
    a_file(sealed.work, NAMES["is right"])
    ended: Ended = sealed.run("check", ".")
    assert f"./{NAMES['is right'].decode()}.response.xml: violating" in ended.out.decode()
