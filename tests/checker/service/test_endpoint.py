"""A server that is named without a path is called where the service is; another path stays."""

from __future__ import annotations

import pytest

from whosees.checker.service.endpoint import with_service_path

ADDRESSES = {
    "https://example.webex.com": "https://example.webex.com/WBXService/XMLService",
    "http://127.0.0.1:8765/": "http://127.0.0.1:8765/WBXService/XMLService",
    "https://gateway.example.com/xml?site=a": "https://gateway.example.com/xml?site=a",
}


@pytest.mark.parametrize("url", ADDRESSES)
def test_the_path_of_the_service_is_added_where_there_is_none(url: str) -> None:
    assert with_service_path(url) == ADDRESSES[url]
