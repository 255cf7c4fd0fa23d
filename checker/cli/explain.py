"""``sightline explain``: why an element is there or not, and what would change that."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ...engine.context import Claim, Context, context_of, settle
from ...engine.expectation import Evaluator
from ...engine.explain import Explanation, explain, explain_unlisted, matching, names_to_offer
from ...engine.finding import RULES
from ...engine.observation import Observation
from ...reports.explain_json import explain_json, explain_rule_json
from ...reports.explain_text import explain_rule_text, explain_text
from ...rules.model import UNKNOWN, Rulebook
from ...rules.names import did_you_mean, plain
from .options import (
    context_options,
    output_options,
    request_claims,
    rulebook_at,
    stated_claims,
    style_of,
    writing_to,
)

EXIT_UNREAD = 3


@click.command("explain")
@click.argument("element")
@click.argument("response", required=False)
@context_options
@output_options("text", "json")
def command(
    element: str,
    response: str | None,
    service: str | None,
    caller: str | None,
    role: str | None,
    password: str | None,
    facts: tuple[str, ...],
    request: str | None,
    rules: str | None,
    format_: str,
    output: str | None,
) -> int:
    """Explain why ELEMENT is there or not, in RESPONSE or in general, and what would change that.

    ELEMENT is a printed or wire name, a path, or the name of a finding's rule, in any letter case. Without a
    service it is answered for each. Exit code 3: RESPONSE could not be read.
    """
    rulebook = rulebook_at(rules)
    flags = {"service": service, "caller": caller, "role": role, "password": password}
    claims = stated_claims(rulebook, flags, facts)
    paths = matching(rulebook, element)
    rule = RULES.get(element.casefold())
    style = style_of(output)
    if not paths and rule is not None:
        with writing_to(output) as stream:
            stream.write(
                explain_rule_json(rulebook, rule) if format_ == "json" else explain_rule_text(rule, style)
            )
        return 0
    evaluator = Evaluator(rulebook)
    code = 0
    if response is None:
        contexts = _contexts(rulebook, [*claims, *request_claims(rulebook, request)])
        seen: list[tuple[Context, Observation | None]] = [(context, None) for context in contexts]
    else:
        seen, code = _heard(rulebook, response, claims, rules, request)
    if not paths:
        paths = _paths_seen(element, seen)
    if not paths:
        hint = did_you_mean(plain(element), names_to_offer(rulebook)) or (
            "; `sightline matrix` lists the elements, and a path such as `host/email` is understood too"
        )
        raise click.UsageError(f"`{element}` is no element of {rulebook.table_title}{hint}")
    explanations = [
        explanation for path in paths for explanation in _explained(evaluator, path, seen, response is None)
    ]
    if not seen:
        return code
    with writing_to(output) as stream:
        stream.write(
            explain_json(rulebook, explanations)
            if format_ == "json"
            else explain_text(rulebook, explanations, style)
        )
    return code


def _explained(
    evaluator: Evaluator, path: str, seen: list[tuple[Context, Observation | None]], in_general: bool
) -> Iterator[Explanation]:
    """Explain a path in each context; what no row lists is the same in every column, so once will do."""
    row = evaluator.rulebook.row_by_path.get(path)
    if row is not None:
        yield from (explain(evaluator, row, context, observation) for context, observation in seen)
        return
    for context, observation in seen[:1] if in_general else seen:
        yield explain_unlisted(evaluator.rulebook, path, context, observation)


def _contexts(rulebook: Rulebook, claims: list[Claim]) -> list[Context]:
    """Give the context that was said, or one for each column where none was."""
    context = settle(rulebook, claims).context
    if context[rulebook.column_fact] != UNKNOWN:
        return [context]
    facts = dict(context.items())
    return [context_of(rulebook, facts | {rulebook.column_fact: column.id}) for column in rulebook.columns]


def _heard(
    rulebook: Rulebook, response: str, claims: tuple[Claim, ...], rules: str | None, request: str | None
) -> tuple[list[tuple[Context, Observation | None]], int]:
    """Read a response: what was seen in each of its bodies, and the exit code that reading comes to."""
    # Imported here: without a response nothing has to be parsed.
    from ..check import Checker, Settings
    from ..recordings import Recording, find_recordings
    from ..refusal import Limits, Refusal
    from .options import read_request

    content = read_request(request, Limits().size)
    checker = Checker(Settings(rules=rules, claims=claims, request=content))
    seen: list[tuple[Context, Observation | None]] = []
    code = 0
    for recording in find_recordings([response]):
        if not isinstance(recording, Recording):
            continue
        for heard in checker.hear(recording):
            if isinstance(heard, Refusal):
                click.echo(f"sightline: `{recording.source}`: {heard.reason}: {heard.detail}", err=True)
                code = EXIT_UNREAD
            else:
                seen.append((heard.settled.context, heard.observation))
    return seen, code


def _paths_seen(element: str, seen: list[tuple[Context, Observation | None]]) -> tuple[str, ...]:
    """Give the path itself where the response holds such an element, though no row and no list knows it."""
    path = element.strip("/")
    return (path,) if any(o is not None and o.lines(path) for _, o in seen) else ()
