"""Deviations of recorders from their formats."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from support.traffic import (
    ASKED,
    CALLS,
    GOOD,
    LACKING,
    LEAKING,
    PASSWORD,
    context,
    har,
    journal,
    judged,
    only,
    outcomes,
    tarred,
    zipped,
)


def entry(**changes: Any) -> bytes:
    whole = json.loads(har(CALLS[:1]))
    whole["log"]["entries"][0] |= changes
    return json.dumps(whole).encode()


HAR = {
    "status 0": (entry(response={"status": 0, "content": {"text": GOOD.decode()}}), "conformant"),
    "status as text": (entry(response={"status": "200", "content": {"text": GOOD.decode()}}), "conformant"),
    "status that is none": (
        entry(response={"status": "?", "content": {"text": GOOD.decode()}}),
        "conformant",
    ),
    "no text": (entry(response={"status": 200, "content": {"size": 0}}), "not-a-message"),
    "no content": (entry(response={"status": 0}), "not-a-message"),
    "no response": (entry(response=None), "not-a-message"),
    "no request": (entry(request=None), "conformant"),
    "packed after all": (
        entry(
            response={
                "content": {"encoding": "base64", "text": base64.b64encode(gzip.compress(GOOD)).decode()}
            }
        ),
        "conformant",
    ),
    "an image": (
        entry(request={"method": "GET"}, response={"content": {"encoding": "base64", "text": "!"}}),
        "skipped",
    ),
}


@pytest.mark.parametrize("name", HAR)
def test_what_writers_of_har_leave_out(name: str, tmp_path: Path) -> None:
    content, outcome = HAR[name]
    (tmp_path / "a").write_bytes(content)
    assert [outcome for _, outcome in outcomes(judged(tmp_path / "a"))] == [outcome]


@pytest.mark.parametrize(
    "sent",
    [
        {"params": [{"name": "XML", "value": PASSWORD.decode()}]},
        {"params": [{"name": "a"}, {"name": "XML", "value": quote_plus(PASSWORD)}]},
        {"text": base64.b64encode(PASSWORD).decode(), "encoding": "base64"},
    ],
)
def test_requests_of_har_in_other_shapes(sent: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(entry(request={"postData": sent}))
    assert context(only(judged(tmp_path / "a")))["password"] == "supplied"
    (tmp_path / "b").write_bytes(entry(request={"postData": {"params": []}}))
    result = only(judged(tmp_path / "b"))
    assert (result.outcome, context(result)["caller"]) == ("conformant", "unknown")


CASSETTES = {
    "httpx": {
        "request": {"body": ASKED.decode()},
        "response": {"content": GOOD.decode(), "status_code": 200},
    },
    "plain bodies": {
        "request": {"body": ASKED.decode()},
        "response": {"body": GOOD.decode(), "status": {"code": 200}},
    },
    "a request below string": {
        "request": {"body": {"string": ASKED.decode()}},
        "response": {"body": {"string": GOOD.decode()}},
    },
    "a packed body, one header": {
        "request": {},
        "response": {
            "headers": {"Content-Encoding": "gzip", "X": ["y"]},
            "body": {"base64_string": base64.b64encode(gzip.compress(GOOD)).decode()},
        },
    },
}


@pytest.mark.parametrize("name", CASSETTES)
@pytest.mark.parametrize("key", ["interactions", "http_interactions"])
def test_cassettes_in_json_and_their_dialects(name: str, key: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(json.dumps({"version": 1, key: [CASSETTES[name]]}))
    assert outcomes(judged(tmp_path / "a"), tmp_path) == [("a#interaction-0", "conformant")]


def test_interactions_that_cannot_be_read(tmp_path: Path) -> None:
    asked = {"body": ASKED.decode()}
    entries: list[Any] = [
        3,
        {"request": asked},
        {"request": asked, "response": {"body": 5}},
        CASSETTES["httpx"],
    ]
    (tmp_path / "a").write_text(json.dumps({"interactions": entries}))
    results = judged(tmp_path / "a")
    assert [outcome for _, outcome in outcomes(results)] == ["unreadable"] * 3 + ["conformant"]


def test_bytes_of_ruby(tmp_path: Path) -> None:
    packed = base64.b64encode(GOOD).decode()
    (tmp_path / "a").write_text(
        f"---\nhttp_interactions:\n- response:\n    body:\n      string: !binary |-\n        {packed}\n"
    )
    assert only(judged(tmp_path / "a")).outcome == "conformant"


def test_one_entry_of_the_journal_and_one_mapping(tmp_path: Path) -> None:
    single = json.loads(journal(CALLS[1:2], as_base64=True))["requests"][0]
    single["response"]["headers"] = {"Content-Encoding": ["gzip"]}
    single["response"]["bodyAsBase64"] = base64.b64encode(gzip.compress(LEAKING)).decode()
    (tmp_path / "a.json").write_text(json.dumps({**single, "responseDefinition": {}}))
    mapping = {"request": {"bodyPatterns": [{"matches": ".*"}]}, "response": {"body": LACKING.decode()}}
    (tmp_path / "b.json").write_text(json.dumps(mapping))
    (tmp_path / "c.json").write_text(
        json.dumps({"request": {}, "response": {"status": 200, "fault": "EMPTY_RESPONSE"}})
    )
    (tmp_path / "d.json").write_text(json.dumps({"request": {}, "response": {"body": [1]}}))
    (tmp_path / "e.json").write_text(
        json.dumps({"requestJournalDisabled": False, "requests": [{"url": "/", "body": ASKED.decode()}, 7]})
    )
    assert outcomes(judged(tmp_path), tmp_path) == [
        ("a.json", "violating"),
        ("b.json", "violating"),
        ("c.json", "skipped"),
        ("d.json", "unreadable"),
        ("e.json#request-0", "not-a-message"),
        ("e.json#request-1", "unreadable"),
    ]


WIREMOCK = [
    ("mappings/sub/a.json", json.dumps({"request": {}, "response": {"bodyFileName": "x/a.xml"}}).encode()),
    ("mappings/b.json", json.dumps({"request": {}, "response": {"bodyFileName": "b.png"}}).encode()),
    ("__files/x/a.xml", LEAKING),
    ("__files/alone.xml", GOOD),
    ("__files/b.png", b"\x89PNG"),
]


def test_a_file_of_a_mapping_is_judged_once(tmp_path: Path) -> None:
    """With the mapping that answers with it; a file that no mapping names stands for itself."""
    root = tmp_path / "wiremock"
    for name, content in WIREMOCK:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (tmp_path / "a.zip").write_bytes(zipped([(f"root/{name}", content) for name, content in WIREMOCK]))
    (tmp_path / "b.tar").write_bytes(tarred(WIREMOCK[::-1]))
    expected = [
        ("__files/alone.xml", "conformant"),
        ("mappings/b.json", "skipped"),
        ("mappings/sub/a.json", "violating"),
    ]
    assert outcomes(judged(root), root) == expected
    for name, prefix in (("a.zip", "a.zip!root/"), ("b.tar", "b.tar!")):
        assert sorted(outcomes(judged(tmp_path / name), tmp_path)) == sorted(
            (f"{prefix}{source}", outcome) for source, outcome in expected
        )
    one = only(judged(root / "mappings" / "sub" / "a.json"))
    assert one.outcome == "violating"


def test_a_mapping_alone_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(WIREMOCK[0][1])
    expected = "its `bodyFileName` names a file, and there is no folder `__files` beside it to look in"
    assert only(judged(tmp_path / "a.json")).detail == expected
    (tmp_path / "b.zip").write_bytes(zipped([("a.json", WIREMOCK[0][1])]))
    assert only(judged(tmp_path / "b.zip")).detail == expected
