"""Checking inside a test: judge a response that the test has, and raise an AssertionError that explains itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, Unpack

from msgspec import structs

from ...engine.baseline import Entry
from ...engine.baseline_filter import BaselineFilter
from ...engine.claims import Precedence, read_claims
from ...engine.context import ContextError
from ...engine.finding import Finding, Severity
from ...engine.result import FailOn, Outcome, ResponseResult
from ...reports.check.base import RenderOptions
from ...reports.check.text import TextFormatter
from ...reports.text.fact_flags import FACT_FLAGS
from ...reports.text.phrases import fact_option
from ...reports.text.style import Style, count
from ...rules.model import Rulebook
from ...rules.names import join_words, suggestion
from ..checking.results import Skipped
from ..checking.settings import Settings, facts_for
from ..core.crash_report import InternalError, format_crash
from .captured import CapturedExchange, UsageError, capture
from .options import CallFacts, all_facts
from .rulebooks import RulebookSource, any_checker_for, bind, load, rulebook_of

WIDTH = 100
"""Columns of a message."""

STATED_BY = "test"
"""The source of facts that a test states, as messages name it."""

_SIDECARS = {"success": None, "failure": b'outcome = "failure"\n'}
"""The sidecar of a call, by its outcome as a test states it."""


class CallOptions(CallFacts, total=False):
    """The further arguments of `ResponseChecker.check`."""

    facts: Mapping[str, str] | None
    outcome: Literal["success", "failure"]
    name: str


_NO_FACTS = CallOptions.__annotations__.keys() - CallFacts.__annotations__.keys()


class NotConformantError(UsageError, AssertionError):
    """A response violates the rulebook or could not be judged; the text says why, without any element's text."""


class FactError(UsageError, ValueError):
    """A fact or value does not exist in the rulebook, or excludes another."""


class HiddenError(UsageError, InternalError):
    """A defect of the program; the text has no word of any input."""


def format_findings(
    rulebook: Rulebook,
    result: ResponseResult,
    findings: Iterable[Finding] | None = None,
    *,
    notes: bool = False,
) -> str:
    """Return a result as text, or some of its findings, and its ``notes`` if wanted; it contains no element's text."""
    chosen = result.findings if findings is None else findings
    shown = tuple(finding for finding in chosen if notes or finding.severity is not Severity.NOTE)
    result = structs.replace(result, findings=shown, undetermined=())
    options = RenderOptions(style=Style(width=WIDTH), verbose=True)
    return TextFormatter(rulebook, options).response(result).rstrip()


def errors_of(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that make a response violating."""
    return [finding for finding in findings if finding.effective_severity is Severity.ERROR]


@dataclass(frozen=True, slots=True, repr=False)
class ResponseChecker:
    """Judges the responses of tests; ``settings`` hold for all of them, and ``fail_on`` is the least that fails one."""

    settings: Settings
    baseline: tuple[Entry, ...] = ()
    fail_on: FailOn = FailOn.ERROR

    def __repr__(self) -> str:
        return f"<whosees, rulebook {self.settings.rulebook().id}>"

    def check(
        self,
        response: object,
        *,
        request: object = None,
        rules: RulebookSource = None,
        **call: Unpack[CallOptions],
    ) -> tuple[ResponseResult, ...]:
        """Judge a response, and return a result for each of its bodies.

        ``response`` is bytes, text, decoded JSON, or a response of httpx, requests, aiohttp, Django, Flask or Starlette.
        ``request`` is the request in any of these forms, by default the one that the response object keeps; it shows
        who calls. What the test states of the call takes precedence over that, and over the plugin's options.
        ``rules`` replaces the rulebook, ``outcome="failure"`` says that the call has to be refused, and ``name`` is
        the response's name in messages. Raises TypeError for other objects, ValueError for unknown facts and values.
        """
        __tracebackhide__ = True
        exchange = capture(response, request)
        del response, request  # tracebacks show what local variables hold
        return self._judge(self._settings_for(rules, call), exchange, call)

    def assert_conformant(
        self,
        response: object,
        *,
        request: object = None,
        rules: RulebookSource = None,
        **call: Unpack[CallOptions],
    ) -> tuple[ResponseResult, ...]:
        """Judge a response as `check` does; raises AssertionError if it is violating or unchecked.

        Undecided elements fail only if the settings say so. Returns the results, so that a test can look further.
        """
        __tracebackhide__ = True
        exchange = capture(response, request)
        del response, request
        settings = self._settings_for(rules, call)
        results = self._judge(settings, exchange, call)
        wrong = [result for result in results if self._fails(result)]
        if wrong or not results:
            raise NotConformantError(describe(settings, wrong, self.fail_on) or "the response was not judged")
        return results

    def _judge(
        self, settings: Settings, exchange: CapturedExchange, call: CallOptions
    ) -> tuple[ResponseResult, ...]:
        __tracebackhide__ = True
        sidecar = _SIDECARS[call.get("outcome") or "success"]
        name = call.get("name", "response")
        recording = exchange.recording(name, settings.limits, sidecar=sidecar, sidecar_name=STATED_BY)
        del exchange
        checker = any_checker_for(settings)
        baseline_filter = BaselineFilter(checker.rulebook, self.baseline, datetime.now(UTC).date())
        try:
            return tuple(
                baseline_filter.apply(result)
                for result in checker.check(recording)
                if not isinstance(result, Skipped)
            )
        except Exception as error:  # noqa: BLE001 - its text, and the variables of its frames, can hold the messages
            report = format_crash(error)
        finally:
            del recording
        raise HiddenError(report)

    def _fails(self, result: ResponseResult) -> bool:
        return result.outcome is not Outcome.CONFORMANT or self.fail_on.fails_result(result)

    def _settings_for(self, rules: RulebookSource, call: CallOptions) -> Settings:
        """Return the settings with what a test states, which takes precedence over what they state of every call."""
        __tracebackhide__ = True
        named = {name: value for name, value in call.items() if name not in _NO_FACTS}
        outcome = call.get("outcome") or "success"
        if outcome not in _SIDECARS:  # taken for a success, a call that has to be refused would pass
            raise FactError(f"`outcome`: unknown value `{outcome}`{suggestion(str(outcome), _SIDECARS)}")
        try:
            facts = all_facts(named, call.get("facts"))
        except ContextError as error:
            raise FactError(str(error)) from None
        if not facts and rules is None:
            return self.settings
        bases = [self.settings, *self.settings.others]
        books = [each.rulebook() for each in bases]
        if rules is not None:
            books = [load(rules)]
            bases = [_with_rulebook(self.settings, books[0])]
        stated = {fact: str(text) for fact, text in facts.items() if text is not None}
        for at, book in enumerate(books):
            bases[at] = _with_facts(
                bases[at], {fact: stated[fact] for fact in facts_for(book, books, stated)}
            )
        return replace(bases[0], others=tuple(bases[1:]))


def _with_rulebook(settings: Settings, rulebook: Rulebook) -> Settings:
    """Return the settings with another rulebook, and the facts that it has."""
    claims = tuple(claim for claim in settings.claims if claim.fact in rulebook.fact_ids)
    required = tuple(fact for fact in settings.required if fact in rulebook.fact_ids)
    return bind(replace(settings, claims=claims, required=required, others=()), rulebook)


def _with_facts(settings: Settings, stated: Mapping[str, str]) -> Settings:
    __tracebackhide__ = True
    if not stated:
        return settings
    try:
        claims = read_claims(
            settings.rulebook(), [(*each, STATED_BY) for each in stated.items()], Precedence.FLAG
        )
    except ContextError as error:
        raise FactError(str(error)) from None
    general = (structs.replace(claim, precedence=Precedence.CONFIG) for claim in settings.claims)
    return replace(settings, claims=(*claims, *general))


def describe(settings: Settings, results: Iterable[ResponseResult], fail_on: FailOn = FailOn.ERROR) -> str:
    """Return results that fail as the text of an error."""
    return "\n\n".join(_message(rulebook_of(settings, result), result, fail_on) for result in results)


def _message(rulebook: Rulebook, result: ResponseResult, fail_on: FailOn) -> str:
    detail = None if result.detail is None else _in_words_of_tests(rulebook, result.detail)
    shown = structs.replace(result, detail=detail)
    text = format_findings(rulebook, shown, notes=fail_on is FailOn.NOTE)
    return "\n".join([_reason(result, fail_on), text, *_undetermined_line(result)])


def _reason(result: ResponseResult, fail_on: FailOn) -> str:
    """Return in one line why a result fails its test."""
    if result.outcome is Outcome.UNCHECKED:
        return "the response is unchecked"
    failing = [finding for finding in result.findings if fail_on.fails_finding(finding)]
    return headline(failing) if failing else f"{count(len(result.undetermined), 'element')} undecided"


def _undetermined_line(result: ResponseResult) -> Iterator[str]:
    if result.undetermined:
        facts = join_words([f"`{_argument(fact)}`" for fact in result.depends_on], "or")
        yield f"  {count(len(result.undetermined), 'element')} undetermined: pass {facts} to decide them"


def _in_words_of_tests(rulebook: Rulebook, text: str) -> str:
    """Replace options of the command line by the arguments that a test has for them."""
    for fact in rulebook.fact_ids:
        option, argument = fact_option(fact), f"`{_argument(fact)}`"
        text = text.replace(f"`{option}`", argument).replace(option, argument)
    return text


def _argument(fact: str) -> str:
    return f"{fact}=" if fact in FACT_FLAGS else f'facts={{"{fact}": …}}'


def headline(errors: list[Finding]) -> str:
    """Return a one-line summary of findings, the first of which are the most severe: `5 errors: leaked accessControl/sessionPassword, telephony and 3 more`."""
    first = errors[0]
    alike = [finding for finding in errors if finding.rule == first.rule]
    named = ", ".join(finding.path for finding in alike[:2] if finding.path is not None)
    more = len(errors) - min(len(alike), 2)
    kind = first.severity.value if all(each.severity is first.severity for each in errors) else "finding"
    return f"{count(len(errors), kind)}: {first.rule} {named}".rstrip() + (
        f" and {more} more" if more else ""
    )
