"""Keys of ``[wire]``, and paths, that match nothing or more than is meant."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.http import METHODS
from ...rules.model import Rulebook
from ...rules.names import did_you_mean
from ...rules.paths import ANY_NAME
from ..finding import Severity
from .diagnostic import Diagnostic

_SHARED = "graphql"
"""The last segment of a URL that all operations of an API share."""


def check_wire(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Return the diagnostics of the operation's calls, and of paths with a `*` that stands for nothing but itself."""
    yield from _methods(rulebook)
    yield from _literal_wildcards(rulebook)
    yield from _shared_urls(rulebook)


def _methods(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Report each method that is not registered, which no call has."""
    request = rulebook.document.wire.request
    for method in request.methods if request else ():
        if method.upper() not in METHODS:
            text = f"`wire.request.method`: `{method}` is not a registered HTTP method"
            hint = did_you_mean(method.upper(), METHODS)
            yield Diagnostic(
                "unknown-method", Severity.WARNING, text + hint, f"{len(METHODS)} are registered"
            )


def _literal_wildcards(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Report each step of a path in which `*` is a letter like any other."""
    document = rulebook.document
    request = document.wire.request
    for path in request.paths if request else ():
        if any(ANY_NAME in segment for segment in path.split("/")):
            text = f"`wire.request.path`: the `*` of `{path}` matches only itself; write a parameter as `{{name}}`"
            yield Diagnostic(
                "literal-wildcard", Severity.WARNING, text, "a template matches the end of a path"
            )
    paths = {"rows": rulebook.row_by_path, "unlisted.paths": document.unlisted.paths}
    for key, found in paths.items():
        for path in found:
            if step := next(
                (each for each in path.split("/") if ANY_NAME in each and each != ANY_NAME), None
            ):
                text = f"`{key}`: `{step}` in `{path}` matches only a member of this very name"
                witness = "`*` as a whole step stands for any one name, and no step for several"
                yield Diagnostic("literal-wildcard", Severity.WARNING, text, witness)


def _shared_urls(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Report a GraphQL endpoint as the URL of the operation: the answers to all queries come from there."""
    request = rulebook.document.wire.request
    for path in request.paths if request else ():
        if path.rpartition("/")[2].casefold() == _SHARED:
            text = (
                f"`wire.request.path`: all GraphQL queries are sent to `{path}`, so answers to others are"
                " taken for answers to this one; leave out `[wire.request]` and let `recognised_by` tell them apart,"
                " as in `data/order`"
            )
            yield Diagnostic("shared-url", Severity.WARNING, text, path)
