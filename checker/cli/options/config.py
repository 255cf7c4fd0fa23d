"""The configuration of ``check``: its keys are the command's own options, so that there is one list of them.

The file's values become click's ``default_map``, which makes flags win over them. click takes anything from that map:
it ignores unknown keys, accepts `strict = "yes"`, and blames the flag for a wrong value. So the table is first
converted to the types that the options have, by msgspec, and each value is checked as the option would check it:
errors name file and key. Paths are resolved beside the file here too, which click knows nothing of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click
import msgspec

from ....engine.claims import unique_facts
from ....engine.context import ContextError
from ....reports.text.fact_flags import FACT_FLAGS
from ....rules.decode import DecodeError, convert
from ....rules.names import lower_first, suggestion
from ....rules.registry import BUILTINS
from ...core.config_file import ConfigError, ConfigFile, find_config, read_config

F = TypeVar("F", bound=Callable[..., Any])

FACTS = "facts"
"""The key of the table for facts of the rulebook that have no flag of their own."""

SINGLE_RUN = {
    "config",
    "no-config",
    "help",
    "output",
    "exit-zero",
    "baseline-update",
    "baseline-prune",
    "resume",
}
"""Options for a single run; in a file they would be traps."""

_PATHS = {"paths", "rules", "request", "baseline"}
"""Keys that name files, relative to the configuration file."""

_OFF, _FILE, _FACTS = (f"whosees.config.{what}" for what in ("off", "file", "facts"))


def config_options(function: F) -> F:
    """Add the choice of a configuration file: the nearest one, that of ``--config``, or none."""
    for option in (
        click.option(
            "--config",
            metavar="FILE",
            is_eager=True,
            expose_value=False,
            callback=_configure,
            help="Read options from this file, not from the nearest whosees.toml or pyproject.toml.",
        ),
        click.option(
            "--no-config",
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_switch_off,
            help="Read no configuration file.",
        ),
    ):
        function = option(function)
    return function


def config_facts(ctx: click.Context) -> Mapping[str, str]:
    """Return the facts that the configuration states, as written there."""
    facts: dict[str, str] = ctx.meta.get(_FACTS, {})
    return facts


def config_name(ctx: click.Context) -> str:
    """Return the name of the configuration file for people, or an empty string."""
    found: ConfigFile | None = ctx.meta.get(_FILE)
    return "" if found is None else found.name


def _switch_off(ctx: click.Context, _parameter: click.Parameter, off: bool) -> None:
    if off and ctx.meta.get(_FILE) is not None:
        raise click.UsageError("`--config` and `--no-config` cannot be used together")
    ctx.meta[_OFF] = off


def _configure(ctx: click.Context, _parameter: click.Parameter, file: str | None) -> None:
    if ctx.resilient_parsing:  # a shell asks for completions
        return
    if ctx.meta.get(_OFF):
        if file is not None:
            raise click.UsageError("`--config` and `--no-config` cannot be used together")
        return
    try:
        found = find_config("") if file is None else read_config(file)
        if found is not None:
            _apply(ctx, found)
    except ConfigError as error:
        raise click.UsageError(str(error)) from None


def _apply(ctx: click.Context, found: ConfigFile) -> None:
    """Make the file's values the defaults of the command; raise ConfigError if one is wrong."""
    by_key = {
        key: parameter for parameter in ctx.command.params if (key := key_of(parameter)) not in SINGLE_RUN
    }
    try:
        config = convert(found.table, _config_type(by_key))
    except DecodeError as error:
        raise found.error(str(error)) from None
    values = {key: value for key, value in _by_key(config).items() if value is not msgspec.UNSET}
    ctx.meta[_FILE] = found
    own = [(fact, values.pop(fact)) for fact in FACT_FLAGS if fact in values]
    try:
        ctx.meta[_FACTS] = unique_facts([*own, *values.pop(FACTS, {}).items()])
    except ContextError as error:
        raise found.error(str(error)) from None
    ctx.default_map = {
        str(by_key[key].name): _resolve_value(ctx, found, by_key[key], key, value)
        for key, value in values.items()
    }


def key_of(parameter: click.Parameter) -> str:
    """Return the key of an option: its name without the dashes. Facts are a table of their own."""
    if isinstance(parameter, click.Argument):
        return str(parameter.name)
    name = max(parameter.opts, key=len).removeprefix("--")
    return FACTS if name == "fact" else name


def _config_type(by_key: Mapping[str, click.Parameter]) -> type[msgspec.Struct]:
    """Derive the type of the table from the options of the command."""
    fields = [
        (f"key_{number}", _value_type(key, by_key[key]) | msgspec.UnsetType, msgspec.UNSET)
        for number, key in enumerate(by_key)
    ]
    names = {f"key_{number}": key for number, key in enumerate(by_key)}
    return msgspec.defstruct("Config", fields, rename=names, forbid_unknown_fields=True)


def _by_key(config: msgspec.Struct) -> dict[str, Any]:
    return {field.encode_name: getattr(config, field.name) for field in msgspec.structs.fields(config)}


def _value_type(key: str, parameter: click.Parameter) -> Any:
    if key == FACTS:
        return dict[str, str]
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return bool
    if key in FACT_FLAGS:  # a flag can be repeated, so that it can be refused
        return str
    if key == "rules":
        return str | list[str]
    number = {click.IntRange: int, click.FloatRange: float}
    kind: Any = number.get(type(parameter.type), str)
    return list[kind] if parameter.multiple or parameter.nargs == -1 else kind


def _resolve_value(
    ctx: click.Context, found: ConfigFile, parameter: click.Parameter, key: str, value: Any
) -> Any:
    """Check a value as the option would, so that an error names file and key, and resolve paths."""
    values = value if isinstance(value, list) else [value]
    for entry in values:
        _check(ctx, found, parameter, key, entry)
    if key in _PATHS:
        # A built-in rulebook is named by its id, which is not a path.
        values = [entry if key == "rules" and entry in BUILTINS else found.beside(entry) for entry in values]
    elif key == "report":  # FORMAT=FILE
        values = [format_ + equals + found.beside(file) for format_, equals, file in map(_split, values)]
    return values if isinstance(value, list) else values[0]


def _split(report: str) -> tuple[str, str, str]:
    return report.partition("=")


def _check(ctx: click.Context, found: ConfigFile, parameter: click.Parameter, key: str, value: Any) -> None:
    if isinstance(parameter.type, click.Choice):
        choices = [str(choice) for choice in parameter.type.choices]
        if value not in choices:
            raise found.error(f"`{key}`: there is no `{value}`{suggestion(value, choices)}")
    try:
        converted = parameter.type.convert(value, parameter, ctx)
        if parameter.callback is not None and not parameter.multiple:
            parameter.callback(ctx, parameter, converted)
    except click.BadParameter as error:
        message = error.message.rstrip(".")
        raise found.error(f"`{key}`: {lower_first(message)}") from None
