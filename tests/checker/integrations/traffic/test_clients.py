"""Clients of tests: every exchange is judged once, whoever reads it and however."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any

import flask
import httpx
import pytest
import requests
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncClient
from requests.adapters import BaseAdapter

from support.integrations import HOST, checked, django_client, report_of
from support.leaking import TEXT, case_of
from whosees import testing
from whosees.checker.core.context_header import CONTEXT_HEADER
from whosees.checker.integrations.options import settings_of
from whosees.checker.integrations.traffic.clients import observe_all
from whosees.checker.integrations.traffic.judge import Judge
from whosees.checker.integrations.traffic.monitor import Monitor

CASE = case_of("github-user-authenticated")
PATH, LEAK = next(iter(CASE.leaks.items()))
URL = f"{HOST}/user?q={TEXT}"
STREAMED = "a streamed body that was not read to its end"


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/moved":
        return httpx.Response(302, headers={"location": URL})
    return httpx.Response(200, content=LEAK.response)


def parts() -> Iterator[bytes]:
    yield LEAK.response[:9]
    yield LEAK.response[9:]


class Parts(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        return parts()

    async def __aiter__(self) -> Any:
        for part in parts():
            yield part


def streaming(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, stream=Parts())


def client(handler: Callable[[httpx.Request], httpx.Response] = answer) -> httpx.Client:
    made: httpx.Client = checked(CASE, httpx.Client(transport=httpx.MockTransport(handler)))
    return made


class Adapter(BaseAdapter):
    """requests against an application of one function."""

    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
        response = requests.Response()
        moved = "/moved" in request.url
        response.status_code, response.url, response.request = 302 if moved else 200, request.url, request
        response.headers.update({"location": URL} if moved else {})
        response.raw = io.BytesIO(b"" if moved else LEAK.response)
        return response

    def close(self) -> None:
        pass


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with checked(CASE, requests.Session()) as made:
        made.mount("http://", Adapter())
        yield made


def test_each_answer_on_the_way_of_a_redirect_is_judged_once(session: requests.Session) -> None:
    with client() as of_httpx:
        assert of_httpx.get(f"{HOST}/moved", follow_redirects=True).status_code == 200
        first = report_of(CASE, of_httpx)
    assert session.get(f"{HOST}/moved").status_code == 200
    second = report_of(CASE, session)
    for report in (first, second):
        assert (report.exchanges, report.violating, sum(report.skipped.values())) == (2, 1, 1)


def test_a_streamed_body_of_httpx_is_judged_when_it_was_read() -> None:
    with client(streaming) as streamed:
        with streamed.stream("GET", URL) as response:
            assert b"".join(response.iter_bytes(5)) == LEAK.response
        assert [finding.path for finding in report_of(CASE, streamed).errors] == [PATH]
    with client(streaming) as unread:
        with unread.stream("GET", URL) as response:
            assert testing.report(unread).skipped == {STREAMED: 1}
        assert report_of(CASE, unread).unchecked == {"unreadable": 1}


def test_a_streamed_body_of_asynchronous_httpx_is_judged_when_it_was_read() -> None:
    async def call() -> None:
        made = httpx.AsyncClient(transport=httpx.MockTransport(streaming))
        async with checked(CASE, made) as of_httpx:
            async with of_httpx.stream("GET", URL) as response:
                assert await response.aread() == LEAK.response
            assert [finding.path for finding in report_of(CASE, of_httpx).errors] == [PATH]

    asyncio.run(call())


def test_a_streamed_body_of_requests_is_judged_when_it_was_read(session: requests.Session) -> None:
    unread = session.get(URL, stream=True)
    assert testing.report(session).skipped == {STREAMED: 1}
    assert b"".join(unread.iter_content(5)) == LEAK.response
    whole = session.get(URL, stream=True)
    assert whole.content == whole.content == LEAK.response
    report = report_of(CASE, session)
    assert (report.violating, report.exchanges, report.skipped) == (2, 2, {})


def test_a_streamed_body_of_django_is_judged_when_it_was_read() -> None:
    of_django = checked(CASE, django_client(lambda: StreamingHttpResponse(parts())))
    assert b"".join(of_django.get("/user").streaming_content) == LEAK.response
    assert [finding.path for finding in report_of(CASE, of_django).errors] == [PATH]


async def later() -> Any:
    for part in parts():
        yield part


@pytest.mark.parametrize(
    ("make", "outcome"),
    [
        (lambda: HttpResponse(LEAK.response), (1, {})),
        (lambda: StreamingHttpResponse(later()), (0, {"unreadable": 1})),
    ],
    ids=["whole", "streamed"],
)
def test_asynchronous_django_is_judged_unless_it_streams(
    make: Callable[[], HttpResponse], outcome: tuple[int, dict[str, int]]
) -> None:
    django_client(make)
    of_django = checked(CASE, AsyncClient())
    asyncio.run(of_django.get("/user"))
    report = report_of(CASE, of_django)
    assert (report.violating, report.unchecked) == outcome


def test_a_test_of_flask_need_not_read_the_body() -> None:
    app = flask.Flask("x")
    app.add_url_rule("/user", view_func=lambda: LEAK.response)
    app.add_url_rule("/streamed/user", endpoint="streamed", view_func=lambda: flask.Response(parts()))
    of_flask = checked(CASE, app.test_client())
    response = of_flask.get("/user")
    assert (response.status_code, response.get_data()) == (200, LEAK.response)
    of_flask.get("/streamed/user")
    report = report_of(CASE, of_flask)
    assert (report.violating, report.skipped) == (1, {STREAMED: 1})


def test_an_error_on_the_way_is_the_clients_own() -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    with client(fail) as broken:
        with pytest.raises(httpx.ConnectError):
            broken.get(URL)
        assert testing.report(broken).exchanges == 0


def test_a_response_of_another_making_is_passed_over() -> None:
    """Tests replace parts of libraries; what they put there need not be a response."""

    class Answering(httpx.Client):
        def send(self, *_: Any, **__: Any) -> Any:
            return type("Response", (), {"history": (), "content": 3, "status_code": 200})()

    with checked(CASE, Answering()) as replaced:
        replaced.get(URL)
        assert testing.report(replaced).skipped == {"a response without a body that can be read": 1}


def test_findings_are_raised_on_demand_and_once() -> None:
    with client() as made:
        made.get(URL)
        with pytest.raises(testing.NotConformantError) as error:
            testing.raise_findings(made)
        assert str(error.value).startswith(f"1 error: leaked {PATH}\nexchange 1: violating\n")
        assert TEXT not in str(error.value)
        testing.raise_findings(made)
        for _ in range(25):
            made.get(URL)
        with pytest.raises(testing.NotConformantError, match=r"and 5 more responses$"):
            testing.raise_findings(made)


@pytest.mark.parametrize(
    ("misuse", "error", "message"),
    [
        (
            lambda: testing.checked(io.BytesIO()),
            TypeError,
            "a client of type BytesIO is not supported; pass one of httpx, requests, Starlette, FastAPI, Flask or Django",
        ),
        (
            lambda: testing.report(httpx.Client),
            ValueError,
            "the client is not checked; pass it to `whosees.testing.checked` first",
        ),
        (lambda: testing.checked(client()), ValueError, "the client is checked already"),
        (
            lambda: testing.checked(httpx.Client(), rules="github-user", facts={"caller": "x"}),
            ValueError,
            "not a known caller; the values are `same-user`",
        ),
    ],
)
def test_misuse_says_what_to_do(misuse: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as raised:
        misuse()
    assert str(raised.value).startswith(message)


def leak_of_django() -> HttpResponse:
    return HttpResponse(LEAK.response)


def test_all_clients_are_observed_until_that_is_ended() -> None:
    before = [httpx.Client.send, httpx.AsyncClient.send, requests.Session.send]
    monitor = Monitor(Judge(settings_of(CASE.rules, facts=CASE.facts), lambda _: None))
    restore = observe_all(monitor)
    try:
        with httpx.Client(transport=httpx.MockTransport(answer)) as made, client() as own:
            made.get(f"{HOST}/moved", follow_redirects=True)
            assert monitor.report().exchanges == 2
            app = flask.Flask("x")
            app.add_url_rule("/user", view_func=lambda: LEAK.response)
            for each in (own, checked(CASE, app.test_client()), checked(CASE, django_client(leak_of_django))):
                each.get(URL)
                assert report_of(CASE, each).exchanges == 1
            assert monitor.report().exchanges == 2, "a checked client is judged by its own rulebook alone"
    finally:
        restore()
    assert before == [httpx.Client.send, httpx.AsyncClient.send, requests.Session.send]


def test_a_method_that_requests_mock_kept_is_observed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its plugin for pytest is loaded before the clients are observed, and it answers by the method that it found then."""
    original = requests.Session.send
    mocker = ModuleType("requests_mock.mocker")
    monkeypatch.setattr(mocker, "_original_send", original, raising=False)
    monkeypatch.setitem(sys.modules, mocker.__name__, mocker)
    monitor = Monitor(Judge(settings_of(CASE.rules, facts=CASE.facts), lambda _: None))
    restore = observe_all(monitor)
    try:
        with requests.Session() as made:
            made.mount("http://", Adapter())
            monkeypatch.setattr(made, "send", partial(mocker.__dict__["_original_send"], made))
            made.get(URL)
    finally:
        restore()
    assert (monitor.report().exchanges, monitor.report().violating) == (1, 1)
    assert mocker.__dict__["_original_send"] is original


def test_what_an_application_calls_while_it_answers_is_judged_too() -> None:
    """A client's call may run the application, which is a client of another server."""
    monitor = Monitor(Judge(settings_of(CASE.rules, facts=CASE.facts), lambda _: None))
    restore = observe_all(monitor)
    try:
        inner = httpx.Client(transport=httpx.MockTransport(answer))

        def outer(_request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=inner.get(URL).content)

        with inner, httpx.Client(transport=httpx.MockTransport(outer)) as made:
            made.get(URL)
    finally:
        restore()
    assert monitor.report().violating == 2


def test_a_test_says_who_calls_in_a_header() -> None:
    """The header is that of `whosees watch`; what it states takes precedence over evidence, as a sidecar does."""
    made = testing.checked(httpx.Client(transport=httpx.MockTransport(answer)), rules="github-user")
    with made:
        made.get(URL, headers={CONTEXT_HEADER: "user_scope=no-scope"})
        made.get(URL, headers={CONTEXT_HEADER: "user_scope=has-scope"})
        made.get(URL, headers={CONTEXT_HEADER: "no_fact=x"})
        with pytest.raises(testing.NotConformantError):
            testing.raise_findings(made)
        report = testing.report(made)
    assert (report.violating, report.conformant, report.unchecked) == (1, 1, {"unreadable": 1})
