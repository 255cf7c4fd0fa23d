"""Options that commands share, and what they come to: a rulebook, claims about the call, and where output goes."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, TypeVar, cast

import click
import msgspec

from ...engine.context import Claim, ContextError, Precedence, context_of, read_claim
from ...reports.text.phrases import FACT_FLAGS
from ...reports.text.style import Style
from ...rules.load import BUILTINS, RulebookError, builtin_rulebook, load_rulebook
from ...rules.model import UNKNOWN, Rulebook
from ..core.atomic_files import atomic_write, opened
from ..core.display import escape_unprintable, os_error_text
from .config_options import config_facts, config_name

F = TypeVar("F", bound=Callable[..., Any])

_FLAG_HELP = {
    "service": "MC, SC, TC, EC or AO, by any of their names",
    "caller": "anonymous, authenticated or unknown",
    "role": "host, invited-attendee, panelist, presenter, none or unknown",
    "password": "supplied, not-supplied or unknown",
}


class Asked(msgspec.Struct, frozen=True):
    """What was said on the command line of the call, and of the rulebook that it is judged by.

    ``stated`` gives (fact, value) as typed by the flag that said it, ``configured`` the facts that the file named
    ``config`` states.
    """

    stated: dict[str, tuple[str, str]]
    request: str | None
    rules: str | None
    configured: Mapping[str, str] = msgspec.field(default_factory=dict)
    config: str = ""

    def rulebook(self) -> Rulebook:
        """Load the rulebook; a usage error where it cannot be used."""
        return rulebook_at(self.rules)

    def claims(self, rulebook: Rulebook) -> tuple[Claim, ...]:
        """Read what flags and configuration state.

        A usage error for unknown facts and values, and for what excludes itself.
        """
        return claims_of_flags(rulebook, self.stated) + self._configured_claims(rulebook)

    def _configured_claims(self, rulebook: Rulebook) -> tuple[Claim, ...]:
        claims: list[Claim] = []
        said: dict[str, str] = {}
        for fact, text in self.configured.items():
            try:
                context_of(rulebook, {fact: UNKNOWN})  # raises for a fact that there is not
                claims.append(read_claim(rulebook, fact, text, "config", Precedence.CONFIG))
                said[fact] = claims[-1].value
                context_of(rulebook, said)
            except ContextError as error:
                raise click.UsageError(f"{self.config}: `{fact}`: {error}") from None
        return tuple(claims)

    def request_content(self, limit: int) -> bytes | None:
        """Read the file of ``--request``, up to a byte more than the limit; a usage error where it cannot be."""
        if self.request is None:
            return None
        try:
            with open(self.request, "rb") as stream:
                return stream.read(limit + 1)
        except (OSError, ValueError) as error:
            raise click.UsageError(f"`--request {self.request}`: {os_error_text(error)}") from None

    def request_claims(self, rulebook: Rulebook) -> list[Claim]:
        """Read what the file of ``--request`` shows of the call; a usage error where it is no such request."""
        if self.request is None:
            return []
        # Imported here: only with a request something has to be parsed.
        from ..checking.evidence import claims_of
        from ..core.errors import Limits, UncheckedError
        from ..messages.registry import reader_for

        limits = Limits()
        try:
            requests = reader_for(rulebook, limits).requests(self.request_content(limits.size) or b"")
        except UncheckedError as refusal:
            raise click.UsageError(f"`--request {self.request}`: {refusal.detail}") from None
        first = next(request for request in requests if request is not None)
        return list(claims_of(rulebook, first, None)[0])


class Output(msgspec.Struct, frozen=True):
    """Where a report goes, and in which format."""

    format: str
    file: str | None

    def style(self) -> Style:
        """Find out how wide the output is and if it shows colour: a terminal does, unless NO_COLOR is set."""
        if self.file is not None or not sys.stdout.isatty():
            return Style()
        # Imported here: most output goes to no terminal.
        import shutil

        width = shutil.get_terminal_size().columns
        return Style(width=min(width, 120), colour=not os.environ.get("NO_COLOR"))

    def write(self, text: str) -> None:
        """Write a whole report."""
        with self.opened() as stream:
            stream.write(text)

    def opened(self) -> contextlib.AbstractContextManager[IO[str]]:
        """Open the output for a report that is written bit by bit."""
        return writing_to(self.file)


def rules_option(function: F) -> F:
    """Add the choice of a rulebook."""
    return click.option(
        "--rules",
        metavar="PATH",
        help=f"A rulebook of one's own, or one that is built in: {', '.join(BUILTINS)}.",
    )(function)


def context_options(function: F) -> F:
    """Add what says who calls, with what, and by which rulebook it is judged; the command gets it as ``asked``."""

    @functools.wraps(function)
    def with_asked(
        *args: Any, facts: tuple[str, ...], request: str | None, rules: str | None, **rest: Any
    ) -> Any:
        flags = {fact: rest.pop(fact) for fact in FACT_FLAGS}
        stated = {f"--{fact}": (fact, text) for fact, text in flags.items() if text is not None}
        stated |= {f"--fact {fact}": (fact, value) for fact, value in map(_fact_and_value, facts)}
        ctx = click.get_current_context()
        asked = Asked(stated, request, rules, config_facts(ctx), config_name(ctx))
        return function(*args, asked=asked, **rest)

    command: Any = rules_option(with_asked)
    options = [
        *(
            click.option(f"--{fact}", metavar="NAME", help=_FLAG_HELP[fact], shell_complete=_complete_value)
            for fact in FACT_FLAGS
        ),
        click.option(
            "--fact",
            "facts",
            multiple=True,
            metavar="NAME=VALUE",
            help="Any fact of the rulebook, by its name.",
        ),
        click.option("--request", metavar="FILE", help="The request: it shows caller and password."),
    ]
    for option in reversed(options):
        command = option(command)
    return cast("F", command)


def _complete_value(ctx: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    """Offer a shell the values of a fact, in the rulebook that is asked for."""
    try:
        rulebook = rulebook_at(ctx.params.get("rules"))
        values = (*rulebook.fact(str(parameter.name)).value_ids, UNKNOWN)
    except (click.ClickException, KeyError):
        return []
    return [value for value in values if value.casefold().startswith(typed.casefold())]


def output_options(*formats: str) -> Callable[[F], F]:
    """Add the choice of format and of a file to write to; the first format is the default.

    The command gets it as ``output``.
    """

    def add(function: F) -> F:
        @functools.wraps(function)
        def with_output(*args: Any, format_: str, output_file: str | None, **rest: Any) -> Any:
            return function(*args, output=Output(format_, output_file), **rest)

        choice = click.option(
            "--format", "format_", type=click.Choice(formats), default=formats[0], show_default=True
        )
        file = click.option(
            "-o", "--output", "output_file", metavar="FILE", help="Write there in place of standard output."
        )
        return cast("F", choice(file(with_output)))

    return add


def _fact_and_value(pair: str) -> tuple[str, str]:
    fact, equals, value = pair.partition("=")
    if not equals:
        raise click.UsageError(f"`{pair}`: a fact is said as NAME=VALUE")
    return fact, value


def rulebook_at(path: str | None) -> Rulebook:
    """Load the rulebook that was asked for; a usage error where it cannot be used."""
    try:
        return builtin_rulebook() if path is None else load_rulebook(path)
    except RulebookError as error:
        raise click.ClickException(f"the rulebook {error}") from None


def claims_of_flags(rulebook: Rulebook, stated: Mapping[str, tuple[str, str]]) -> tuple[Claim, ...]:
    """Read what flags state; a usage error for unknown facts and values, and for what excludes itself."""
    claims = []
    for source, (fact, text) in stated.items():
        try:
            context_of(rulebook, {fact: UNKNOWN})
            claims.append(read_claim(rulebook, fact, text, source, Precedence.FLAG))
        except ContextError as error:
            raise click.UsageError(f"`{source}`: {error}") from None
    try:
        context_of(rulebook, {claim.fact: claim.value for claim in claims})
    except ContextError as error:
        raise click.UsageError(str(error)) from None
    return tuple(claims)


def changes_of(rulebook: Rulebook, pairs: tuple[str, ...]) -> tuple[Claim, ...]:
    """Read the changes of ``--versus FACT=VALUE``; a usage error where they are none."""
    return claims_of_flags(
        rulebook, {f"--versus {fact}": (fact, value) for fact, value in map(_fact_and_value, pairs)}
    )


class OutputGone(Exception):  # noqa: N818 - not our error: who read standard output has left
    """Standard output leads nowhere any more."""


@contextlib.contextmanager
def writing_to(output: str | None, *, binary: bool = False) -> Iterator[IO[Any]]:
    """Open the output, a file for bytes if it is to be ``binary``.

    A file comes into being whole or not at all: it is written beside its place, then renamed.
    """
    if output is None or output == "-":
        try:
            yield sys.stdout
            sys.stdout.flush()
        except BrokenPipeError:
            raise OutputGone from None
        return
    try:
        if _takes_no_rename(output):
            with opened(output, binary=binary) as stream:
                yield stream
        else:
            with atomic_write(output, binary=binary) as stream:
                yield stream
    except OSError as error:
        raise _unwritable(output, error) from None


def _takes_no_rename(output: str) -> bool:
    """Whether it is a device or a pipe, or a name of a stream such as /dev/stdout: no file can take its place."""
    streams = os.path.abspath(output).startswith(("/dev/", "/proc/"))
    return os.path.exists(output) and (streams or not os.path.isfile(output))


def _unwritable(output: str, error: OSError) -> click.ClickException:
    return click.ClickException(f"`{escape_unprintable(output)}` cannot be written: {os_error_text(error)}")
