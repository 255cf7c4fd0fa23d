"""Keys of ``[wire]``, and paths, that match nothing or more than is meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...rules.http import METHODS
from ...rules.model import Row, Rulebook
from ...rules.names import did_you_mean, join_names
from ...rules.paths import ANY_NAME
from ..finding import Severity
from ..places import PathNode, path_tree
from .diagnostic import Diagnostic

_SHARED = "graphql"
"""The last segment of a URL that all operations of an API share."""


def check_wire(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Return the diagnostics of the operation's calls, and of paths with a `*` that stands for nothing but itself."""
    yield from _methods(rulebook)
    yield from _literal_wildcards(rulebook)
    yield from _shadowed_rows(path_tree(rulebook))
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


def _shadowed_rows(node: PathNode) -> Iterator[Diagnostic]:
    """Report each member of a map for which rows below `*` do not hold, since it has a name of its own in some path."""
    free = node.children.get(ANY_NAME)
    for name, inner in node.children.items():
        yield from _shadowed_rows(inner)
        if free is None or name == ANY_NAME or name != inner.name:  # or another spelling
            continue
        lost = [(steps, row) for steps, row in _rows_below(free) if not _has_row(inner, steps)]
        if lost:
            paths = join_names([row.path for _, row in lost])
            text = f"`{inner.path}` has paths of its own, so `*` does not stand for it, and nothing is said there of {paths}"
            witness = ", ".join("/".join((inner.path, *steps)) for steps, _ in lost)
            severity = Severity.WARNING if inner.children else Severity.NOTE  # it need not be an object
            yield Diagnostic("shadowed-rows", severity, text, witness)


def _rows_below(node: PathNode) -> Iterator[tuple[tuple[str, ...], Row]]:
    """Yield the rows below a node, each with the names that lead to it."""
    for name, inner in node.children.items():
        if inner.row is not None and name == inner.name:
            yield (name,), inner.row
        for steps, row in _rows_below(inner):
            yield (name, *steps), row


def _has_row(node: PathNode, steps: Sequence[str]) -> bool:
    at: PathNode | None = node
    for name in steps:
        at = at.child(name) if at is not None else None
    return at is not None and at.row is not None


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
