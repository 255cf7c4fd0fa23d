"""Application of a baseline to the results of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain

from msgspec.structs import replace

from ..rules.model import Rulebook
from .baseline import REASON_REQUIRED, BaselineMatch, BaselineSummary, Entry, EntryStatus, Key
from .context import Context, all_contexts
from .finding import Finding, Severity, context_id, path_of_row_id
from .policy import DEFAULT_POLICY, Policy
from .result import Outcome, ResponseResult, outcome_of


class BaselineFilter:
    """Applies baseline entries to results, one by one. With ``adding``, errors without an entry get one.

    A new entry takes effect at once, as it would in the next run. Of an entry whose finding the ``policy`` leaves out of the
    run nothing can be said, so it is in no summary.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        entries: Iterable[Entry],
        today: date,
        *,
        adding: bool = False,
        policy: Policy = DEFAULT_POLICY,
    ) -> None:
        self._rulebook = rulebook
        self._entries = {entry.key: entry for entry in entries}
        self._today = today
        self._adding = adding
        self._policy = policy
        self._matched: dict[Key, EntryStatus] = {}
        self._added: list[Entry] = []
        self._accepted = 0

    def apply(self, result: ResponseResult) -> ResponseResult:
        """Mark the findings that have an entry, and recompute the outcome."""
        findings = tuple(map(self._apply, result.findings))
        if findings == result.findings:
            return result
        outcome = outcome_of(findings)
        if result.if_accepted is not None and outcome is Outcome.CONFORMANT:
            # Accepting what a failed call shows is not accepting that it failed.
            outcome = Outcome.UNCHECKED
            result = replace(result, reason=result.if_accepted, if_accepted=None)
        return replace(result, findings=findings, outcome=outcome)

    def summary(self, contexts: Iterable[Context]) -> BaselineSummary:
        """Return the use of the baseline, once it was applied to every result.

        ``contexts`` are those in which responses were judged.
        """
        unmatched = [
            entry
            for key, entry in self._entries.items()
            if key not in self._matched and self._policy.reports(entry.rule, _path_of(entry.id))
        ]
        judged = {context_id(self._rulebook, context) for context in contexts}
        unjudged = _entries_of_other_contexts(self._rulebook, unmatched, judged)
        return BaselineSummary(
            accepted=self._accepted,
            expired=self._entries_with(EntryStatus.EXPIRED),
            incomplete=self._entries_with(EntryStatus.INCOMPLETE),
            added=tuple(self._added),
            stale=tuple(entry for entry in unmatched if entry.key not in unjudged),
            unjudged=tuple(entry for entry in unmatched if entry.key in unjudged),
        )

    def _apply(self, finding: Finding) -> Finding:
        key = Key(finding.rule, finding.id)
        entry = self._entries.get(key)
        if entry is None:
            if not self._adding or finding.severity is not Severity.ERROR:
                return finding
            entry = self._entries[key] = Entry(*key, first_seen=self._today)
            self._added.append(entry)
        is_leak = finding.rule in REASON_REQUIRED and finding.severity is Severity.ERROR
        status = self._matched[key] = entry.status(self._today, is_leak=is_leak)
        self._accepted += status is EntryStatus.ACCEPTED
        return replace(finding, baseline=BaselineMatch(status, entry))

    def _entries_with(self, status: EntryStatus) -> tuple[Entry, ...]:
        return tuple(self._entries[key] for key, matched in self._matched.items() if matched is status)


class BaselineFilters:
    """Applies a baseline to the results of a run with one rulebook or several, each entry to those of its rulebook."""

    def __init__(
        self,
        rulebooks: Sequence[Rulebook],
        entries: Iterable[Entry],
        today: date,
        *,
        adding: bool = False,
        policy: Policy = DEFAULT_POLICY,
    ) -> None:
        first = rulebooks[0].id
        ids = {rulebook.id for rulebook in rulebooks}
        sorted_: dict[str, list[Entry]] = {id_: [] for id_ in ids}
        for entry in entries:
            prefix = entry.id.partition(":")[0]
            sorted_[prefix if prefix in ids else first].append(entry)
        self._first = first
        self._filters = {
            each.id: BaselineFilter(each, sorted_[each.id], today, adding=adding, policy=policy)
            for each in rulebooks
        }
        self._contexts: dict[str, set[Context]] = {id_: set() for id_ in self._filters}

    def apply(self, result: ResponseResult) -> ResponseResult:
        """Mark the findings that have an entry, and recompute the outcome."""
        id_ = result.rulebook or self._first
        if result.judged:
            self._contexts[id_].add(result.resolved.context)
        return self._filters[id_].apply(result)

    def summary(self) -> BaselineSummary:
        """Return the use of the baseline, once it was applied to every result."""
        uses = [each.summary(self._contexts[id_]) for id_, each in self._filters.items()]
        return BaselineSummary(
            accepted=sum(use.accepted for use in uses),
            expired=_all(use.expired for use in uses),
            incomplete=_all(use.incomplete for use in uses),
            added=_all(use.added for use in uses),
            stale=_all(use.stale for use in uses),
            unjudged=_all(use.unjudged for use in uses),
        )


def _all(entries: Iterable[tuple[Entry, ...]]) -> tuple[Entry, ...]:
    return tuple(chain.from_iterable(entries))


def _entries_of_other_contexts(rulebook: Rulebook, entries: list[Entry], judged: set[str]) -> set[Key]:
    """Return the entries of contexts that exist and in which nothing was judged."""
    if not entries:
        return set()
    contexts = {context_id(rulebook, context) for context in all_contexts(rulebook)}
    context_by_entry = {entry.key: _context_of(rulebook, entry.id, contexts) for entry in entries}
    return {key for key, context in context_by_entry.items() if context is not None and context not in judged}


def _path_of(finding_id: str) -> str:
    """Return the path in a finding's identity; of one about the call it is a name that is no path."""
    return path_of_row_id(finding_id.partition("#")[0].rpartition("/")[2])


def _context_of(rulebook: Rulebook, finding_id: str, contexts: set[str]) -> str | None:
    """Return the id of the context in a finding's identity, or None if there is no such context."""
    head, colon, rest = finding_id.partition(":")
    if not colon or head != rulebook.id:
        return None
    segments = rest.partition("#")[0].split("/")
    names = ("/".join(segments[:length]) for length in range(len(segments), 0, -1))
    return next((name for name in names if name in contexts), None)
