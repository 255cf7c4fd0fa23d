"""Totals of `watch` as metrics for Prometheus, in its text format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from ...engine.result import Outcome
from ..text.escape import escape_control_chars
from .watch import WatchTotals

MAX_SERIES = 1_000
"""Elements that have a series of their own; the others are counted together, since each series costs the monitoring memory."""


def totals_metrics(totals: WatchTotals) -> bytes:
    """Return the totals in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_TotalsCollector(totals))
    return generate_latest(registry)


class _TotalsCollector(Collector):
    def __init__(self, totals: WatchTotals) -> None:
        self._totals = totals

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        totals = self._totals
        responses = CounterMetricFamily(
            "whosees_watch_responses", "Responses by what they came to.", labels=["outcome"]
        )
        for outcome in Outcome:
            responses.add_metric([outcome.value], totals.outcomes.get(outcome, 0))
        responses.add_metric(["skipped"], sum(totals.skipped.values()))
        yield responses
        yield self._findings()
        lost = CounterMetricFamily(
            "whosees_watch_not_copied",
            "Exchanges and connections without a copy, or not judged, by why.",
            labels=["why"],
        )
        for kind in ("dropped", *(each for each in totals.lost if each != "dropped")):
            lost.add_metric([kind], totals.lost.get(kind, 0))
        yield lost
        yield CounterMetricFamily(
            "whosees_watch_judges_ended", "Judging processes that ended.", value=totals.judges_ended
        )
        yield CounterMetricFamily("whosees_watch_exchanges", "Exchanges passed on.", value=totals.exchanges)
        yield CounterMetricFamily("whosees_watch_connections", "Connections.", value=totals.connections)
        yield CounterMetricFamily("whosees_watch_passed_bytes", "Bytes passed on.", value=totals.bytes_passed)
        yield GaugeMetricFamily(
            "whosees_watch_open_connections", "Open connections.", value=totals.open_connections
        )
        yield GaugeMetricFamily(
            "whosees_watch_held_bytes", "Bytes of copies in memory.", value=totals.held_bytes
        )
        yield self._latency()

    def _findings(self) -> Metric:
        findings = CounterMetricFamily(
            "whosees_watch_findings",
            "Responses with a finding, by its rule and element.",
            labels=["rule", "severity", "element"],
        )
        series: Counter[tuple[str, str, str]] = Counter()
        for each in self._totals.ranked:
            found = each.finding
            labels = (
                found.rule,
                found.severity.value,
                escape_control_chars(found.path or found.element or ""),
            )
            if labels not in series and len(series) >= MAX_SERIES:
                labels = (found.rule, found.severity.value, "(further elements)")
            series[labels] += each.times
        for labels, times in series.items():
            findings.add_metric(labels, times)
        return findings

    def _latency(self) -> Metric:
        pieces, buckets = 0, []
        limits = [*map(str, self._totals.buckets), "+Inf"]
        for limit, number in zip(limits, self._totals.added or [0] * len(limits), strict=True):
            pieces += number
            buckets.append((limit, float(pieces)))
        added = HistogramMetricFamily(
            "whosees_watch_added_seconds",
            "Time for which pieces of data were held before they were passed on.",
        )
        added.add_metric([], buckets, self._totals.added_sum)
        return added
