"""Reports on several rulebooks, which keep them apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from ...engine.result import ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.json import encode, rulebook_identity
from .base import CheckFormatter, RenderOptions
from .github import GithubFormatter, annotation_room
from .gitlab import END as GITLAB_END
from .gitlab import GitlabFormatter
from .json import SCHEMA, response_object, summary_of_several
from .junit import END as JUNIT_END
from .junit import JunitFormatter
from .markdown import MAX_BYTES, MarkdownFormatter
from .sarif import BEGIN as SARIF_BEGIN
from .sarif import END as SARIF_END
from .sarif import SarifFormatter
from .text import TextFormatter


class SeveralFormatter(CheckFormatter):
    """Sorts results by their rulebooks; those without one belong to the first."""

    def __init__(self, rulebooks: Sequence[Rulebook]) -> None:
        self._rulebooks: Mapping[str, Rulebook] = {rulebook.id: rulebook for rulebook in rulebooks}
        self._summaries = {id_: Summary() for id_ in self._rulebooks}

    def _sort(self, result: ResponseResult) -> str:
        """Count a result for its rulebook, and return that rulebook's id."""
        id_ = result.rulebook or next(iter(self._rulebooks))
        self._summaries[id_].add(result)
        return id_


class _ByRulebook(SeveralFormatter):
    """Writes each response by the formatter of its rulebook, then the totals of each rulebook."""

    def __init__(self, rulebooks: Sequence[Rulebook], formatters: Mapping[str, CheckFormatter]) -> None:
        super().__init__(rulebooks)
        self._formatters = formatters
        self._first = next(iter(formatters))

    def begin(self) -> str:
        """Return the start of the report."""
        return self._formatters[self._first].begin()

    def response(self, result: ResponseResult) -> str:
        """Return the part of the report about one response."""
        return self._formatters[self._sort(result)].response(result)

    def end(self, summary: Summary) -> str:
        """Return the totals of each rulebook."""
        return "".join(self._ends(summary))

    def _ends(self, summary: Summary) -> list[str]:
        """Return the end of each formatter; what was judged by no rulebook is with the first."""
        ends = []
        for id_, formatter in self._formatters.items():
            own = msgspec.structs.replace(self._summaries[id_], interrupted=summary.interrupted)
            if id_ == self._first:
                own.skipped, own.baseline = summary.skipped, summary.baseline
            ends.append(formatter.end(own))
        return ends

    def truncation_notice(self) -> str:
        """Return what the formatters had no room for; empty if nothing is missing."""
        notices = {id_: formatter.truncation_notice() for id_, formatter in self._formatters.items()}
        return "; ".join(f"for {id_} {notice}" for id_, notice in notices.items() if notice)


class SeveralTextFormatter(SeveralFormatter):
    """Writes responses as they arrive, then the totals of each rulebook, then what was skipped."""

    def __init__(self, rulebooks: Sequence[Rulebook], options: RenderOptions) -> None:
        super().__init__(rulebooks)
        self._formatters = {rulebook.id: TextFormatter(rulebook, options) for rulebook in rulebooks}

    def begin(self) -> str:
        """Return nothing: the text starts with the first noteworthy response."""
        return ""

    def response(self, result: ResponseResult) -> str:
        """Return the text about a response if it is noteworthy."""
        return self._formatters[self._sort(result)].response(result)

    def end(self, summary: Summary) -> str:
        """Return the totals of each rulebook that judged something, and what none of them judged."""
        parts = [
            f"{id_} {rulebook.version}\n{self._formatters[id_].end(self._summaries[id_])}"
            for id_, rulebook in self._rulebooks.items()
            if self._summaries[id_].responses
        ]
        first = next(iter(self._formatters.values()))
        rest = Summary(skipped=summary.skipped, interrupted=summary.interrupted)
        rest.outcomes = summary.outcomes
        parts.append("together\n" + first.together(rest))
        return "\n".join(parts)


class SeveralJsonFormatter(SeveralFormatter):
    """Writes ``rulebooks`` in place of ``rulebook``, and the rulebook's id on each response."""

    def __init__(self, rulebooks: Sequence[Rulebook], _options: RenderOptions) -> None:
        super().__init__(rulebooks)
        self._first = True

    def begin(self) -> str:
        """Return the start of the document."""
        identities = [rulebook_identity(rulebook) for rulebook in self._rulebooks.values()]
        return f'{{"schema":"{SCHEMA}","rulebooks":{encode(identities)},\n"responses":['

    def response(self, result: ResponseResult) -> str:
        """Return one response."""
        comma, self._first = "" if self._first else ",", False
        return f"{comma}\n{encode(response_object(self._rulebooks[self._sort(result)], result))}"

    def end(self, summary: Summary) -> str:
        """Return the totals, with the coverage of each rulebook by its id."""
        totals = summary_of_several(tuple(self._rulebooks.values()), summary, self._summaries)
        return f'\n],\n"summary":{encode(totals)}}}\n'


class SeveralJunitFormatter(_ByRulebook):
    """Writes suites as responses arrive, then the totals of each rulebook."""

    def __init__(self, rulebooks: Sequence[Rulebook], options: RenderOptions) -> None:
        name = "whosees: coverage of obligations, {}"
        super().__init__(
            rulebooks, {each.id: JunitFormatter(each, options, name.format(each.id)) for each in rulebooks}
        )

    def end(self, summary: Summary) -> str:
        """Return a suite with the totals of each rulebook, and the end of the document."""
        ends = [part.removesuffix(JUNIT_END) for part in self._ends(summary)]
        return "".join([*ends, JUNIT_END])


class SeveralGithubFormatter(_ByRulebook):
    """Writes annotations as responses arrive, then the totals of each rulebook; all share what a step shows."""

    def __init__(self, rulebooks: Sequence[Rulebook], options: RenderOptions) -> None:
        room = annotation_room(len(rulebooks))
        super().__init__(
            rulebooks, {each.id: GithubFormatter(each, options, dict(room)) for each in rulebooks}
        )


class SeveralGitlabFormatter(_ByRulebook):
    """Writes one list of issues, with the coverage of each rulebook at its end."""

    def __init__(self, rulebooks: Sequence[Rulebook], options: RenderOptions) -> None:
        super().__init__(rulebooks, {each.id: GitlabFormatter(each, options) for each in rulebooks})
        self._is_first = True

    def response(self, result: ResponseResult) -> str:
        """Return the issues of one response."""
        return self._join(super().response(result))

    def end(self, summary: Summary) -> str:
        """Return the coverage of each rulebook, and the end of the list."""
        ends = [self._join(part.removesuffix(GITLAB_END)) for part in self._ends(summary)]
        return "".join([*ends, GITLAB_END])

    def _join(self, issues: str) -> str:
        """Return issues with a comma before them unless they are the first of all."""
        issues = issues.removeprefix(",")
        comma = "," if issues and not self._is_first else ""
        self._is_first = self._is_first and not issues
        return comma + issues


class SeveralSarifFormatter(_ByRulebook):
    """Writes a run for each rulebook; what was found is kept until the end, within the limit of a run."""

    def __init__(self, rulebooks: Sequence[Rulebook], options: RenderOptions) -> None:
        super().__init__(rulebooks, {each.id: SarifFormatter(each, options) for each in rulebooks})
        self._runs = {id_: [formatter.begin()] for id_, formatter in self._formatters.items()}

    def begin(self) -> str:
        """Return the start of the document."""
        return SARIF_BEGIN

    def response(self, result: ResponseResult) -> str:
        """Keep the errors of one response; return nothing."""
        self._runs[result.rulebook or self._first].append(super().response(result))
        return ""

    def end(self, summary: Summary) -> str:
        """Return the run of each rulebook, and the end of the document."""
        runs = []
        for id_, end in zip(self._runs, self._ends(summary), strict=True):
            run = "".join([*self._runs[id_], end])
            runs.append(run.removeprefix(SARIF_BEGIN).removesuffix(SARIF_END))
        return ",\n".join(runs) + SARIF_END


class SeveralMarkdownFormatter(_ByRulebook):
    """Writes a part for each rulebook, which share what a job summary can hold."""

    def __init__(self, rulebooks: Sequence[Rulebook], options: RenderOptions) -> None:
        limit = MAX_BYTES // len(rulebooks)
        super().__init__(rulebooks, {each.id: MarkdownFormatter(each, options, limit) for each in rulebooks})

    def end(self, summary: Summary) -> str:
        """Return the part of each rulebook."""
        return "\n".join(self._ends(summary))


_FORMATTERS: Mapping[str, Callable[[Sequence[Rulebook], RenderOptions], CheckFormatter]] = {
    "text": SeveralTextFormatter,
    "json": SeveralJsonFormatter,
    "junit": SeveralJunitFormatter,
    "sarif": SeveralSarifFormatter,
    "github": SeveralGithubFormatter,
    "gitlab": SeveralGitlabFormatter,
    "markdown": SeveralMarkdownFormatter,
}


def formatter_for(rulebooks: Sequence[Rulebook], name: str, options: RenderOptions) -> CheckFormatter:
    """Return the formatter of a report on several rulebooks; ``name`` is one of `FORMATS_OF_SEVERAL`."""
    return _FORMATTERS[name](rulebooks, options)
