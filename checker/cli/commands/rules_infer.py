"""``whosees rules infer``: learn a rulebook from recordings."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ....engine.context import Claim, Precedence, TooManyContextsError
from ....engine.learning.draft import draft
from ....engine.learning.learn import Policy
from ....reports.commands.rules_infer import Inference, infer_json, infer_text
from ....reports.commands.rulebook_files import matrix_csv, rulebook_toml
from ....rules.load import RULEBOOK_FILE, RulebookError, load_rulebook
from ....rules.model import Rulebook
from ...core.atomic_files import write_together
from ...core.display import escape_unprintable, os_error_text
from ..context_options import Output, claims_of_flags

if TYPE_CHECKING:
    from ...learning.infer import Inferred

EXIT_NOTHING = 3


class Share(click.ParamType):
    """A share, as a number up to 1 or in percent: 0.05 or 5%."""

    name = "share"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a share; a usage error if it is none, or half or more."""
        text = str(value)
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            self.fail(f"`{text}` is not a share; write it as 0.05 or 5%", param, ctx)
        if not 0 <= share < 0.5:  # noqa: PLR2004 - if half of the recordings are wrong, nothing says which half
            self.fail(f"`{text}` has to be at least 0 and less than a half", param, ctx)
        return share


@click.command("infer", short_help="Learn a rulebook from recordings.")
@click.argument("paths", nargs=-1, required=True, metavar="RECORDING…")
@click.option("--column", metavar="FACT", help="The fact that picks the column; by default that of --rules.")
@click.option(
    "--rules", metavar="PATH", help="A base rulebook: its facts, evidence and names are used, not its cells."
)
@click.option("--key", metavar="PATH", help="The element whose text tells objects apart, such as `id`.")
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="NAME=VALUE",
    help="A fact that holds for all recordings; repeatable.",
)
@click.option("--ignore-fact", "left_out", multiple=True, metavar="NAME", help="A fact that decides nothing.")
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
    help="No recording shows what it should not: all that was seen is permitted.",
)
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 256), default=1, metavar="N", help="Processes to read with."
)
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option("--report", metavar="FILE", help="Write the report there in place of standard output.")
@click.option(
    "-o", "--output", "folder", required=True, metavar="DIR", help="The folder of the new rulebook."
)
def infer_command(  # noqa: PLR0913
    paths: tuple[str, ...],
    *,
    column: str | None,
    rules: str | None,
    key: str | None,
    facts: tuple[str, ...],
    left_out: tuple[str, ...],
    noise: float,
    known_good: bool,
    jobs: int,
    format_: str,
    report: str | None,
    folder: str,
) -> int:
    """Learn from recordings who sees what, and write a draft of a rulebook.

    The recordings have to say who asked: in NAME.context.toml beside them, in `context` of JSON Lines, or by the evidence
    of a base rulebook. Cells of which too little is known are left undecided, and the report says what to record next.

    Exit codes: 0 a rulebook was written; 2 wrong usage; 3 no recording could be learnt from.
    """
    from ...learning.infer import InferError, Request, infer

    _require_writable(folder)
    request = Request(
        paths=paths,
        column=column,
        rules=rules,
        key=key,
        claims=_claims(rules, facts),
        left_out=left_out,
        policy=Policy(noise=noise, known_good=known_good),
        jobs=jobs,
    )
    try:
        inferred = infer(request)
    except InferError as error:
        click.echo(f"whosees: {escape_unprintable(str(error))}", err=True)
        return EXIT_NOTHING
    except RulebookError as error:
        raise click.ClickException(f"the rulebook {error}") from None
    except TooManyContextsError as error:
        raise click.ClickException(f"{error}; leave a fact out with --ignore-fact") from None
    drafted = draft(inferred.matrix, inferred.base)
    files = _write(folder, inferred.rulebook(drafted))
    found = _inference(inferred, drafted.marker_of, files, folder)
    output = Output(format_, report)
    output.write(infer_json(found) if format_ == "json" else infer_text(found, output.style()))
    return 0


def _claims(rules: str | None, facts: tuple[str, ...]) -> tuple[Claim, ...]:
    pairs = dict(_pair(text) for text in facts)
    if rules is None:
        return tuple(Claim(fact, value, f"--fact {fact}", Precedence.FLAG) for fact, value in pairs.items())
    try:
        rulebook = load_rulebook(rules)
    except RulebookError as error:
        raise click.ClickException(f"the rulebook {error}") from None
    return claims_of_flags(rulebook, {f"--fact {fact}": (fact, value) for fact, value in pairs.items()})


def _pair(text: str) -> tuple[str, str]:
    fact, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"`--fact {text}`: write it as NAME=VALUE")
    return fact, value


def _require_writable(folder: str) -> None:
    """Refuse to take the place of anything but a draft; a usage error says what to do instead."""
    file = os.path.join(folder, RULEBOOK_FILE)
    if not os.path.lexists(file):
        return
    try:
        reviewed = load_rulebook(folder).document.rulebook.reviewed
    except RulebookError:
        reviewed = True
    if reviewed:
        raise click.UsageError(
            f"`{file}` exists and is not a draft; nothing is overwritten: name another folder, or add to it with --update"
        )


def _write(folder: str, rulebook: Rulebook) -> list[str]:
    """Write the two files of a rulebook and return their paths; a usage error if they cannot be written."""
    document = rulebook.document
    comment = (
        "A draft, learnt by `whosees rules infer`. Review it, decide the cells that are not decided, and then\n"
        "remove `reviewed = false`."
    )
    contents: Mapping[Path, bytes] = {
        Path(folder, RULEBOOK_FILE): rulebook_toml(document, comment).encode(),
        Path(folder, document.rulebook.table): matrix_csv(document, rulebook.rows).encode(),
    }
    try:
        os.makedirs(folder, exist_ok=True)
        write_together(contents)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"`{folder}` cannot be written to: {os_error_text(error)}") from None
    return [str(path) for path in contents]


def _inference(
    inferred: Inferred, marker_of: Mapping[tuple[str, str], str], files: list[str], folder: str
) -> Inference:
    unused = inferred.gathered.unused
    return Inference(
        matrix=inferred.matrix,
        marker_of=marker_of,
        key=inferred.key,
        keyed=inferred.gathered.keyed,
        unused=[(reason, count, unused.examples[reason]) for reason, count in unused.count.most_common()],
        notes=inferred.notes,
        files=files,
        commands=(f"whosees rules lint {shlex.quote(folder)}",),
    )
