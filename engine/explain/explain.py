"""Explanations: why an element is there or not, with the rulebook's own words, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ...rules.model import CitedFor, Interpretation, Marker, Row, Rulebook
from ...rules.names import normalize_name
from ..context import Context
from ..expectation import Evaluator, Expectation
from ..observation import Observation
from .reasons import deciding_facts, grounds, premise, state
from .remedies import Remedy, ways_to_appear


class Reason(msgspec.Struct, frozen=True):
    """A step of an explanation, and what it rests on."""

    text: str
    cite: str


class Observed(msgspec.Struct, frozen=True):
    """Whether an element was there in a response, and in which lines."""

    present: bool
    lines: tuple[int, ...]


class Explanation(msgspec.Struct, frozen=True):
    """Why an element is, or is not, to be seen in a context.

    ``expectation`` and ``marker`` are None for an element that the rulebook knows and does not list.
    ``because`` is never empty. ``interpretations`` are those that the decision rests on. ``elsewhere`` says what
    the other columns have. ``ways`` is what would make the element appear, none where it appears or nothing would.
    """

    path: str
    element: str
    context: Context
    expectation: Expectation | None
    marker: str | None
    summary: str
    because: tuple[Reason, ...]
    interpretations: tuple[Interpretation, ...] = ()
    notes: tuple[Reason, ...] = ()
    elsewhere: str = ""
    depends_on: tuple[str, ...] = ()
    ways: tuple[Remedy, ...] = ()
    observed: Observed | None = None


def explain(
    evaluator: Evaluator, row: Row, context: Context, observation: Observation | None = None
) -> Explanation:
    """Explain a row in a context that names a column; with an observation, also what was seen of it."""
    rulebook = evaluator.rulebook
    expectation = evaluator.expectation(row.path, context)
    marker = evaluator.marker(row, context)
    ways = ways_to_appear(evaluator, row, context)
    depends_on = evaluator.depends_on(row, context)
    observed = None
    if observation is not None:
        lines = observation.lines(row.path)
        observed = Observed(bool(lines), lines)
    return Explanation(
        path=row.path,
        element=row.element,
        context=context,
        expectation=expectation,
        marker=marker.id,
        summary=_summary(evaluator, row, context, ways, observed),
        because=tuple(_because(evaluator, row, context, marker, expectation, depends_on)),
        interpretations=tuple(
            entry
            for entry in rulebook.document.interpretations
            if entry.cited_for is not None and applies(rulebook, entry.cited_for, row, context, expectation)
        ),
        notes=tuple(
            Reason(note.text, note.cite) for note in rulebook.document.notes if row.path in note.rows
        ),
        elsewhere=_elsewhere(rulebook, row, context),
        depends_on=depends_on,
        ways=ways,
        observed=observed,
    )


def explain_unlisted(
    rulebook: Rulebook, path: str, context: Context, observation: Observation | None = None
) -> Explanation:
    """Explain an element that no row lists."""
    known = path in rulebook.document.unlisted.paths
    note = rulebook.document.unlisted.notes.get(path, "")
    because = [Reason(f"`{path}` is in no row of {rulebook.table_title}.", rulebook.table_title)]
    if known:
        text = f"Real responses carry it. {note}".strip()
        because.append(Reason(text, rulebook.document.unlisted.source))
    cite = rulebook.document.unlisted.cite
    lines = observation.lines(path) if observation is not None else ()
    return Explanation(
        path=path,
        element=path.rpartition("/")[2],
        context=context,
        expectation=None,
        marker=None,
        summary=f"`{path}` is not judged: {rulebook.table_title} does not list it, so nothing is known of who may see it.",
        because=tuple(because),
        interpretations=(rulebook.interpretations[cite],) if cite else (),
        observed=Observed(bool(lines), lines) if observation is not None else None,
    )


def matching(rulebook: Rulebook, name: str) -> tuple[str, ...]:
    """Give the paths that a person can mean: rows first, then elements known as unlisted; none for a misspelt name.

    A name is a printed or wire name, a path, or the end of one, in any letter case; ``.`` does for ``/`` and a
    namespace prefix does not count.
    """
    wanted = _plain_steps(name)
    if not any(wanted):
        return ()
    rows = [row.path for row in rulebook.rows if any(_ends(steps, wanted) for steps in _spelt(rulebook, row))]
    exact = [path for path in rows if _plain_steps(path) == wanted]
    if len(wanted) > 1 and exact:
        return tuple(exact)
    unlisted = [path for path in rulebook.document.unlisted.paths if _ends(_plain_steps(path), wanted)]
    return tuple(rows or unlisted)


def names_to_offer(rulebook: Rulebook) -> list[str]:
    """Give the names that a misspelt one can have been meant as."""
    names = [name for row in rulebook.rows for name in (row.element, row.path.rpartition("/")[2], row.path)]
    return list(dict.fromkeys([*names, *rulebook.document.unlisted.paths]))


def _plain_steps(name: str) -> tuple[str, ...]:
    steps = name.strip().strip("/").replace(".", "/").split("/")
    return tuple(normalize_name(step.rpartition(":")[2]) for step in steps)


def _spelt(rulebook: Rulebook, row: Row) -> Iterator[tuple[str, ...]]:
    """Give a row's path in every spelling of its last name."""
    steps = _plain_steps(row.path)
    for last in (
        steps[-1],
        normalize_name(row.element),
        *map(normalize_name, rulebook.document.spellings.get(row.path, ())),
    ):
        yield (*steps[:-1], last)


def _ends(steps: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return steps[-len(wanted) :] == wanted


def _summary(
    evaluator: Evaluator, row: Row, context: Context, ways: tuple[Remedy, ...], observed: Observed | None
) -> str:
    """Answer the question in one sentence."""
    expectation = evaluator.expectation(row.path, context)
    why = grounds(evaluator, row, context)
    said = {
        Expectation.MUST: "must be there",
        Expectation.SHOULD: "should be there",
        Expectation.MAY: "may be there or not",
        Expectation.MUST_NOT: "must not be there",
    }
    expected = f"{said[expectation]}: {why}."
    if not expectation.is_expected and not any(way.caller_can for way in ways):
        column = evaluator.rulebook.column(context[evaluator.rulebook.column_fact])
        expected += (
            f" Nothing that the caller can do would make it appear for {column.printed} ({column.title})."
        )
    if observed is None:
        return f"`{row.path}` {expected}"
    seen = "is in the response" if observed.present else "is not in the response"
    link = "and" if observed.present is expectation.is_expected or expectation is Expectation.MAY else "but"
    return f"`{row.path}` {seen}, {link} {expected}"


def _because(
    evaluator: Evaluator,
    row: Row,
    context: Context,
    marker: Marker,
    expectation: Expectation,
    depends_on: tuple[str, ...],
) -> Iterator[Reason]:
    """Lead from the printed cell to the decision, a step at a time."""
    rulebook = evaluator.rulebook
    column = rulebook.column(context[rulebook.column_fact])
    cell = f"{rulebook.table_title}, row {row.number}, column {column.printed}"
    yield Reason(f"{row.element} is printed {marker.printed} for {column.printed} ({column.title}).", cell)
    statement = rulebook.statements[marker.statement]
    yield Reason(statement.text, statement.cite)
    for fact in deciding_facts(marker, context, expectation):
        from_fact = premise(rulebook, context, fact)
        text = state(rulebook, context, from_fact)
        cite = f"{from_fact}={context[from_fact]}"
        if from_fact != fact:
            text += f", and {_implication_text(rulebook, from_fact, fact)}"
        yield Reason(f"{text[0].upper()}{text[1:]}.", cite)
    if expectation is Expectation.MAY:
        text = f"So it is open: it depends on {_either(depends_on)}, which nothing tells."
        yield Reason(text, f"{rulebook.table_title}, {marker.printed}")
    for quoted in rulebook.document.statements:
        if quoted.cited_for is not None and applies(rulebook, quoted.cited_for, row, context, expectation):
            yield Reason(quoted.text, quoted.cite)
    if row.container is not None and not expectation.is_expected:
        yield from _container(evaluator, row.container, context, expectation)


def _container(
    evaluator: Evaluator, path: str, context: Context, expectation: Expectation
) -> Iterator[Reason]:
    """Say so where the enclosing element is hidden by the same decision."""
    if evaluator.expectation(path, context) is expectation:
        rulebook = evaluator.rulebook
        printed = rulebook.column(context[rulebook.column_fact]).printed
        seen = "must not be there either" if expectation is Expectation.MUST_NOT else "is left open too"
        cite = f"{rulebook.table_title}, row {rulebook.row_by_path[path].number}, column {printed}"
        yield Reason(f"It stands in {path}, which {seen}.", cite)


def _implication_text(rulebook: Rulebook, premise_fact: str, fact: str) -> str:
    return next(
        f"{entry.text} ({entry.cite})"
        for entry in rulebook.document.implications
        if premise_fact in entry.when and fact in entry.then
    )


def _either(facts: tuple[str, ...]) -> str:
    return " and ".join([", ".join(facts[:-1]), facts[-1]] if len(facts) > 1 else facts)


def applies(
    rulebook: Rulebook, scope: CitedFor, row: Row, context: Context, expectation: Expectation
) -> bool:
    """Whether all that a scope names applies to this decision, so that it is cited."""
    column = context[rulebook.column_fact]
    return (
        (not scope.rows or row.path in scope.rows)
        and (not scope.columns or column in scope.columns)
        and (not scope.markers or row.cells[column] in scope.markers)
        and (not scope.expectations or expectation in scope.expectations)
        and all(context[fact] in values for fact, values in scope.facts.items())
    )


def _elsewhere(rulebook: Rulebook, row: Row, context: Context) -> str:
    """Say what the other columns have for this row, grouped by marker."""
    here = context[rulebook.column_fact]
    groups: dict[str, list[str]] = {}
    for column in rulebook.columns:
        if column.id != here:
            groups.setdefault(row.cells[column.id], []).append(column.printed)
    return "; ".join(
        f"{', '.join(columns)}: {rulebook.markers[marker].printed} ({rulebook.markers[marker].meaning})"
        for marker, columns in groups.items()
    )
