"""``whosees explain``: why an element is there or not, and what would change that."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ....engine.context import Claim, Context, context_of, resolve_claims
from ....engine.expectation import Evaluator
from ....engine.explain.explain import Explanation, explain, explain_unlisted
from ....engine.explain.lookup import known_names, matching
from ....engine.finding import RULES, Rule
from ....engine.observation import Observation
from ....reports.text.visible import escape_control_chars
from ....rules.model import UNKNOWN, Rulebook
from ....rules.names import did_you_mean
from ..context_options import Asked, Output, context_options, output_options

EXIT_UNREAD = 3

Seen = tuple[Context, Observation | None]
"""A context, and what was seen in a response of it."""


@click.command("explain")
@click.argument("element")
@click.argument("response", required=False)
@context_options
@output_options("text", "json")
def command(element: str, response: str | None, asked: Asked, output: Output) -> int:
    """Explain why ELEMENT is there or not, in RESPONSE or in general, and what would change that.

    ELEMENT is a printed or wire name, a path, or the name of a finding's rule, in any letter case. Without a
    service it is answered for each. Exit code 3: RESPONSE could not be read.
    """
    rulebook = asked.rulebook()
    paths = matching(rulebook, element)
    rule = RULES.get(element.casefold())
    if not paths and rule is not None:
        _write_rule(rulebook, rule, output)
        return 0
    code = 0
    if response is None:
        contexts = _contexts(rulebook, [*asked.claims(rulebook), *asked.request_claims(rulebook)])
        seen: list[Seen] = [(context, None) for context in contexts]
    else:
        seen, code = _heard(rulebook, response, asked)
    if not paths:
        paths = _paths_seen(element, seen)
    if not paths:
        raise click.UsageError(_no_such_element(rulebook, element))
    evaluator = Evaluator(rulebook)
    explanations = [
        explanation for path in paths for explanation in _explained(evaluator, path, seen, response is None)
    ]
    if explanations:
        _write(rulebook, explanations, output)
    return code


def _write(rulebook: Rulebook, explanations: list[Explanation], output: Output) -> None:
    # Imported here: a person waits for one answer, in one format.
    if output.format == "json":
        from ....reports.commands.explain_json import explain_json

        output.write(explain_json(rulebook, explanations))
    else:
        from ....reports.commands.explain_text import explain_text

        output.write(explain_text(rulebook, explanations, output.style()))


def _write_rule(rulebook: Rulebook, rule: Rule, output: Output) -> None:
    if output.format == "json":
        from ....reports.commands.explain_json import explain_rule_json

        output.write(explain_rule_json(rulebook, rule))
    else:
        from ....reports.commands.explain_text import explain_rule_text

        output.write(explain_rule_text(rule, output.style()))


def _no_such_element(rulebook: Rulebook, element: str) -> str:
    hint = did_you_mean(element, known_names(rulebook)) or (
        "; `whosees matrix` lists the elements, and a path such as `host/email` is understood too"
    )
    return f"`{element}` is no element of {rulebook.table_title}{hint}"


def _explained(evaluator: Evaluator, path: str, seen: list[Seen], in_general: bool) -> Iterator[Explanation]:
    """Explain a path in each context; what no row lists is the same in every column, so once will do."""
    row = evaluator.rulebook.row_by_path.get(path)
    if row is not None:
        yield from (explain(evaluator, row, context, observation) for context, observation in seen)
        return
    for context, observation in seen[:1] if in_general else seen:
        yield explain_unlisted(evaluator.rulebook, path, context, observation)


def _contexts(rulebook: Rulebook, claims: list[Claim]) -> list[Context]:
    """Give the context that was said, or one for each column where none was."""
    context = resolve_claims(rulebook, claims).context
    if context[rulebook.column_fact] != UNKNOWN:
        return [context]
    facts = dict(context.items())
    return [context_of(rulebook, facts | {rulebook.column_fact: column.id}) for column in rulebook.columns]


def _heard(rulebook: Rulebook, response: str, asked: Asked) -> tuple[list[Seen], int]:
    """Read a response: what was seen in each of its bodies, and the exit code that reading comes to."""
    # Imported here: without a response nothing has to be parsed.
    from ...checking.checker import Checker, Settings
    from ...core.errors import Limits, UncheckedError
    from ...recordings import Recording, find_recordings

    request = asked.request_content(Limits().size)
    checker = Checker(Settings(rules=asked.rules, claims=asked.claims(rulebook), request=request))
    seen: list[Seen] = []
    code = 0
    for recording in find_recordings([response], wire=rulebook.document.wire.format):
        if not isinstance(recording, Recording):
            continue
        for heard in checker.parse(recording):
            if isinstance(heard, UncheckedError) and heard.foreign and not recording.named:
                continue
            if isinstance(heard, UncheckedError):
                said = f"whosees: `{recording.source}`: {heard.reason}: {heard.detail}"
                click.echo(escape_control_chars(said), err=True)
                code = EXIT_UNREAD
            else:
                seen.append((heard.resolved.context, heard.observation))
    return seen, code


def _paths_seen(element: str, seen: list[Seen]) -> tuple[str, ...]:
    """Give the path itself where the response holds such an element, though no row and no list knows it."""
    path = element.strip("/")
    return (path,) if any(o is not None and o.lines(path) for _, o in seen) else ()
