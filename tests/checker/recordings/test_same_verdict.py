"""However a call was recorded, it is judged the same."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from support.command import whosees
from support.tool_formats import TOOL_FORMATS
from support.traffic import (
    ARCHIVES,
    CALLS,
    Call,
    arrow_file,
    arrow_stream,
    har,
    journal,
    json_lines,
    judged,
    mappings,
    outcomes,
    parquet,
    raw_http,
    ruby_vcr,
    vcrpy,
)
from whosees.checker.checking.results import Skipped
from whosees.engine.result import ResponseResult

EXPECTED = ["conformant", "violating", "skipped", "skipped", "violating", "not-a-message"]
"""The results of `CALLS`."""

FORMATS: dict[str, tuple[Callable[[tuple[Call, ...]], bytes], str]] = {
    "har": (har, "#entry-{}"),
    "har, base64": (partial(har, as_base64=True), "#entry-{}"),
    "har with a BOM": (lambda calls: b"\xef\xbb\xbf" + har(calls), "#entry-{}"),
    "har, packed": (lambda calls: gzip.compress(har(calls)), "#entry-{}"),
    "vcrpy": (vcrpy, "#interaction-{}"),
    "vcrpy, packed bodies": (partial(vcrpy, packed=True), "#interaction-{}"),
    "Ruby VCR": (ruby_vcr, "#interaction-{}"),
    "Ruby VCR, base64": (partial(ruby_vcr, as_base64=True), "#interaction-{}"),
    "WireMock journal": (journal, "#request-{}"),
    "WireMock journal, base64": (partial(journal, as_base64=True), "#request-{}"),
    "WireMock mappings": (mappings, "#mapping-{}"),
    "WireMock mappings, base64": (partial(mappings, as_base64=True), "#mapping-{}"),
    **TOOL_FORMATS,
}

TABLES: dict[str, Callable[[tuple[Call, ...]], bytes]] = {
    "Parquet": parquet,
    "Parquet, text": partial(parquet, as_text=True),
    "Arrow file": arrow_file,
    "Arrow file, text": partial(arrow_file, as_text=True),
    "Arrow stream": arrow_stream,
    "Parquet, packed": lambda calls: gzip.compress(parquet(calls)),
    "Arrow stream, packed": lambda calls: gzip.compress(arrow_stream(calls)),
}


def verdict_of(result: ResponseResult | Skipped) -> object:
    """A result without the place it was read at and the format."""
    if isinstance(result, Skipped):
        return "skipped"
    return result.outcome, result.reason, result.resolved.context, result.findings


@pytest.fixture(scope="module")
def as_pairs(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """The same calls as pairs of XML files."""
    folder = tmp_path_factory.mktemp("pairs")
    for number, call in enumerate(CALLS):
        if call.status == 200 and call.request:
            (folder / f"{number}.request.xml").write_bytes(call.request)
            (folder / f"{number}.response.xml").write_bytes(call.response)
    return [verdict_of(result) for result in judged(folder)]


@pytest.mark.parametrize("name", FORMATS)
def test_entries_are_judged_as_pairs_are(name: str, tmp_path: Path, as_pairs: list[object]) -> None:
    pack, mark = FORMATS[name]
    path = tmp_path / "named as it may be"
    path.write_bytes(pack(CALLS))
    results = judged(path)
    assert outcomes(results, tmp_path) == [
        (f"named as it may be{mark.format(number)}", outcome) for number, outcome in enumerate(EXPECTED)
    ]
    assert [verdict_of(result) for number, result in enumerate(results) if number in (0, 1, 2, 4)] == as_pairs


def test_lines_are_judged_as_pairs_are(tmp_path: Path, as_pairs: list[object]) -> None:
    """A line says that it is a recording: a page where a message should be is no traffic to pass over."""
    (tmp_path / "log").write_bytes(json_lines(CALLS))
    results = judged(tmp_path)
    assert outcomes(results, tmp_path) == [
        ("log:1", "conformant"),
        ("log:2", "violating"),
        ("log:3", "skipped"),
        ("log:4", "unsafe-xml"),
        ("log:5", "violating"),
        ("log:6", "not-a-message"),
    ]
    assert [verdict_of(result) for number, result in enumerate(results) if number in (0, 1, 2, 4)] == as_pairs


ROWS = [
    ("#row-0", "conformant"),
    ("#row-1", "violating"),
    ("#row-2", "skipped"),
    ("#row-3", "unsafe-xml"),
    ("#row-4", "violating"),
    ("#row-5", "not-a-message"),
]


@pytest.mark.parametrize("name", TABLES)
def test_rows_are_judged_as_pairs_are(name: str, tmp_path: Path, as_pairs: list[object]) -> None:
    """A row says that it is a recording, as a line does."""
    (tmp_path / "calls").write_bytes(TABLES[name](CALLS))
    results = judged(tmp_path)
    assert outcomes(results, tmp_path) == [(f"calls{mark}", outcome) for mark, outcome in ROWS]
    assert [verdict_of(result) for number, result in enumerate(results) if number in (0, 1, 2, 4)] == as_pairs


@pytest.mark.parametrize("name", ["Parquet", "Arrow file", "Arrow stream"])
def test_rows_are_read_from_an_archive_and_from_standard_input(name: str, tmp_path: Path) -> None:
    content = TABLES[name](CALLS)
    (tmp_path / "night.zip").write_bytes(ARCHIVES["zip"]([("a/b", content)]))
    assert outcomes(judged(tmp_path), tmp_path) == [(f"night.zip!a/b{mark}", said) for mark, said in ROWS]
    run = whosees("check", "-", "--format", "json", stdin=content)
    assert [r["source"] for r in run.json["responses"]] == [f"-#row-{number}" for number in (0, 1, 3, 4, 5)]


@pytest.mark.parametrize("kind", ARCHIVES)
def test_pairs_in_an_archive_are_judged_as_in_a_folder(
    kind: str, tmp_path: Path, as_pairs: list[object]
) -> None:
    members = [
        (f"tc/{number}.{part}.xml", content)
        for number, call in enumerate(CALLS)
        if call.status == 200 and call.request
        for part, content in (("response", call.response), ("request", call.request))
    ]
    path = tmp_path / "night"
    path.write_bytes(ARCHIVES[kind](members))
    results = judged(path)
    assert [source for source, _ in outcomes(results, tmp_path)] == [
        f"night!tc/{number}.response.xml" for number in (0, 1, 2, 4)
    ]
    assert [verdict_of(result) for result in results] == as_pairs


@pytest.mark.parametrize("kind", ARCHIVES)
@pytest.mark.parametrize("name", FORMATS)
def test_any_format_is_read_from_any_archive(name: str, kind: str, tmp_path: Path) -> None:
    pack, mark = FORMATS[name]
    path = tmp_path / "night"
    path.write_bytes(ARCHIVES[kind]([("a/b", pack(CALLS)), ("README.md", b"# Not a recording\n")]))
    assert outcomes(judged(path), tmp_path) == [
        (f"night!a/b{mark.format(number)}", outcome) for number, outcome in enumerate(EXPECTED)
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_standard_input_takes_any_format(name: str) -> None:
    pack, mark = FORMATS[name]
    run = whosees("check", "-", "--format", "json", stdin=pack(CALLS))
    assert run.code == 1
    assert [r["source"] for r in run.json["responses"]] == [
        f"-{mark.format(number)}" for number in (0, 1, 4, 5)
    ]
    assert run.json["summary"]["skipped"] == 2


@pytest.mark.parametrize("kind", ARCHIVES)
def test_standard_input_takes_an_archive(kind: str) -> None:
    members = [("x.response.xml", CALLS[1].response), ("x.request.xml", CALLS[1].request)]
    run = whosees("check", "-", "--format", "json", stdin=ARCHIVES[kind](members))
    (response,) = run.json["responses"]
    assert (run.code, response["source"]) == (1, "-!x.response.xml")
    assert response["context"]["caller"] == {"value": "anonymous", "from": "request"}


def test_raw_http_is_judged_as_its_body_with_lines_of_the_body(
    tmp_path: Path, as_pairs: list[object]
) -> None:
    for number in (0, 1, 2, 4):
        (tmp_path / f"{number}.response.http").write_bytes(raw_http(CALLS[number]))
        (tmp_path / f"{number}.request.xml").write_bytes(CALLS[number].request)
    assert [verdict_of(result) for result in judged(tmp_path)] == as_pairs


@pytest.mark.processes
def test_processes_give_the_same_results_in_the_same_order(tmp_path: Path) -> None:
    (tmp_path / "run.har").write_bytes(har(CALLS * 20))
    (tmp_path / "log.jsonl.gz").write_bytes(gzip.compress(json_lines(CALLS * 20)))
    (tmp_path / "night.zip").write_bytes(ARCHIVES["zip"]([("c.yaml", vcrpy(CALLS))]))
    alone, together = (
        whosees("check", tmp_path, "--format", "json", "--jobs", jobs, "--verbose") for jobs in ("1", "2")
    )
    assert (alone.code, alone.out) == (together.code, together.out)
    assert len(alone.json["responses"]) == 5 * 20 + 4 * 20 + 4
