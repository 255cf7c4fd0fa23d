"""``whosees explain``: explain why an element is there or not, and what would change it."""

from __future__ import annotations

import click

from ....engine.explain.contexts import ObservedContext, explain_each, observed_paths, unobserved_contexts
from ....engine.explain.explain import Explanation
from ....engine.explain.lookup import known_names, matching_paths
from ....engine.finding import Rule
from ....engine.finding_rules import rules_of
from ....reports.text.escape import escape_control_chars
from ....rules.model import Rulebook
from ....rules.names import did_you_mean
from ..exit_codes import EXIT_UNCHECKED
from ..help import examples
from ..options.context import ContextOptions, context_options
from ..options.output import Output, output_options


@click.command(
    "explain",
    epilog=examples(
        "whosees explain agenda",
        "whosees explain host/email --service MC --caller anonymous",
        "whosees explain agenda response.xml --request request.xml",
        "whosees explain leaked        what a finding means",
    ),
)
@click.argument("element")
@click.argument("response", required=False)
@context_options
@output_options("text", "json")
def command(element: str, response: str | None, options: ContextOptions, output: Output) -> int:
    """Explain why ELEMENT is there or not, in RESPONSE or in general, and what would change it.

    ELEMENT is a name as printed or as sent, a path, or the rule of a finding, in any letter case. Without --service
    the answer covers every service.

    Exit codes: 0 explained; 2 wrong usage, or no such element; 3 RESPONSE could not be read, or is
    none of this rulebook.
    """
    rulebook = options.rulebook()
    paths = matching_paths(rulebook, element)
    rule = rules_of(rulebook).get(element.casefold())
    if not paths and rule is not None:
        _write_rule(rulebook, rule, output)
        return 0
    code = 0
    if response is None:
        claims = [*options.claims(rulebook), *options.request_claims(rulebook)]
        seen = unobserved_contexts(rulebook, claims)
    else:
        seen, code = _observe(rulebook, response, options)
    paths = paths or observed_paths(element, seen)
    if not paths:
        raise click.UsageError(_no_such_element(rulebook, element))
    if explanations := list(explain_each(rulebook, paths, seen)):
        _write(rulebook, explanations, output)
    return code


def _write(rulebook: Rulebook, explanations: list[Explanation], output: Output) -> None:
    # Imported here: a person waits for one answer, in one format.
    if output.format == "json":
        from ....reports.commands.explain import explain_json

        output.write(explain_json(rulebook, explanations))
    else:
        from ....reports.commands.explain import explain_text

        output.write(explain_text(rulebook, explanations, output.style()))


def _write_rule(rulebook: Rulebook, rule: Rule, output: Output) -> None:
    if output.format == "json":
        from ....reports.commands.explain import explain_rule_json

        output.write(explain_rule_json(rulebook, rule))
    else:
        from ....reports.commands.explain import explain_rule_text

        output.write(explain_rule_text(rulebook, rule, output.style()))


def _no_such_element(rulebook: Rulebook, element: str) -> str:
    hint = did_you_mean(element, [*known_names(rulebook), *rules_of(rulebook)]) or (
        "; `whosees matrix` lists the elements, and a path such as `host/email` works too"
    )
    return f"`{element}` is not an element of {rulebook.table_title}{hint}"


def _observe(rulebook: Rulebook, response: str, options: ContextOptions) -> tuple[list[ObservedContext], int]:
    """Read a response; return the observation of each body, and the exit code."""
    # Imported here: without a response nothing has to be parsed.
    from ...checking.checker import Checker
    from ...checking.settings import Settings
    from ...core.errors import UncheckedError
    from ...core.limits import Limits
    from ...recordings import Recording, find_recordings

    request = options.request_content(Limits().size)
    checker = Checker(Settings(rules=options.rules, claims=options.claims(rulebook), request=request))
    seen: list[ObservedContext] = []
    code = 0
    for recording in find_recordings([response], wire=rulebook.document.wire.format):
        if not isinstance(recording, Recording):
            continue
        for parsed in checker.parse(recording):
            if isinstance(parsed, UncheckedError) and parsed.foreign and not recording.explicit:
                continue
            if isinstance(parsed, UncheckedError):
                message = f"whosees: `{recording.source}`: {parsed.reason}: {parsed.detail}"
                click.echo(escape_control_chars(message), err=True)
                code = EXIT_UNCHECKED
            else:
                seen.append((parsed.resolved.context, parsed.observation, parsed.source))
    if not seen and not code:
        message = f"whosees: `{response}`: no response of {rulebook.document.rulebook.id} was found in it"
        click.echo(escape_control_chars(message), err=True)
        code = EXIT_UNCHECKED
    return seen, code
