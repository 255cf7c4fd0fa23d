"""The content of a rulebook as immutable data.

The classes are the tables of ``rulebook.toml`` and their fields its keys, except `Row`, a line of the matrix, and
`Rulebook`, which contains everything. Decisions are the engine's business.
"""

from .document import Document
from .evidence import (
    Evidence,
    HttpEvidence,
    HttpPart,
    MatchEvidence,
    RequestEvidence,
    ResponseEvidence,
    SessionEvidence,
)
from .facts import Column, Columns, EnforcementRule, Fact, Implication, NoColumn, Override, Value
from .markers import Marker
from .rulebook import Row, Rulebook
from .table import UNKNOWN, Table
from .texts import (
    CitedFor,
    Identity,
    Interpretation,
    NotCovered,
    Note,
    Source,
    Statement,
    Unlisted,
    Variable,
    Variables,
)
from .wire import FailureKinds, FailureMeaning, RowOptions, Wire, WireRequest, WireResponse

__all__ = [
    "UNKNOWN",
    "CitedFor",
    "Column",
    "Columns",
    "Document",
    "EnforcementRule",
    "Evidence",
    "Fact",
    "FailureKinds",
    "FailureMeaning",
    "HttpEvidence",
    "HttpPart",
    "Identity",
    "Implication",
    "Interpretation",
    "Marker",
    "MatchEvidence",
    "NoColumn",
    "NotCovered",
    "Note",
    "Override",
    "RequestEvidence",
    "ResponseEvidence",
    "Row",
    "RowOptions",
    "Rulebook",
    "SessionEvidence",
    "Source",
    "Statement",
    "Table",
    "Unlisted",
    "Value",
    "Variable",
    "Variables",
    "Wire",
    "WireRequest",
    "WireResponse",
]
