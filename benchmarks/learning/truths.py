"""Ground truths: rulebooks that ship, and rulebooks made up at random."""

from __future__ import annotations

import random
from collections.abc import Iterator

from whosees.rules.model import (
    Column,
    Columns,
    Document,
    Fact,
    Identity,
    Marker,
    Row,
    Rulebook,
    Source,
    Statement,
    Value,
    Wire,
)

COLUMNS = (2, 6)
FACTS = (2, 4)
VALUES = (2, 4)
ROWS = (20, 80)
DEPTH = 4
CONDITIONS = (2, 5)


def random_rulebook(seed: int) -> Rulebook:
    """Make up a rulebook: 2 to 6 columns, 2 to 4 facts of 2 to 4 values, 20 to 80 nested rows."""
    rng = random.Random(seed)  # noqa: S311 - it makes up tables
    facts = tuple(
        Fact(
            id=f"fact{number}",
            label=f"fact{number}",
            caller_can=True,
            state_unknown="it is not known",
            values=tuple(_value(f"v{value}") for value in range(rng.randint(*VALUES))),
        )
        for number in range(rng.randint(*FACTS))
    )
    columns = [f"C{number}" for number in range(rng.randint(*COLUMNS))]
    markers = _markers(rng, facts)
    document = Document(
        rulebook=Identity(
            format=1, id=f"random-{seed}", version="1", title="random", table="t.csv", table_title="random"
        ),
        sources=(Source(id="s", title="made up", basis="published"),),
        statements=(Statement(id="s", source="s", cite="s", text="made up"),),
        columns=Columns(
            fact="column",
            values=tuple(Column(id=name, printed=name, title=name, names=(name,)) for name in columns),
        ),
        facts=(
            Fact(id="column", label="column", caller_can=False, state_unknown="it is not known"),
            *facts,
        ),
        markers=markers,
        wire=Wire(format="json", recognised_by=("id",)),
    )
    return Rulebook(document=document, rows=tuple(_rows(rng, columns, markers)))


def _value(name: str) -> Value:
    return Value(id=name, names=(name,), state=f"it is {name}", change=f"make it {name}")


def _markers(rng: random.Random, facts: tuple[Fact, ...]) -> tuple[Marker, ...]:
    always = Marker(id="always", printed="always", statement="s", meaning="always", when_granted="must")
    optional = Marker(
        id="optional", printed="optional", statement="s", meaning="optional", when_granted="should"
    )
    never = Marker(id="never", printed="never", statement="s", meaning="never", when_granted="must-not")
    conditional = tuple(
        Marker(
            id=f"if{number}",
            printed=f"if{number}",
            statement="s",
            meaning="conditional",
            when_granted="should",
            granted_if=tuple(_entry(rng, facts) for _ in range(rng.randint(1, 2))),
        )
        for number in range(rng.randint(*CONDITIONS))
    )
    return (always, optional, never, *conditional)


def _entry(rng: random.Random, facts: tuple[Fact, ...]) -> dict[str, tuple[str, ...]]:
    chosen = rng.sample(facts, rng.randint(1, 2))
    return {
        fact.id: tuple(rng.sample(fact.value_ids, rng.randint(1, max(1, len(fact.value_ids) - 1))))
        for fact in chosen
    }


def _rows(rng: random.Random, columns: list[str], markers: tuple[Marker, ...]) -> Iterator[Row]:
    by_id = {marker.id: marker for marker in markers}
    rows: list[Row] = [
        Row(
            number=1,
            element="id",
            path="id",
            container=None,
            steps=("id",),
            cells=dict.fromkeys(columns, "always"),
        )
    ]
    for number in range(2, rng.randint(*ROWS) + 1):
        containers = [row for row in rows[1:] if row.path.count("/") < DEPTH - 1]
        inside = rng.choice(containers) if containers and rng.random() < 0.6 else None  # noqa: PLR2004
        name = f"e{number}"
        path = f"{inside.path}/{name}" if inside else name
        cells = {column: _cell(rng, by_id, inside.cells[column] if inside else None) for column in columns}
        container = inside.path if inside else None
        rows.append(
            Row(number=number, element=name, path=path, container=container, steps=(name,), cells=cells)
        )
    yield from rows


def _cell(rng: random.Random, markers: dict[str, Marker], outer: str | None) -> str:
    """Choose a marker; what is inside something conditional or hidden is not more visible than that."""
    if outer in ("always", None):
        return rng.choice([*markers, "always", "always", "never"])
    if outer == "optional":
        return rng.choice([name for name in markers if name != "always"])
    return outer if outer == "never" or rng.random() < 0.8 else "never"  # noqa: PLR2004
