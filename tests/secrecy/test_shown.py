"""Input that is shown on purpose: names and enumerated facts, each with its reason."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from secrecy.sealed import Sealed
from support.messages import body, elements, failure, message, response
from support.traffic import LEAKING, SHOWN, zipped

CANARY = "Shown1by2purpose"
ID = "271828182845"
TEXTS = {"metaData/serviceType": "MeetingCenter"}


@dataclass(frozen=True, slots=True)
class Shown:
    """Something of an input that is shown: why, how a file holds it, and in which words it comes out."""

    why: str
    file: str
    content: bytes
    said: str
    arguments: tuple[str, ...] = ()


SHOWN_ON_PURPOSE: dict[str, Shown] = {
    "the name of a file": Shown(
        "a finding is of use only with its place", f"{CANARY}.xml", LEAKING, f"{CANARY}.xml: violating"
    ),
    "the name of a member": Shown(
        "as that of a file",
        "a.zip",
        zipped([(f"{CANARY}.response.xml", LEAKING)]),
        f"a.zip!{CANARY}.response.xml",
    ),
    "the name of an element that no row lists": Shown(
        "it is what the note is about",
        "a.xml",
        message(body(elements([*SHOWN, f"metaData/{CANARY}"], TEXTS))),
        f"metaData/{CANARY}",
    ),
    "the name of a member of a JSON message": Shown(
        "as that of an element",
        "a.json",
        json.dumps({"id": "x", CANARY: "x"}).encode(),
        CANARY,
        ("--rules", "webex-rest-meeting", "--fact", "view=admin"),
    ),
    "the name of a root": Shown(
        "it tells what kind of document was taken for a message",
        "a.xml",
        f"<{CANARY}/>".encode(),
        f"`{CANARY}`",
    ),
    "the type of a body": Shown(
        "it names the operation that was answered; only where it looks like a name of one",
        "a.xml",
        message(body("<ep:x/>", f"ep:{CANARY}")),
        f"its bodyContent is `{CANARY}`",
    ),
    "the exceptionID": Shown(
        "it is the service's number for what went wrong; only digits, and no more than twelve",
        "a.xml",
        message("<serv:bodyContent/>", header=failure(ID)),
        f"exceptionID {ID}",
    ),
    "the HTTP status": Shown(
        "it is one of three digits",
        "a.har",
        json.dumps(
            {
                "log": {
                    "entries": [
                        {"request": {}, "response": {"status": 418, "content": {"text": LEAKING.decode()}}}
                    ]
                }
            }
        ).encode(),
        "HTTP status 418",
    ),
    "the service of a response": Shown(
        "it is one of the names that the rulebook lists",
        "a.xml",
        response("TC", SHOWN, {"metaData/serviceType": "trainingCENTER"}),
        "service TC",
    ),
    "a printed variable": Shown(
        "it is one of the six that the rulebook lists",
        "a.xml",
        response(
            "MC",
            [*SHOWN, "telephony/globalCallInNumbersURL"],
            {"telephony/globalCallInNumbersURL": "%TollNum%"},
        ),
        "%TollNum%",
    ),
}

SIDECARS = {
    "an unknown key of a sidecar": (f'{CANARY} = "x"', f"unknown key `{CANARY}`"),
    "a misspelt value of a sidecar": ('role = "hsot"', "`hsot` is not a known role"),
}
"""Facts from a sidecar, and the words in which they come out."""

NOT_QUITE = {
    "an exceptionID with a letter": message("<serv:bodyContent/>", header=failure(f"{ID}x")),
    "an exceptionID that is too long": message("<serv:bodyContent/>", header=failure(ID * 2)),
    "a type that is no name": message(body("<ep:x/>", f"ep:{ID} {ID}")),
    "a type that is too long": message(body("<ep:x/>", f"ep:a{ID * 9}")),
    "a service that is none": response("MC", SHOWN, {"metaData/serviceType": ID}),
    "a variable that is none": response(
        "MC", [*SHOWN, "telephony/globalCallInNumbersURL"], {"telephony/globalCallInNumbersURL": f"%{ID}%"}
    ),
    "a root that is no name": f"<a{ID}é/>".encode(),
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Everything that `check` writes about each of these files; they are checked in one process."""
    sealed = Sealed(tmp_path_factory.mktemp("shown") / "sealed")
    commands: dict[str, tuple[str | Path, ...]] = {}
    for number, (what, shown) in enumerate(SHOWN_ON_PURPOSE.items()):
        file = _given(sealed, f"shown{number}", shown.file, shown.content)
        commands[what] = (file, *shown.arguments)
    for number, (what, (stated, _)) in enumerate(SIDECARS.items()):
        commands[what] = (_given(sealed, f"sidecar{number}", "a.response.xml", LEAKING),)
        _given(sealed, f"sidecar{number}", "a.context.toml", stated.encode())
    for number, (what, content) in enumerate(NOT_QUITE.items()):
        commands[what] = (_given(sealed, f"quite{number}", "a.xml", content),)
    reports = [sealed.work / f"{number}.json" for number in range(len(commands))]
    ended = sealed.session(
        ("check", *command, "-v", "--report", f"json={report}")
        for command, report in zip(commands.values(), reports, strict=True)
    )
    return {
        what: one.out + one.err + report.read_bytes()
        for what, one, report in zip(commands, ended, reports, strict=True)
    }


def _given(sealed: Sealed, folder: str, name: str, content: bytes) -> Path:
    path = sealed.root.parent / folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("what", SHOWN_ON_PURPOSE)
def test_it_is_shown_and_has_its_reason(outputs: dict[str, bytes], what: str) -> None:
    """If it were not shown any more, it would have to leave this list."""
    shown = SHOWN_ON_PURPOSE[what]
    assert shown.said in " ".join(outputs[what].decode().split())
    assert shown.why


@pytest.mark.parametrize("what", SIDECARS)
def test_what_a_sidecar_misspells_is_shown(outputs: dict[str, bytes], what: str) -> None:
    assert SIDECARS[what][1] in outputs[what].decode()


@pytest.mark.parametrize("what", NOT_QUITE)
def test_what_only_resembles_it_is_not_shown(outputs: dict[str, bytes], what: str) -> None:
    assert ID.encode() not in outputs[what]
