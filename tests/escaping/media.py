"""Reports as their readers parse them: the structure, which no name may change, and the effects that no name may have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree, html
from markdown_it import MarkdownIt

GFM = MarkdownIt("gfm-like", {"linkify": False, "html": True})

_URI = re.compile(r"(?:file://)?(?:[A-Za-z0-9._~!$'()*+,;=:@&/-]|%[0-9A-F]{2})*")
_COMMAND = re.compile(r"::(?P<level>\w+) (?P<properties>[^:\r\n]*)::(?P<data>.*)")
_PROPERTY = re.compile(r"(?P<name>file|line|title)=(?P<value>[^,:%]*(?:%(?:25|0A|0D|3A|2C)[^,:%]*)*)")
_STEERS_CI = re.compile(r"^\s*::\w|##\w*\[", re.MULTILINE)


def steers(text: str) -> list[str]:
    """Return the lines that would steer a terminal or a CI system, or are no text."""
    return [line for line in text.split("\n") if not line.isprintable() or _STEERS_CI.search(line)]


def of_text(text: str) -> Any:
    """Return only that it is lines; their content depends on the names."""
    return None if text.endswith("\n") else text


def of_json(text: str) -> Any:
    """Return the shape of the data; a program that reads it gets names as they are."""
    return _shape(json.loads(text))


def of_junit(text: str) -> Any:
    """Return its elements; XML that can be read holds no character that XML does not know."""
    root = etree.fromstring(text.encode())
    assert [found for element in root.iter() for found in _texts(element) if steers(found)] == []
    return [(element.tag, *sorted(map(str, element.attrib))) for element in root.iter()]


def of_sarif(text: str) -> Any:
    """Return the shape of the data; every URI in it is one."""
    decoded = json.loads(text)
    uris = list(_uris(decoded))
    assert uris
    assert [uri for uri in uris if not _URI.fullmatch(uri)] == []
    assert [found for found in _strings(decoded) if steers(found)] == []
    return _shape(decoded)


def of_github(text: str) -> Any:
    """Return the commands, each by its level and the names of its properties; there is nothing else in it."""
    found = []
    for line in text.splitlines():
        command = _COMMAND.fullmatch(line)
        assert command, line
        properties = [_PROPERTY.fullmatch(said) for said in command["properties"].split(",")]
        assert all(properties), line
        assert not re.search(r"%(?!25|0A|0D)", command["data"]), line
        assert [part for part in command["data"].split("%0A") if not part.isprintable()] == []
        found.append((command["level"], *(match["name"] for match in properties if match)))
    return found


def of_gitlab(text: str) -> Any:
    """Return the shape of the issues, whose fingerprints are unique."""
    issues = json.loads(text)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert [found for found in _strings(issues) if steers(found)] == []
    return of_json(text)


def of_markdown(text: str) -> Any:
    """Return the elements that a site makes of it: a name makes none, neither link nor image nor markup."""
    root = html.fragment_fromstring(GFM.render(text), create_parent="div")
    assert steers(text) == []
    return [element.tag for element in root.iter()]


def of_html(text: str) -> Any:
    """Return the elements of the page, and the shape of the data in it."""
    root = html.document_fromstring(text)
    assert [line for line in text.splitlines() if not line.isprintable()] == []
    assert [
        str(name) for element in root.iter() for name in element.attrib if str(name).startswith("on")
    ] == []
    (data,) = root.xpath("//script[@id='data']")
    return [element.tag for element in root.iter()], [line[0] for line in json.loads(data.text)]


MEDIA: dict[str, Callable[[str], Any]] = {
    "text": of_text,
    "json": of_json,
    "junit": of_junit,
    "sarif": of_sarif,
    "github": of_github,
    "gitlab": of_gitlab,
    "markdown": of_markdown,
    "html": of_html,
}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from (key, *_strings(entry))
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(entry)


def _uris(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (entry for key, entry in value.items() if key == "uri")
        for entry in value.values():
            yield from _uris(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _uris(entry)


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_shape(entry) for entry in value]
    return type(value).__name__


def _texts(element: Any) -> Iterator[str]:
    yield from (str(text) for text in (*element.attrib.values(), element.text, element.tail) if text)
