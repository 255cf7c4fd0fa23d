"""Checking inside a test: a response at hand, what is known of its call, and an AssertionError that can be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from msgspec import structs

from ...engine.baseline import Entry
from ...engine.baseline_filter import BaselineFilter
from ...engine.context import Claim, ContextError, Precedence, context_of, read_claim
from ...engine.finding import Finding, Severity
from ...engine.result import Outcome, ResponseResult
from ...reports.check.base import RenderOptions
from ...reports.check.text import TextFormatter
from ...reports.text.style import Style, count
from ...rules.model import UNKNOWN, Rulebook
from ..checking.checker import Checker, Settings, Skipped
from ..core.crash_report import InternalError, format_crash
from ..recordings import Recording

WIDTH = 100
"""Columns of a message."""


def read_claims(
    rulebook: Rulebook, facts: Mapping[str, tuple[str, str]], precedence: Precedence
) -> tuple[Claim, ...]:
    """Read stated facts, given as (value, who says it) by name; raises ContextError."""
    claims: list[Claim] = []
    for fact, (text, source) in facts.items():
        context_of(rulebook, {fact: UNKNOWN})  # raises for a fact that there is not
        claims.append(read_claim(rulebook, fact, text, source, precedence))
        context_of(rulebook, {claim.fact: claim.value for claim in claims})
    return tuple(claims)


def told_findings(
    rulebook: Rulebook, result: ResponseResult, findings: Iterable[Finding] | None = None
) -> str:
    """Tell a result for people, or what some of its findings are; no text of an element is in it."""
    shown = result if findings is None else structs.replace(result, findings=tuple(findings), undetermined=())
    shown = structs.replace(
        shown, findings=tuple(f for f in shown.findings if f.severity is not Severity.NOTE)
    )
    options = RenderOptions(style=Style(width=WIDTH), verbose=True)
    return TextFormatter(rulebook, options).response(shown).rstrip()


def errors_of(findings: Iterable[Finding]) -> list[Finding]:
    """Give the findings that make a response violating."""
    return [finding for finding in findings if finding.effective_severity is Severity.ERROR]


@dataclass(frozen=True, slots=True)
class Conformance:
    """What tests ask about responses that they got themselves; ``settings`` state what holds for all of them."""

    settings: Settings
    baseline: tuple[Entry, ...] = ()

    def check(
        self,
        response: bytes,
        *,
        request: bytes | None = None,
        service: str | None = None,
        caller: str | None = None,
        role: str | None = None,
        password: str | None = None,
        facts: Mapping[str, str] | None = None,
        outcome: Literal["success", "failure"] = "success",
        name: str = "response",
    ) -> tuple[ResponseResult, ...]:
        """Judge a response: a result for each of its bodies.

        ``request`` is the request's message; it shows caller and password. What is stated wins over what it shows,
        and over the settings. ``outcome`` is "failure" where the call is expected to be refused. ``name`` names the
        response in messages. Raises TypeError for what is no bytes, ValueError for a fact or value that there is not.
        """
        __tracebackhide__ = True  # pytest shows what functions were called with, and this one gets messages
        _require_bytes("response", response)
        if request is not None:
            _require_bytes("request", request)
        flags = {"service": service, "caller": caller, "role": role, "password": password, **(facts or {})}
        checker = Checker(self._settings_for({key: text for key, text in flags.items() if text is not None}))
        sidecar = b'outcome = "failure"\n' if outcome == "failure" else None
        baseline_filter = BaselineFilter(checker.rulebook, self.baseline, datetime.now(UTC).date())
        try:
            return tuple(
                baseline_filter.apply(result)
                for result in checker.check(Recording(name, response, request, sidecar))
                if not isinstance(result, Skipped)
            )
        except Exception as error:  # noqa: BLE001 - what it says, and what was called with what, can quote the messages
            raise InternalError(format_crash(error)) from None

    def assert_conformant(
        self,
        response: bytes,
        *,
        request: bytes | None = None,
        service: str | None = None,
        caller: str | None = None,
        role: str | None = None,
        password: str | None = None,
        facts: Mapping[str, str] | None = None,
        outcome: Literal["success", "failure"] = "success",
        name: str = "response",
    ) -> tuple[ResponseResult, ...]:
        """Judge a response as `check` does; raises AssertionError where it violates the table or cannot be judged.

        Gives the results, for a test that asks more of them: which elements are undetermined, for example.
        """
        __tracebackhide__ = True
        results = self.check(
            response,
            request=request,
            service=service,
            caller=caller,
            role=role,
            password=password,
            facts=facts,
            outcome=outcome,
            name=name,
        )
        wrong = [result for result in results if result.outcome is not Outcome.CONFORMANT]
        if wrong:
            raise AssertionError("\n\n".join(map(self._message, wrong)))
        return results

    def _message(self, result: ResponseResult) -> str:
        rulebook = self.settings.rulebook()
        errors = errors_of(result.findings)
        if not errors:
            return f"the response is unchecked\n{told_findings(rulebook, result)}"
        return f"{headline(errors)}\n{told_findings(rulebook, result)}"

    def _settings_for(self, facts: Mapping[str, str]) -> Settings:
        """Add what a test states; it wins over what the settings state of every call."""
        __tracebackhide__ = True  # it is the test that is to be looked at
        if not facts:
            return self.settings
        try:
            claims = read_claims(
                self.settings.rulebook(),
                {fact: (text, "test") for fact, text in facts.items()},
                Precedence.FLAG,
            )
        except ContextError as error:
            raise ValueError(str(error)) from None
        general = (structs.replace(claim, precedence=Precedence.CONFIG) for claim in self.settings.claims)
        return replace(self.settings, claims=(*claims, *general))


def headline(errors: list[Finding]) -> str:
    """Say in a line what is wrong: `5 errors: leaked accessControl/sessionPassword, telephony and 3 more`."""
    first = errors[0]
    alike = [finding for finding in errors if finding.rule == first.rule]
    named = ", ".join(finding.path for finding in alike[:2] if finding.path is not None)
    more = len(errors) - min(len(alike), 2)
    return f"{count(len(errors), 'error')}: {first.rule} {named}".rstrip() + (
        f" and {more} more" if more else ""
    )


def _require_bytes(what: str, content: object) -> None:
    """See to it that a message is as it came: decoded text has lost the encoding that it declares."""
    __tracebackhide__ = True  # as above
    if not isinstance(content, bytes):
        raise TypeError(f"the {what} is given as bytes, as it came, not as {type(content).__name__}")
