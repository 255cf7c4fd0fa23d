"""The names of a rulebook as the readers of bodies need them, and the few texts that are noted on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...engine.observation import Observation
from ...rules.model import Rulebook, Variables
from ..core.limits import Limits, limit_exceeded
from .base import Payload


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a rulebook's elements are called, and which of their texts tell something of the call.

    ``canonical`` gives the row's path for the path that another spelling comes to.
    """

    canonical: Mapping[str, str]
    wanted: frozenset[str]
    variables: Variables | None

    @classmethod
    def of_responses(cls, rulebook: Rulebook) -> Vocabulary:
        """What is looked for in the responses of a rulebook's operation."""
        document, evidence = rulebook.document, rulebook.document.evidence
        canonical = {
            _sibling(path, spelling): path
            for path, spellings in document.spellings.items()
            for spelling in spellings
        }
        wanted = [
            *(entry.path for entry in evidence.response),
            *(entry.response for entry in evidence.match),
            *([evidence.session.response] if evidence.session else []),
        ]
        return cls(canonical, frozenset(wanted), document.variables)

    @classmethod
    def of_requests(cls, rulebook: Rulebook) -> Vocabulary:
        """What is looked for in the bodies of its requests."""
        evidence = rulebook.document.evidence
        wanted = [
            *(name for entry in evidence.request for name in entry.any_of),
            *(entry.request for entry in evidence.match),
            *([evidence.session.request] if evidence.session else []),
        ]
        return cls({}, frozenset(wanted), None)

    def notes(self, path: str) -> bool:
        """Whether the text of an element with this path tells something."""
        return path in self.wanted or (self.variables is not None and path == self.variables.path)


class Noted:
    """What comes together while one body is read, and the bounds that it is held to."""

    __slots__ = ("_elements", "_limits", "_texts", "_variable_lines", "_variables", "_vocabulary")

    def __init__(self, vocabulary: Vocabulary, limits: Limits) -> None:
        self._vocabulary = vocabulary
        self._limits = limits
        self._elements = 0
        self._texts: dict[str, str] = {}
        self._variables: dict[str, None] = {}
        self._variable_lines: list[int] = []

    def element(self, depth: int) -> None:
        """Count an element; raises Refusal (too-large) where there are more, or deeper ones, than allowed."""
        self._elements += 1
        if depth > self._limits.depth:
            raise limit_exceeded(f"more than {self._limits.depth} levels of elements", "depth")
        if self._elements > self._limits.elements:
            raise limit_exceeded(f"more than {self._limits.elements:,} elements", "elements")

    def name(self, name: str, line: int) -> None:
        """See that a name can be shown; raises Refusal (too-large) where it is longer than allowed."""
        if len(name) > self._limits.name:
            raise limit_exceeded(f"at line {line}: a name of more than {self._limits.name:,} letters", "name")

    def text(self, path: str, text: str, line: int) -> None:
        """Note an element's text where it is evidence, and the names of variables that it holds."""
        if path in self._vocabulary.wanted and path not in self._texts:
            self._texts[path] = text.strip()
        variables = self._vocabulary.variables
        if variables is not None and path == variables.path:
            found = [variable.name for variable in variables.names if variable.name in text]
            if found:
                self._variables.update(dict.fromkeys(found))
                self._variable_lines.append(line)

    def payload(self, root: Observation) -> Payload:
        """Give what was read, with the observation that it was noted for."""
        return Payload(root, self._texts, tuple(self._variables), tuple(sorted(set(self._variable_lines))))


def _sibling(path: str, name: str) -> str:
    parent = path.rpartition("/")[0]
    return f"{parent}/{name}" if parent else name
