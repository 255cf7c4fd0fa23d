"""Results to render, and reports of them, as the command makes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.core.errors import Reason
from whosees.checker.recordings import Recording
from whosees.engine.claims import Precedence, ResolvedContext, read_claim
from whosees.engine.context import context_of
from whosees.engine.finding import Finding, Severity, finding_id
from whosees.engine.policy import Policy
from whosees.engine.result import Outcome, ResponseResult, Summary
from whosees.reports.check.base import CheckFormatter, RenderOptions
from whosees.reports.check.registry import FORMATS
from whosees.reports.text.locations import SourceLocations
from whosees.rules.load import builtin_rulebook

RULEBOOK = builtin_rulebook()
OPTIONS = RenderOptions(locations=SourceLocations("/repo/tests", "/repo"), version="1.2.3")

_SERV = "http://www.webex.com/schemas/2002/06/service"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"

ALWAYS_MC = [
    "status",
    "isLocked",
    "sessionkey",
    "confID",
    "accessControl/listStatus",
    "accessControl/registration",
    "metaData/confName",
    "metaData/sessionType",
    "metaData/serviceType",
    "metaData/isRecurring",
    "host/firstName",
    "host/lastName",
    "host/email",
    "host/webExId",
    "schedule/startDate",
    "schedule/duration",
    "schedule/timeZone",
    "sipURL",
    "isAutoRecord",
]

HOSTILE = (
    "</script><script>alert(1)</script>",
    "]]>&<!--",
    "%0A::error::no",
    "a|b`c`*d*_e_[f](g)<b>h</b> @you #1 www.example.org https://example.org ~~s~~",
    "line\nbreak\r\ttab",
    "bidi \u202e\u2066 zero\u200b null\x00 bell\x07 esc\x1b[31m",
    "no character \ufffe \uffff half \ud800 \udfff",
    "semi;colon:comma,percent%25 quote\"'",
    "ünïcödé ✓ \U0001f600",
    "::error file=a,line=1::no ::warning::no",
    "x ##[error]no ##vso[task.setvariable variable=x]no ##teamcity[no]",
    "link \x1b]8;;https://example.org\x1b\\no\x1b]8;;\x1b\\ c1 \x9b31m \x85 del \x7f",
)
"""Names that would steer a page, a terminal, a CI system or a parser."""


def message(paths: Iterable[str], service: str = "MeetingCenter", text: str = "") -> bytes:
    """A response that holds elements at these paths, each in a line of its own; those without elements hold a text."""
    tree: dict[str, dict[str, object]] = {}
    for path in paths:
        node: dict[str, dict[str, object]] = tree
        for name in path.split("/"):
            node = node.setdefault(name, {})  # type: ignore[assignment]  # a tree of names has no type of its own

    def write(nodes: dict[str, dict[str, object]]) -> str:
        return "".join(
            f"<ep:{name}>\n{service if name == 'serviceType' else write(inner) or text}</ep:{name}>\n"  # type: ignore[arg-type]  # as above
            for name, inner in nodes.items()
        )

    return (
        f'<s:message xmlns:s="{_SERV}" xmlns:ep="{_SERV}/ep" xmlns:xsi="{_XSI}">\n'
        "<s:header><s:response><s:result>SUCCESS</s:result></s:response></s:header>\n"
        f'<s:body><s:bodyContent xsi:type="ep:getSessionInfoResponse">\n{write(tree)}</s:bodyContent></s:body></s:message>'
    ).encode()


def check(
    paths: Iterable[str],
    source: str = "night/a.response.xml",
    *,
    service: str = "MeetingCenter",
    text: str = "",
    strict: bool = False,
    unlisted: Severity = Severity.NOTE,
    facts: Mapping[str, str] | None = None,
) -> ResponseResult:
    """Judge a response that holds elements at these paths."""
    claims = tuple(
        read_claim(RULEBOOK, fact, value, f"--{fact}", Precedence.FLAG)
        for fact, value in (facts or {}).items()
    )
    settings = Settings(claims=claims, policy=Policy(strict=strict, unlisted=unlisted))
    (result,) = Checker(settings).check(Recording(source, message(paths, service, text)))
    assert not isinstance(result, Skipped)
    return result


def unchecked(
    source: str = "bad.xml", detail: str = "at line 1, column 1: no XML begins there"
) -> ResponseResult:
    """A response that could not be judged."""
    resolved = ResolvedContext(context_of(RULEBOOK, {}), ("default",) * len(RULEBOOK.fact_ids))
    return ResponseResult(source, 0, Outcome.UNCHECKED, resolved, Reason.NOT_XML, detail)


def expected_failure(source: str = "refused.response.xml") -> ResponseResult:
    """A call that failed as its sidecar said it would."""
    resolved = ResolvedContext(context_of(RULEBOOK, {"caller": "anonymous"}), ("default", *["sidecar"] * 3))
    detail = "the service answered FAILURE, as the sidecar expects"
    return ResponseResult(source, 0, Outcome.CONFORMANT, resolved, detail=detail, expected_failure=True)


def hostile(name: str, lines: tuple[int, ...] = (7,)) -> ResponseResult:
    """A response whose names, of file and of elements, are this one."""
    context = context_of(RULEBOOK, {"service": "MC", "caller": "anonymous", "password": "not-supplied"})
    findings = tuple(
        Finding(
            rule=rule,
            severity=severity,
            path=f"{name}/{name}",
            element=name,
            message=f"`{name}` is in no row of Table 4-3",
            id=finding_id(RULEBOOK, context, name, rule),
            explain_target=name,
            lines=lines,
            because=f"`{name}` is not listed",
            cause=name,
        )
        for rule, severity in (
            ("unlisted", Severity.ERROR),
            ("near-miss", Severity.WARNING),
            ("unlisted", Severity.NOTE),
        )
    )
    resolved = ResolvedContext(context, (name,) * len(RULEBOOK.fact_ids))
    return ResponseResult(name, 0, Outcome.VIOLATING, resolved, None, name, findings)


def hostile_reason(text: str) -> ResponseResult:
    """A response that could not be judged, for a reason that is this text; only an edited result has one."""
    return replace(unchecked(text, text), reason=text)


def samples() -> list[ResponseResult]:
    """One response of every kind that there is, in an order that mixes them."""
    anonymous = {"caller": "anonymous", "password": "not-supplied"}
    host = {"caller": "authenticated", "role": "host", "password": "not-supplied"}
    return [
        check(ALWAYS_MC, "night/fine.response.xml", facts=anonymous),
        check([*ALWAYS_MC, "metaData/agenda", "hostKey"], "night/leak.response.xml", facts=anonymous),
        unchecked("night/bad.xml"),
        check(
            [p for p in ALWAYS_MC if not p.startswith("host")], "night/missing.response.xml", facts=anonymous
        ),
        check(ALWAYS_MC, "night/open.response.xml"),
        check([*ALWAYS_MC, "hots"], "night/omitted.response.xml", facts=host),
        check(ALWAYS_MC, "run.har#entry-12", service="TrainingCenter", facts=host),
        check(ALWAYS_MC, "night.tar.gz!tc/17.response.xml", service="SalesCenter", facts=host),
        check(ALWAYS_MC, "log.jsonl:4711", service="EventCenter", facts=anonymous),
        check([*ALWAYS_MC, "metaData/agenda"], "-", facts=anonymous),
        check([*ALWAYS_MC, "metaData/agenda"], "/elsewhere/x y.xml", facts=anonymous),
        expected_failure(),
        check([*ALWAYS_MC, "metaData/agenda"], "night/leak.response.xml", facts=anonymous),
    ]


def summed(results: Sequence[ResponseResult], skipped: int = 0) -> Summary:
    """Totals of results."""
    summary = Summary()
    for result in results:
        summary.add(result)
    for _ in range(skipped):
        summary.skip("other operation")
    return summary


def written(report: CheckFormatter, results: Sequence[ResponseResult], skipped: int = 0) -> str:
    """Write a whole report."""
    parts = [report.begin(), *map(report.response, results), report.end(summed(results, skipped))]
    return "".join(parts)


def rendered(format_: str, results: Sequence[ResponseResult], skipped: int = 0) -> str:
    """Write a whole report in a format."""
    return written(FORMATS[format_].make(RULEBOOK, OPTIONS), results, skipped)
