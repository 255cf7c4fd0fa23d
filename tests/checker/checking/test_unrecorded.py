"""A result says which facts its recording's format cannot tell, once for each format, and that they can be stated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command import whosees
from support.shipped import SHIPPED
from support.tool_formats import TOOL_FORMATS, curl_verbose
from support.traffic import CALLS, har
from whosees.checker.checking.unrecorded import _parts_of
from whosees.checker.recordings import Part, Recording, find_recordings

USER = json.dumps({"login": "octocat", "id": 1, "name": "x", "private_gists": 1})
MAPPING = {"request": {"method": "GET", "urlPath": "/users/octocat"}, "response": {"body": USER}}
CURL = "not recorded: role and password cannot be known from curl -v output, for want of the request body; state them in a context.toml"


def printed(*arguments: str | Path) -> str:
    return " ".join(whosees("check", *arguments).out.split())


def totals(*arguments: str | Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        whosees("check", *arguments, "--format", "json").json["summary"].get("unrecorded", [])
    )
    return found


def test_it_is_said_once_for_many_recordings_and_counted_in_json(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(curl_verbose(CALLS[:2] * 3))
    assert printed(tmp_path / "a").count("not recorded") == 1
    assert CURL in printed(tmp_path / "a")
    assert totals(tmp_path / "a") == [
        {"format": "curl -v output", "part": "request body", "fact": fact, "responses": 3}
        for fact in ("role", "password")
    ]


def test_what_is_stated_beside_it_is_not_missed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(curl_verbose(CALLS[1:2]))
    (tmp_path / "context.toml").write_text('caller = "anonymous"\npassword = "not-supplied"\n')
    assert "not recorded" not in printed(tmp_path)


def test_a_required_fact_and_a_column_are_named_too(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(curl_verbose(CALLS[:1]))
    assert "not recorded: caller cannot be known" in printed(tmp_path / "a", "--require", "caller")
    (tmp_path / "b.json").write_text(USER)
    assert "not recorded: profile cannot be known from a JSON message, for want of the URL" in printed(
        tmp_path / "b.json", "--rules", "github-user"
    )


def test_a_format_that_keeps_the_part_says_nothing_even_if_the_call_had_none(tmp_path: Path) -> None:
    """A HAR entry without a body of the request had none; a fact that no part tells is not its format's affair."""
    (tmp_path / "a").write_bytes(har([*CALLS[:1], CALLS[1]]))
    (tmp_path / "b.json").write_text(json.dumps(MAPPING))
    assert totals(tmp_path / "a", "--require", "role") == []
    found = totals(tmp_path / "b.json", "--rules", "github-user", "--require", "caller,user_scope")
    assert {each["fact"] for each in found} <= {
        fact for fact in SHIPPED["github-user"].fact_ids if _parts_of(SHIPPED["github-user"], fact)
    }


def test_headers_beside_raw_http_are_those_of_the_request(tmp_path: Path) -> None:
    """Nothing is missed if the request beside the response has them."""
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{USER}"
    (tmp_path / "1.response.http").write_text(answer, newline="")
    assert [each["part"] for each in totals(tmp_path, "--rules", "github-user")] == ["URL"]
    (tmp_path / "1.request.http").write_text("GET /users/octocat HTTP/1.1\r\nHost: x\r\n\r\n", newline="")
    assert totals(tmp_path, "--rules", "github-user") == []


def test_a_converted_result_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(curl_verbose(CALLS[:2]))
    saved = tmp_path / "saved.json"
    text = whosees("check", tmp_path / "a", "--report", f"json={saved}").out
    assert whosees("convert", saved).out == text


@pytest.mark.parametrize("name", TOOL_FORMATS)
def test_a_format_declares_what_it_need_not_keep(name: str, tmp_path: Path) -> None:
    """All else is there, so that nothing is missed in silence."""
    (tmp_path / "a").write_bytes(TOOL_FORMATS[name][0](CALLS[:1]))
    for found in find_recordings([str(tmp_path / "a")]):
        assert isinstance(found, Recording)
        assert [part for part in Part if found._part(part) is None and part not in found.lacks] == []
        assert bool(found.format) == bool(found.lacks)
