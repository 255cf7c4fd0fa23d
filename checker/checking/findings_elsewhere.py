"""Findings about what is shown where no operation is answered: by a failed call, and around the items of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import structs

from ...engine.claims import ResolvedContext
from ...engine.context import Context, context_of
from ...engine.expectation import Evaluator, Expectation
from ...engine.finding import Finding, Severity, context_id
from ...engine.judge import in_order, judge_for
from ...engine.near_miss import fold_name, rows_named
from ...engine.policy import Policy
from ...rules.model import Rulebook
from ..core.errors import UncheckedError
from ..messages.base import Body, Payload
from .exchange import Exchange

_ABSENCES = ("missing", "omitted")
"""The rules about what is not there, which a failed call cannot break."""


class FindingsElsewhere:
    """Finds what must not be shown, although no operation is answered."""

    def __init__(self, evaluator: Evaluator, policy: Policy) -> None:
        self._evaluator = evaluator
        self._rulebook = evaluator.rulebook
        self._policy = policy

    def in_failure(self, body: Body, exchange: Exchange) -> tuple[Finding, ...]:
        """Return the errors about what a failed call, or an answer of another shape than the operation's, shows.

        They are those in its column or, if that is unknown, in every one.
        """
        payload = body.read_failure() if exchange.call.failure or not body.is_empty else None
        return () if payload is None else self._in_every_context(body, payload, exchange, _is_leak)

    def around_items(self, body: Body, exchange: Exchange) -> tuple[Finding, ...]:
        """Return the findings about names of rows in what surrounds the items of a list.

        What every item may show to this caller is no leak beside them: a list often has a `url` or `_links` of its own.
        """
        payload = body.read()
        if not payload.observation.unlisted:
            return ()  # as in most lists, and nothing can be misplaced
        found = self._in_every_context(body, payload, exchange, _is_misplaced)
        contexts = self._contexts(body, exchange) if found else []
        return tuple([each for each in found if not self._is_shown_anyway(each, contexts)])

    def _is_shown_anyway(self, finding: Finding, contexts: Sequence[ResolvedContext]) -> bool:
        """Return whether each row of the name that a finding is about is expected or allowed, whatever context it turns out to be."""
        if finding.severity is Severity.ERROR or finding.element is None:
            return False
        paths = rows_named(self._rulebook).get(fold_name(finding.element.removeprefix("@")), ())
        return bool(paths) and all(self._may_show(path, each.context) for each in contexts for path in paths)

    def _may_show(self, path: str, context: Context) -> bool:
        """Return whether an item may show a row with its text, as somebody has decided."""
        row, evaluator = self._rulebook.row_by_path[path], self._evaluator
        expected = evaluator.expectation(path, context)
        if expected is Expectation.MAY:
            return evaluator.marker(row, context).undecided is None and not evaluator.is_undecided(
                row, context
            )
        return expected.is_expected

    def _in_every_context(
        self, body: Body, payload: Payload, exchange: Exchange, counts: Callable[[Finding], bool]
    ) -> tuple[Finding, ...]:
        """Return the findings that count in the column of a body or, if that is unknown, in every column: as grave as in the mildest."""
        contexts = self._contexts(body, exchange)
        judged = [
            judge_for(self._evaluator, each.context, self._policy).judge(payload.observation)
            for each in contexts
        ]
        found = [[finding for finding in findings if counts(finding)] for findings in judged]
        if len(found) == 1:
            return tuple(found[0])
        unstated = context_id(self._rulebook, exchange.known_context(body).context)
        mildest: dict[tuple[str, str | None], Finding] = {}
        for context, findings in zip(contexts, found, strict=True):
            stated = context_id(self._rulebook, context.context)
            for each in findings:
                other = mildest.get((each.rule, each.path))
                if other is None or each.severity.order > other.severity.order:
                    own = structs.replace(each, id=each.id.replace(stated, unstated, 1))
                    mildest[each.rule, each.path] = own
        everywhere = set.intersection(*({(each.rule, each.path) for each in findings} for findings in found))
        return in_order(finding for key, finding in mildest.items() if key in everywhere)

    def _contexts(self, body: Body, exchange: Exchange) -> list[ResolvedContext]:
        """Return the context of a body, or one for each column if that is unknown."""
        try:
            return [exchange.resolve(body).resolved]
        except UncheckedError:
            known = exchange.known_context(body)
            return [_in_column(self._rulebook, known, column.id) for column in self._rulebook.columns]


def _is_leak(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR and finding.rule not in _ABSENCES


def _is_misplaced(finding: Finding) -> bool:
    return finding.rule == "misplaced"


def _in_column(rulebook: Rulebook, known: ResolvedContext, column: str) -> ResolvedContext:
    """Return a context with one of the columns that it can turn out to have."""
    facts = {**dict(known.context.items()), rulebook.column_fact: column}
    return structs.replace(known, context=context_of(rulebook, facts))
