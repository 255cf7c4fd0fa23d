"""Judging in one process, against parsing alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
from lxml import etree

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.claims import Claim, Precedence
from whosees.engine.result import ResponseResult
from whosees.reports.check.base import CheckFormatter, RenderOptions
from whosees.reports.check.json import JsonFormatter
from whosees.reports.check.text import TextFormatter

from . import github, peers
from .corpus import RULEBOOK, Shapes, contexts, json_messages, recordings, with_findings
from .measure import ratio
from .sizes import PARSER, SEED, Row, Size, times


def judging_rows(size: Size) -> Iterator[Row]:
    """Yield what judging takes against parsing alone, in one process."""
    for shapes, number, what, target in (
        (Shapes.FEW, size.responses, "judge, shapes repeating", "≤ 1.2 ×"),
        (Shapes.ORDER, size.new, "judge, every shape new: another order", "≤ 3.0 ×"),
        (Shapes.UNLISTED, size.new, "judge, every shape new: other unlisted elements", "≤ 3.0 ×"),
    ):
        made = [entry for entry in recordings(SEED, number, shapes=shapes) if entry.conformant]
        pairs = [(entry.response, entry.request if at % 2 else None) for at, entry in enumerate(made)]
        contents = [content for pair in pairs for content in pair if content is not None]
        taken = times(ratio(judging(pairs), parsing(contents)))
        responses = [response for response, _ in pairs]
        yield f"{what}; a request beside half", f"{taken} ({_peers(responses)})", target
    broken = list(with_findings(SEED, size.slow))
    for formatter, what, target in (
        (JsonFormatter(RULEBOOK), "JSON", "≤ 1.5 ×"),
        (TextFormatter(RULEBOOK, RenderOptions()), "text", "≤ 2.5 ×"),
    ):
        taken = times(ratio(reporting(broken, formatter), parsing(broken)))
        yield f"judge, 6 errors each, {what} written", f"{taken} ({_peers(broken)})", target
    yield from _json(size)


JSON = Settings(rules="webex-rest-meeting", claims=(Claim("view", "user", "--view", Precedence.FLAG),))
USERS = Settings(rules="github-user")
REPOSITORIES = Settings(rules="github-repos")


def _json(size: Size) -> Iterator[Row]:
    for new, shapes, target in ((False, "repeating", "≤ 5 ×"), (True, "new", "≤ 8 ×")):
        for what, settings, recorded in (
            (
                "JSON messages",
                JSON,
                [Recording("it", each) for each in json_messages(SEED, size.slow, new=new)],
            ),
            ("JSON users of GitHub, headers too", USERS, list(github.users(SEED, size.slow, new=new))),
            (
                "JSON lists of GitHub's repositories, headers too",
                REPOSITORIES,
                list(github.repositories(SEED, size.slow // github.PER_PAGE, new=new)),
            ),
        ):
            contents = [each.response for each in recorded if isinstance(each.response, bytes)]
            taken = times(ratio(checking(recorded, settings), decoding(contents)))
            yield f"judge {what}, shapes {shapes}, against msgspec.json.decode", taken, target


def parsing(contents: list[bytes]) -> Callable[[], None]:
    """Parse, and do no more: the baseline."""

    def parse() -> None:
        for content in contents:
            etree.fromstring(content, PARSER)

    return parse


def decoding(contents: list[bytes]) -> Callable[[], None]:
    """Return a loop that decodes JSON, the baseline."""

    def decode() -> None:
        for content in contents:
            msgspec.json.decode(content)

    return decode


def judging(pairs: list[tuple[bytes, bytes | None]]) -> Callable[[], None]:
    """Return a loop that judges responses, some with their requests, by a checker that has seen nothing yet."""
    return checking([Recording("it", response, request) for response, request in pairs], Settings())


def checking(recorded: list[Recording], settings: Settings) -> Callable[[], None]:
    """Return a loop that judges recordings by a checker that has seen nothing yet."""

    def check() -> None:
        checker = Checker(settings)
        for recording in recorded:
            for _ in checker.check(recording):
                pass

    return check


def reporting(contents: list[bytes], formatter: CheckFormatter) -> Callable[[], None]:
    """Return a loop that judges and writes a report."""

    def report() -> None:
        checker = Checker(Settings())
        for content in contents:
            for result in checker.check(Recording("it", content)):
                if isinstance(result, ResponseResult):
                    formatter.response(result)

    return report


def _peers(contents: list[bytes]) -> str:
    """Return what others take on a tenth of these documents, parsing included: the 57 rules of one context."""
    context, sample = contexts()[0], contents[::10]
    taken = []
    for name, holds in (("Schematron", peers.schematron(context)), ("XPaths", peers.xpaths(context))):

        def work(holds: Callable[[etree._Element], bool] = holds) -> None:
            for content in sample:
                holds(etree.fromstring(content, PARSER))

        taken.append(f"{name} {times(ratio(work, parsing(sample), 3))}")
    return ", ".join(taken)
