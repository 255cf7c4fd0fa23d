"""A rulebook begun with an outline: its rows are the schema's elements, and a person decides their cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill

from ...engine.analysis.review import PLACEHOLDER
from ...reports.text.escape import escape_control_chars
from ...rules.load import TABLE_FILE
from ...rules.model import (
    Column,
    Columns,
    Document,
    Evidence,
    Fact,
    Identity,
    Marker,
    Row,
    RowOptions,
    Source,
    Statement,
)
from .outline import Element, Outline

CALLER = ("caller", ("anonymous", "authenticated"))
"""The fact whose values are the columns unless others are asked for."""

_FEW = 8
"""Elements that a gap lists."""

_LONG = 200
"""Characters of a title."""

_DOCUMENTATION = "documentation"
_QUOTE = f"{PLACEHOLDER} the sentence of your documentation that says so."

_OWN = (
    ("always", "must", "always returned"),
    ("optional", "should", "returned if it is set"),
    ("never", "must-not", "never returned"),
)


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """The fact that picks the column, and its values."""

    fact: str = CALLER[0]
    values: Sequence[str] = CALLER[1]


def draft_document(outline: Outline, identity: str, columns: ColumnChoice) -> Document:
    """Return the document of a rulebook whose cells nobody has decided, except those of elements that only requests have."""
    return Document(
        rulebook=Identity(
            format=1,
            id=identity,
            version="0.1.0",
            title=_one_line(outline.title),
            table=TABLE_FILE,
            table_title="the table",
            reviewed=False,
        ),
        sources=(
            Source(id=outline.language, title=_one_line(outline.source), basis="schema"),
            Source(
                id=_DOCUMENTATION, title=f"{PLACEHOLDER} the title of your documentation", basis="published"
            ),
        ),
        statements=tuple(_statements(outline)),
        columns=Columns(
            fact=columns.fact, values=tuple(_column(columns.fact, each) for each in columns.values)
        ),
        facts=(
            Fact(
                id=columns.fact,
                label=columns.fact,
                caller_can=columns.fact == CALLER[0],
                state_unknown=f"the {columns.fact} is not known",
            ),
        ),
        markers=tuple(_markers(outline)),
        wire=outline.wire,
        rows={each.path: RowOptions(when=dict(each.when)) for each in outline.elements if each.when},
        evidence=_evidence(outline, columns),
    )


def draft_rows(outline: Outline, columns: ColumnChoice) -> tuple[Row, ...]:
    """Return a row for each element, with what the schema says of it as its comment."""
    names = Counter(_name(each) for each in outline.elements)
    comments = comments_of(outline)
    return tuple(
        Row(
            number=number,
            element=_name(each) if names[_name(each)] == 1 else each.path.replace("/", "."),
            path=each.path,
            container=None,
            steps=(),
            cells=dict.fromkeys(columns.values, "write-only" if each.is_write_only else "undecided"),
            comment=comments[each.path],
        )
        for number, each in enumerate(outline.elements, start=1)
    )


def _name(element: Element) -> str:
    return element.path.rpartition("/")[2]


def comments_of(outline: Outline) -> dict[str, str]:
    """Return what the schema says of each element, by path: whether it is required, and its description."""
    certain: set[str] = {""}
    comments = {}
    for element in outline.elements:
        container = element.path.rpartition("/")[0]
        if element.is_required and not element.when and container in certain:
            certain.add(element.path)
        comments[element.path] = _comment(element, "" if container in certain else container)
    return comments


def _comment(element: Element, container: str) -> str:
    """Return the comment of an element; ``container`` is what it is in if that is not always there."""
    words = ["required" if element.is_required else "optional"]
    if element.is_required and container:
        words = [f"required in {container}"]
    if element.when:
        conditions = (f"{path} is {' or '.join(texts)}" for path, texts in element.when.items())
        words = [f"required if {' and '.join(conditions)}"]
    if element.is_write_only:
        words = ["write-only"]
    words += ["nullable"] * element.is_nullable + list(element.notes)
    return escape_control_chars(
        ", ".join(words) + (f": {element.description}" if element.description else "")
    )


def head_comment(outline: Outline) -> str:
    """Return the comment at the head of `rulebook.toml`: what to do, and what the schema says that is not in it."""
    lines = [
        f"A draft, begun with {_one_line(outline.source)}: {_one_line(outline.cite)}.",
        "The table has a row for each element; its comments say what the schema says of the element.",
        "Decide the cells: replace `?` by a marker, of these or of your own, and quote the sentence that each marker rests on.",
        "`whosees rules lint` says what is left. Then remove `reviewed = false`.",
        *gap_lines(outline),
    ]
    return "\n".join(fill(escape_control_chars(line), 108, subsequent_indent="  ") for line in lines)


def _one_line(text: str) -> str:
    """Return a text of a schema so that it can be shown wherever a rulebook is."""
    words = " ".join(text.split())
    return escape_control_chars(words if len(words) <= _LONG else f"{words[: _LONG - 1]}…")


def gap_lines(outline: Outline) -> list[str]:
    """Return what the rulebook cannot express of the schema, a line for each problem."""
    lines = []
    for problem, paths in outline.gaps:
        unit = outline.wire.unit
        whole = f"each item of `{unit}`" if unit else "the whole answer"
        places = ", ".join(f"`{path}`" if path else whole for path in paths[:_FEW])
        more = f" and {len(paths) - _FEW:,} more" if len(paths) > _FEW else ""
        lines.append(f"not expressed: {problem}" + (f" ({places}{more})" if places else ""))
    return lines


def _statements(outline: Outline) -> list[Statement]:
    found = [
        Statement(
            id="undecided",
            source=outline.language,
            cite=_one_line(outline.cite),
            text="The schema names these elements. It does not say who is shown them.",
        )
    ]
    if any(each.is_write_only for each in outline.elements):
        text = "The schema says of these elements that only requests have them."
        found.append(
            Statement(id="write-only", source=outline.language, cite=_one_line(outline.cite), text=text)
        )
    found += [
        Statement(id=name, source=_DOCUMENTATION, cite=f"{PLACEHOLDER} the place", text=_QUOTE)
        for name, _, _ in _OWN
    ]
    return found


def _markers(outline: Outline) -> list[Marker]:
    found = [
        Marker(
            id="undecided",
            printed="?",
            statement="undecided",
            meaning="not decided: the schema does not say",
            when_granted="may",
            undecided="unstated",
        )
    ]
    if any(each.is_write_only for each in outline.elements):
        found.append(
            Marker(
                id="write-only",
                printed="write-only",
                statement="write-only",
                meaning="only in requests",
                when_granted="must-not",
            )
        )
    for name, granted, meaning in _OWN:
        found.append(
            Marker(id=name, printed=name, statement=name, meaning=meaning, when_granted=granted)  # type: ignore[arg-type]  # a literal of _OWN
        )
    return found


def _column(fact: str, value: str) -> Column:
    changes = {"anonymous": "call without credentials", "authenticated": "call with credentials"}
    change = changes.get(value, "") if fact == CALLER[0] else ""
    return Column(id=value, printed=value, title=value, names=(value,), change=change)


def _evidence(outline: Outline, columns: ColumnChoice) -> Evidence:
    """Return evidence of the caller: whether a request has one of the operation's credentials."""
    if columns.fact != CALLER[0] or not set(CALLER[1]) <= set(columns.values):
        return Evidence()
    last = len(outline.credentials) - 1
    return Evidence(
        http=tuple(
            each.evidence(CALLER[0], CALLER[1][1], CALLER[1][0] if number == last else None)
            for number, each in enumerate(outline.credentials)
        )
    )
