"""A whole run of learning: recordings in, a matrix and a rulebook out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import msgspec

from ...engine.context import Claim
from ...engine.learning.cells import Matrix
from ...engine.learning.draft import Draft, draft
from ...engine.learning.evidence import Evidence
from ...engine.learning.generalize import generalize
from ...engine.learning.implications import implication_candidates, select_implications
from ...engine.learning.learn import learn
from ...engine.learning.policy import Policy
from ...engine.learning.rulebook import as_rulebook
from ...engine.learning.space import FactSpace, Implied
from ...rules.load import load_rulebook
from ...rules.model import Document, Implication, Interpretation, Rulebook
from ...rules.paths import path_error
from ..core.limits import Limits
from ..recordings import Discovered, find_recordings
from .find import only_recordings, read_standard_input, split_sample
from .jobs import gather
from .keys import find_key
from .reading import EvidenceBatch, Source
from .sniff import content_of, formats_of, json_wire, xml_wire
from .vocabulary import Vocabulary, key_of


class InferError(Exception):
    """Nothing can be learnt; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to learn: the recordings, the fact that picks the column, and what is known beforehand.

    ``rules`` is the path of a base rulebook, ``key`` the element that tells objects apart; ``left_out`` are facts that are
    not to decide anything. Containers in ``maps`` have free keys, which are learnt as one. ``generalizes`` says that
    shortest conditions also hold in contexts that were not recorded.
    """

    paths: Sequence[str]
    column: str | None = None
    rules: str | None = None
    key: str | None = None
    claims: tuple[Claim, ...] = ()
    left_out: tuple[str, ...] = ()
    policy: Policy = field(default_factory=Policy)
    jobs: int = 1
    limits: Limits = field(default_factory=Limits)
    maps: tuple[str, ...] = ()
    generalizes: bool = False


@dataclass(frozen=True, slots=True)
class Inference:
    """The result of a run; ``notes`` are sentences about the input."""

    matrix: Matrix
    template: Document
    base: Rulebook | None
    batch: EvidenceBatch
    key: str | None
    notes: tuple[str, ...]

    def rulebook(self, rows: Draft | None = None) -> Rulebook:
        """Return the rulebook that was learnt; ``rows`` in place of those of the matrix alone."""
        drafted = rows or draft(self.matrix, self.base)
        return as_rulebook(drafted, self.template, self.matrix.recordings, learnt_alone=self.base is None)


def infer(request: Request) -> Inference:
    """Learn from recordings; raises InferError if nothing can be learnt from them."""
    base = None if request.rules is None else load_rulebook(request.rules)
    column = request.column or (base.column_fact if base else None)
    if column is None:
        raise InferError("name the fact that picks the column with --column, or a base rulebook with --rules")
    if base is not None and column != base.column_fact:
        raise InferError(f"the columns of `{base.id}` are picked by `{base.column_fact}`, not by `{column}`")
    source = Source(column, request.rules, claims=request.claims, limits=request.limits, maps=request.maps)
    notes: list[str] = []
    source, found = _prepared(request, source, base, notes)
    batch = gather(source, found, request.jobs)
    template = _template(source, base, batch)
    _require_columns(source, batch, template)
    evidence = batch.evidence
    if base is None:
        template = _with_implications(template, evidence, request.left_out, notes)
    space = _space(template, batch, request.left_out, notes)
    notes += _about_paths(evidence)
    notes += _never_seen(evidence, base)
    for text, number in batch.conflicts.count.items():
        notes.append(f"{number:,} recordings {text} (such as {', '.join(batch.conflicts.examples[text])})")
    matrix = _without_unlisted(learn(evidence, space, request.policy), base)
    matrix = _with_valid_paths(matrix, template.wire.format, notes)
    if request.generalizes:
        matrix = generalize(matrix)
    return Inference(matrix, template, base, batch, source.keys[0] if source.keys else None, tuple(notes))


def _prepared(
    request: Request, source: Source, base: Rulebook | None, notes: list[str]
) -> tuple[Source, Iterable[Discovered]]:
    """Look at the first recordings: which format they have, and which element tells objects apart."""
    wire = base.document.wire.format if base else _format(request, notes)
    found = read_standard_input(find_recordings(request.paths, request.limits, wire), request.limits)
    sample, everything = split_sample(found)
    recordings = only_recordings(sample)
    if base is None:
        contents = [content_of(recording, request.limits) for recording in recordings]
        known = json_wire(contents) if wire == "json" else xml_wire(contents, request.limits)
        if known is None:
            raise InferError(_NO_WIRE[wire])
        source = replace(source, wire=known)
    key = request.key or (key_of(base) if base else None) or find_key(source, recordings)
    return replace(source, keys=(key,) if key else ()), everything


_NO_WIRE = {
    "json": "no recording has a JSON object for a response; if responses are lists, pass a base rulebook with `unit`",
    "xml": "no recording has a response that is a `message` with a typed `bodyContent`; pass a base rulebook with --rules",
}


def _format(request: Request, notes: list[str]) -> str:
    """Find out which format most recordings have: a rulebook describes one."""
    counts = {"xml": 0, "json": 0}
    for wire in counts:
        sample, _ = split_sample(
            read_standard_input(find_recordings(request.paths, request.limits, wire), request.limits)
        )
        counts[wire] = formats_of(only_recordings(sample), request.limits)[wire]
    if not any(counts.values()):
        raise InferError("there is no recording to learn from: no response is XML or JSON")
    most = max(counts, key=lambda wire: counts[wire])
    if all(counts.values()):
        least = min(counts, key=lambda wire: counts[wire])
        notes.append(
            f"recordings are in XML and in JSON, and a rulebook describes one format: those in {least.upper()} are left out"
        )
    return most


def _template(source: Source, base: Rulebook | None, batch: EvidenceBatch) -> Document:
    if base is not None:
        return base.document
    vocabulary = Vocabulary(source.column)
    for fact, values in batch.stated.items():
        for value in values:
            vocabulary.add({fact: value})
    if source.wire is None:
        raise InferError(_NO_WIRE["json"])
    return vocabulary.document(source.wire)


def _require_columns(source: Source, batch: EvidenceBatch, template: Document) -> None:
    evidence = batch.evidence
    if evidence.recordings:
        return
    reasons = "; ".join(f"{count:,} × {reason}" for reason, count in batch.unused.count.most_common(3))
    facts = [fact.id for fact in template.facts if fact.id != source.column]
    if source.rules is None and not batch.stated.get(source.column):
        known = f"; the facts that they state are {', '.join(f'`{fact}`' for fact in facts)}" if facts else ""
        raise InferError(
            f"no recording states `{source.column}`{known}: state it in NAME.context.toml, in `context` of JSON Lines, "
            f"or for all with --fact {source.column}=VALUE"
        )
    raise InferError(f"no recording can be learnt from: {reasons or 'there are none'}")


def _space(
    template: Document, batch: EvidenceBatch, left_out: tuple[str, ...], notes: list[str]
) -> FactSpace:
    column = template.columns.fact
    values = {}
    for fact in template.facts:
        if fact.id == column or fact.id in left_out:
            continue
        if fact.id in batch.known:
            values[fact.id] = fact.value_ids
        else:
            notes.append(f"no recording tells `{fact.id}`, so nothing is learnt about it")
    columns = [entry.id for entry in template.columns.values]
    if len(columns) == 1:
        notes.append(f"`{column}` has one value, so the table has one column")
    implied = [Implied(entry.when, entry.then) for entry in template.implications]
    return FactSpace(column, columns, values, implied)


def _with_implications(
    template: Document, evidence: Evidence, left_out: tuple[str, ...], notes: list[str]
) -> Document:
    """Add the facts that follow from others: combinations that never come up are no contexts."""
    facts = [fact.id for fact in template.facts if fact.id not in (template.columns.fact, *left_out)]
    found = list(implication_candidates(evidence, template.columns.fact, facts))
    kept = select_implications(found)
    for each in found:
        premise, conclusion = f"{each.fact} {each.value}", f"{each.then} {each.then_value}"
        if each in kept:
            notes.append(
                f"{premise} always came with {conclusion}, so other combinations count as impossible; "
                "remove the implication from rulebook.toml if they are not"
            )
        elif not each.certain and not any(
            (other.fact, other.then) == (each.then, each.fact) for other in kept
        ):
            notes.append(
                f"{premise} only came with {conclusion}; if that is a rule, state it as an implication of a base"
            )
    return msgspec.structs.replace(
        template,
        implications=tuple(
            Implication(
                when={each.fact: each.value},
                then={each.then: each.then_value},
                text=f"{each.fact} {each.value} has {each.then} {each.then_value}",
                cite="L1",
            )
            for each in kept
        ),
        interpretations=(_L1,) if kept else (),
    )


_L1 = Interpretation(
    id="L1",
    title="Combinations of facts that were never recorded do not occur",
    text="Facts that always came together in the recordings, though others did not, count as following from each other.",
    basis="inferred",
)


def _never_seen(evidence: Evidence, base: Rulebook | None) -> list[str]:
    """Name the rows of a base that no recording shows: it cannot be told whether they are hidden or not set."""
    seen = set(evidence.paths)
    rows = [row.path for row in base.rows if row.path not in seen] if base else []
    some = ", ".join(f"`{path}`" for path in rows[:FEW])
    more = f" and {len(rows) - FEW:,} more" if len(rows) > FEW else ""
    return [f"no recording shows {some}{more}, so the draft has no row for them"] if rows else []


FEW = 5
"""Names that a note lists."""

MANY_CHILDREN = 100
"""Names in one container, from which on they look like keys of a map."""


def _about_paths(evidence: Evidence) -> list[str]:
    notes = []
    children: dict[str, int] = {}
    for path in evidence.paths:
        parent = path.rpartition("/")[0]
        children[parent] = children.get(parent, 0) + 1
    for parent, number in children.items():
        if number >= MANY_CHILDREN:
            notes.append(
                f"`{parent or 'the body'}` has {number:,} different names in it, which look like keys of a map: "
                f"learn them as one with --map {parent or '.'}"
            )
    if evidence.too_many_paths:
        notes.append(f"only the first {len(evidence.paths):,} different elements were learnt")
    return notes


def _without_unlisted(matrix: Matrix, base: Rulebook | None) -> Matrix:
    """Leave out what a base lists as known and not judged, unless rows are in it."""
    if base is None:
        return matrix
    unlisted = set(base.document.unlisted.paths)
    paths = tuple(path for path in matrix.paths if path not in unlisted)
    order = {row.path: row.number for row in base.rows}
    if all(path in order for path in paths):
        paths = tuple(sorted(paths, key=lambda path: order[path]))
    return _restricted(matrix, paths)


def _restricted(matrix: Matrix, paths: tuple[str, ...]) -> Matrix:
    kept = set(paths)
    return replace(
        matrix, paths=paths, cells={where: cell for where, cell in matrix.cells.items() if where[0] in kept}
    )


def _with_valid_paths(matrix: Matrix, wire: Literal["xml", "json"], notes: list[str]) -> Matrix:
    """Leave out elements whose names no row of a rulebook can have."""
    paths = tuple(path for path in matrix.paths if not path_error(path, wire, allow_any=True))
    if len(paths) < len(matrix.paths):
        left_out = [path for path in matrix.paths if path_error(path, wire, allow_any=True)]
        some = ", ".join(f"`{path}`" for path in left_out[:3])
        notes.append(
            f"a rulebook cannot have rows for {len(left_out):,} of the elements, such as {some}; they are left out"
        )
    return _restricted(matrix, paths)
