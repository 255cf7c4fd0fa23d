"""The options of judging as programs pass them: in the words of `whosees check`, for one rulebook or several."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypedDict, Unpack

from ...engine.claims import Claim, Precedence, read_claims, unique_facts
from ...engine.context import ContextError
from ...engine.policy import names, policy_of, validate_selected_paths
from ...reports.text.phrases import fact_option
from ...rules import model
from ...rules.names import suggestion
from ..checking.settings import Settings, facts_for, facts_in
from .rulebooks import BoundSettings, Rulebook, RulebookSource, load

SeverityName = Literal["error", "warning", "note", "ignore"]


class CallFacts(TypedDict, total=False):
    """The known facts of a call; other facts of a rulebook are passed as ``facts={"name": "value"}``."""

    service: str | None
    caller: str | None
    role: str | None
    password: str | None


class PolicyOptions(TypedDict, total=False):
    """The options that decide how findings count, as on the command line."""

    strict: bool
    unlisted: SeverityName
    undecided: SeverityName
    select: Sequence[str]
    ignore: Sequence[str]
    empty_as: Literal["present", "absent"]


class JudgingOptions(PolicyOptions, CallFacts, total=False):
    """All options of judging. ``facts`` are further facts of every call, ``require`` those that have to be known."""

    facts: Mapping[str, str] | None
    require: Sequence[str]


Rulebooks = RulebookSource | Sequence[RulebookSource]
"""A rulebook, or several: each exchange is judged by the one whose operation it is."""


def settings_of(rules: Rulebooks, **options: Unpack[JudgingOptions]) -> Settings:
    """Return settings for one rulebook or several; raises ValueError for options, facts and values that there are not.

    A fact that only some of the rulebooks have is stated, or required, for those.
    """
    given = dict(options)
    _validate_kinds(given)
    required = facts_in(names(options.get("require", ())), "require")
    facts = all_facts({fact: given.get(fact) for fact in CallFacts.__annotations__}, options.get("facts"))
    policy = policy_of(**{name: given[name] for name in PolicyOptions.__annotations__ if name in given})  # type: ignore[arg-type]  # read by their names
    books = [load(source) for source in _each(rules)]
    _require_known(given, books)
    validate_selected_paths(books, policy)
    first, *others = [
        BoundSettings(
            rules=book.location,
            policy=policy,
            claims=stated_claims(book, {fact: facts[fact] for fact in facts_for(book, books, facts)}),
            required=facts_for(book, books, required),
            bound=book,
        )
        for book in books
    ]
    return replace(first, others=tuple(others))


def all_facts(call: Mapping[str, object], facts: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the facts passed by name and those in ``facts``; raises ValueError for one that both state differently."""
    _validate_facts(facts)
    named = [(fact, value) for fact, value in call.items() if value is not None]
    return unique_facts([*named, *(facts or {}).items()])


def stated_claims(book: model.Rulebook, facts: Mapping[str, object], prefix: str = "") -> tuple[Claim, ...]:
    """Return stated facts as claims, with the source that the command line gives them; raises ValueError."""
    stated = [
        (fact, str(value), f"{prefix}{fact}" if prefix else fact_option(fact).partition("=")[0])
        for fact, value in facts.items()
        if value is not None
    ]
    try:
        return read_claims(book, stated, Precedence.FLAG)
    except ContextError as error:
        raise ValueError(str(error)) from None


def _require_known(given: Mapping[str, object], books: Sequence[model.Rulebook]) -> None:
    """Raise ValueError for an option that there is not: ignored, a misspelt `strict` would be green."""
    known = JudgingOptions.__annotations__
    for name in given.keys() - known.keys():
        if any(name in book.fact_ids for book in books):
            raise ValueError(f"pass the fact `{name}` in `facts`: facts={{'{name}': …}}")
        raise ValueError(f"there is no option `{name}`{suggestion(name, known, 'those of judging are')}")


def _validate_kinds(given: Mapping[str, object]) -> None:
    """Raise ValueError for an option of a wrong type, which would mean something else: the text `no` is true."""
    validate_switch("strict", given.get("strict", False))
    for name in ("select", "ignore", "require"):
        value = given.get(name, ())
        if not isinstance(value, Collection) or not all(isinstance(each, str) for each in value):
            raise ValueError(f"`{name}` is a text or a list of texts")


def _validate_facts(facts: object) -> None:
    if not isinstance(facts, Mapping | None) or not all(isinstance(name, str) for name in facts or ()):
        raise ValueError('`facts` are values by name, as in facts={"caller": "anonymous"}')


def validate_switch(name: str, value: object) -> None:
    """Raise ValueError for a value that is neither True nor False."""
    if value not in (True, False):
        raise ValueError(f"`{name}` is True or False")


def _each(rules: object) -> Sequence[RulebookSource]:
    if rules is None or isinstance(rules, str | os.PathLike | Rulebook):
        return [rules]
    sources = list(rules) if isinstance(rules, Iterable) else []
    if not sources or not all(isinstance(each, str | os.PathLike | Rulebook | None) for each in sources):
        raise ValueError(
            "`rules` is a rulebook or a list of at least one: the name of one that is built in, the path of its folder, or what "
            "`whosees.rulebook` returns"
        )
    return sources
