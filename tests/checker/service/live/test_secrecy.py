"""No secret and no text of a person leaves in anything: a run with unique ones, and a search for their bytes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.practice import EXAMPLE
from support.servers import RawServer, emulating, http
from whosees.checker.service.emulate.handler import SessionHandler
from whosees.checker.service.emulate.scenario import BUILTIN, PAYLOAD, load_scenario
from whosees.checker.service.live.cases import session_cases
from whosees.checker.service.live.load import load_plan
from whosees.checker.service.live.request_message import request_of
from whosees.checker.service.live.secrets import Secrets
from whosees.rules.load import builtin_rulebook

Servers = Callable[..., RawServer]
Whosees = Callable[..., subprocess.CompletedProcess[str]]

MARK = "Zq7"
"""Part of every unique text; nothing else holds it."""


EXEMPT = (
    *("sessionkey", "metaData/serviceType", "accessControl/sessionPassword"),
    *("host/firstName", "host/lastName", "host/email", "host/webExId"),
)
"""Rows that get no text of their own here: they tell the service, or are a person's or a secret already."""


def uniquely_marked(folder: Path) -> tuple[Path, Path]:
    """Return scenario and plan in which every secret, name, address and text of a PW element is unique."""
    scenario = BUILTIN.read_text(encoding="utf-8")
    scenario = re.sub(r'"practice-([a-z-]+)"', rf'"{MARK}-secret-\1"', scenario)
    scenario = re.sub(r'"(helen|ida|paul|petra|nora)"', rf'"{MARK}-id-\1"', scenario)
    scenario = re.sub(r"\b(ida|paul|petra) =", rf'"{MARK}-id-\1" =', scenario)
    scenario = re.sub(r'"(\w+)@practice.invalid"', rf'"{MARK}-mail-\1@x.invalid"', scenario)
    scenario = re.sub(r'(first_name|last_name) = "(\w+)"', rf'\1 = "{MARK}-name-\2"', scenario)
    paths = re.findall(r'^"([^"]+)" = ', PAYLOAD.read_text(encoding="utf-8"), re.MULTILINE)
    texts = ", ".join(
        f'"{path}" = "{MARK}-text-{path}"' for path in paths if path not in (*EXEMPT, "isAudioOnly")
    )
    scenario = re.sub(r'(service = "\w\w"\n)', rf"\1texts = {{ {texts} }}\n", scenario)
    plan = EXAMPLE.read_text(encoding="utf-8")
    plan = re.sub(r', loopback = "[^"]+"', "", plan)
    plan = re.sub(r'webex_id = "(\w+)"', rf'webex_id = "{MARK}-id-\1"', plan)
    files = folder / "scenario.toml", folder / "plan.toml"
    for file, text in zip(files, (scenario, plan), strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def environment() -> dict[str, str]:
    names = {
        "HOST_PASSWORD": "helen",
        "ATTENDEE_PASSWORD": "ida",
        "PANELIST_TICKET": "ticket-paul",
        "PRESENTER_TOKEN": "token-petra",
        "OTHER_PASSWORD": "nora",
        **{f"{service}_PASSWORD": service.lower() for service in ("MC", "SC", "TC", "EC", "AO")},
    }
    return {f"WHOSEES_{name}": f"{MARK}-secret-{word}" for name, word in names.items()}


def everything(done: subprocess.CompletedProcess[str], *folders: Path) -> bytes:
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return b"\n".join([done.stdout.encode(), done.stderr.encode(), *(file.read_bytes() for file in files)])


FAULTS: list[tuple[str, tuple[str, ...]]] = [
    ("text", ()),
    ("json", ("accept-password", "leak:telephony", "leak:account")),
    ("text", ("failure:030002@MC", "truncate@SC", "garbage@TC", "status:500@EC", "wrong-namespace@AO")),
    ("json", ("omit:host", "ignore-password", "empty:metaData")),
]


def test_the_marks_are_in_what_is_sent_and_answered(tmp_path: Path) -> None:
    """Otherwise there would be nothing to find."""
    scenario, plan = uniquely_marked(tmp_path)
    rulebook = builtin_rulebook()
    secrets = Secrets(environment(), practice=False)
    read = load_plan((rulebook,), plan)
    handler = SessionHandler(rulebook, load_scenario(rulebook, scenario))
    texts = set()
    for case in session_cases(rulebook, read):
        request = request_of(rulebook, read, case, secrets)
        assert case.id.endswith("/wrong") or case.caller.anonymous or MARK.encode() in request
        texts |= set(re.findall(MARK + r"-\w+-[\w/-]+", handler.handle(request).body.decode()))
    rows = [row.path for row in rulebook.rows if not rulebook.rows_below[row.path]]
    told_apart = [path for path in rows if f"{MARK}-text-{path}" in texts]
    assert len(told_apart) == len(rows) - len(EXEMPT)
    assert {f"{MARK}-id-helen", f"{MARK}-name-Helen", f"{MARK}-mail-helen", f"{MARK}-secret-mc"} <= texts


@pytest.mark.parametrize(("format_", "faults"), FAULTS, ids=str)
def test_nothing_that_has_to_stay_secret_is_in_anything_that_is_written(
    whosees: Whosees, tmp_path: Path, faults: tuple[str, ...], format_: str
) -> None:
    scenario, plan = uniquely_marked(tmp_path)
    records, reports = tmp_path / "records", tmp_path / "reports"
    reports.mkdir()
    arguments = [word for fault in faults for word in ("--fault", fault)]
    with emulating("-v", "--scenario", str(scenario), *arguments) as (url, said):
        command = ("live", "--plan", str(plan), "--url", url, "-v", "--record", str(records))
        files = [word for form in ("text", "json") for word in ("--report", f"{form}={reports}/{form}")]
        done = whosees(*command, "--format", format_, *files, **environment())
    assert done.returncode == (1 if faults else 0)
    assert {file.name for file in reports.iterdir()} == {"text", "json"}
    checked = whosees("check", str(records), "-v", "--format", format_)
    written = everything(done, records, reports) + everything(checked) + "".join(said).encode()
    assert b"MC/anonymous/not-supplied" in written
    assert MARK.encode() not in written


def test_a_server_that_sends_everything_back_has_nothing_of_it_written(
    whosees: Whosees, raw_server: Servers, tmp_path: Path
) -> None:
    """An answer that quotes the request: as an answer, as a reason, as a redirect, as no XML."""
    _, plan = uniquely_marked(tmp_path)
    records = tmp_path / "records"

    def echo(request: bytes) -> bytes:
        text = request.replace(b"<", b"&lt;")
        failed = (
            b'<s:message xmlns:s="http://www.webex.com/schemas/2002/06/service"><s:header><s:response><s:result>FAILURE'
            b"</s:result><s:reason>" + text + b"</s:reason><s:exceptionID>" + text + b"</s:exceptionID>"
            b"</s:response></s:header></s:message>"
        )
        if b"100000001" in request:
            return http(request)
        if b"100000002" in request:
            return http(failed)
        if b"100000003" in request:
            return http(b"not XML: " + request)
        if b"100000004" in request:
            return http(b"", f"302 {MARK}", f"Location: http://127.0.0.1/{MARK}")
        return request

    url = raw_server(echo).url()
    done = whosees("live", "--plan", str(plan), "--url", url, "-v", "--record", str(records), **environment())
    assert done.returncode == 3
    assert "6 conformant, 84 unchecked" in done.stdout  # six wrong passwords were refused
    assert MARK.encode() not in everything(done, records)


def test_a_secret_that_cannot_be_sent_is_not_quoted(whosees: Whosees, tmp_path: Path) -> None:
    _, plan = uniquely_marked(tmp_path)
    done = whosees(
        "live", "--plan", str(plan), **{**environment(), "WHOSEES_MC_PASSWORD": f"{MARK}\x01\udcff"}
    )
    assert done.returncode == 2
    assert "`WHOSEES_MC_PASSWORD` contains characters that XML cannot represent" in done.stderr
    assert MARK not in done.stderr


HTTP_PLAN = f"""
[[requests]]
name = "profile"
path = "/users/{{username}}"
parameters = {{ username = "{MARK}-name" }}
query = {{ key = "${{WHOSEES_KEY}}" }}
facts = {{ caller = "another-user" }}

[[requests]]
name = "repositories"
path = "/user/repos"
refuses = ["nobody"]

[[callers]]
name = "somebody"
headers = {{ Authorization = "Bearer ${{WHOSEES_TOKEN}}", Cookie = "{MARK}-cookie" }}
facts = {{ user_scope = "no-scope" }}

[[callers]]
name = "nobody"
"""


def test_nothing_of_a_call_of_an_http_api_is_in_anything_that_is_written(
    whosees: Whosees, tmp_path: Path
) -> None:
    plan, records = tmp_path / "plan.toml", tmp_path / "records"
    plan.write_text(HTTP_PLAN)
    rules = ("--rules", "github-user", "--rules", "github-repos")
    secrets = {"WHOSEES_KEY": f"{MARK}-key", "WHOSEES_TOKEN": f"{MARK}-token"}
    with emulating("-v", *rules, "--fault", "leak:plan", "--fault", "omit:fork@push") as (url, said):
        server = url.removesuffix("/user")
        live = ("live", "--plan", str(plan), "--url", server, *rules, "-v", "--record", str(records))
        done = whosees(*live, **secrets)
        unset = whosees(*live[:-2], WHOSEES_KEY=f"{MARK}-key")
    checked = whosees("check", str(records), *rules, "-v", "--format", "json")
    assert (done.returncode, unset.returncode, checked.returncode) == (1, 2, 1)
    assert unset.stderr.startswith(
        f"whosees: the plan `{plan}`: `requests`, profile, as somebody: `headers.Authorization`: the environment"
        " variable `WHOSEES_TOKEN` is not set\n"
    )
    written = everything(done, records) + everything(unset) + everything(checked) + "".join(said).encode()
    assert b"repositories/somebody[0]: violating" in written
    assert MARK.encode() not in written
