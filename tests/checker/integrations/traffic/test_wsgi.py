"""The WSGI middleware: bodies pass as they are, and when the server asks for them."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.util import FileWrapper, setup_testing_defaults
from wsgiref.validate import validator

import pytest

from support.leaking import TEXT, case_of
from whosees.wsgi import TrafficReport, WhoseesMiddleware

CASE = case_of("github-user-authenticated")
XML = case_of("getsessioninfo-MC")
PATH, LEAK = next(iter(CASE.leaks.items()))
HEADERS = [("Content-Type", "application/json")]

App = Callable[..., Iterable[bytes]]


def environ(**more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "SCRIPT_NAME": "",
        "PATH_INFO": "/user",
        "QUERY_STRING": f"q={TEXT}",
        "HTTP_COOKIE": TEXT,
        **more,
    }
    setup_testing_defaults(made)
    return made


def around(app: App, **options: Any) -> WhoseesMiddleware:
    return WhoseesMiddleware(app, **{"rules": CASE.rules, "facts": CASE.facts, **options})


def answering(body: Iterable[bytes], status: str = "200 OK") -> App:
    def app(_environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response(status, HEADERS)
        return body

    return app


def nothing(*_: object) -> Callable[[bytes], None]:
    return lambda _: None


def report_of(app: WhoseesMiddleware) -> TrafficReport:
    assert app.flush(60)
    report = app.report()
    assert TEXT not in f"{report} {report.to_dict()}"
    return report


def paths(app: WhoseesMiddleware) -> list[str | None]:
    return [finding.path for finding in report_of(app).errors]


def test_it_keeps_to_the_specification_on_both_sides() -> None:
    """wsgiref's validator checks PEP 3333 from the server's side and from the application's."""

    def app(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        assert environ["wsgi.input"].read(3)
        assert list(environ["wsgi.input"])
        start_response("200 OK", [("Content-Type", "text/xml")])
        return iter([XML.clean.response[:50], XML.clean.response[50:]])

    middleware = around(validator(app), rules=XML.rules, facts={})
    request = XML.clean.request
    body: Any = validator(middleware)(
        environ(
            REQUEST_METHOD="POST", CONTENT_LENGTH=str(len(request)), **{"wsgi.input": io.BytesIO(request)}
        ),
        lambda *_: lambda _: None,
    )
    assert b"".join(body) == XML.clean.response
    body.close()
    report = report_of(middleware)
    assert (report.conformant, report.internal_errors) == (1, 0)


def test_a_list_is_handed_on_as_it_is_so_that_servers_see_its_length() -> None:
    body = [LEAK.response]
    app = around(answering(body))
    assert app(environ(), nothing) is body
    assert paths(app) == [PATH]


def test_chunks_pass_one_by_one_when_the_server_asks() -> None:
    made: list[int] = []

    def chunks() -> Iterator[bytes]:
        for at in range(0, len(LEAK.response), 50):
            made.append(at)
            yield LEAK.response[at : at + 50]

    app = around(answering(chunks()))
    body = iter(app(environ(), nothing))
    assert made == []
    assert next(body) == LEAK.response[:50]
    assert made == [0]
    assert b"".join(body) == LEAK.response[50:]
    assert paths(app) == [PATH]


def test_a_body_that_nobody_reads_to_its_end_is_in_the_report() -> None:
    """Werkzeug's client hands it on unread, and a test that looks at the status alone drops it."""
    app = around(answering(iter([LEAK.response])))
    body: Any = app(environ(), nothing)
    report = report_of(app)
    assert (report.exchanges, report.skipped) == (1, {"a streamed body that was not read to its end": 1})
    assert repr(report) == (
        "<TrafficReport: 1 exchange: 0 conformant, 0 violating, 0 unchecked, 1 skipped; 0 errors>"
    )
    assert b"".join(body) == LEAK.response
    assert (report_of(app).exchanges, report_of(app).skipped, paths(app)) == (1, {}, [PATH])


class Body:
    """A body with a length and more, as frameworks have their own."""

    headers = HEADERS

    def __init__(self) -> None:
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return iter([LEAK.response])

    def __len__(self) -> int:
        return 1

    def close(self) -> None:
        self.closed += 1


def test_what_else_a_body_has_is_still_there() -> None:
    body = Body()
    app = around(answering(body))
    passed: Any = app(environ(), nothing)
    assert (len(passed), passed.headers, list(passed)) == (1, HEADERS, [LEAK.response])
    passed.close()
    assert body.closed == 1
    assert paths(app) == [PATH]


def test_a_body_that_is_closed_before_its_end_is_unchecked() -> None:
    app = around(answering(iter([LEAK.response, b" "])))
    body: Any = app(environ(), nothing)
    next(body)
    body.close()
    assert report_of(app).unchecked == {"unreadable": 1}


def test_a_file_is_left_to_the_server_and_unchecked() -> None:
    file = FileWrapper(io.BytesIO(LEAK.response))
    app = around(answering(file))
    assert app(environ(**{"wsgi.file_wrapper": FileWrapper}), nothing) is file
    assert report_of(app).unchecked == {"unreadable": 1}


def test_what_is_written_in_the_old_way_is_copied_too() -> None:
    written: list[bytes] = []

    def app(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", HEADERS)(LEAK.response)
        return []

    middleware = around(app)
    middleware(environ(), lambda *_: written.append)
    assert written == [LEAK.response]
    assert paths(middleware) == [PATH]


@pytest.mark.parametrize(
    ("read", "is_known"),
    [
        (lambda stream, size: stream.read(size), True),
        (lambda stream, _: stream.read(), True),
        (lambda stream, _: stream.readlines(), True),
        (lambda stream, _: [stream.readline(), *stream], True),
        (lambda stream, size: stream.read(size - 1), False),
        (lambda stream, _: stream, False),
    ],
    ids=["to its length", "to its end", "lines", "line by line", "all but a byte", "nothing"],
)
def test_a_request_is_evidence_if_it_was_read_to_its_end(
    read: Callable[[Any, int], object], is_known: bool
) -> None:
    request = XML.clean.request

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        read(environ["wsgi.input"], len(request))
        start_response("200 OK", HEADERS)
        return [XML.leaks["metaData/agenda"].response]

    middleware = around(app, rules=XML.rules, facts={})
    sent = {"CONTENT_LENGTH": str(len(request)), "wsgi.input": io.BytesIO(request)}
    middleware(environ(REQUEST_METHOD="POST", **sent), nothing)
    report = report_of(middleware)
    assert (report.violating, report.undecided) == ((1, 0) if is_known else (0, 1))


def test_a_compressed_request_is_evidence_too() -> None:
    request = gzip.compress(XML.clean.request)

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ["wsgi.input"].read()
        start_response("200 OK", HEADERS)
        return [XML.leaks["metaData/agenda"].response]

    middleware = around(app, rules=XML.rules, facts={})
    sent = {"CONTENT_LENGTH": str(len(request)), "wsgi.input": io.BytesIO(request)}
    middleware(environ(REQUEST_METHOD="POST", HTTP_CONTENT_ENCODING="gzip", **sent), nothing)
    report = report_of(middleware)
    assert (report.violating, report.undecided) == (1, 0)


def test_the_url_is_that_of_the_client_wherever_the_application_is_mounted() -> None:
    app = around(answering([LEAK.response]), rules="github-user", facts={"caller": "another-user"})
    app(environ(SCRIPT_NAME="/api", PATH_INFO="/users/%41 b\xc3\xa9"), nothing)
    assert report_of(app).findings[0].context["profile"] == "by-name"


def test_the_applications_error_is_its_own() -> None:
    def app(*_: object) -> Iterable[bytes]:
        raise LookupError(TEXT)

    def later() -> Iterator[bytes]:
        yield b"{"
        raise LookupError(TEXT)

    with pytest.raises(LookupError):
        around(app)(environ(), nothing)
    middleware = around(answering(later()))
    body: Any = middleware(environ(), nothing)
    with pytest.raises(LookupError):
        list(body)
    body.close()
    assert report_of(middleware).unchecked == {"unreadable": 1}


@pytest.mark.parametrize("broken", ["samples", "next_source", "submit"])
@pytest.mark.parametrize("make", [list, iter])
def test_a_defect_of_the_middleware_reaches_nobody(
    make: Callable[[list[bytes]], Iterable[bytes]], broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(TEXT)

    monkeypatch.setattr(f"whosees.checker.integrations.traffic.monitor.BackgroundMonitor.{broken}", fail)
    app = around(answering(make([LEAK.response])))
    assert list(app(environ(), nothing)) == [LEAK.response]
    assert report_of(app).internal_errors == 1
