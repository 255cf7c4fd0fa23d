"""The engine names nothing of any API: every such word comes from a rulebook (DESIGN 1)."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.installed import ENGINE
from whosees.engine.finding_rules import RULES
from whosees.rules import Rulebook, load_rulebook
from whosees.rules.registry import BUILTINS

ENGLISH = {
    "caller": "the field's word for who calls, whatever the API",
    "document": "the rulebook as a whole, and the order of a message",
    "errors": "findings of that severity",
    "id": "the identity of a rule, a row, a finding",
    "message": "the text of a finding, and what is sent",
    "name": "what an element is called",
    "none": "of Python, too",
    "plan": "which recordings to make next",
    "shown": "a participle",
    "size": "how many there are",
    "status": "of an entry of a baseline",
    "title": "what a column is called for people",
    "type": "of Python, too",
    "url": "where calls are sent, of any HTTP API",
    "user": "who uses Whosees",
    "x": "of an escaped character",
}
"""Words of the rulebooks that the engine uses in another sense, with the sense."""


def words_of(rulebook: Rulebook) -> set[str]:
    """Every name that a rulebook gives to something of its API, in lower case."""
    document = rulebook.document
    names = [
        rulebook.id,
        *rulebook.fact_ids,
        *(step for row in rulebook.rows for step in (*row.path.split("/"), row.element)),
        *(step for path in document.unlisted.paths for step in path.split("/")),
        *(name for names in document.spellings.values() for name in names),
        *(name for column in rulebook.columns for name in (column.printed, column.title, *column.names)),
        *(name for absent in document.columns.without for name in (absent.title, *absent.names)),
        *(name for fact in document.facts for value in fact.values for name in (value.id, *value.names)),
        *(marker.printed for marker in document.markers),
        *(name for entry in document.evidence.request for name in entry.any_of),
        *(entry.request for entry in document.evidence.match),
        *(entry.id for entry in document.interpretations),
        *document.wire.response_types,
        *document.wire.request_types,
        *document.wire.recognised_by,
        *document.wire.failure_members,
        *document.wire.failures,
        "Webex",
    ]
    return {name.lower() for name in names}


def words_in(file: Path) -> Iterator[tuple[int, str]]:
    """Return the identifiers, and the words of strings and comments, of a source file with their lines.

    The ids of rules are left out: they are the same for every API, and others rely on them.
    """
    source = file.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NAME, tokenize.STRING, tokenize.COMMENT):
            for word in re.findall(
                r"[^\W_]+(?:[-$][^\W_]+)*|[^\w\s.,:;'\"`(){}\[\]=+*/<>|&!?#@\\^~%-]", token.string
            ):
                if word not in RULES:
                    yield token.start[0], word


def parts(word: str) -> set[str]:
    """A word, and the words that an identifier is written together of."""
    return {word.lower(), *(part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", word))}


@pytest.mark.parametrize("file", sorted(ENGINE.rglob("*.py")), ids=lambda file: str(file.relative_to(ENGINE)))
def test_the_engine_names_nothing_of_an_api(file: Path) -> None:
    foreign = {word for name in BUILTINS for word in words_of(load_rulebook(name))} - ENGLISH.keys()
    found = [f"{file.name}:{line}: {word}" for line, word in words_in(file) if parts(word) & foreign]
    assert found == []


def test_each_exception_is_needed() -> None:
    said = {part for file in ENGINE.rglob("*.py") for _, word in words_in(file) for part in parts(word)}
    foreign = {word for name in BUILTINS for word in words_of(load_rulebook(name))}
    assert ENGLISH.keys() <= said & foreign


def test_a_word_of_an_api_would_be_found() -> None:
    words = words_of(load_rulebook("getsessioninfo"))
    assert {"sessionkey", "agenda", "panelist", "salescenter", "pw", "✓", "webex"} <= words
    assert parts("isAudioOnly") >= {"isaudioonly", "audio"}
