"""Data with which the page reads messages: names and evidence of the rulebook, and limits of inputs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from ...rules.model import Rulebook
from ...rules.paths import ANY_NAME

XSI = "http://www.w3.org/2001/XMLSchema-instance"
"""The namespace of XML Schema instances, whose prefix is well-known whatever the message is."""


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Limits of a message.

    ``size`` is in bytes, ``depth`` in levels of a body, ``parsed_depth`` in levels of the whole message; ``attributes``
    counts those of one element, ``name`` the letters of its name.
    """

    size: int
    depth: int
    elements: int
    attributes: int
    name: int
    parsed_depth: int


def reading_data(rulebook: Rulebook, limits: ReadingLimits) -> dict[str, Any]:
    """Return names, evidence and limits in the form that the page's reading.js expects."""
    wire, document = rulebook.document.wire, rulebook.document
    evidence = document.evidence
    return {
        "canJudge": _can_judge(rulebook),
        "namespace": wire.namespace,
        "envelope": wire.envelope,
        "responseTypes": wire.response_types,
        "requestTypes": wire.request_types,
        "requestTypeNames": wire.request_type_names,
        "failures": wire.failures,
        "prefixes": {"xsi": XSI, **wire.prefixes},
        "canonical": rulebook.spelled_paths,
        "wanted": sorted(
            {
                *(entry.path for entry in evidence.response),
                *(entry.response for entry in evidence.match),
                *([evidence.session.response] if evidence.session else []),
            }
        ),
        "response": _camel(evidence.response),
        "request": _camel(evidence.request),
        "match": _camel(evidence.match),
        "session": evidence.session and _camel(evidence.session),
        "variables": document.variables
        and {
            "path": document.variables.path,
            "names": [variable.name for variable in document.variables.names],
        },
        "limits": _camel(asdict(limits)),
    }


def _can_judge(rulebook: Rulebook) -> bool:
    """Return whether the page can judge responses: it reads XML only, rows with names, and no text that decides whether one counts."""
    decide_by_text = any(options.masks or options.when for options in rulebook.row_options.values())
    has_free_names = any(ANY_NAME in path.split("/") for path in rulebook.row_by_path)
    return rulebook.document.wire.format == "xml" and not (decide_by_text or has_free_names)


def _camel(value: Any) -> Any:
    """Return plain data with the names of its fields in camel case; their values do not change."""
    if isinstance(value, tuple):
        return [_camel(entry) for entry in value]
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return {_camel_name(name): entry for name, entry in plain.items()}


def _camel_name(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
