"""The ledger of a run: its results held against a baseline, and what became of each entry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from ..rules.model import Rulebook
from .baseline import BaselineMatch, BaselineSummary, Entry, EntryStatus, Key
from .context import Context, all_contexts
from .finding import Finding, Severity, context_id
from .result import ResponseResult, outcome_of


class BaselineFilter:
    """Holds results against entries, one by one. With ``adding``, errors that no entry is about get one.

    A new entry takes effect at once, as it would in the next run.
    """

    def __init__(
        self, rulebook: Rulebook, entries: Iterable[Entry], today: date, *, adding: bool = False
    ) -> None:
        self._rulebook = rulebook
        self._entries = {entry.key: entry for entry in entries}
        self._today = today
        self._adding = adding
        self._met: dict[Key, EntryStatus] = {}
        self._added: list[Entry] = []
        self._accepted = 0

    def held(self, result: ResponseResult) -> ResponseResult:
        """Mark the findings that have an entry, and give the outcome that this leaves."""
        findings = tuple(map(self._held, result.findings))
        if findings == result.findings:
            return result
        return replace(result, findings=findings, outcome=outcome_of(findings))

    def use(self, contexts: Iterable[Context]) -> BaselineSummary:
        """Say what was made of the baseline, once every result was held against it.

        ``contexts`` are those in which responses were judged.
        """
        unmet = [entry for key, entry in self._entries.items() if key not in self._met]
        judged = {context_id(self._rulebook, context) for context in contexts}
        unjudged = _about_other_cases(self._rulebook, unmet, judged)
        return BaselineSummary(
            accepted=self._accepted,
            expired=self._met_as(EntryStatus.EXPIRED),
            incomplete=self._met_as(EntryStatus.INCOMPLETE),
            added=tuple(self._added),
            stale=tuple(entry for entry in unmet if entry.key not in unjudged),
            unjudged=tuple(entry for entry in unmet if entry.key in unjudged),
        )

    def _held(self, finding: Finding) -> Finding:
        key = Key(finding.rule, finding.id)
        entry = self._entries.get(key)
        if entry is None:
            if not self._adding or finding.severity is not Severity.ERROR:
                return finding
            entry = self._entries[key] = Entry(*key, first_seen=self._today)
            self._added.append(entry)
        status = self._met[key] = entry.status(self._today)
        self._accepted += status is EntryStatus.ACCEPTED
        return replace(finding, baseline=BaselineMatch(status, entry))

    def _met_as(self, status: EntryStatus) -> tuple[Entry, ...]:
        return tuple(self._entries[key] for key, met in self._met.items() if met is status)


def _about_other_cases(rulebook: Rulebook, entries: list[Entry], judged: set[str]) -> set[Key]:
    """Give those entries that are about a context which exists and in which nothing was judged."""
    if not entries:
        return set()
    cases = {context_id(rulebook, context) for context in all_contexts(rulebook)}
    about = {entry.key: _case_of(rulebook, entry.id, cases) for entry in entries}
    return {key for key, case in about.items() if case is not None and case not in judged}


def _case_of(rulebook: Rulebook, finding_id: str, cases: set[str]) -> str | None:
    """Read the context's name from a finding's identity; None where there is no such context."""
    head, colon, rest = finding_id.partition(":")
    if not colon or head != rulebook.id:
        return None
    segments = rest.partition("#")[0].split("/")
    names = ("/".join(segments[:length]) for length in range(len(segments), 0, -1))
    return next((name for name in names if name in cases), None)
