"""No text that passes is in anything that the proxy writes or serves.

"Secrets: markers in every header, URL, body and cookie appear in no log, event, metric, page or recording."
"""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Callable
from pathlib import Path

import httpx

from support.messages import response
from support.relaying import Seen, read_to_end
from support.servers import RawServer, watching
from support.traffic import ASKED, SHOWN

MARK = b"Zq7"
"""Part of every text that passes; nothing else contains it."""


def marked(message: bytes) -> bytes:
    """Return a message with a marker in each text that no evidence is read from, in a comment and in an attribute."""

    def text(match: re.Match[bytes]) -> bytes:
        return match[0] if match[1] in KEPT else b">" + MARK + b"-text<"

    return re.sub(rb">([^<>]+)<", text, message).replace(b"<header>", b"<!--Zq7--><header a='Zq7'>")


KEPT = (b"MeetingCenter", b"SUCCESS")
LEAKING = marked(response("MC", [*SHOWN, "programName"]))
REQUEST = marked(ASKED.replace(b"</sessionKey>", b"</sessionKey><sessionPassword>p</sessionPassword>"))
HEADERS = b"Cookie: a=Zq7\r\nAuthorization: Bearer Zq7\r\nX-Zq7: Zq7\r\nX-Whosees-Context: %s\r\n"
URL = b"/WBXService/XMLService?a=Zq7#Zq7"


def sent(body: bytes, context: bytes, url: bytes = URL) -> bytes:
    head = b"POST " + url + b" HTTP/1.1\r\nHost: Zq7\r\nConnection: close\r\n" + HEADERS % context
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def received(body: bytes, *more: bytes) -> bytes:
    head = b"HTTP/1.1 200 Zq7\r\nSet-Cookie: a=Zq7\r\nX-Zq7: Zq7\r\nConnection: close\r\n"
    return head + b"".join(more) + b"\r\n" + body


TRAFFIC = {
    "a leak": (sent(REQUEST, b"caller=anonymous"), received(LEAKING)),
    "stated facts that are none": (sent(REQUEST, b"Zq7=Zq7"), received(LEAKING)),
    "a value that is none": (sent(REQUEST, b"caller=Zq7"), received(LEAKING)),
    "a request that is none": (sent(b"<Zq7", b""), received(LEAKING)),
    "a response that is none": (sent(REQUEST, b""), received(b"<Zq7 Zq7")),
    "another operation": (sent(b"Zq7", b"", b"/Zq7"), received(b"Zq7")),
    "an unknown coding": (sent(REQUEST, b""), received(b"Zq7", b"Content-Encoding: Zq7\r\n")),
    "broken chunks": (sent(REQUEST, b""), received(b"Zq7", b"Transfer-Encoding: chunked\r\n")),
    "a body that is cut off": (sent(REQUEST, b""), received(b"Zq7", b"Content-Length: 9\r\n")),
    "no HTTP from the client": (b"Zq7 Zq7\r\n\r\n", received(b"Zq7")),
    "no HTTP from the server": (sent(REQUEST, b""), b"Zq7\r\n\r\n"),
    "an upgrade": (
        sent(REQUEST, b"").replace(b"Connection: close", b"Connection: upgrade\r\nUpgrade: Zq7"),
        b"HTTP/1.1 101 Zq7\r\nConnection: upgrade\r\nUpgrade: Zq7\r\n\r\nZq7",
    ),
}


def test_no_text_that_passes_is_in_anything_that_is_written_or_served(
    raw_server: Callable[..., RawServer], tmp_path: Path
) -> None:
    answers = iter(TRAFFIC.values())
    server = raw_server(lambda _: next(answers)[1])
    formats = ("json", "junit", "sarif", "html", "markdown", "gitlab", "github", "text")
    reports = [word for form in formats for word in ("--report", f"{form}={tmp_path / form}")]
    options = ("-v", "--events", str(tmp_path / "events"), "--admin", "127.0.0.1:0", "--trust-context-header")
    record = tmp_path / "recorded" / "x"
    with watching(f"http://127.0.0.1:{server.port}", *options, *reports, "--record", str(record)) as watch:
        for request, _ in TRAFFIC.values():
            with socket.create_connection(("127.0.0.1", watch.port)) as connection:
                connection.sendall(request)
                with contextlib.suppress(OSError):
                    read_to_end(connection, Seen())
        served = [
            httpx.get(f"{watch.admin}{path}", trust_env=False).text for path in ("", ".json", "/metrics")
        ]
        watch.end()
    assert watch.code == 1
    assert "programName" in watch.out, "the leak was judged"
    written = {file.name: file.read_text() for file in tmp_path.iterdir() if file.is_file()}
    recorded = {file.name: file.read_text() for file in record.rglob("*.*") if file.is_file()}
    assert recorded
    assert "states a fact that no rulebook here has" in written["json"], "and what could not be was counted"
    assert set(written) == {*formats, "events"}
    everything = {
        **written,
        **recorded,
        "page": served[0],
        "totals": served[1],
        "metrics": served[2],
        "out": watch.out,
        "err": watch.err,
    }
    assert [name for name, text in everything.items() if MARK.decode().lower() in text.lower()] == []
