"""``whosees rules infer``: learn a rulebook from recordings."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from ....engine.claims import Claim, Precedence
from ....engine.context import TooManyContextsError
from ....reports.text.style import count
from ....rules.load import RulebookError, load_rulebook
from ....rules.paths import unit_error
from ...core.display import escape_unprintable
from ..exit_codes import EXIT_UNCHECKED
from ..help import examples
from ..options.context import claims_of_flags, facts_option, split_facts
from ..options.infer import InferFiles, Share
from ..options.output import Output
from ..options.rulebook import rulebooks_at
from ..options.schema import read_openapi

if TYPE_CHECKING:
    from ....reports.commands.rules_infer import InferReport
    from ...learning.infer import Inference, Request
    from ...schemas.outline import Outline


@click.command(
    "infer",
    short_help="Learn a rulebook from recordings.",
    epilog=examples(
        "whosees rules infer recordings/ --column service -o learnt/",
        "whosees rules infer recordings/ --update learnt/",
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="RECORDING…")
@click.option("--column", metavar="FACT", help="The fact that picks the column; by default that of --rules.")
@click.option(
    "--rules", metavar="PATH", help="A base rulebook: its facts, evidence and names are used, not its cells."
)
@click.option(
    "--openapi",
    metavar="SPEC",
    help="An OpenAPI description: its elements are rows, whether they were seen or not.",
)
@click.option("--operation", metavar="NAME", help="The operation of SPEC: its operationId, or `GET /path`.")
@click.option("--unit", metavar="PATH", help="What one result is about, such as `items[]`; without a base.")
@click.option("--key", metavar="PATH", help="The element whose text tells objects apart, such as `id`.")
@facts_option("A fact that holds for all recordings")
@click.option(
    "--ignore-fact",
    "left_out",
    multiple=True,
    metavar="NAME",
    help="A fact that decides nothing; repeatable.",
)
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="PATH",
    help="A container with free keys, learnt as `PATH/*`; repeatable.",
)
@click.option(
    "--noise",
    type=Share(),
    default="5%",
    show_default=True,
    help="The share of recordings that may be wrong.",
)
@click.option(
    "--known-good",
    is_flag=True,
    help="No recording shows what it should not: everything that was seen is permitted.",
)
@click.option(
    "--generalize",
    is_flag=True,
    help="Let the shortest conditions hold in contexts that were not recorded, too.",
)
@click.option(
    "--update", "updated", metavar="DIR", help="Add to this rulebook; what people decided in it stays."
)
@click.option("--plan", metavar="FILE", help="Write a plan for `whosees live` with the cases to record next.")
@click.option(
    "--from-plan", metavar="PLAN", help="The plan whose requests or sessions, and callers, --plan takes."
)
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 256), default=1, metavar="N", help="Processes to read with."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="The format of the report.",
)
@click.option("--report", metavar="FILE", help="Write the report there in place of standard output.")
@click.option("-o", "--output", "folder", metavar="DIR", help="The folder of the new rulebook.")
def infer_command(
    *, rules: str | None, facts: tuple[str, ...], format_: str, report: str | None, **options: Any
) -> int:
    """Learn from recordings who sees what, and write a draft of a rulebook.

    The recordings have to say who asked: in NAME.context.toml beside them, in `context` of JSON Lines, or by the evidence
    of a base rulebook. Cells of which too little is known are left undecided, and the report says what to record next.

    Exit codes: 0 a rulebook was written; 2 wrong usage; 3 no recording could be learnt from.
    """
    # Imported here: only this command needs them.
    from ....engine.learning.policy import Policy
    from ....reports.commands.rules_infer import infer_text
    from ....reports.commands.rules_infer_json import infer_json
    from ...learning.errors import InferError
    from ...learning.infer import Request

    names = ("folder", "updated", "plan", "from_plan")
    files = InferFiles(**{name: options.pop(name) for name in names})
    policy = Policy(noise=options.pop("noise"), known_good=options.pop("known_good"))
    generalizes = options.pop("generalize")
    base = files.updated or rules
    outline = _outline(base, options.pop("openapi"), options.pop("operation"), options["unit"], files)
    request = Request(
        rules=base,
        claims=_claims(base, facts),
        policy=policy,
        generalizes=generalizes,
        outline=outline,
        **options,
    )
    try:
        with _usage_errors():
            found = _infer_and_write(request, files)
    except InferError as error:
        click.echo(f"whosees: {escape_unprintable(str(error))}", err=True)
        return EXIT_UNCHECKED
    output = Output(format_, report)
    output.write(infer_json(found) if format_ == "json" else infer_text(found, output.style()))
    return 0


@contextlib.contextmanager
def _usage_errors() -> Iterator[None]:
    """Raise ClickException for rulebooks that cannot be used and files that cannot be written."""
    from ...learning.files import WriteError

    try:
        yield
    except WriteError as error:
        raise click.ClickException(escape_unprintable(str(error))) from None
    except RulebookError as error:
        raise click.ClickException(f"the rulebook {error}") from None
    except TooManyContextsError as error:
        raise click.ClickException(f"{error}; leave a fact out with --ignore-fact") from None


def _outline(
    base: str | None, openapi: str | None, operation: str | None, unit: str | None, files: InferFiles
) -> Outline | None:
    """Read the description that `--openapi` names."""
    if base is not None and unit is not None:
        raise click.UsageError(
            "`--unit` is for recordings without a base; a base rulebook has a unit of its own"
        )
    if unit is not None and (error := unit_error(unit)):
        raise click.UsageError(f"--unit `{unit}` {error}")
    if openapi is None:
        if operation is not None:
            raise click.UsageError("`--operation` needs `--openapi SPEC`")
        return None
    if files.updated is not None:
        raise click.UsageError("`--openapi` begins a rulebook; it does not go with --update")
    return read_openapi(
        "rules infer", openapi, operation, load_rulebook(base).document.wire.unit if base else unit
    )


def _infer_and_write(request: Request, files: InferFiles) -> InferReport:
    """Learn, and write the rulebook and the plan."""
    from ...learning.files import require_draft
    from ...learning.infer import infer
    from ...learning.next_plan import write_plan

    if files.folder is not None:
        require_draft(files.folder)
    inference = infer(request)
    found = _add(files.updated, inference) if files.updated else _draft(str(files.folder), inference)
    if files.plan and files.from_plan:
        folder = files.updated or str(files.folder)
        learnt = load_rulebook(folder)
        cases = write_plan(learnt, inference.matrix, files.from_plan, files.plan, rulebooks_at)
        _say_plan(found, files.plan, cases)
    return found


def _say_plan(found: InferReport, plan: str, cases: int) -> None:
    if cases:
        found.files.append(plan)
        found.commands.append(f"whosees live --plan {shlex.quote(plan)} --record DIR")
    else:
        found.commands.append("no case of the plan would decide anything more, so no plan was written")


def _draft(folder: str, inference: Inference) -> InferReport:
    """Write a new rulebook."""
    from ....engine.learning.draft import draft
    from ...learning.files import write_draft

    drafted = draft(inference.matrix, inference.base)
    files = write_draft(folder, inference.rulebook(drafted))
    return _inference(inference, drafted.marker_of, files, folder)


def _add(folder: str, inference: Inference) -> InferReport:
    """Add to a reviewed rulebook."""
    from ....engine.learning.draft import SOURCE, draft
    from ....engine.learning.update import update
    from ....rules.model import Source
    from ...learning.files import write_update

    reviewed = inference.base
    if reviewed is None:
        raise click.ClickException("there is no rulebook to add to")
    updated = update(inference.matrix, reviewed)
    drafted = draft(updated.matrix, reviewed, lambda path, column: updated.kept.get((path, column)))
    title = f"{inference.matrix.recordings:,} recordings"
    source = Source(id=SOURCE, title=title, basis="inferred")
    files = write_update(folder, reviewed, updated, drafted, source)
    found = _inference(inference, drafted.marker_of, files, folder)
    for each in updated.disagreements:
        for verb, contexts in (("show", each.shown), ("hide", each.hidden)):
            if contexts:
                facts = ", ".join(f"{fact} {value}" for fact, value in contexts[0].items())
                more = f" and {count(len(contexts) - 1, 'more context')}" if len(contexts) > 1 else ""
                text = f"`{each.marker}` stays; recordings {verb} it if {facts}{more}"
                found.kept.append((each.path, each.column, text))
    return found


def _claims(rules: str | None, facts: tuple[str, ...]) -> tuple[Claim, ...]:
    pairs = split_facts("--fact", facts)
    if rules is None:
        return tuple(Claim(fact, value, f"--fact {fact}", Precedence.FLAG) for fact, value in pairs.items())
    try:
        rulebook = load_rulebook(rules)
    except RulebookError as error:
        raise click.ClickException(f"the rulebook {error}") from None
    return claims_of_flags(rulebook, {f"--fact {fact}": (fact, value) for fact, value in pairs.items()})


def _inference(
    inference: Inference, marker_of: Mapping[tuple[str, str], str], files: list[str], folder: str
) -> InferReport:
    from ....reports.commands.rules_infer import InferReport

    unused = inference.batch.unused
    return InferReport(
        matrix=inference.matrix,
        marker_of=marker_of,
        key=inference.key,
        keyed=inference.batch.keyed,
        unused=[(reason, number, unused.examples[reason]) for reason, number in unused.count.most_common()],
        notes=inference.notes,
        files=files,
        commands=[f"whosees rules lint {shlex.quote(folder)}"],
    )
