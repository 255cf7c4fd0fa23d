"""A mitmproxy add-on that judges the traffic: ``mitmdump -s "$(whosees addon mitmproxy)"``.

mitmproxy runs this file as a script, so its imports are absolute; Whosees has to be installed in mitmproxy's own
environment. Flows are judged in the background, and pass on as they are.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from typing import Any

try:
    import msgspec

    from whosees.checker.core.context_header import CONTEXT_HEADER
    from whosees.checker.core.errors import Reason
    from whosees.checker.integrations.http_objects import http_facts
    from whosees.checker.integrations.options import settings_of
    from whosees.checker.integrations.traffic.judge import Judge
    from whosees.checker.integrations.traffic.monitor import BackgroundMonitor
    from whosees.checker.integrations.traffic.tally import TrafficFinding, TrafficReport, event_of
    from whosees.checker.recordings import Headers, Recording, UnreadableContent
    from whosees.engine.claims import unique_facts
    from whosees.reports.text.style import count
except ModuleNotFoundError as error:
    if error.name not in ("whosees", "msgspec"):  # the second comes with the first
        raise
    raise ModuleNotFoundError(
        "Whosees is not installed in mitmproxy's environment; `pipx inject mitmproxy DIR` installs it there from a checkout in DIR"
    ) from None

FLUSH_SECONDS = 10.0
"""The longest time for which mitmproxy's end waits until the last flows are judged."""

_UNCONFIGURED = (
    "nothing is judged, since mitmproxy cannot set the options: `whosees_strict` and `whosees_trust_context_header` are "
    "`true` or `false`, and `whosees_events` is one file"
)
"""The error to log if mitmproxy goes on without the add-on: it drops the error of an option that was wrong before it was loaded."""

_STREAMED = UnreadableContent(Reason.UNREADABLE, "its body was streamed, of which there is no copy")

_OPTIONS: Mapping[str, tuple[Any, Any, str]] = {
    "rules": (Sequence[str], [], "Rulebooks to judge by: names of built-in ones, or folders."),
    "fact": (Sequence[str], [], "Facts of every call, as NAME=VALUE."),
    "require": (Sequence[str], [], "Facts without which a response is unchecked."),
    "select": (Sequence[str], [], "Report only findings of these rules, as RULE[:PATH]."),
    "ignore": (Sequence[str], [], "Report no findings of these rules, as RULE[:PATH]."),
    "strict": (bool, False, "Treat an element that should be there and is absent as an error."),
    "trust_context_header": (
        bool,
        False,
        "Take facts of a call from its request header X-Whosees-Context, and pass the request on without it.",
    ),
    "events": (str | None, None, "A file to which each new finding is appended as a line of JSON."),
}
"""The options with their types, defaults and help; `--set whosees_NAME=VALUE` sets one."""

_log = logging.getLogger("whosees")


class Addon:
    """Judges HTTP flows when their responses are complete."""

    def __init__(self) -> None:
        self.monitor: BackgroundMonitor | None = None
        self._events: str | None = None
        self._trusts_header = self._is_configured = False

    def load(self, loader: Any) -> None:
        """Add the options."""
        for name, (kind, default, text) in _OPTIONS.items():
            loader.add_option(f"whosees_{name}", kind, default, text)
        with contextlib.suppress(RuntimeError):  # it is loaded without a loop to list the options
            asyncio.get_running_loop().call_soon(self._tell_unconfigured)

    def configure(self, updated: set[str]) -> None:
        """Begin to judge by the options; raises OptionsError for one that cannot be used."""
        from mitmproxy import ctx, exceptions  # it is here: it runs this file

        self._is_configured = True
        if self.monitor is not None and not any(name.startswith("whosees_") for name in updated):
            return
        try:
            self.start(ctx.options)
        except (ValueError, OSError) as error:
            raise exceptions.OptionsError(f"whosees: {error}") from None

    def start(self, options: Any) -> None:
        """Begin to judge by some options; raises ValueError, and OSError if the file of events cannot be written."""
        given = {name: getattr(options, f"whosees_{name}") for name in _OPTIONS}
        facts = [pair.partition("=") for pair in given.pop("fact")]
        for name, equals, _ in facts:
            if not equals:
                raise ValueError(f"`whosees_fact`: `{name}` is not NAME=VALUE")
        self._events = given.pop("events")
        if self._events:
            with open(self._events, "ab"):
                pass  # an error now, not with the first finding
        self._trusts_header = given.pop("trust_context_header")
        stated = unique_facts(((name, value) for name, _, value in facts), "whosees_fact")
        settings = settings_of(given.pop("rules") or None, facts=stated, **given)
        judge = Judge(settings, self._report, trusts_header=self._trusts_header)
        self.monitor = BackgroundMonitor(judge, max_body=settings.limits.size)

    def requestheaders(self, flow: Any) -> None:
        """Remove the header that states facts, and keep it for the response; a streamed request passes on after this."""
        headers = flow.request.headers
        if self._trusts_header and CONTEXT_HEADER in headers:
            flow.metadata[CONTEXT_HEADER] = headers.get_all(CONTEXT_HEADER)
            del headers[CONTEXT_HEADER]

    def response(self, flow: Any) -> None:
        """Judge a copy of a flow."""
        monitor = self.monitor
        if monitor is None:
            return
        with monitor.guard:
            monitor.submit(_recording(flow, monitor.next_source()))

    def done(self) -> None:
        """Log what the flows came to."""
        if self.monitor is not None:
            self.monitor.flush(FLUSH_SECONDS)
            _log.warning("whosees: %s", totals(self.monitor.report()))

    def _tell_unconfigured(self) -> None:
        if not self._is_configured:
            _log.error("whosees: %s", _UNCONFIGURED)

    def _report(self, finding: TrafficFinding) -> None:
        _log.warning("whosees: %s; why: %s", finding, finding.explain)
        if self._events:
            with open(self._events, "ab") as file:
                file.write(f"{event_of(finding)}\n".encode())


def totals(report: TrafficReport) -> str:
    """Return the totals as one line."""
    unchecked = "".join(f", {number} unchecked ({reason})" for reason, number in report.unchecked.items())
    return (
        f"{count(report.exchanges, 'exchange')}: {report.conformant} conformant, {report.violating} violating{unchecked}, "
        f"{report.other_operations} of no operation of the rulebooks, {report.dropped} dropped"
        + (f"; not judged: {report.passed_over}" if report.passed_over else "")
    )


def _recording(flow: Any, source: str) -> Recording:
    response, request = flow.response, flow.request
    http = http_facts(response, request)
    if stated := flow.metadata.get(CONTEXT_HEADER):
        headers = Headers.of([*(http.request_headers or ()), *((CONTEXT_HEADER, value) for value in stated)])
        http = msgspec.structs.replace(http, request_headers=headers)
    # Compressed, as they came: decoding waits for the thread that judges, which does it within limits.
    content = _STREAMED if response.raw_content is None else response.raw_content
    return Recording(source, content, request.raw_content, explicit=False, traffic=True, http=http)


addons = [Addon()]
