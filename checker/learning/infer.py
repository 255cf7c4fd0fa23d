"""A whole run of learning: recordings in, a matrix and a rulebook out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ...engine.claims import Claim
from ...engine.learning.cells import Matrix
from ...engine.learning.draft import Draft, draft
from ...engine.learning.generalize import generalize
from ...engine.learning.learn import learn
from ...engine.learning.policy import Policy
from ...engine.learning.rulebook import as_rulebook
from ...rules.load import load_rulebook
from ...rules.model import Document, Rulebook
from ..core.limits import Limits
from ..recordings import Discovered, find_recordings
from ..schemas.outline import Outline
from .errors import InferError
from .find import only_recordings, read_standard_input, split_sample
from .jobs import gather
from .keys import find_key
from .reading import EvidenceBatch, Source
from .rows import (
    about_paths,
    drop_unlisted,
    free_key_containers,
    name_unseen_rows,
    name_withheld,
    with_schema,
    with_valid_paths,
)
from .sniff import content_of, formats_of, json_wire, xml_wire
from .template import fact_space, require_few_contexts, template_of, with_implications
from .vocabulary import key_of


@dataclass(frozen=True, slots=True)
class Request:
    """A request to learn: the recordings, the fact that picks the column, and what is known beforehand.

    ``rules`` is the path of a base rulebook, ``key`` the element that tells objects apart; ``left_out`` are facts that are
    not to decide anything. Containers in ``maps`` have free keys, which are learnt as one. ``generalizes`` says that
    shortest conditions also hold in contexts that were not recorded. ``unit`` is what one result is about if there is no base;
    ``outline`` is what a schema says of the answers.
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
    unit: str | None = None
    outline: Outline | None = None


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
    source = Source(
        *(column, request.rules), claims=request.claims, limits=request.limits, maps=_maps(request, base)
    )
    notes: list[str] = []
    source, found = _prepare(request, source, base, notes)
    batch = gather(
        source, found, request.jobs, lambda batch: require_few_contexts(source, batch, request.left_out)
    )
    template = template_of(source, base, batch)
    _require_columns(source, batch, template)
    evidence = batch.evidence
    if base is None:
        template = with_implications(template, evidence, request.left_out, notes)
    space = fact_space(template, batch, request.left_out, notes)
    notes += about_paths(evidence, request.outline)
    notes += name_unseen_rows(evidence, base)
    notes += name_withheld(batch.withheld)
    for text, number in batch.conflicts.count.items():
        notes.append(f"{number:,} recordings {text} (such as {', '.join(batch.conflicts.examples[text])})")
    matrix = drop_unlisted(learn(evidence, space, request.policy), base)
    matrix = with_valid_paths(matrix, template.wire.format, notes)
    if request.outline is not None:
        matrix = with_schema(matrix, request.outline, base, notes)
    if request.generalizes:
        matrix = generalize(matrix)
    return Inference(matrix, template, base, batch, source.keys[0] if source.keys else None, tuple(notes))


def _maps(request: Request, base: Rulebook | None) -> tuple[str, ...]:
    """Return the containers with free keys that are named, or that a schema or a base has, outer ones first."""
    known = [element.path for element in request.outline.elements] if request.outline else []
    known += [row.path for row in base.rows] if base else []
    found = dict.fromkeys((*request.maps, *free_key_containers(known)))
    return tuple(sorted(found, key=lambda path: 0 if path == "." else path.count("/") + 1))


def _prepare(
    request: Request, source: Source, base: Rulebook | None, notes: list[str]
) -> tuple[Source, Iterable[Discovered]]:
    """Look at the first recordings: which format they have, and which element tells objects apart."""
    known_by = base.document.wire if base else request.outline.wire if request.outline else None
    wire = known_by.format if known_by else _format(request, notes)
    found = read_standard_input(find_recordings(request.paths, request.limits, wire), request.limits)
    sample, everything = split_sample(found)
    recordings = only_recordings(sample)
    if base is None:
        contents = [content_of(recording, request.limits) for recording in recordings]
        known = request.outline.wire if request.outline else None
        if known is None:
            known = (
                json_wire(contents, request.unit) if wire == "json" else xml_wire(contents, request.limits)
            )
        if known is None:
            raise InferError(_NO_WIRE[wire])
        source = replace(source, wire=known)
    key = request.key or (key_of(base) if base else None) or find_key(source, recordings)
    return replace(source, keys=(key,) if key else ()), everything


_NO_WIRE = {
    "json": "no recording has a JSON object for a response, or a list of objects; --unit names another list",
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
