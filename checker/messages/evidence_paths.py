"""The elements whose texts are evidence: all that a rulebook reads of a message besides names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from xml.sax.saxutils import escape

from ...rules.model import Rulebook, Variables


@dataclass(frozen=True)
class EvidencePaths:
    """The paths of the elements whose texts say something about the call, and the variables that one of them may contain."""

    read: frozenset[str]
    variables: Variables | None = None

    @classmethod
    def of_responses(cls, rulebook: Rulebook) -> EvidencePaths:
        """Return what is read of the responses of a rulebook's operation."""
        evidence, variables = rulebook.document.evidence, rulebook.document.variables
        read = [
            *(entry.path for entry in evidence.response),
            *(entry.response for entry in evidence.match),
            *([evidence.session.response] if evidence.session else []),
            *([variables.path] if variables else []),
            *(path for options in rulebook.document.rows.values() for path in options.when),
            *(_masked_rows(rulebook) if rulebook.document.wire.format == "xml" else ()),
        ]
        return cls(frozenset(read), variables)

    @classmethod
    def of_requests(cls, rulebook: Rulebook) -> EvidencePaths:
        """Return what is read of the bodies of its requests."""
        evidence = rulebook.document.evidence
        read = [
            *(name for entry in evidence.request for name in entry.any_of),
            *(entry.request for entry in evidence.match if entry.part in ("security", "body")),
            *([evidence.session.request] if evidence.session and evidence.session.part == "body" else []),
        ]
        return cls(frozenset(read))

    def may_contain_variables(self, text: bytes | str) -> bool:
        """Return whether a text of XML as it is written, or as it reads, contains a variable, or can seem not to."""
        return (
            bool(self.variables_in(text)) if isinstance(text, str) else self.written.search(text) is not None
        )

    def variables_in(self, text: str) -> list[str]:
        """Return the names of the variables that a text still contains."""
        names = self.variables.names if self.variables is not None else ()
        return [variable.name for variable in names if variable.name in text]

    @cached_property
    def written(self) -> re.Pattern[bytes]:
        """A pattern of the names of the variables as XML writes them, and of references, by which any letter can be written."""
        names = [
            escape(variable.name).encode() for variable in (self.variables.names if self.variables else ())
        ]
        return re.compile(b"|".join([b"&#", *map(re.escape, names)]))

    @cached_property
    def variables_path(self) -> str:
        """The path of the element that may contain variables, "" if there is none."""
        return self.variables.path if self.variables is not None else ""


def _masked_rows(rulebook: Rulebook) -> list[str]:
    """Return the rows whose elements can have a mask for a text; a reader of JSON sees that by itself."""
    return [path for path, options in rulebook.row_options.items() if options.masks]
