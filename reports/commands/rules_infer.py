"""`rules infer`: what was learnt, how sure it is, and what to record next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...engine.learning.cells import Cell, CellKind, Contradiction, Matrix
from ...engine.learning.conditions import Condition, Minimizer
from ...engine.learning.reliability import reliability
from ...rules.names import join_words
from ..text.escape import escape_control_chars
from ..text.style import Style, count

FEW = 5
"""Entries of a list that the text report has; the data has all of them."""


@dataclass(frozen=True, slots=True)
class InferReport:
    """The report of a run.

    ``unused`` has recordings that were not learnt from: reason, number, and some sources. ``kept`` are cells of a reviewed
    rulebook that the recordings contradict, as (path, column, the sentence about it).
    """

    matrix: Matrix
    marker_of: Mapping[tuple[str, str], str]
    key: str | None
    keyed: int
    unused: Sequence[tuple[str, int, Sequence[str]]] = ()
    notes: Sequence[str] = ()
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


def kinds_of(matrix: Matrix) -> dict[str, int]:
    """Count the cells of each kind."""
    kinds = dict.fromkeys((kind.value for kind in CellKind), 0)
    for cell in matrix.cells.values():
        kinds[cell.kind.value] += 1
    return kinds


def conditions_of(minimizer: Minimizer, cell: Cell) -> tuple[Condition, ...]:
    """Return the shortest conditions of a cell, the best first; none if nothing is known of it."""
    if not cell.granted and not cell.withheld:
        return ()
    return minimizer.shortest(cell.granted, cell.withheld)


def infer_text(found: InferReport, style: Style) -> str:
    """Return the report for people: what is known, what stands out, and what to do next."""
    matrix = found.matrix
    lines = [*_recordings(found, style), "", *_totals(matrix, style), ""]
    for part in (
        _conditions(found, style),
        _outliers(matrix, style),
        _doubts(matrix, style),
        _disagreements(found, style),
    ):
        if part_lines := list(part):
            lines += [*part_lines, ""]
    lines += [*_next(matrix, style)]
    lines += [_wrap(style, f"wrote {join_words(found.files, 'and')}", 0, 2)] if found.files else []
    lines += [f"next: {command}" for command in found.commands]
    return "\n".join(lines) + "\n"


def _recordings(found: InferReport, style: Style) -> Iterator[str]:
    matrix = found.matrix
    objects = (
        f"of {count(matrix.objects, 'object')} told apart by `{found.key}`"
        if found.key
        else "no element tells objects apart, so each counts as an object of its own; --key PATH names one"
    )
    joint = " " if found.key else "; "
    yield _wrap(style, f"learnt from {count(matrix.recordings, 'recording')}{joint}{objects}", 0, 2)
    for reason, number, sources in found.unused:
        yield _wrap(style, f"not used: {number:,}: {reason} (such as {join_words(sources, 'and')})", 0, 2)
    if matrix.without_context:
        unknown = join_words(matrix.unknown_facts, "or")
        yield _wrap(
            style,
            f"{count(matrix.without_context, 'recording')} could only confirm what the others show, for want of {unknown}: "
            "state it in a sidecar or `context`, or let the base rulebook find it",
            0,
            2,
        )
    for note in found.notes:
        yield _wrap(style, f"note: {note}", 0, 2)


def _totals(matrix: Matrix, style: Style) -> Iterator[str]:
    kinds = kinds_of(matrix)
    cells = ", ".join(f"{number:,} {kind}" for kind, number in kinds.items() if number)
    sizes = f"{count(len(matrix.paths), 'row')}, {count(len(matrix.space.columns), 'column')}"
    yield _wrap(style, f"{sizes}, {count(len(matrix.cells), 'cell')}: {cells}", 0, 2)


def _conditions(found: InferReport, style: Style) -> Iterator[str]:
    """Return each condition once, with the cells that have it and how far it can be trusted."""
    matrix, minimizer = found.matrix, Minimizer(found.matrix.space)
    by_condition: dict[tuple[Condition, ...], list[Cell]] = {}
    for cell in matrix.cells.values():
        if cell.granted and cell.withheld:
            by_condition.setdefault(conditions_of(minimizer, cell), []).append(cell)
    if by_condition:
        yield style.paint("conditions", "bold")
    for conditions, cells in sorted(by_condition.items(), key=lambda item: -len(item[1])):
        rated = [reliability(cell, conditions[0], matrix.space) for cell in cells]
        least = min(rated, key=lambda each: each.reliability)
        columns = join_words(list(dict.fromkeys(cell.column for cell in cells)), "and")
        yield _wrap(style, f"  {conditions[0]}", 0, 4)
        paths = list(dict.fromkeys(cell.path for cell in cells))
        some = join_words(paths[:FEW], "and") + (
            f" and {len(paths) - FEW:,} more" if len(paths) > FEW else ""
        )
        yield _wrap(style, f"    {count(len(cells), 'cell')} in {columns}: {some}", 0, 6)
        yield _wrap(
            style,
            f"    seen in {least.seen} of the {count(least.permitted, 'context')} that it permits; "
            f"reliability {least.reliability:.2f}, confidence {least.confidence:.2f}",
            0,
            6,
        )
        for rival in conditions[1:3]:
            yield _wrap(style, f"    not told apart from: {rival}", 0, 6)


def _outliers(matrix: Matrix, style: Style) -> Iterator[str]:
    if matrix.outliers:
        yield style.paint("outliers: recordings that do what the others say is not done", "bold", "red")
    for outlier in matrix.outliers:
        where = _where(outlier.column, outlier.facts)
        for verb, paths in (("shows", outlier.leaked), ("lacks", outlier.missing)):
            if paths:
                yield _wrap(
                    style,
                    f"  {_sources(outlier.sources, outlier.count)}: {where}: {verb} {_few(paths)}",
                    0,
                    4,
                )


def _doubts(matrix: Matrix, style: Style) -> Iterator[str]:
    if matrix.contradictions:
        yield style.paint(
            "contradictory: shown here, and others of the context, or of similar ones, speak against it",
            "bold",
            "yellow",
        )
    yield from _showing(matrix.contradictions, style)
    if matrix.thin:
        number = sum(each.count for each in matrix.thin)
        some = _few([source for each in matrix.thin for source in each.sources])
        yield _wrap(
            style,
            f"permitted by few recordings, while others of their context do not show it: elements of "
            f"{count(number, 'recording')}: {some}",
            0,
            2,
        )
    if matrix.unseen:
        yield _wrap(
            style,
            f"in the schema, and shown by no recording, so that nothing is known of them: {_few(matrix.unseen)}",
            0,
            2,
        )
    if matrix.rare:
        yield style.paint(
            "shown by one recording only, so that a leak and a rare element look alike", "bold", "yellow"
        )
    yield from _showing(matrix.rare_in, style)


def _showing(found: Sequence[Contradiction], style: Style) -> Iterator[str]:
    """Return the recordings that show elements, and where there are too many, how many more."""
    for each in found[: 4 * FEW]:
        where = _where(each.column, each.facts)
        yield _wrap(style, f"  {_sources(each.sources, each.count)}: {where}: shows {_few(each.paths)}", 0, 4)
    if len(found) > 4 * FEW:
        yield f"  and {len(found) - 4 * FEW:,} more; --format json has all of them"


def _disagreements(found: InferReport, style: Style) -> Iterator[str]:
    if found.kept:
        yield style.paint("kept as reviewed, though the recordings say otherwise", "bold", "yellow")
    for path, column, text in found.kept:
        yield _wrap(style, f"  {path}, {column}: {text}", 0, 4)


def _next(matrix: Matrix, style: Style) -> Iterator[str]:
    if not matrix.suggestions:
        yield "nothing is left open" + (", except what no recording shows" if matrix.unseen else "")
        return
    yield style.paint("record next", "bold")
    for suggestion in matrix.suggestions[:FEW]:
        what = f"{count(suggestion.cells, 'cell')}"
        if suggestion.rivals:
            what += f", and tells {count(suggestion.rivals, 'condition')} from its rivals"
        of = f"the object of {suggestion.like}" if suggestion.like else count(suggestion.objects, "object")
        yield _wrap(
            style, f"  {_where(suggestion.column, suggestion.facts)}, of {of}: would decide {what}", 0, 4
        )
    if len(matrix.suggestions) > FEW:
        more = count(len(matrix.suggestions) - FEW, "more context")
        yield f"  and {more}; --format json has all of them"


def _where(column: str, facts: Mapping[str, str]) -> str:
    return ", ".join([column, *(f"{fact} {value}" for fact, value in facts.items())])


def _sources(sources: Sequence[str], number: int) -> str:
    named = join_words(list(sources), "and")
    return f"{named} and {number - len(sources):,} more" if number > len(sources) else named


def _few(paths: Sequence[str]) -> str:
    some = join_words(list(paths[:FEW]), "and")
    return f"{some} and {len(paths) - FEW:,} more" if len(paths) > FEW else some


def _wrap(style: Style, text: str, indent: int = 0, hanging: int = 0) -> str:
    """Break a line; names and sources come from input, so what would steer a terminal is escaped."""
    return style.wrap(escape_control_chars(text), indent, hanging)
