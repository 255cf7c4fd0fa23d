"""The mitmproxy add-on: its options, what it logs and writes, and, where mitmproxy is installed, the real one."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from support.command import whosees
from support.integrations import flow, options
from support.leaking import TEXT, Exchange, case_of
from whosees.checker.core.context_header import CONTEXT_HEADER
from whosees.checker.integrations.traffic.mitmproxy_addon import Addon, addons

CASE = case_of("github-user-authenticated")
PATH, LEAK = next(iter(CASE.leaks.items()))
FACTS = [f"{name}={value}" for name, value in CASE.facts.items()]


def test_the_command_prints_where_the_add_on_is() -> None:
    run = whosees("addon", "mitmproxy")
    assert (run.code, run.err) == (0, "")
    assert Path(run.out.rstrip("\n")).read_text().startswith('"""A mitmproxy add-on')
    assert [type(addon) for addon in addons] == [Addon]


def test_findings_and_totals_are_logged_and_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    addon = Addon()
    events = tmp_path / "events.jsonl"
    addon.start(options(whosees_rules=[CASE.rules], whosees_fact=FACTS, whosees_events=str(events)))
    for exchange in (LEAK, LEAK, CASE.clean, Exchange("/other", b"{}", "")):
        addon.response(flow(exchange))
    with caplog.at_level(logging.INFO):
        addon.done()
    assert caplog.messages[0].startswith(f"whosees: error: leaked {PATH}: ")
    assert f"; why: whosees explain {PATH} --fact profile=authenticated" in caplog.messages[0]
    assert caplog.messages[1:] == [
        "whosees: 4 exchanges: 1 conformant, 2 violating, 1 of no operation of the rulebooks, 0 dropped"
    ]
    (event,) = [json.loads(line) for line in events.read_text().splitlines()]
    assert (event["rule"], event["path"], event["context"]) == ("leaked", PATH, CASE.facts)
    assert TEXT not in caplog.text + events.read_text()


BODIES = {
    "compressed": ("gzip", gzip.compress(LEAK.response), (1, {})),
    "streamed": ("identity", None, (0, {"unreadable": 1})),
    "broken": ("gzip", b"\x1f\x8bx", (0, {"unreadable": 1})),
    "bomb": ("gzip", gzip.compress(bytes(1 << 25)), (0, {"too-large": 1})),
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_are_decoded_within_limits_while_traffic_goes_on(name: str) -> None:
    """mitmproxy's own `content` knows no limit: a body of 3 MB took 6 GB of memory, and all traffic waited."""
    coding, body, totals = BODIES[name]
    addon = Addon()
    addon.start(options(whosees_rules=[CASE.rules], whosees_fact=FACTS))
    passing = flow(LEAK)
    passing.response.raw_content = body
    passing.response.headers["content-encoding"] = coding
    addon.response(passing)
    assert addon.monitor is not None
    assert addon.monitor.flush(60)
    report = addon.monitor.report()
    assert (report.violating, report.unchecked) == totals


def test_mitmproxy_gets_the_options_and_refuses_wrong_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its modules are stood in for: where it is installed, it runs the add-on itself."""

    class OptionsError(Exception):
        pass

    wrong = options(whosees_rules=["none"])
    mitmproxy = SimpleNamespace(ctx=SimpleNamespace(options=wrong), exceptions=SimpleNamespace())
    mitmproxy.exceptions.OptionsError = OptionsError
    monkeypatch.setitem(sys.modules, "mitmproxy", mitmproxy)
    addon = Addon()
    added: dict[str, object] = {}
    addon.load(SimpleNamespace(add_option=lambda name, _kind, default, _help: added.update({name: default})))
    assert added == vars(options())
    with pytest.raises(OptionsError, match=r"^whosees: `none`: cannot be read: "):
        addon.configure(set(added))
    mitmproxy.ctx.options = options(whosees_rules=[CASE.rules])
    addon.configure({"whosees_rules"})
    first = addon.monitor
    addon.configure({"listen_port"})
    assert addon.monitor is first is not None


def test_a_flow_before_the_options_are_known_passes() -> None:
    Addon().response(flow(CASE.clean))


def test_an_error_says_that_nothing_is_judged_if_mitmproxy_cannot_set_an_option(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After `--set whosees_strict=no` mitmproxy neither configures the add-on nor says so."""

    async def load() -> None:
        Addon().load(SimpleNamespace(add_option=lambda *_: None))
        await asyncio.sleep(0)

    asyncio.run(load())
    (message,) = caplog.messages
    assert message == (
        "whosees: nothing is judged, since mitmproxy cannot set the options: `whosees_strict` and "
        "`whosees_trust_context_header` are `true` or `false`, and `whosees_events` is one file"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"whosees_fact": ["caller"]}, "`whosees_fact`: `caller` is not NAME=VALUE"),
        (
            {"whosees_fact": ["caller=a", "caller=b"]},
            "`whosees_fact caller` is given twice, with different values",
        ),
        ({"whosees_rules": ["none"]}, "`none`: cannot be read: no such file or directory; the built-in "),
        ({"whosees_select": ["leeked"]}, "`select`: there is no rule `leeked`; did you mean `leaked`?"),
        ({"whosees_events": os.sep}, "[Errno "),
    ],
)
def test_an_option_that_cannot_be_used_says_why(given: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, OSError)) as error:
        Addon().start(options(**given))
    assert str(error.value).startswith(message)


def test_without_whosees_in_its_environment_it_says_what_to_do() -> None:
    path = whosees("addon", "mitmproxy").out.rstrip("\n")
    program = f"exec(open({path!r}).read())"
    done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: Whosees is not installed in mitmproxy's environment; "
        "`pipx inject mitmproxy DIR` installs it there from a checkout in DIR"
    )


class Upstream(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(LEAK.response)))
        self.end_headers()
        self.wfile.write(LEAK.response)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.skipif(shutil.which("mitmdump") is None, reason="mitmproxy is not installed")
def test_the_real_mitmproxy_runs_it() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    script = whosees("addon", "mitmproxy").out.rstrip("\n")
    command = ["mitmdump", "-s", script, "--mode", f"reverse:http://127.0.0.1:{server.server_port}"]
    command += ["--listen-host", "127.0.0.1", "--listen-port", "0", "--set", "flow_detail=0"]
    for setting in (f"rules={CASE.rules}", *(f"fact={fact}" for fact in FACTS)):
        command += ["--set", f"whosees_{setting}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as mitmdump:
        assert mitmdump.stdout is not None
        for line in mitmdump.stdout:
            if match := re.search(r"listening at (127\.0\.0\.1:\d+)", line):
                assert httpx.get(f"http://{match[1]}/user?q={TEXT}").content == LEAK.response
                mitmdump.terminate()
                break
        rest = mitmdump.stdout.read()
    server.shutdown()
    server.server_close()
    assert f"whosees: error: leaked {PATH}: " in rest
    assert "whosees: 1 exchange: 0 conformant, 1 violating, 0 of no operation" in rest


@pytest.mark.parametrize(
    ("stated", "totals"),
    [
        ("user_scope=no-scope", (1, 0, {})),
        ("user_scope=has-scope", (0, 1, {})),
        ("user_scope=no-scope\nprofile=authenticated", (1, 0, {})),
        ("user_scope=no-scope\nuser_scope=has-scope", (0, 0, {"unreadable": 1})),
    ],
)
def test_the_header_that_states_facts_is_used_and_goes_no_further(stated: str, totals: object) -> None:
    addon = Addon()
    addon.start(options(whosees_rules=[CASE.rules], whosees_trust_context_header=True))
    passing = flow(LEAK)
    passing.request.headers[CONTEXT_HEADER] = stated
    addon.requestheaders(passing)  # mitmproxy calls `request` only after a request that it streams
    assert passing.request.headers == {}
    addon.response(passing)
    assert addon.monitor is not None
    assert addon.monitor.flush(60)
    report = addon.monitor.report()
    assert (report.violating, report.conformant, report.unchecked) == totals
