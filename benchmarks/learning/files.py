"""Made recordings as files: JSON or XML messages with their contexts, in JSON Lines or in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from whosees.rules.model import Rulebook

from .traffic import Sample

SERVICE_TYPES = {"MC": "MeetingCenter", "SC": "SalesCenter", "TC": "TrainingCenter", "EC": "EventCenter"}


def body(rulebook: Rulebook, made: Sample, key: str) -> str:
    """Write the response of a recording in the wire format of its rulebook; ``key`` is the path of the object's key."""
    texts = {key: str(made.presence.key)}
    column = made.presence.facts[rulebook.column_fact]
    paths = list(made.presence.paths)
    for entry in rulebook.document.evidence.response:
        if entry.as_ == column:
            paths.append(entry.path)
            texts[entry.path] = entry.equals[0]
        elif entry.names:
            names = [name for name, value in entry.names.items() if value == column]
            texts[entry.path] = names[0] if names else next(iter(entry.names))
    tree = _tree(paths, texts)
    if rulebook.document.wire.format == "json":
        return json.dumps(tree)
    return _xml(rulebook, tree)


def _tree(paths: Sequence[str], texts: dict[str, str]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    containers = {path.rpartition("/")[0] for path in paths}
    for path in paths:
        node = root
        *above, name = path.split("/")
        for step in above:
            node = node[step]
        node[name] = {} if path in containers else texts.get(path, "a & b")
    return root


def _xml(rulebook: Rulebook, tree: dict[str, Any]) -> str:
    wire = rulebook.document.wire
    inner = "".join(_element(name, node) for name, node in tree.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<serv:message xmlns:serv="{wire.envelope}" xmlns:ep="{wire.namespace}">'
        "<serv:header><serv:response><serv:result>SUCCESS</serv:result></serv:response></serv:header><serv:body>"
        '<serv:bodyContent xsi:type="ep:' + wire.response_types[0] + '"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{inner}</serv:bodyContent></serv:body></serv:message>'
    )


def _element(name: str, node: Any) -> str:
    inner = (
        escape(node) if isinstance(node, str) else "".join(_element(n, child) for n, child in node.items())
    )
    return f"<ep:{name}>{inner}</ep:{name}>"


def write_lines(rulebook: Rulebook, made: Iterable[Sample], file: Path, key: str) -> None:
    """Write recordings as JSON Lines; the source of each is the file and its line."""
    with file.open("w", encoding="utf-8") as stream:
        for recording in made:
            line = {"response": body(rulebook, recording, key), "context": dict(recording.presence.facts)}
            stream.write(json.dumps(line) + "\n")
