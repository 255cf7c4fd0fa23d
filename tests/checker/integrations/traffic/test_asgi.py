"""The ASGI middleware: messages pass as they are, and what cannot be copied is counted."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest

from support.leaking import TEXT, case_of
from whosees.asgi import TrafficReport, WhoseesMiddleware

CASE = case_of("github-user-authenticated")
PATH, LEAK = next(iter(CASE.leaks.items()))
START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/user",
    "query_string": f"q={TEXT}".encode(),
    "headers": [(b"authorization", f"Bearer {TEXT}".encode()), (b"cookie", f"a={TEXT}".encode())],
}
Messages = list[dict[str, Any]]


def body(content: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": content, "more_body": more}


def serve(
    sent: Messages,
    *,
    scope: dict[str, Any] = SCOPE,
    received: Messages | None = None,
    reads: int = 1,
    **options: Any,
) -> TrafficReport:
    """Serve one request with these messages, and see that they pass as the very same objects."""
    arriving = received or [{"type": "http.request", "body": b"", "more_body": False}]

    async def application(its_scope: Any, receive: Any, send: Any) -> None:
        assert its_scope is scope
        for expected in arriving[:reads]:
            assert await receive() is expected
        for message in sent:
            await send(message)

    app = WhoseesMiddleware(application, **{"rules": CASE.rules, "facts": CASE.facts, **options})
    passed: Messages = []

    async def run() -> None:
        waiting = iter(arriving)

        async def receive() -> Any:
            return next(waiting)

        async def send(message: Any) -> None:
            passed.append(message)

        await app(scope, receive, send)

    asyncio.run(run())
    assert [id(message) for message in passed] == [id(message) for message in sent]
    assert app.flush(60)
    report = app.report()
    assert TEXT not in f"{report} {report.to_dict()}"
    return report


def test_a_body_in_parts_is_judged_whole() -> None:
    content = LEAK.response
    parts = [body(content[at : at + 7], more=True) for at in range(0, len(content), 7)]
    report = serve([START, *parts, body(b"")])
    assert [finding.path for finding in report.errors] == [PATH]


def test_a_compressed_body_is_judged_decoded() -> None:
    headers = [(b"content-type", b"application/json"), (b"content-encoding", b"gzip")]
    report = serve([{**START, "headers": headers}, body(gzip.compress(LEAK.response))])
    assert [finding.path for finding in report.errors] == [PATH]


@pytest.mark.parametrize(
    ("sent", "options", "reason"),
    [
        ([START, body(LEAK.response)], {"max_body": len(LEAK.response) - 1}, "too-large"),
        ([START, body(LEAK.response, more=True)], {}, "unreadable"),
        ([START, {"type": "http.response.pathsend", "path": "/x"}], {}, "unreadable"),
        ([{**START, "status": 404}, body(b"{}")], {}, "failure-response"),
    ],
    ids=["over the bound", "cut off", "sent as a file", "a failure"],
)
def test_what_cannot_be_judged_is_counted(sent: Messages, options: dict[str, Any], reason: str) -> None:
    assert serve(sent, **options).unchecked == {reason: 1}


def test_over_the_bound_nothing_is_held() -> None:
    app = WhoseesMiddleware(print, max_body=10)
    from whosees.checker.integrations.traffic.bodies import BodyCopy

    copy = BodyCopy(app._monitor.max_body)
    for _ in range(3):
        copy.add(b"123456")
    assert copy._chunks == []


@pytest.mark.parametrize(
    ("scope", "sent"),
    [
        ({**SCOPE, "method": "HEAD"}, [START, body(b"")]),
        (SCOPE, [{**START, "status": 304}, body(b"")]),
        ({**SCOPE, "path": "/other"}, [START, body(LEAK.response)]),
    ],
    ids=["HEAD", "304", "another operation"],
)
def test_what_is_nothing_to_judge_is_skipped(scope: dict[str, Any], sent: Messages) -> None:
    report = serve(sent, scope=scope)
    assert (sum(report.skipped.values()), report.unchecked, report.findings) == (1, {}, ())


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_other_connections_are_not_looked_at(kind: str) -> None:
    report = serve([{"type": f"{kind}.accept"}], scope={"type": kind}, received=[{"type": f"{kind}.x"}])
    assert report.exchanges == 0


def test_a_response_that_is_not_begun_is_no_exchange() -> None:
    assert serve([]).exchanges == 0


def test_an_exchange_that_is_not_sampled_passes_untouched() -> None:
    report = serve([START, body(LEAK.response)], sample=0)
    assert (report.exchanges, report.not_sampled, report.findings) == (1, 1, ())


def test_the_applications_error_is_its_own() -> None:
    async def application(*_: Any) -> None:
        raise LookupError(TEXT)

    with pytest.raises(LookupError):
        asyncio.run(WhoseesMiddleware(application)(SCOPE, None, None))  # type: ignore[arg-type]


@pytest.mark.parametrize("broken", ["samples", "next_source", "submit"])
def test_a_defect_of_the_middleware_reaches_nobody(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(TEXT)

    monkeypatch.setattr(f"whosees.checker.integrations.traffic.monitor.BackgroundMonitor.{broken}", fail)
    assert serve([START, body(LEAK.response)]).internal_errors == 1


def test_the_request_is_evidence_if_the_application_reads_it() -> None:
    case = case_of("getsessioninfo-MC")
    scope = {**SCOPE, "method": "POST", "path": case.clean.path}
    options: dict[str, Any] = {"scope": scope, "rules": case.rules, "facts": {}}
    parts = [
        {"type": "http.request", "body": case.clean.request[:9], "more_body": True},
        {"type": "http.request", "body": case.clean.request[9:], "more_body": False},
    ]
    answer = [START, body(case.leaks["metaData/agenda"].response)]
    assert serve(answer, received=parts, reads=2, **options).violating == 1
    unread = serve(answer, received=parts, reads=1, **options)
    assert (unread.violating, set(unread.undecided_for_want_of)) == (0, {"role", "password"})
