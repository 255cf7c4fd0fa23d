"""A whole rulebook of a draft: the columns, facts and evidence of a template, and the rows that were learnt."""

from __future__ import annotations

import msgspec

from ...rules.model import CitedFor, Document, Interpretation, Rulebook, Source
from .draft import SOURCE, Draft


def as_rulebook(draft: Draft, template: Document, recordings: int, *, learnt_alone: bool) -> Rulebook:
    """Return a rulebook that loads: the template with the markers and rows of a draft.

    What the template says of rows and markers that the draft does not have is left out. With ``learnt_alone`` the
    template is no rulebook that somebody wrote, and all texts in it are placeholders.
    """
    paths = {row.path for row in draft.rows}
    markers = {marker.id for marker in draft.markers}
    title = f"{recordings:,} recordings"
    source = Source(id=SOURCE, title=title, basis="inferred")
    sources = () if learnt_alone else tuple(each for each in template.sources if each.id != SOURCE)
    identity = template.rulebook
    if not learnt_alone:
        identity = msgspec.structs.replace(identity, title=f"{identity.title}, learnt from {title}")
    document = msgspec.structs.replace(
        template,
        rulebook=msgspec.structs.replace(identity, reviewed=False),
        sources=(*sources, source),
        statements=draft.statements,
        markers=draft.markers,
        rows={path: options for path, options in template.rows.items() if path in paths},
        spellings={path: names for path, names in template.spellings.items() if path in paths},
        notes=tuple(note for note in template.notes if set(note.rows) <= paths),
        variables=template.variables if template.variables and template.variables.path in paths else None,
        interpretations=tuple(_restrict(entry, paths, markers) for entry in template.interpretations),
        unlisted=msgspec.structs.replace(
            template.unlisted,
            paths=tuple(path for path in template.unlisted.paths if path not in paths),
            notes={path: note for path, note in template.unlisted.notes.items() if path not in paths},
        ),
    )
    document = msgspec.structs.replace(
        document,
        statements=tuple(
            msgspec.structs.replace(each, cited_for=_scope(each.cited_for, paths, markers))
            for each in draft.statements
        ),
    )
    return Rulebook(document=document, rows=draft.rows)


def _restrict(entry: Interpretation, paths: set[str], markers: set[str]) -> Interpretation:
    return msgspec.structs.replace(entry, cited_for=_scope(entry.cited_for, paths, markers))


def _scope(scope: CitedFor | None, paths: set[str], markers: set[str]) -> CitedFor | None:
    """Return a scope if all rows and markers that it names are there."""
    if scope is None or not (set(scope.rows) <= paths and set(scope.markers) <= markers):
        return None
    return scope
